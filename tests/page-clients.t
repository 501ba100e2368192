#!/bin/sh
# The same shop without a graphical browser: from code to file in w3m and lynx, and
# links in the hands of wget, curl and aria2c, which must keep a file under its name.
. "${0%/*}/lib.sh"
test_all_only 'needs w3m, lynx, wget and aria2'
need apache2 curl w3m lynx wget aria2c

shop_stock
odd='Second Light (24 bit), für Élise.flac'
plain='Second Light (24 bit), live.flac'
for name in "$odd" "$plain"; do
	head -c 200000 /dev/urandom >"$shop/home/files/$name"
	chmod 644 "$shop/home/files/$name"
done
settings "home: $shop/home" "secure: $shop/public_html/secure" 'start: page'
shop_own
serve apache_stock
base=http://127.0.0.1:$port
form=$base/cgi-bin/redeem.cgi
HOME=$tmp
LANG=C.UTF-8
export HOME LANG
unset LC_ALL

# Posts the code $1 in the browser that is named; what it shows goes to stdout.
w3m_posts()
{
	printf 'code=%s' "$1" >"$tmp/post"
	w3m -o use_cookie=1 -o accept_cookie=1 -dump -cols 76 -post "$tmp/post" "$form"
}

lynx_posts()
{
	printf 'code=%s\n---\n' "$1" | lynx -dump -nolist -width=76 -post_data "$form"
}

w3m_opens()
{
	w3m -dump_source "$1"
}

lynx_opens()
{
	lynx -source "$1"
}

# The address of the file on the page of the code's link.
href()
{
	fetch -d "code=$1" "$form" >"$tmp/status"
	list=$(led_to)
	fetch "$base$list" >"$tmp/status"
	sed -n 's/^<li><a href="\([^"]*\)">.*/\1/p' "$tmp/body" | sed "s,^,$base${list%/*}/,"
}

for browser in w3m lynx; do
	code TEXT1111 'uses: 0' 'limit: 3' "file: $odd"
	text=$("${browser}_posts" text111) || :
	like "$browser: a code that is not known" "$text" "don.t recognise this code"
	text=$("${browser}_posts" text1111) || :
	like "$browser: the page of the file" "$text" 'Your download has started'
	like "$browser: the file and its size" "$text" 'lise\.flac.*200.*kB'
	like "$browser: what is left" "$text" '2 downloads left'
	"${browser}_opens" "$(href text1111)" >"$tmp/$browser.file"
	ok "$browser: the exact bytes" cmp "$tmp/$browser.file" "$shop/home/files/$odd"
	is "$browser: one use" "$(value uses "$code_file")" 1
done

wget_keeps()
{
	wget -q --content-disposition "$1"
}

curl_keeps()
{
	curl -s -f -OJ "$1"
}

aria2c_keeps()
{
	aria2c -q --no-conf --file-allocation=none "$1"
}

# curl knows no name but one in ASCII
for client in wget curl aria2c; do
	for name in first-light.zip "$plain" "$odd"; do
		[ "$client $name" != "curl $odd" ] || continue
		code KEPT1111 'uses: 0' 'limit: 3' "file: $name"
		link=$(href kept1111)
		mkdir -p "$tmp/$client"
		(cd "$tmp/$client" && "${client}_keeps" "$link") || :
		is "$client: $name: is kept so" "$(ls "$tmp/$client")" "$name"
		ok "$client: $name: the exact bytes" \
			cmp "$tmp/$client/$name" "$shop/home/files/$name"
		rm -r "${tmp:?}/$client"
	done
done
finish

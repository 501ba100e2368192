# What must hold for a link on any Apache; sourced by the tests of the three
# set-ups once the server runs. The program counts, Apache serves the bytes. $scheme is
# https where that is how it is reached.

base=${scheme:-http}://127.0.0.1:$port
form=$base/cgi-bin/redeem.cgi

# redeem CODE [CURL-ARGUMENT...]: redeems it through the server; sets $redeemed to the
# status, $link to the address it leads to.
redeem()
{
	code=$1
	shift
	redeemed=$(fetch -d "code=$code" "$@" "$form")
	link=$(led_to)
}

file=$shop/home/files/first-light.zip

is 'the form answers' "$(fetch "$form")" 200
like 'it is the form' "$(cat "$tmp/body")" 'data-outcome="form"'

code AAAA1111
redeem aaaa-1111
is 'a code redeems' "$redeemed" 303
like 'the link is an absolute path' "$link" \
	'^/secure/[0-9]+/[0-9a-f]{32}/first-light.zip\?[0-9a-f]{32}$'
is 'one use is counted' "$(value uses "$code_file")" 1
is 'the link serves' "$(fetch "$base$link")" 200
ok 'the exact bytes' cmp "$tmp/body" "$file"
like 'as an attachment' "$(header Content-Type)
$(header Content-Disposition)" '^application/octet-stream|^attachment'
is 'not compressed' "$(header Content-Encoding; fetch --compressed "$base$link"; header Content-Encoding)" \
	200
is 'a part of it: 206' "$(fetch -r 1000-1999 "$base$link")" 206
ok 'the exact part' sh -c "tail -c +1001 '$file' | head -c 1000 | cmp - '$tmp/body'"
is 'HEAD' "$(fetch -I "$base$link")" 200

# [S7]: whatever is wrong, the answer is no
path=${link%\?*}
secret=${link#*\?}
folder=${path%/*}
# another last digit, one that is a letter in upper case, one more, one less
case $secret in
*0) wrong=${secret%?}1 ;;
*) wrong=${secret%?}0 ;;
esac
not_served 'no secret' 403 "$base$path"
not_served 'a wrong secret' 403 "$base$path?$wrong"
not_served 'a longer secret' 403 "$base$path?${secret}0"
not_served 'a longer secret in front' 403 "$base$path?0$secret"
not_served 'a shorter secret' 403 "$base$path?${secret%?}"
not_served 'the secret and more' 403 "$base$path?$secret&x=1"
not_served 'the secret with a line end' 403 "$base$path?$secret%0a"
upper=$(printf '%s' "$secret" | tr a-f A-F)
[ "$upper" != "$secret" ] || upper=X$secret
not_served 'the secret in upper case' 403 "$base$path?$upper"
not_served 'the directory' 403 "$base$folder/?$secret"
not_served 'the directory without its slash' '403|301' "$base$folder?$secret"
not_served 'nor where that leads' 403 -L "$base$folder?$secret"
not_served 'the rules' 403 "$base$folder/.htaccess?$secret"
not_served 'the rules by another way' 403 "$base$folder//.htaccess?$secret"
not_served 'the bucket' 403 "$base${folder%/*}/"
not_served 'secure' 403 "$base/secure/"
not_served 'the rules of secure' 403 "$base/secure/.htaccess"
not_served 'another name' '403|404' "$base$folder/other.zip?$secret"
like 'a refusal has the form' "$(fetch "$base$path?$wrong"; cat "$tmp/body")" \
	'<form [^>]*action="/cgi-bin/redeem.cgi"'

# [S10]: the headers of any page, in the link and where there is none any more
if has_headers; then
	fetch "$base$link" >"$tmp/status"
	is 'headers of the file' "$(page_headers | tr '\n' ' ')" 'private, no-store no-referrer nosniff '
	for refused in "$folder/first-light.zip?$wrong" "/secure/26300000/$secret/x.zip?$secret"; do
		is "refused: $(printf '%.8s' "${refused#/secure/}")" "$(fetch "$base$refused")" 403
		is_page 'its headers are those of a page'
	done
fi

# [S8]: the second click is free, and so is the last
redeem AAAA1111
is 'the second click leads to the same link' "$link" "$path?$secret"
is 'and is free' "$(value uses "$code_file")" 1
code LAST2222 'uses: 2' 'limit: 3' 'file: first-light.zip'
redeem LAST2222
last=$link
is 'the last use counts' "$(value uses "$code_file")" 3
is 'its link works' "$(fetch "$base$last")" 200
redeem LAST2222
is 'and is given again' "$link" "$last"
code CHUNK111
redeem CHUNK111 -H 'Transfer-Encoding: chunked'
is 'a form sent in chunks' "$redeemed $(value uses "$code_file")" '303 1'
is 'GET spends nothing' "$(fetch "$form?code=AAAA1111"; value uses "$shop/home/codes/AAAA1111")" \
	2001

# several files: a page of our own that lists them, in the same window
mkdir -p "$shop/home/files/flac"
printf one >"$shop/home/files/flac/01 one.flac"
printf two >"$shop/home/files/flac/02 two & more.flac"
chmod -R a+rX "$shop/home/files"
shop_own
code MANY3333 'uses: 0' 'limit: 3' 'file: first-light.zip' 'file: flac/'
redeem MANY3333
like 'several files: a page' "$link" '/downloads.html\?[0-9a-f]{32}$'
is 'the page is served' "$(fetch "$base$link")" 200
is 'as a page' "$(header Content-Type)" 'text/html; charset=utf-8'
is 'to be shown' "$(header Content-Disposition)" ''
! has_headers ||
	like 'but no script in it' "$(header Content-Security-Policy)" "script-src 'none'"
is 'it lists all three' "$(grep -c '<li><a href=' "$tmp/body")" 3
many=${link%/*}
sed -n 's/.*<a href="\([^"]*\)".*/\1/p' "$tmp/body" >"$tmp/hrefs"
is 'the second file' "$(fetch "$base$many/$(sed -n 2p "$tmp/hrefs")"; cat "$tmp/body")" 200one
is 'the third, with its odd name' \
	"$(fetch "$base$many/$(sed -n 3p "$tmp/hrefs")"; cat "$tmp/body")" 200two
not_served 'the page without the secret' 403 "$base${link%\?*}"

# the window's end: nothing opens after it
settings "home: $shop/home" "secure: $shop/public_html/secure" 'window: 2' 'grace: 0'
shop_own
code LATE4444
redeem LATE4444
late=$link
is 'a short window opens' "$(fetch "$base$late")" 200
closed()
{
	[ "$(fetch "$base$late")" = 403 ]
}
ok 'and closes' await 10 closed
not_served 'a link past its window' 403 "$base$late"
like 'which has the form' "$(cat "$tmp/body")" '<form [^>]*action="/cgi-bin/redeem.cgi"'

# in an owner's page, what Apache would take for variables
# shellcheck disable=SC2016 # they are Apache's
printf '<p>LP $18, ${PATH}, 5 $</p><!-- redeem -->' >"$shop/home/price.html"
code PRICE444 'uses: 0' 'limit: 3' 'file: first-light.zip' 'page: price.html'
redeem PRICE444
not_served "an owner's page with a wrong secret" 403 "$base${link%\?*}?$wrong"
like 'has its prices' "$(cat "$tmp/body")" '<p>LP &#36;18, &#36;\{PATH\}, 5 \$</p>'

# [S14]: expired links are removed, and what the dead left, a few with each one
# that is made
mkdir -p "$shop/public_html/secure/26300000/$(random_hex 16)" \
	"$shop/public_html/secure/26300001/.$(random_hex 16)"
shop_own
code SWEEP555 'uses: 0' 'limit: 3' 'file: first-light.zip'
for _ in 1 2 3; do
	redeem SWEEP555
done
ok 'expired links are swept' test ! -e "$shop/public_html/secure/26300000"
ok 'and what the dead left' test ! -e "$shop/public_html/secure/26300001"
settings "home: $shop/home" "secure: $shop/public_html/secure"
shop_own

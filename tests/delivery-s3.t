#!/bin/sh
# Delivery by an object store, by links signed for S3: what every delivery does, and
# the same links as another program signs.
. "${0%/*}/lib.sh"
test_all_only 'needs node, for the object store'
. "$top/tests/servers.sh"
need apache2 curl node perl

shop_stock
serve s3rver_run
store=$port
amend="s/AllowOverride All/AllowOverride None/"
serve apache_stock
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
one='/cgi-bin/redeem.cgi/[0-9]+/[0-9a-f]{64}/first-light.zip$'
many='/cgi-bin/redeem.cgi/[0-9]+/[0-9a-f]{64}/[0-9a-f]{32}/downloads.html$'
closed=410
wrong=403
head=303
key=S3RVER
secret=S3RVER

deliver()
{
	settings "home: $shop/home" 'delivery: s3' "s3-endpoint: ${endpoint:-http://127.0.0.1:$store}" \
		's3-region: us-east-1' 's3-bucket: label' "s3-key: $key" "s3-secret: $secret" "$@"
	chmod 600 "$cgi/.htredeem"
	shop_own
}

encoded()
{
	perl -e '$_ = $ARGV[0]; s/([^-A-Za-z0-9._~\/])/sprintf "%%%02X", ord $1/ge; print' "$1"
}

# put FILE OBJECT: into the bucket
put()
{
	curl -s -f --max-time 30 -T "$shop/home/files/$1" -o /dev/null \
		-H 'Content-Type: application/zip' "http://127.0.0.1:$store/label/$(encoded "$2")"
}

# The store has the bytes: here is no more than name and size.
offer()
{
	put "$1" "$1"
	size=$(wc -c <"$shop/home/files/$1")
	rm "$shop/home/files/$1"
	truncate -s "$size" "$shop/home/files/$1"
}

# another first digit of the program's signature
spoiled()
{
	printf '%s' "$1" | sed 's,redeem.cgi/[0-9]*/,&#,; s,#0,1,; s,#.,0,; s,#,,'
}

# As lib.sh has it, but a link is followed to the store, and the headers are those of
# the last answer.
fetch()
{
	case " $* " in
	*' -d '* | *' -I '*) ;;
	*) set -- -L "$@" ;;
	esac
	curl -s --max-time 30 -o "$tmp/body" -D "$tmp/all-headers" -w '%{http_code}' \
		--path-as-is "$@" || :
	awk '/^HTTP\// { text = "" } { text = text $0 "\n" } END { printf "%s", text }' \
		"$tmp/all-headers" >"$tmp/headers"
}

# signed LINK: the address of the store that the program signs for LINK on the tap
signed()
{
	curl -s --max-time 30 -o "$tmp/tapped" -D - "$1" |
		sed -n 's/^[Ll]ocation: //p' | tr -d '\r'
}
. "$top/tests/deliveries.sh"

# Names that are encoded in more than one way, each style, with a session and without.
# s3rver signs virtual style in a way of its own: there it is aws4 alone that agrees.
mkdir -p "$shop/home/files/odd"
for name in 'a b.zip' 'a+b.zip' "it's.zip" 'x (1).zip' 'für Élise 夜.zip' '100% & #1?.zip'; do
	printf 'bytes of %s' "$name" >"$shop/home/files/odd/$name"
	chmod -R a+rX "$shop/home/files"
	put "odd/$name" "shop/odd/$name"
	offer "odd/$name"
done
cp "$file" "$shop/home/files/first-light.zip"
put first-light.zip shop/first-light.zip
sign_all()
{
	for name in first-light.zip 'odd/a b.zip' 'odd/a+b.zip' "odd/it's.zip" 'odd/x (1).zip' \
		'odd/für Élise 夜.zip' 'odd/100% & #1?.zip'; do
		code SIGN1 'uses: 0' 'limit: 3' "file: $name"
		redeem SIGN1
		link=$(signed "$link")
		node "$top/tests/presign.js" "$link" "$2$name" us-east-1 "$key" "$secret" \
			"$token" >"$tmp/signed" 2>&1 || :
		is "$1: $name: signed as by aws4" "$(sed -n 2p "$tmp/signed")" "$(sed -n 1p "$tmp/signed")"
		like "$1: $name: at its address" "$link" "^http://$host/"
		[ "$host" = "127.0.0.1:$store" ] || continue
		is "$1: $name: the store opens it" "$(fetch "$link")" 200
		like "$1: $name: by its name" "$(disposition)" "^attachment; filename"
		is "$1: $name: spoiled" "$(fetch "$(printf '%s' "$link" |
			sed 's,X-Amz-Signature=,&#,; s,#0,1,; s,#.,0,; s,#,,')")" 403
		is "$1: $name: for another name" "$(fetch "$(printf "%s" "$link" | sed "s,.zip?,.zap?,")")" 403
		is "$1: $name: for longer" "$(fetch "$(printf "%s" "$link" | sed "s,Expires=,&9,")")" 403
	done
}

disposition()
{
	sed -n 's/^Content-Disposition: //Ip' "$tmp/headers" | tr -d '\r'
}

session='FwoGZXIv+YXdzE/Fg=='
for token in '' "$session"; do
	with=${token:+, with a session}
	host=127.0.0.1:$store
	deliver ${token:+"s3-token: $token"}
	sign_all "path$with" /label/
	deliver 's3-prefix: shop' ${token:+"s3-token: $token"}
	sign_all "path, with a prefix$with" /label/shop/
	host=label.s3.store.test:$store
	endpoint=http://s3.store.test:$store
	deliver 's3-style: virtual' ${token:+"s3-token: $token"}
	sign_all "virtual$with" /
	endpoint=
done
deliver
code SIGN1 'uses: 0' 'limit: 3' 'file: odd/für Élise 夜.zip'
redeem SIGN1
is 'a name that is not ASCII' "$(fetch "$link")" 200
like 'is told as RFC 6266 has it' "$(disposition)" \
	"filename\*=UTF-8''f%C3%BCr%20%C3%89lise%20%E5%A4%9C.zip"
like 'the address of the store is good for a minute' "$(signed "$link")" '[?&]X-Amz-Expires=60(&|$)'
is 'with no body that has it' "$(cat "$tmp/tapped")" ''

# no page has an address of the store, nor does the form have to name it
deliver 'start: page'
code PAGE1 'uses: 0' 'limit: 3' 'file: first-light.zip' 'file: flac/'
redeem PAGE1
is 'a page' "$(fetch "$link"; said)" 200files
unlike 'no address of the store in it' "$(cat "$tmp/body")" "127.0.0.1:$store|X-Amz"
is 'the form' "$(fetch "$form"; said)" 200form
like 'need not lead to the store' "$(cat "$tmp/headers")" "^Content-Security-Policy:.*form-action 'self'"

# a late tap gets a page of the shop, not the words of the store
deliver 'window: 1' 'grace: 0'
code TAP1
redeem TAP1
late=$link
ok 'a tap is late' await 10 over
is 'and gets a page of the shop' "$(fetch "$late"; said)" 410link-closed
finish

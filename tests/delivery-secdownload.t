#!/bin/sh
# Delivery by lighttpd with tools/secdownload.lua, as README has it: what every
# delivery does, for both algorithms.
. "${0%/*}/lib.sh"
test_all_only 'needs lighttpd'
. "$top/tests/servers.sh"
need lighttpd curl

shop_stock
cp "$top/tools/secdownload.lua" "$shop/secdownload.lua"
chmod 644 "$shop/secdownload.lua"
ln -s "$cgi/.htredeem" "$shop/home/settings"
serve lighttpd_with 'lighttpd, for cgi:' 'lighttpd, for secdownload, moreover:'
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
many='/cgi-bin/redeem.cgi/[0-9]+/[0-9a-f]{64}/[0-9a-f]{32}/downloads.html$'
closed=410
wrong=403
secret=$(random_hex 32)

deliver()
{
	settings "home: $shop/home" 'delivery: secdownload' 'prefix: /dl' "secret: $secret" \
		"algorithm: $algorithm" "$@"
	chmod 600 "$cgi/.htredeem"
	shop_own
}

offer()
{
	:
}

# another first digit of the signature, of the link or of the list
spoiled()
{
	printf '%s' "$1" | sed 's,\(/dl/\|redeem.cgi/[0-9]*/\),&#,; s,#0,1,; s,#.,0,; s,#,,'
}

for algorithm in md5 hmac-sha256; do
	case $algorithm in
	md5) mac='[0-9a-f]{32}' ;;
	*) mac='[0-9A-Za-z_-]{43}' ;;
	esac
	one="/dl/$mac/[0-9a-f]{8}/first-light.zip\$"
	. "$top/tests/deliveries.sh"
done
finish

#!/bin/sh
# doctor behind a proxy, which may take a part of the address away: then the form sends
# codes where there is no shop, until `address` in the settings says what the world sees.
. "${0%/*}/lib.sh"
test_all_only 'needs nginx and caddy'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need apache2 nginx caddy curl setpriv

shop_stock
who=$shop_user
printf 'SetEnv no-gzip 1\nSetEnv no-brotli 1\nSetEnv ap_trust_cgilike_cl 1\n' >"$tmp/more.conf"
host apache_stock
behind=$port
server=
for front in nginx caddy; do
	prefix=
	host "${front}_front"
	settings "home: $shop/home" "secure: $shop/public_html/secure"
	shop_own
	proofs=15
	healthy "$front"

	prefix=/shop
	host "${front}_front"
	form=http://127.0.0.1:$port/shop/cgi-bin/redeem.cgi
	faulty "$front, without the prefix" \
		'^WRONG  form .*sends codes to /cgi-bin/redeem.cgi, and not to /shop/cgi-bin/redeem.cgi' \
		'takes a part of it away' "^ +address: $form\$"
	code AAAA1111
	fetch -d code=AAAA1111 "http://127.0.0.1:$port/cgi-bin/redeem.cgi" >"$tmp/status"
	is "$front, without the prefix: where the form leads there is no shop" \
		"$(value uses "$code_file")" 0
	settings "home: $shop/home" "secure: $shop/public_html/secure" "address: $form"
	shop_own
	faulty "$front, with the address" '^ok     form' '^WRONG  rules .*/secure is not ' '^ok     clock' \
		'^ +url: /shop/secure$'
	settings "home: $shop/home" "secure: $shop/public_html/secure" "address: $form" \
		'url: /shop/secure'
	shop_own
	healthy "$front, with both, as advised"
	settings "home: $shop/home" 'delivery: cgi' "key: $(random_hex 32)" "address: $form"
	chmod 600 "$cgi/.htredeem"
	shop_own
	proofs=13
	healthy "$front, cgi, with the address"
done
finish

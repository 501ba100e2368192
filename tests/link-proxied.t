#!/bin/sh
# Links on the stock Apache behind a proxy: nginx, and Caddy.
. "${0%/*}/lib.sh"
test_all_only 'needs nginx and caddy'
. "$top/tests/servers.sh"
need apache2 nginx caddy curl

shop_stock
serve apache_stock
behind=$port
for front in nginx caddy; do
	serve "${front}_front"
	like "$front: is in front" "$(fetch "http://127.0.0.1:$port/" >"$tmp/status"; header Server; header Via)" \
		"^(nginx|Caddy)"
	. "$top/tests/link.sh"
	shop_clear
done
finish

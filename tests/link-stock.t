#!/bin/sh
# Links on a stock Debian Apache: event, cgid, AllowOverride All.
. "${0%/*}/lib.sh"
need apache2 curl

chmod 711 "$tmp"
user=$(id -un)
[ "$(id -u)" != 0 ] || user=www-data
shop_make "$tmp/shop" cgi-bin "$user"
printf 'a page of the label\n' >"$shop/public_html/index.html"
serve apache_stock
. "$top/tests/link.sh"
finish

#!/bin/sh
# Delivery by links that Apache opens: what every delivery does.
. "${0%/*}/lib.sh"
need apache2 curl

shop_stock
serve apache_stock
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
one='/secure/[0-9]+/[0-9a-f]{32}/first-light.zip\?[0-9a-f]{32}$'
many='/secure/[0-9]+/[0-9a-f]{32}/downloads.html\?[0-9a-f]{32}$'
closed=403
wrong=403

deliver()
{
	settings "home: $shop/home" "secure: $shop/public_html/secure" "$@"
	shop_own
}

offer()
{
	:
}

spoiled()
{
	case $1 in
	*0) printf '%s1' "${1%?}" ;;
	*) printf '%s0' "${1%?}" ;;
	esac
}
. "$top/tests/deliveries.sh"
finish

#!/bin/sh
# Delivery by the program itself, on lighttpd as README has it.
. "${0%/*}/lib.sh"
test_all_only 'needs lighttpd'
. "$top/tests/servers.sh"
need lighttpd curl

shop_stock
serve lighttpd_with 'lighttpd, for cgi:'
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"

. "$top/tests/deliveries.sh"
cgi_specifics
finish

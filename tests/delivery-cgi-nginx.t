#!/bin/sh
# Delivery by the program itself, on nginx with fcgiwrap as README has it.
. "${0%/*}/lib.sh"
test_all_only 'needs nginx'
. "$top/tests/servers.sh"
need nginx fcgiwrap curl

shop_stock
fcgiwrap_start
serve nginx_stock
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"

. "$top/tests/deliveries.sh"
cgi_specifics
finish

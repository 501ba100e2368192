#!/bin/sh
# Delivery by the program itself, on h2o as README has it.
. "${0%/*}/lib.sh"
test_all_only 'needs h2o'
. "$top/tests/servers.sh"
need h2o curl

shop_stock
settings_at=$shop/home/redeem.conf
rm "$cgi/.htredeem"
serve h2o_run
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"

. "$top/tests/deliveries.sh"
cgi_specifics
finish

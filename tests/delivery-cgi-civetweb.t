#!/bin/sh
# Delivery by the program itself, on civetweb as README has it.
. "${0%/*}/lib.sh"
test_all_only 'needs civetweb'
. "$top/tests/servers.sh"
need civetweb curl

shop_busybox
settings_at=$shop/home/redeem.conf
rm "$cgi/.htredeem"
serve civetweb_run
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"

. "$top/tests/deliveries.sh"
cgi_specifics
finish

#!/bin/sh
# Delivery by the program itself, on busybox httpd.
. "${0%/*}/lib.sh"
. "$top/tests/servers.sh"
need busybox curl

shop_busybox
serve busybox_run
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"
# busybox does not tell a program that a part is asked for
partless=yes

. "$top/tests/deliveries.sh"
cgi_specifics
finish

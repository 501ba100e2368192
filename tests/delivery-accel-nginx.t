#!/bin/sh
# Delivery by nginx for the program: X-Accel-Redirect.
. "${0%/*}/lib.sh"
test_all_only 'needs nginx'
. "$top/tests/servers.sh"
need nginx fcgiwrap curl

shop_stock
fcgiwrap_start
serve nginx_with 'nginx with fcgiwrap:' 'nginx, with X-Accel-Redirect, moreover:'
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"
handoff=X-Accel-Redirect
. "$top/tests/deliveries.sh"
cgi_specifics
finish

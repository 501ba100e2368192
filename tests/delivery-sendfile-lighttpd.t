#!/bin/sh
# Delivery by lighttpd for the program: X-Sendfile.
. "${0%/*}/lib.sh"
test_all_only 'needs lighttpd'
. "$top/tests/servers.sh"
need lighttpd curl

shop_stock
serve lighttpd_with 'lighttpd, for cgi:' 'lighttpd, with X-Sendfile, moreover:'
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"
handoff=X-Sendfile
. "$top/tests/deliveries.sh"
cgi_specifics
finish

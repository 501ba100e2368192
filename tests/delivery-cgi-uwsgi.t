#!/bin/sh
# Delivery by the program itself, on uwsgi as README has it.
. "${0%/*}/lib.sh"
test_all_only 'needs uwsgi'
. "$top/tests/servers.sh"
need uwsgi curl

shop_stock
serve uwsgi_run
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"

. "$top/tests/deliveries.sh"
cgi_specifics

# its processes are its own to stop
stop "$server"
gone()
{
	! grep -lqs "$tmp/uwsgi.ini" /proc/[0-9]*/cmdline
}
ok 'none of its processes is left' await 10 gone
finish

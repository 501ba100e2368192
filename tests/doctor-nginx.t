#!/bin/sh
# doctor on nginx with fcgiwrap, which has no .htaccess at all.
. "${0%/*}/lib.sh"
. "$top/tests/doctor.sh"
need nginx fcgiwrap curl setpriv

shop_stock
who=$shop_user
fcgiwrap_run >>"$tmp/server.out" 2>&1 &
at_end "stop $!"
ok 'fcgiwrap runs' await 10 test -S "$tmp/fcgi/socket"
host nginx_stock

faulty 'nginx' '^ok     code' '^WRONG  rules .*not look at .htaccess' '^ +delivery: cgi$' \
	'^WRONG  secret .*let in' '^WRONG  window .*let in' '^WRONG  listing .*with the secret'
unlike 'nginx: nothing is said of Apache' "$said" 'AllowOverride|Directory'
finish

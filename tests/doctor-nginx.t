#!/bin/sh
# doctor on nginx with fcgiwrap, which has no .htaccess at all.
. "${0%/*}/lib.sh"
test_all_only 'needs nginx'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need nginx fcgiwrap curl setpriv

shop_stock
who=$shop_user
fcgiwrap_start
host nginx_stock

faulty 'nginx' '^ok     code' '^WRONG  rules .*not look at .htaccess' '^ +delivery: cgi$' \
	'^WRONG  secret .*let in' '^WRONG  window .*let in' '^WRONG  listing .*with the secret'
unlike 'nginx: nothing is said of Apache' "$said" 'AllowOverride|Directory'
finish

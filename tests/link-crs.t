#!/bin/sh
# Links behind a firewall: mod_security with the Core Rule Set, at the two levels that
# hosts have.
. "${0%/*}/lib.sh"
test_all_only 'needs mod_security'
. "$top/tests/servers.sh"
need apache2 curl
need_crs

shop_stock
for crs_level in 1 2; do
	serve apache_crs
	is "level $crs_level: the firewall is at work" \
		"$(fetch "http://127.0.0.1:$port/?file=../../../etc/passwd")" 403
	. "$top/tests/link.sh"
	shop_clear
	stop "$server"
done
finish

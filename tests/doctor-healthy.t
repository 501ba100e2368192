#!/bin/sh
# doctor finds nothing wrong with a stock and a cheap host, with each client and
# under each shell.
. "${0%/*}/lib.sh"
. "$top/tests/doctor.sh"
need apache2 curl

shop_stock
who=$shop_user
host apache_stock
healthy 'stock'
cat "$tmp/said" >&2
finish

#!/bin/sh
# Links on a stock Debian Apache: event, cgid, AllowOverride All.
. "${0%/*}/lib.sh"
need apache2 curl

shop_stock
serve apache_stock
. "$top/tests/link.sh"
finish

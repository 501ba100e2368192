#!/bin/sh
# Delivery by the program itself, on an Apache that has no .htaccess.
. "${0%/*}/lib.sh"
. "$top/tests/servers.sh"
need apache2 curl

shop_stock
amend="s/AllowOverride All/AllowOverride None/"
serve apache_stock
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"
# Apache leaves out the length that a CGI program says
lengthless=yes
. "$top/tests/deliveries.sh"
cgi_specifics
finish

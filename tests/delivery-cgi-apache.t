#!/bin/sh
# Delivery by the program itself, on an Apache that obeys no .htaccess but that of
# cgi-bin, with README's lines in it.
. "${0%/*}/lib.sh"
. "$top/tests/servers.sh"
need apache2 curl

shop_stock
amend="s/AllowOverride All/AllowOverride None/"
cat >"$tmp/more.conf" <<END
<Directory $shop/cgi-bin>
	AllowOverride FileInfo
</Directory>
END
readme_lines 'of its folder; setup writes them, and takes them out for another delivery:' >"$cgi/.htaccess"
serve apache_stock
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"
. "$top/tests/deliveries.sh"
cgi_specifics
finish

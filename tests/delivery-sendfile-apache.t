#!/bin/sh
# Delivery by Apache for the program: X-Sendfile by mod_xsendfile, which takes paths
# as they are.
. "${0%/*}/lib.sh"
test_all_only 'needs mod_xsendfile'
. "$top/tests/servers.sh"
need apache2 curl
[ -e "$modules/mod_xsendfile.so" ] || skip_all 'mod_xsendfile is not installed'

shop_stock
# Apache takes a date of this minute for no sure sign that a file is the same
touch -d '2026-01-01 00:00:00' "$shop/home/files/first-light.zip"
{
	printf 'LoadModule xsendfile_module %s/mod_xsendfile.so\n' "$modules"
	readme_lines 'Apache with mod_xsendfile, in its own configuration:'
} >"$tmp/more.conf"
amend="s/AllowOverride All/AllowOverride None/"
serve apache_stock
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
. "$top/tests/cgi.sh"
handoff=X-Sendfile
# the module sends parts, but does not say so
unoffered=yes
. "$top/tests/deliveries.sh"
cgi_specifics
finish

#!/bin/sh
# Links under each of Apache's ways to serve and to run programs that the stock and the
# cheap host do not have, where all that is sent would be compressed.
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
need apache2 curl

shop_stock
cat >"$tmp/more.conf" <<END
LoadModule brotli_module $modules/mod_brotli.so
SetOutputFilter BROTLI_COMPRESS;DEFLATE
END
for host in prefork:cgi worker:cgid worker:cgi event:cgi; do
	amend="s/mpm_event/mpm_${host%:*}/g; s/cgid_module/${host#*:}_module/; s/mod_cgid/mod_${host#*:}/"
	[ "${host#*:}" = cgid ] || amend="$amend; /^ScriptSock/d"
	serve apache_stock
	. "$top/tests/link.sh"
	shop_clear
	stop "$server"
done
finish

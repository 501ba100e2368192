#!/bin/sh
# doctor where lighttpd checks the links with tools/secdownload.lua.
. "${0%/*}/lib.sh"
test_all_only 'needs lighttpd'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need lighttpd curl setpriv

proofs=12
secret=$(random_hex 32)
deliver()
{
	settings "home: $shop/home" 'delivery: secdownload' 'prefix: /dl' "secret: $secret" "$@"
	chmod 600 "$cgi/.htredeem"
	shop_own
}

# The script, as sed changes it by $1, on a server that has not seen another.
script()
{
	sed "$1" "$top/tools/secdownload.lua" >"$shop/secdownload.lua"
	chmod 644 "$shop/secdownload.lua"
	host lighttpd_with 'lighttpd, for cgi:' 'lighttpd, for secdownload, moreover:'
}

shop_stock
who=$shop_user
ln -s "$cgi/.htredeem" "$shop/home/settings"
deliver
host lighttpd_with 'lighttpd, for cgi:'
faulty 'no script' '^ok     code' '^WRONG  link .*refused \(404\)' 'does not check links at /dl/' \
	'^ok     list'
script ''
healthy 'hmac-sha256'
deliver 'algorithm: md5'
healthy 'md5'
use_shell busybox
healthy 'md5, busybox sh'
PATH=$usual_path:/usr/sbin:/sbin
deliver

script 's/> tonumber(settings.window)/> 1e12/'
faulty 'a script that keeps no time' '^ok     secret' '^WRONG  window .*over is let in \(200\)' \
	'must be tools/secdownload.lua as it is here'
script 's/not lighty.c.secret_eq(.*)) then/false then/'
faulty 'a script that looks at no signature' '^WRONG  secret .*wrong secret is let in \(200\)'
script ''
mv "$shop/home/settings" "$shop/home/settings.away"
faulty 'a script without settings' '^WRONG  link .*refused \(500\)' 'could not read its settings'
ln -s "$tmp/other" "$shop/home/settings"
sed 's/^secret: ./secret: X/' "$cgi/.htredeem" >"$tmp/other"
chmod 644 "$tmp/other"
faulty 'a script with other settings' '^WRONG  link .*refused \(403\)' \
	'reads .*settings: is that'
{ cat "$cgi/.htredeem" && printf 'algorithm: md5\n'; } >"$tmp/other"
faulty 'a script with another algorithm' '^WRONG  link .*refused \(403\)' \
	'another secret, another algorithm or another root' 'reads .*settings: is that'
mv -f "$shop/home/settings.away" "$shop/home/settings"

amend='s,document-root = .*,document-root = "'"$shop"'/home/elsewhere",'
host lighttpd_with 'lighttpd, for cgi:' 'lighttpd, for secdownload, moreover:'
faulty 'another root' '^ok     code' '^WRONG  link .*refused \(404\)' 'finds no files there' \
	'^ +~?[^ ]*/home/files$'
amend='/magnet.attract/d; s,^ *server.document-root.*,alias.url += ( "/dl/" => "'"$shop"'/home/files/" ),'
host lighttpd_with 'lighttpd, for cgi:' 'lighttpd, for secdownload, moreover:'
faulty 'files that are open at the prefix' '^WRONG  hidden .*files for sale can be read at .*/dl/doctor'
amend=
host lighttpd_with 'lighttpd, for cgi:' 'lighttpd, for secdownload, moreover:'
healthy 'all of it mended'
finish

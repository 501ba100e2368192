#!/bin/sh
# doctor where the program itself checks the links, on each server as README has it,
# with each fault that such servers have.
. "${0%/*}/lib.sh"
test_all_only 'needs nginx and lighttpd'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need lighttpd nginx fcgiwrap apache2 busybox curl setpriv

proofs=13
key=$(random_hex 32)
deliver()
{
	settings "home: $shop/home" 'delivery: cgi' "key: $key" "$@"
	chmod 600 "$cgi/.htredeem"
	shop_own
}

shop_stock
who=$shop_user
deliver
host lighttpd_with 'lighttpd, for cgi:'
healthy 'lighttpd'
without curl
healthy 'lighttpd, with wget'
use_shell busybox
path=$tmp/bin-busybox
ln -sf "$(command -v setpriv)" "$tmp/bin-busybox/setpriv"
# its wget does not show the page for a broken code
proofs=12
healthy 'lighttpd, with busybox alone'
proofs=13
PATH=$usual_path:/usr/sbin:/sbin
path=

# the server does not know what the program hands over
deliver 'handoff: X-Sendfile'
faulty 'X-Sendfile that is not allowed' '^ok     code' \
	'^WRONG  link .*does not know X-Sendfile' '^ +handoff: none$'
host lighttpd_with 'lighttpd, for cgi:' 'lighttpd, with X-Sendfile, moreover:'
healthy 'X-Sendfile, as advised'
amend='s,/home/files/,/home/elsewhere/,'
host lighttpd_with 'lighttpd, for cgi:' 'lighttpd, with X-Sendfile, moreover:'
faulty 'X-Sendfile of another folder' '^WRONG  link .*refused \(403\)' "may not send $shop/home/files"
amend=
deliver

# settings that lighttpd sends
amend='/access-deny/d'
host lighttpd_with 'lighttpd, for cgi:'
faulty 'settings that are sent' '^ok     link' '^WRONG  hidden .*settings can be read at .*.htredeem'
amend=

fcgiwrap_start
host nginx_stock
healthy 'nginx'
amend='/split_path_info/d; /PATH_INFO/d; s,\(SCRIPT_FILENAME .*\)[$].*,\1/cgi-bin/redeem.cgi;,'
host nginx_stock
faulty 'no PATH_INFO' '^ok     code' '^WRONG  link .*leads to the form' 'PATH_INFO.*README' \
	'^-      secret' '^-      window' '^WRONG  list '

# as Debian's example for fcgiwrap has it
amend='/split_path_info/d; /PATH_INFO/d'
host nginx_stock
faulty "Debian's example" '^ok     code' '^WRONG  link .*refused \(403\)' 'PATH_INFO' \
	'^ +fastcgi_split_path_info ' '^ +fastcgi_param PATH_INFO '

# a server, or a cache, that does not ask whether a link is right
amend="1i location ~ \"^/cgi-bin/redeem.cgi/[0-9]+/[0-9a-f]{64}/(?<name>doctor.*)\$\" { alias $shop/home/files/\$name; }"
host nginx_stock
faulty 'signatures that nobody looks at' '^ok     link' '^WRONG  secret .*wrong secret is let in \(200\)' \
	'^WRONG  window .*is over is let in \(200\)'
amend=

deliver 'handoff: X-Accel-Redirect' 'handoff-prefix: /internal'
host nginx_stock
faulty 'X-Accel-Redirect to nowhere' '^WRONG  link .*refused \(404\)' \
	'does not find what the program hands over' "^ +$shop/home/files/\$"
host nginx_with 'nginx with fcgiwrap:' 'nginx, with X-Accel-Redirect, moreover:'
healthy 'X-Accel-Redirect, as advised'
amend='/internal;/d'
host nginx_with 'nginx with fcgiwrap:' 'nginx, with X-Accel-Redirect, moreover:'
faulty 'X-Accel-Redirect that is not internal' '^ok     link' \
	'^WRONG  hidden .*files for sale can be read at .*/internal/doctor'
amend=

# the program has another key than doctor is told of
deliver
cp -p "$cgi/.htredeem" "$tmp/conf"
conf=$tmp/conf
key=$(random_hex 32)
deliver
faulty 'another key' '^ok     link' '^WRONG  window .*signs with another secret'
conf=

# on Apache without .htaccess, and a file that the program cannot read
amend='s/AllowOverride All/AllowOverride None/'
host apache_stock
faulty 'Apache, which compresses what programs send' '^WRONG  link .*comes compressed \(gzip\)' \
	'^ +SetEnv no-gzip 1$' '^ +SetEnv no-brotli 1$'
printf 'SetEnv no-gzip 1\nSetEnv no-brotli 1\n' >"$tmp/more.conf"
host apache_stock
faulty 'Apache, which drops the length' '^ok     link' '^WRONG  headers .*without its length' \
	'^ +SetEnv ap_trust_cgilike_cl 1$'
printf 'SetEnv ap_trust_cgilike_cl 1\n' >>"$tmp/more.conf"
host apache_stock
healthy 'Apache, as advised'

# a server that ends a program while it sends
like 'a long download is not tried by itself' "$said" '^note   long .*was not tried'
like 'but how to is said' "$said" "^ +tools/doctor --slow 40 $form\$"
slow=3
proofs=14
healthy 'Apache, and a long download'
like 'it arrives whole' "$said" '^ok     long .*more than 3 seconds arrives whole'
path_before=${path:-}
without curl
healthy 'Apache, and a long download by wget'
path=$path_before
mv "$cgi/redeem.cgi" "$cgi/redeem"
printf '#!/bin/sh\nexec timeout -s KILL 2 %s "$@"\n' "$cgi/redeem" >"$cgi/redeem.cgi"
chmod 755 "$cgi/redeem.cgi"
shop_own
faulty 'programs end after two seconds' '^ok     link' '^WRONG  long .*more than 3 seconds breaks off' \
	'^ +delivery: s3$'
mv "$cgi/redeem" "$cgi/redeem.cgi"
slow=
proofs=13
if [ "$(id -u)" = 0 ]; then
	chown root: "$shop/home/files/first-light.zip"
	chmod 600 "$shop/home/files/first-light.zip"
	faulty 'a file that cannot be read' '^WRONG  files .*first-light.zip cannot be read by the server' \
		'^ +chmod a\+r ~/home/files/first-light.zip$'
	chmod a+r "$shop/home/files/first-light.zip"
	healthy 'a file that can be read, as advised'
fi
amend=

# busybox tells no program of parts
rm -rf "$shop"
shop_busybox
deliver
host busybox_run
faulty 'busybox httpd' '^ok     link' '^ok     window' '^ok     list' '^ok     sweep' \
	'^WRONG  range .*no parts of a file \(200\)'
finish

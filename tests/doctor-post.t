#!/bin/sh
# doctor on servers that run programs and yet take no form: one that knows no POST, one
# that drops the answer to it, one that answers 200 whatever the program says.
. "${0%/*}/lib.sh"
test_all_only 'needs webfs, mini-httpd and python3'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need webfsd mini_httpd /usr/bin/python3 curl setpriv

webfs_run()
{
	set -- webfsd -F -4 -i 127.0.0.1 -p "$port" -r "$shop/public_html" -x /cgi-bin
	[ "$(id -u)" != 0 ] || set -- "$@" -u "$shop_user" -g "$shop_user"
	exec setsid "$@"
}

mini_httpd_run()
{
	set -- mini_httpd -D -h 127.0.0.1 -p "$port" -d "$shop/public_html" -c 'cgi-bin/*'
	[ "$(id -u)" != 0 ] || set -- "$@" -u "$shop_user"
	exec setsid "$@"
}

python_run()
{
	cd "$shop/public_html"
	export REDEEM_CONF="$named_conf"
	set -- /usr/bin/python3 -m http.server --cgi --bind 127.0.0.1 "$port"
	[ "$(id -u)" != 0 ] ||
		set -- setpriv --reuid "$shop_user" --regid "$shop_user" --clear-groups -- "$@"
	exec setsid "$@"
}

shop_busybox
who=$shop_user
settings_cgi
shop_own

host webfs_run
faulty 'webfs' '^ok     form' '^WRONG  code .*it refuses POST \(501\)' 'knows no POST' \
	'Another server helps' '^-      link'
host mini_httpd_run
faulty 'mini-httpd' '^ok     form' '^WRONG  code .*no answer to a code that is sent \(POST\)' \
	'hangs up' 'Another server helps' '^-      link'
named_conf=$cgi/.htredeem
host python_run
faulty 'python' '^ok     form' '^WRONG  code .*answered with 200 instead of 303' \
	'ignores the status that a program gives'
# it does not say where the program is
named_conf=
host python_run
faulty 'python, without settings' '^WRONG  form .*not set up \(200\)' '^WRONG  code '
finish

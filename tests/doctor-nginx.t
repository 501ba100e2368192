#!/bin/sh
# doctor on nginx with fcgiwrap, which has no .htaccess at all.
. "${0%/*}/lib.sh"
. "$top/tests/doctor.sh"
need nginx fcgiwrap curl setpriv

nginx_conf()
{
	[ "$(id -u)" != 0 ] || printf 'user www-data;\n'
	cat <<-END
	daemon off;
	worker_processes 1;
	pid $tmp/nginx.pid;
	error_log $tmp/error.log;
	events { worker_connections 64; }
	http {
	access_log off;
	client_body_temp_path $tmp/nginx-body;
	fastcgi_temp_path $tmp/nginx-fastcgi;
	proxy_temp_path $tmp/nginx-proxy;
	uwsgi_temp_path $tmp/nginx-uwsgi;
	scgi_temp_path $tmp/nginx-scgi;
	server {
		listen 127.0.0.1:$port;
		root $shop/public_html;
		location /cgi-bin/ {
			fastcgi_pass unix:$tmp/fcgi/socket;
			fastcgi_param GATEWAY_INTERFACE CGI/1.1;
			fastcgi_param REQUEST_METHOD \$request_method;
			fastcgi_param QUERY_STRING \$query_string;
			fastcgi_param CONTENT_TYPE \$content_type;
			fastcgi_param CONTENT_LENGTH \$content_length;
			fastcgi_param REMOTE_ADDR \$remote_addr;
			fastcgi_param SCRIPT_NAME \$fastcgi_script_name;
			fastcgi_param SCRIPT_FILENAME $shop\$fastcgi_script_name;
		}
	}
	}
	END
}

nginx_run()
{
	nginx_conf >"$tmp/nginx.conf"
	exec setsid nginx -c "$tmp/nginx.conf" -p "$tmp"
}

shop_stock
who=$shop_user
mkdir "$tmp/fcgi"
[ "$(id -u)" != 0 ] || chown "$who:" "$tmp/fcgi"
wrap_run()
{
	set -- fcgiwrap -s "unix:$tmp/fcgi/socket"
	[ "$(id -u)" != 0 ] ||
		set -- "$setpriv" --reuid "$who" --regid "$who" --clear-groups -- "$@"
	exec "$@"
}
wrap_run >>"$tmp/server.out" 2>&1 &
at_end "stop $!"
ok 'fcgiwrap runs' await 10 test -S "$tmp/fcgi/socket"
host nginx_run

faulty 'nginx' '^ok     code' '^WRONG  rules .*not look at .htaccess' '^ +delivery: cgi$' \
	'^WRONG  secret .*let in' '^WRONG  window .*let in' '^WRONG  listing .*with the secret'
unlike 'nginx: nothing is said of Apache' "$said" 'AllowOverride|Directory'
finish

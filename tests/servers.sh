# Servers that are not the two Apaches of lib.sh, for `serve`; sourced after lib.sh. What
# a README line can say about one is taken from README, so that what is told is tried.

# readme_lines TITLE: the lines that README indents below the line TITLE, as they
# are to be pasted, for $shop instead of /srv/shop.
readme_lines()
{
	awk -v title="$1" '
	$0 == title { on = 1; next }
	on && /^[^ ]/ { exit }
	on && /^    / { print substr($0, 5); found = 1 }
	END { if (!found) print "README has no lines of: " title >"/dev/stderr"
		exit !found }' "$top/README" | sed "s,/srv/shop,$shop,g"
}

# Debian's own configuration, with the places of the test, and what stands on stdin.
lighttpd_conf()
{
	mkdir -p "$tmp/lighttpd" "$tmp/uploads"
	cat >"$tmp/lighttpd/shop.conf"
	: >>"$tmp/error.log"
	[ "$(id -u)" != 0 ] || chown www-data: "$tmp/uploads" "$tmp/error.log"
	sed -e "s,^\(server.document-root *= \).*,\1\"$shop/public_html\"," \
		-e "s,^\(server.upload-dirs *= \).*,\1( \"$tmp/uploads\" )," \
		-e "s,^\(server.errorlog *= \).*,\1\"$tmp/error.log\"," \
		-e "s,^\(server.pid-file *= \).*,\1\"$tmp/lighttpd.pid\"," \
		-e "s,^\(server.port *= \).*,\1$port," \
		-e 's,^include_shell .*use-ipv6.*,server.bind = "127.0.0.1",' \
		-e "s,conf-enabled/,$tmp/lighttpd/," \
		-e "s,include \"/etc/lighttpd/,include \"," /etc/lighttpd/lighttpd.conf
	[ "$(id -u)" = 0 ] ||
		printf 'server.username = ""\nserver.groupname = ""\n'
}

lighttpd_run()
{
	exec setsid lighttpd -D -f "$tmp/lighttpd.conf"
}

# readme_amended TITLE...: the lines of README under each of these, as $amend, in sed's
# words, changes them.
readme_amended()
{
	for title in "$@"; do
		readme_lines "$title"
	done | sed -e "${amend:-}"
}

# lighttpd_with TITLE...: with these lines of README.
lighttpd_with()
{
	readme_amended "$@" | lighttpd_conf >"$tmp/lighttpd.conf"
	lighttpd_run
}

# nginx with the locations on stdin.
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
	END
	sed "s,unix:/run/fcgiwrap.socket,unix:$tmp/fcgi/socket,"
	printf '}\n}\n'
}

# nginx_with TITLE...: with these lines of README.
nginx_with()
{
	readme_amended "$@" | nginx_conf >"$tmp/nginx.conf"
	# what Debian has beside its nginx.conf
	cp /etc/nginx/fastcgi_params "$tmp/fastcgi_params"
	exec setsid nginx -c "$tmp/nginx.conf" -p "$tmp"
}

nginx_stock()
{
	nginx_with 'nginx with fcgiwrap:'
}

# fcgiwrap_start: fcgiwrap for nginx_with, which runs programs as the shop's user.
fcgiwrap_start()
{
	fcgiwrap_run >>"$tmp/server.out" 2>&1 &
	at_end "stop $!"
	await 10 test -S "$tmp/fcgi/socket" || bail_out 'no fcgiwrap'
}

fcgiwrap_run()
{
	mkdir "$tmp/fcgi"
	set -- fcgiwrap -s "unix:$tmp/fcgi/socket"
	if [ "$(id -u)" = 0 ]; then
		chown "$shop_user:" "$tmp/fcgi"
		set -- setpriv --reuid "$shop_user" --regid "$shop_user" --clear-groups -- "$@"
	fi
	exec "$@"
}

# busybox, whose folder of programs is in its document root.
busybox_run()
{
	readme_lines 'busybox httpd:' >"$tmp/busybox.sh"
	sed -i "s/ -p 80 / -p 127.0.0.1:$port /; s/^/exec setsid /" "$tmp/busybox.sh"
	[ "$(id -u)" = 0 ] || sed -i 's/ -u www-data / /' "$tmp/busybox.sh"
	exec sh "$tmp/busybox.sh"
}

# shop_busybox: a shop in the test's directory, as busybox wants it.
shop_busybox()
{
	chmod 711 "$tmp"
	user=$(id -un)
	[ "$(id -u)" != 0 ] || user=www-data
	shop_make "$tmp/shop" public_html/cgi-bin "$user"
}

# s3rver_run: an object store with the bucket "label", its keys S3RVER and S3RVER; the
# bucket is private, if $public is empty.
s3rver_run()
{
	mkdir -p "$tmp/store"
	exec setsid node "$top/tests/s3rver.js" "$tmp/store" "$port" label ${public:+public}
}

# For serve: the stock Apache behind mod_security, with the Core Rule Set at the paranoia
# level $crs_level, as Debian has both. It refuses instead of only logging, and its
# files are the test's.
apache_crs()
{
	mkdir -p "$tmp/modsecurity"
	chmod 777 "$tmp/modsecurity"
	cat >"$tmp/more.conf" <<-END
	LoadModule unique_id_module $modules/mod_unique_id.so
	LoadModule security2_module $modules/mod_security2.so
	Include /etc/modsecurity/modsecurity.conf-recommended
	SecRuleEngine On
	SecTmpDir $tmp/modsecurity
	SecDataDir $tmp/modsecurity
	SecAuditLog $tmp/modsecurity/audit.log
	SecAction "id:900000,phase:1,pass,nolog,setvar:tx.paranoia_level=${crs_level:?}"
	Include /usr/share/modsecurity-crs/owasp-crs.load
	# our hosts have a number for a name, which counts against each request
	SecRuleRemoveById 920350
	END
	apache_stock
}

# need_crs: skips the test where that is not to be had.
need_crs()
{
	[ -e "$modules/mod_security2.so" ] || skip_all 'mod_security is not installed'
	[ -e /usr/share/modsecurity-crs/owasp-crs.load ] ||
		skip_all 'the Core Rule Set is not installed'
}

# For serve: the stock Apache with a cache on the disk before all of it; $quick is on or
# off, and $cached lines of its configuration besides.
apache_cached()
{
	rm -rf "$tmp/cache"
	mkdir -p "$tmp/cache"
	chmod 777 "$tmp/cache"
	cat >"$tmp/more.conf" <<-END
	LoadModule cache_module $modules/mod_cache.so
	LoadModule cache_disk_module $modules/mod_cache_disk.so
	CacheEnable disk /
	CacheRoot $tmp/cache
	CacheQuickHandler ${quick:-on}
	CacheHeader on
	${cached:-}
	END
	apache_stock
}

# For serve: a proxy in front of the server at ${behind:?}; what it is asked for below
# $prefix, a path or nothing, it hands on without that.
nginx_front()
{
	printf 'location %s/ { proxy_pass http://127.0.0.1:%s%s; }\n' "${prefix:-}" "${behind:?}" \
		"${prefix:+/}" | nginx_conf | sed "s,root .*,root $tmp/nowhere;," >"$tmp/nginx.conf"
	exec setsid nginx -c "$tmp/nginx.conf" -p "$tmp"
}

caddy_front()
{
	mkdir -p "$tmp/caddy"
	cat >"$tmp/Caddyfile" <<-END
	{
		admin off
		auto_https off
	}
	http://127.0.0.1:$port {
		handle_path ${prefix:-}/* {
			reverse_proxy 127.0.0.1:${behind:?}
		}
	}
	END
	export HOME="$tmp/caddy" XDG_DATA_HOME="$tmp/caddy" XDG_CONFIG_HOME="$tmp/caddy"
	exec setsid caddy run --config "$tmp/Caddyfile" --adapter caddyfile
}

# civetweb, with the folder of programs in its document root, and settings elsewhere.
civetweb_run()
{
	readme_lines 'civetweb, in its configuration:' | sed "s/ports 80/ports 127.0.0.1:$port/
		$([ "$(id -u)" = 0 ] || printf '/run_as_user/d')
		${amend:-}" >"$tmp/civetweb.conf"
	exec setsid civetweb "$tmp/civetweb.conf"
}

uwsgi_run()
{
	readme_lines 'uwsgi, in its configuration (.ini):' | sed "s/^http = .*/http = 127.0.0.1:$port/
		$([ "$(id -u)" = 0 ] || printf '/^[ug]id/d')
		${amend:-}" >"$tmp/uwsgi.ini"
	exec setsid uwsgi --die-on-term --ini "$tmp/uwsgi.ini"
}

# h2o, with settings elsewhere.
h2o_run()
{
	readme_lines 'h2o, in its configuration:' | sed "s/^listen: .*/listen: { host: 127.0.0.1, port: $port }/
		$([ "$(id -u)" = 0 ] || printf '/^user/d')
		${amend:-}" >"$tmp/h2o.conf"
	exec setsid h2o -c "$tmp/h2o.conf"
}

#!/bin/sh
# doctor behind caches that keep what is not to be kept, as CDNs do that are told to
# "cache everything": links that stay open, secrets that are not asked for, parts that
# are gone. Each is seen, and is not seen where the cache leaves links alone.
. "${0%/*}/lib.sh"
test_all_only 'needs nginx'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need apache2 nginx curl setpriv

shop_stock
who=$shop_user
touch -d '2026-01-01 00:00:00' "$shop/home/files/first-light.zip"
# what Apache needs to send the program's files as they are
length_lines='SetEnv no-gzip 1
SetEnv no-brotli 1
SetEnv ap_trust_cgilike_cl 1'
printf '%s\n' "$length_lines" >"$tmp/more.conf"
host apache_stock
behind=$port
apache=$server

# For serve: nginx in front, which keeps all that it sends; with what is in $tmp/besides,
# where URI is an address without its query.
keeping()
{
	{
		printf 'location / {\n'
		cat <<-END
		proxy_pass http://127.0.0.1:$behind;
		proxy_cache kept;
		proxy_cache_valid 200 206 10m;
		proxy_ignore_headers Cache-Control Expires Set-Cookie;
		$(sed "s/URI/\$uri/" "$tmp/besides")
		}
		END
	} | nginx_conf | sed "s,^http {,&\nproxy_cache_path $tmp/kept keys_zone=kept:1m;," >"$tmp/nginx.conf"
	exec setsid nginx -c "$tmp/nginx.conf" -p "$tmp"
}

# in_front LINE...
in_front()
{
	printf '%s\n' "$@" >"$tmp/besides"
	serve keeping
	form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
}

# gone: the nginx in front is stopped, and forgets
gone()
{
	stop "$server"
	rm -rf "$tmp/kept"
	server=$apache
}

for delivery in apache cgi; do
	if [ "$delivery" = cgi ]; then
		settings_cgi
	fi
	shop_own
	proofs=15
	[ "$delivery" = apache ] || proofs=13
	in_front
	faulty "$delivery: all is kept" '^ok     link' '^ok     secret' \
		'^WRONG  window +a link that was opened once stays open when it is over' \
		'cache or a CDN .*not to be kept' '^ +/(secure|cgi-bin/redeem.cgi)/\*$'
	gone
	in_front 'proxy_no_cache URI;'
	healthy "$delivery: nothing is kept"
	gone
	in_front 'proxy_no_cache URI;' 'proxy_set_header Range "";' 'max_ranges 0;'
	faulty "$delivery: whole files only" '^ok     link' '^ok     window' \
		'^WRONG  range .*no parts of a file \(200\)' 'cache'
	gone
done

# what follows a question mark is all of the secret that Apache asks for
proofs=15
settings "home: $shop/home" "secure: $shop/public_html/secure"
shop_own
in_front 'proxy_cache_key URI;'
faulty 'a query that is ignored' '^ok     link' '^WRONG  secret +.*secret.* is let in \(200\)' \
	'cache' '^ +/secure/\*$'
gone

# the same by Apache itself
cached='CacheStoreNoStore On
CacheStorePrivate On
CacheIgnoreCacheControl On
CacheDefaultExpire 600'
host apache_cached
healthy 'mod_cache: what has a query is not kept'
cached="$cached
CacheIgnoreQueryString On"
host apache_cached
faulty 'mod_cache that ignores queries' '^WRONG  secret +.*secret.* is let in \(200\)' \
	'^WRONG  window +a link that was opened once stays open when it is over' '^ +/secure/\*$'
finish

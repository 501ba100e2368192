#!/bin/sh
# Links on an Apache that keeps what it has sent, for all addresses (mod_cache_disk, as
# the host's own configuration has it): it must keep none of ours, be there mod_headers
# or not. [S7]
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
. "$top/tests/servers.sh"
need apache2 curl

shop_stock
printf 'kept\n' >"$shop/public_html/other.html"
# a new file is kept for a moment only
touch -d '2026-01-01 00:00:00' "$shop/public_html/other.html"
# by default it asks no .htaccess; CacheQuickHandler off does
for quick in on off; do
	for amend in '' '/mod_headers/d'; do
		name="quick handler $quick${amend:+, no mod_headers}"
		serve apache_cached
		base=http://127.0.0.1:$port
		is "$name: the cache is at work" "$(fetch "$base/other.html"; fetch "$base/other.html"
			header X-Cache | grep -o '^HIT')" '200200HIT'
		. "$top/tests/link.sh"
		shop_clear
		stop "$server"
	done
done
finish

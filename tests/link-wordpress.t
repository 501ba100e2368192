#!/bin/sh
# Links on the cheap host, below a document root with rules of its own, in a
# time zone that is not UTC.
. "${0%/*}/lib.sh"
test_all_only 'needs suexec'
need apache2 curl

TZ=Australia/Lord_Howe
export TZ
[ -e "/usr/share/zoneinfo/$TZ" ] || TZ=LHST-10:30LHDT-11,M10.1.0,M4.1.0
shop_cheap
. "$top/tests/wordpress.sh"
serve apache_cheap
is 'the site has rules of its own' "$(fetch "http://127.0.0.1:$port/a/b"; cat "$tmp/body")" \
	'200the blog'
. "$top/tests/link.sh"
finish

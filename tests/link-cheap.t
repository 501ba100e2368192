#!/bin/sh
# Links on the host this is for: suexec, AllowOverride FileInfo, owner's links.
. "${0%/*}/lib.sh"
need apache2 curl
[ "$(id -u)" = 0 ] || skip_all 'suexec needs root to start the server'
id label >/dev/null 2>&1 || skip_all 'there is no user "label"; tests/install makes it'
read -r suexec_root </etc/apache2/suexec/www-data || suexec_root=
[ "$suexec_root" = /home ] || skip_all 'suexec is not set to /home'

chmod 711 "$tmp"
place=$(mktemp -d /home/label/redeem-test.XXXXXX)
at_end "rm -rf -- '$place'"
shop_make "$place" public_html/cgi-bin label
printf 'a page of the label\n' >"$shop/public_html/index.html"
serve apache_cheap
. "$top/tests/link.sh"
finish

#!/bin/sh
# Each page that a buyer may get, in a browser: for narrow screens, large letters,
# keyboards, weak eyes, light and dark.
. "${0%/*}/lib.sh"
test_all_only 'needs a browser'
need apache2 curl
. "$top/tests/browser.sh"

shop_stock
cp "$top/tests/demo-label/page.html" "$shop/home/"
chmod 644 "$shop/home/page.html"
serve apache_stock
browse "$top/tests/browser-pages.js" "$@"

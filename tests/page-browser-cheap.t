#!/bin/sh
# The same in a browser on the cheap host, which tells the browser less of how to
# save a file.
. "${0%/*}/lib.sh"
test_all_only 'needs a browser'
need apache2 curl
. "$top/tests/browser.sh"

shop_cheap
second_file
delivery="secure: $shop/public_html/secure"
serve apache_cheap
browse "$top/tests/browser.js" mistyped again list late

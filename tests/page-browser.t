#!/bin/sh
# The buyer's ways through the shop, in a browser, with scripts and without: from
# a mistyped code to the file on the disk.
. "${0%/*}/lib.sh"
test_all_only 'needs a browser'
need apache2 curl
. "$top/tests/browser.sh"

shop_stock
second_file
browse apache_stock "$top/tests/browser.js"

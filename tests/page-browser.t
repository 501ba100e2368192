#!/bin/sh
# The buyer's ways through the shop, in a browser, with scripts and without: from
# a mistyped code to the file on the disk.
. "${0%/*}/lib.sh"
test_all_only 'needs a browser'
need apache2 curl node
. "$top/tests/browser.sh"

shop_stock
second_file
all_deliveries
serve apache_stock
browse "$top/tests/browser.js" unscripted

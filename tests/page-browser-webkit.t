#!/bin/sh
# The buyer's ways through the shop, in WebKit, the engine of every browser on an iPhone.
. "${0%/*}/lib.sh"
test_all_only 'needs a browser'
need apache2 curl node
. "$top/tests/browser.sh"

shop_stock
second_file
engine=webkit
all_deliveries
serve apache_stock
browse "$top/tests/browser.js" mistyped again list card late tapped retry

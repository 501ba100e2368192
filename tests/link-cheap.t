#!/bin/sh
# Links on the host this is for: suexec, AllowOverride FileInfo, owner's links.
. "${0%/*}/lib.sh"
test_all_only 'needs suexec'
need apache2 curl

shop_cheap
serve apache_cheap
. "$top/tests/link.sh"
finish

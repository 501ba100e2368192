#!/bin/sh
# doctor behind mod_security with the Core Rule Set: which names it refuses, once a use
# is counted, and which pages of ours it replaces. mint warns of these names before.
. "${0%/*}/lib.sh"
test_all_only 'needs mod_security'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need apache2 curl setpriv
need_crs

shop_stock
who=$shop_user
mkdir "$shop/home/files/ep"
for name in 01.mp3 02.flac album.zip cover.pdf; do
	head -c 5000 /dev/urandom >"$shop/home/files/ep/$name"
done
# the firewall reads what is sent as text, and finds things in random bytes
for line in 1 2 3 4 5 6 7 8 9; do
	printf 'Song %s was recorded in autumn.\n' "$line"
done >"$shop/home/files/ep/notes.txt"
chmod -R a+rX "$shop/home/files"
code AAAA1111 'uses: 0' 'limit: 3' 'file: ep/'
shop_own

crs_level=1
host apache_crs
healthy 'level 1, what labels sell'

for ending in bak sql db log old config key; do
	head -c 5000 /dev/urandom >"$shop/home/files/ep/demo.$ending"
done
chmod -R a+rX "$shop/home/files"
shop_own
faulty 'level 1, names that are refused' '^ok     link' \
	'^WRONG  files +ep/demo.bak is refused to a buyer \(403\)' \
	'their use is counted' 'mod_security \(rule 920440' 'sell an archive \(zip\)' '^ +and 2 more$'
for ending in config db key log; do
	like "level 1: .$ending, too" "$said" "^WRONG  files +ep/demo.$ending is refused"
done
unlike 'level 1: nothing else' "$said" '^WRONG  (errors|link|files +ep/(0|album|cover|notes))'
rm "$shop"/home/files/ep/demo.*

crs_level=2
host apache_crs
faulty 'level 2, pages that are replaced' '^ok     link' '^ok     files' \
	'^WRONG  errors .*broken code \(403\) buyers see one of the server' 'rule 950100' \
	'^ +/cgi-bin/redeem.cgi$'

# the endings that the rules here name
sed -n "s/.*setvar:'tx.restricted_extensions=\([^']*\)'.*/\1/p" \
	/usr/share/modsecurity-crs/rules/REQUEST-901-INITIALIZATION.conf | tr -d . | tr '/ ' '[\n*]' |
	grep . >"$tmp/endings"
ok 'there are such endings' test "$(wc -l <"$tmp/endings")" -gt 40
missed=
while read -r ending; do
	printf 'music' >"$shop/home/files/x.$ending"
	sh "$tmp/tools/mint" -H "$shop/home" -n 1 "x.$ending" 2>&1 >"$tmp/minted" |
		grep -q "firewall.*x.$ending" || missed="$missed $ending"
done <"$tmp/endings"
is 'mint warns of each' "$missed" ''
finish

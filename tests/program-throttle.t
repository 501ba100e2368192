#!/bin/sh
# Failed tries are counted by address, and past the limit that address waits;
# nobody else is kept out. [S15]
. "${0%/*}/lib.sh"

shop_stock
table=$shop/home/attempts
limited()
{
	settings "home: $shop/home" "secure: $shop/public_html/secure" "$@"
}

# attempt ADDRESS CODE: what the answer is
attempt()
{
	post "$2" REMOTE_ADDR="$1"
	outcome
	[ "$(status)" != 303 ] || printf 'link\n'
}

# fail_times COUNT ADDRESS [CODE]: so many tries with CODE, else with one that does
# not exist
fail_times()
{
	n=0
	while [ "$n" -lt "$1" ]; do
		attempt "$2" "${3:-NOSUCHCODE}" >/dev/null
		n=$((n + 1))
	done
}

code GOOD1111
fail_times 29 192.0.2.1
is 'the thirtieth failed try is still answered' "$(attempt 192.0.2.1 NOSUCHCODE)" unknown
is 'the next is not' "$(attempt 192.0.2.1 NOSUCHCODE)" slow-down
is 'nor is a right code from there' "$(attempt 192.0.2.1 GOOD1111)" slow-down
is 'with status 429' "$(status)" 429
wait=$(sed -n 's/^Retry-After: //p' "$tmp/answer")
ok 'and a time to wait, ten minutes at most' test "$wait" -gt 0 -a "$wait" -le 600
is 'nothing is counted' "$(value uses "$code_file")" 0
is 'another address is served' "$(attempt 192.0.2.2 GOOD1111)" link
is 'the same address, written as IPv6, is not' "$(attempt ::ffff:192.0.2.1 GOOD1111)" slow-down
is 'an address that is none is served' "$(attempt nonsense GOOD1111)" link
is 'no address at all, too' "$(attempt '' GOOD1111)" link
size=$(wc -c <"$table")
mode=$(stat -c %a "$table")
is 'the table is for nobody else' "$mode" 600
ok 'no address stands in it' sh -c "! grep -q '192.0.2' '$table'"

limited 'tries: 3'
fail_times 2 2001:db8:1:2:3:4:5:6
is 'IPv6: the third failed try' "$(attempt 2001:db8:1:2:ffff::1 NOSUCHCODE)" unknown
is 'the whole /64 waits' "$(attempt 2001:db8:1:2::99 GOOD1111)" slow-down
is 'its neighbour does not' "$(attempt 2001:db8:1:3::99 GOOD1111)" link
is 'the table has one size' "$(wc -c <"$table")" "$size"

is 'an address with its port is the same address' \
	"$(fail_times 3 192.0.2.77:1234; attempt 192.0.2.77 GOOD1111)" slow-down
is 'IPv6 with a port, too' "$(attempt '[2001:db8:1:2::5]:80' GOOD1111)" slow-down

# Clients without an address share an entry, which is ten times as patient.
fail_times 15 unix:
fail_times 14 ''
is 'no address: the thirtieth failed try' "$(attempt nonsense NOSUCHCODE)" unknown
is 'no address: all of them wait' "$(attempt '' GOOD1111) $(attempt unix: GOOD1111)" 'slow-down slow-down'
is 'whoever has one does not' "$(attempt 192.0.2.99 GOOD1111)" link

# what is no failed try: no code at all, a right one, one whose record is none
code BROKEN11 'uses: many'
n=0
while [ "$n" -lt 5 ]; do
	for typed in a GOOD1111 BROKEN11; do
		attempt 198.51.100.1 "$typed" >/dev/null
	done
	n=$((n + 1))
done
is 'empty, right and broken codes are no failed tries' "$(attempt 198.51.100.1 GOOD1111)" link

# A mistyped code is a tenth of one: it may be a guess at an owner's own code.
fail_times 29 198.51.100.3 7K3M-9QXA-2FTG
is 'mistyped, the thirtieth time' "$(attempt 198.51.100.3 FLEMISHX2026)" mistyped
is 'mistyped codes count a tenth' "$(attempt 198.51.100.3 FLEMISHX2026)" slow-down

# One with letters of another script is none: no code has them.
fail_times 35 198.51.100.5 'FLEMISH%D0%A52026'
is 'letters of another script count nothing' "$(attempt 198.51.100.5 GOOD1111)" link

# A dead code is one, so that it cannot fill the log.
code USED1111 'uses: 3' 'limit: 3' 'file: first-light.zip'
code PAST1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'expires: 2001-12-31'
for dead in USED1111 PAST1111; do
	rm -f "$shop/home/log" "$table"
	fail_times 2 198.51.100.4 "$dead"
	like "$dead: the third time" "$(attempt 198.51.100.4 "$dead")" '^(used-up|expired)$'
	is "$dead: then its sender waits" "$(attempt 198.51.100.4 "$dead")" slow-down
	is "$dead: and the log has no more of it" "$(grep -c "$dead" "$shop/home/log")" 3
done

# an unknown code with a right check character is one
fail_check()
{
	attempt 198.51.100.2 0000-0000-0000 >/dev/null
}
fail_check
fail_check
fail_check
is 'unknown codes whose check is right count' "$(attempt 198.51.100.2 GOOD1111)" slow-down

# a table that is not whole keeps nobody out, and is remade
for damage in ': >' 'head -c 100 /dev/urandom >' 'head -c 9000 /dev/urandom >' 'head -c 100000 /dev/zero >'; do
	fail_times 3 203.0.113.5
	is "before ($damage)" "$(attempt 203.0.113.5 GOOD1111)" slow-down
	eval "$damage \"\$table\""
	is "a damaged table keeps nobody out ($damage)" "$(attempt 203.0.113.5 GOOD1111)" link
	fail_times 3 203.0.113.5
	is "it is made anew ($damage)" "$(attempt 203.0.113.5 GOOD1111)" slow-down
	is "in its size ($damage)" "$(wc -c <"$table")" "$size"
	rm "$table"
done
for bad in mkdir mkfifo 'ln -s /nowhere'; do
	$bad "$table"
	is "a table that cannot be one keeps nobody out ($bad)" "$(attempt 203.0.113.5 GOOD1111)" link
	is "a failed try is answered ($bad)" "$(attempt 203.0.113.5 NOSUCHCODE)" unknown
	like "but the owner is told ($bad)" "$(tail -n 1 "$tmp/complaint")" '^redeem: attempts: '
	(cd "$cgi" && ./redeem.cgi --check) >"$tmp/check" || :
	like "so is who asks ($bad)" "$(cat "$tmp/check")" '^WRONG  attempts '
	rm -r "$table"
done
(cd "$cgi" && ./redeem.cgi --check) >"$tmp/check" || :
like 'no table yet is no fault' "$(cat "$tmp/check")" '^ok     attempts '
fail_times 1 203.0.113.5
(cd "$cgi" && ./redeem.cgi --check) >"$tmp/check" || :
like 'and one that is there is none, either' "$(cat "$tmp/check")" '^ok     attempts '
rm "$table"

# The table holds 512 addresses. Whoever waits stays in it, and where all count,
# the fewest tries give way to the next.
limited 'tries: 2'
fail_times 2 10.9.9.9
is 'an address that waits' "$(attempt 10.9.9.9 GOOD1111)" slow-down
n=0
while [ "$n" -lt 600 ]; do
	attempt "10.0.$((n / 256)).$((n % 256))" NOSUCHCODE >/dev/null
	n=$((n + 1))
done
is 'waits on when 600 others have come' "$(attempt 10.9.9.9 GOOD1111)" slow-down
is 'the last of them is counted' "$(fail_times 1 10.0.2.87; attempt 10.0.2.87 GOOD1111)" slow-down
is 'the table has not grown' "$(wc -c <"$table")" "$size"

limited 'tries: 0'
is '0: no limit' "$(attempt 10.0.2.87 GOOD1111)" link
rm "$table"
fail_times 3 10.0.2.87
ok '0: no table' test ! -e "$table"
finish

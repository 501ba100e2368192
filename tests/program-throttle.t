#!/bin/sh
# Failed tries are counted by address, and past the limit that address waits;
# nothing else is kept out. [S15]
. "${0%/*}/lib.sh"

shop_stock
table=$shop/home/attempts
limited()
{
	settings "home: $shop/home" "secure: $shop/public_html/secure" "$@"
}

# try ADDRESS CODE: what the answer is
try()
{
	post "$2" REMOTE_ADDR="$1"
	outcome
	[ "$(status)" != 303 ] || printf 'link\n'
}

# fail_times COUNT ADDRESS: so many tries with a code that does not exist
fail_times()
{
	n=0
	while [ "$n" -lt "$1" ]; do
		try "$2" NOSUCHCODE >/dev/null
		n=$((n + 1))
	done
}

code GOOD1111
fail_times 29 192.0.2.1
is 'the thirtieth failed try is still answered' "$(try 192.0.2.1 NOSUCHCODE)" unknown
is 'the next is not' "$(try 192.0.2.1 NOSUCHCODE)" slow-down
is 'nor is a right code from there' "$(try 192.0.2.1 GOOD1111)" slow-down
is 'with status 429' "$(status)" 429
wait=$(sed -n 's/^Retry-After: //p' "$tmp/answer")
ok 'and a time to wait, ten minutes at most' test "$wait" -gt 0 -a "$wait" -le 600
is 'nothing is counted' "$(value uses "$code_file")" 0
is 'another address is served' "$(try 192.0.2.2 GOOD1111)" link
is 'the same address, written as IPv6, is not' "$(try ::ffff:192.0.2.1 GOOD1111)" slow-down
is 'an address that is none is served' "$(try nonsense GOOD1111)" link
is 'no address at all, too' "$(try '' GOOD1111)" link
size=$(wc -c <"$table")
mode=$(stat -c %a "$table")
is 'the table is for nobody else' "$mode" 600
ok 'no address stands in it' sh -c "! grep -q '192.0.2' '$table'"

limited 'tries: 3'
fail_times 2 2001:db8:1:2:3:4:5:6
is 'IPv6: the third failed try' "$(try 2001:db8:1:2:ffff::1 NOSUCHCODE)" unknown
is 'the whole /64 waits' "$(try 2001:db8:1:2::99 GOOD1111)" slow-down
is 'its neighbour does not' "$(try 2001:db8:1:3::99 GOOD1111)" link
is 'the table has one size' "$(wc -c <"$table")" "$size"

# what is not a failed try
n=0
while [ "$n" -lt 5 ]; do
	try 198.51.100.1 7K3M-9QXA-2FTG >/dev/null
	try 198.51.100.1 'a' >/dev/null
	try 198.51.100.1 GOOD1111 >/dev/null
	n=$((n + 1))
done
is 'mistyped, empty and right codes are no failed tries' "$(try 198.51.100.1 GOOD1111)" link

# an unknown code with a right check character is one
fail_check()
{
	try 198.51.100.2 0000-0000-0000 >/dev/null
}
fail_check
fail_check
fail_check
is 'unknown codes whose check is right count' "$(try 198.51.100.2 GOOD1111)" slow-down

# a table that is not whole keeps nobody out, and is remade
for damage in ': >' 'head -c 100 /dev/urandom >' 'head -c 9000 /dev/urandom >' 'head -c 100000 /dev/zero >'; do
	fail_times 3 203.0.113.5
	is "before ($damage)" "$(try 203.0.113.5 GOOD1111)" slow-down
	eval "$damage \"\$table\""
	is "a damaged table keeps nobody out ($damage)" "$(try 203.0.113.5 GOOD1111)" link
	fail_times 3 203.0.113.5
	is "it is made anew ($damage)" "$(try 203.0.113.5 GOOD1111)" slow-down
	is "in its size ($damage)" "$(wc -c <"$table")" "$size"
	rm "$table"
done
mkdir "$table"
is 'a table that cannot be one keeps nobody out' "$(try 203.0.113.5 GOOD1111)" link
fail_times 1 203.0.113.5
like 'but the owner is told' "$(cat "$tmp/complaint")" '^redeem: attempts: '
rmdir "$table"

# old entries give way: the table holds 512 addresses, all of the same age
limited 'tries: 1'
fail_times 1 10.9.9.9
is 'an address that waits' "$(try 10.9.9.9 GOOD1111)" slow-down
n=0
while [ "$n" -lt 600 ]; do
	try "10.0.$((n / 256)).$((n % 256))" NOSUCHCODE >/dev/null
	n=$((n + 1))
done
is 'the last of many addresses waits' "$(try 10.0.2.87 GOOD1111)" slow-down
is 'the table has not grown' "$(wc -c <"$table")" "$size"

limited 'tries: 0'
is '0: no limit' "$(try 10.0.2.87 GOOD1111)" link
rm "$table"
fail_times 3 10.0.2.87
ok '0: no table' test ! -e "$table"
finish

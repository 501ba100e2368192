#!/bin/sh
# What one redemption may ask of the machine: system calls, instructions, memory,
# bytes on the disk; and no more of them where thousands of links are. How long it
# takes is for `make bench` to say.
. "${0%/*}/lib.sh"
test_all_only 'needs valgrind'
need cc strace valgrind musl-gcc
strace=$(command -v strace)
"$strace" -o /dev/null true 2>/dev/null || skip_all 'strace is not allowed to trace here'

"${CC:-cc}" -std=c99 -O2 -D_FILE_OFFSET_BITS=64 -o "$tmp/bench" "$top/tests/bench.c"
place=$tmp
if [ -w /dev/shm ] && [ "$(stat -f -c %T /dev/shm)" = tmpfs ]; then
	place=$(mktemp -d /dev/shm/redeem-budgets.XXXXXX)
	at_end "rm -rf -- '$place'"
fi
shop_make "$place/shop" cgi-bin "$(id -un)"
secure=$shop/public_html/secure
export SCRIPT_FILENAME="$cgi/redeem.cgi"
room=$(printf '%127s' '')

# fresh NAME: a code as mint leaves it
fresh()
{
	code "$1" 'uses: 0' 'limit: 3' 'file: first-light.zip' "$room"
}

# count_calls NAME: how many one redemption makes, of a new code, for a client whose
# address is known, as it is with any server
count_calls()
{
	fresh "$1"
	post "$1" REMOTE_ADDR=127.0.0.1 "$strace" -o "$tmp/trace"
	[ "$(status)" = 303 ] || bail_out "$1 is not redeemed"
	grep -c '^[a-z0-9_]*(' "$tmp/trace"
}

# at_most NAME GOT MOST
at_most()
{
	printf '# %s: %d of %d\n' "$1" "$2" "$3"
	ok "$1: no more than $3" test "$2" -le "$3"
}

# A shop that has been in use: there is a table of failed tries, and there are
# rules of secure. The minute may be new to it or not: that makes no difference.
post NOSUCHCODE REMOTE_ADDR=127.0.0.1
is 'a failed try is in the table' "$(status) $(test -s "$shop/home/attempts" && printf there)" '404 there'
fresh FIRST1
post first1
none=$(count_calls CALLS1)
at_most 'system calls' "$none" 70

fresh COUNT1
post count1 REMOTE_ADDR=127.0.0.1 "$(command -v valgrind)" --tool=callgrind \
	--callgrind-out-file="$tmp/callgrind"
is 'a link, also when instructions are counted' "$(status)" 303
instructions=$(sed -n 's/^==[0-9]*== Collected : //p' "$tmp/complaint")
at_most 'instructions' "${instructions:-999999999}" 250000

fresh PEAK1
peak=$("$tmp/bench" peak 303 "$cgi/redeem.cgi" code=PEAK1)
at_most 'kilobytes of memory' "$peak" 600
at_most 'bytes on the disk' "$(wc -c <"$cgi/redeem.cgi" | tr -d ' ')" 163840

# Links that are live cost nothing; of those that are over, two are removed: by
# ten calls each, and as many for each of their buckets and for the list of these.
minute=$(($(date +%s) / 60))
"$tmp/bench" links "$secure" "$((minute + 2))" 2 10000 "$shop/home/files/first-light.zip"
is 'system calls among 10,000 live links' "$(count_calls LIVE1)" "$none"
for buckets in 1 2000 10000; do
	# one sweep in sixteen looks further than at the first buckets
	for try in 1 2 3 4; do
		rm -rf "${secure:?}"/[0-9]*
		"$tmp/bench" links "$secure" "$((minute - 10))" "$buckets" 10000 \
			"$shop/home/files/first-light.zip"
		late=$(count_calls "LATE$buckets$try")
		[ "$late" -gt $((none + 50)) ] || break
	done
	at_most "system calls with 10,000 expired links in $buckets buckets" \
		"$late" $((none + 50))
	is 'two of them are gone' "$(find "$secure" -name "00000000*" -type d | wc -l | tr -d ' ')" 9998
done

finish

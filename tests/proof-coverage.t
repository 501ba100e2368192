#!/bin/sh
# Every function of redeem.c that a request can reach is reached by tests/corpus,
# or stands in tests/unreached with the reason.
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
need gcc gcov

if [ -w /dev/shm ]; then
	TMPDIR=$(mktemp -d /dev/shm/redeem-test.XXXXXX)
	at_end "rm -rf -- '$TMPDIR'"
	export TMPDIR
fi
table=$("$top/tests/coverage" "$tmp/coverage" 2>"$tmp/said") || :
is 'each input comes to what it is named' "$(cat "$tmp/said")" ''
like 'there is a table' "$table" '^8\. Record +[0-9]{3} +[0-9]{2}\.[0-9] %$'

# sections 1 to 3 are libc's side of it, the last is for the shell
last=$(sed -n 's/^ \* \([0-9]*\)\. .*/\1/p' "$top/redeem.c" | tail -n 1)
awk -v last="$last" '$1 > 3 && $1 < last { print $2 }' "$tmp/coverage/unreached" | sort >"$tmp/unreached"
sed '/^#/d; s/ .*//' "$top/tests/unreached" | sort >"$tmp/listed"
is 'what is not reached is in the list' "$(comm -23 "$tmp/unreached" "$tmp/listed")" ''
is 'what is in the list is not reached' "$(comm -13 "$tmp/unreached" "$tmp/listed")" ''
is 'each has a reason' "$(grep -Ev '^#|^[a-z0-9_]+ +[a-z]' "$top/tests/unreached")" ''
finish

#!/bin/sh
# `make test` installs what it needs: each test that it runs, and that test-all runs,
# too, where more is there, needs nothing else.
. "${0%/*}/lib.sh"

grep -L '^test_all_only ' "$top"/tests/*.t >"$tmp/quick"
ok 'there are some' test "$(wc -l <"$tmp/quick")" -ge 20
: >"$tmp/beyond"
while read -r test; do
	needs=$(sed -n 's/^need //p' "$test")
	for program in $needs; do
		case $quick_programs in
		*" $program "*) ;;
		*) printf '%s: %s\n' "${test##*/}" "$program" >>"$tmp/beyond" ;;
		esac
	done
done <"$tmp/quick"
is 'each needs only what make test may need' "$(cat "$tmp/beyond")" ''
ok 'and says so if not' sh -c "! (REDEEM_TESTS=quick; . '$top/tests/lib.sh' && need qrencode) >'$tmp/said' 2>&1"
like 'by name' "$(cat "$tmp/said")" 'qrencode is not for .make test.'
finish

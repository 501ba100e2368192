#!/bin/sh
# Each count that README states under "How it was tried" is one that a test prints
# and compares, and each that a test prints is there.
. "${0%/*}/lib.sh"

# What the tests count, by the first word of `figure`; sanitized and valgrind are
# the two of one.
sed -n "s/^[^#]*figure ['\"]\([^'\"]*\)['\"].*/\1/p" "$top"/tests/*.t |
	sed '/ [$]with$/{s// sanitized/;p;s/sanitized/valgrind/;}' | sort -u >"$tmp/counted"
sed -n '/^How it was tried/,/^How fast/s/^    \([^ ].*[^ ]\)   *[0-9].*/\1/p' "$top/README" |
	sed 's/  *$//' | sort >"$tmp/stated"
ok 'README states some' test "$(wc -l <"$tmp/stated")" -ge 10
is 'each is counted by a test' "$(comm -23 "$tmp/stated" "$tmp/counted")" ''
is 'each that a test counts is stated' "$(comm -13 "$tmp/stated" "$tmp/counted")" ''
is 'commas' "$(commas 7) $(commas 1164) $(commas 10000000)" '7 1,164 10,000,000'
# and a count that differs is noticed
ok 'a wrong count fails' sh -c "! (. '$top/tests/lib.sh' && figure 'ways to have no random bytes' '8, and no link'; [ \"\$failures\" = 0 ]) >/dev/null 2>&1"
finish

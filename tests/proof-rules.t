#!/bin/sh
# Each security rule that the manual of redeem.c numbers stands at code that
# keeps it and at a test that proves it; and no number stands anywhere that the
# manual does not have.
. "${0%/*}/lib.sh"

cd "$top"
sed '/^ \*\/$/q' redeem.c >"$tmp/manual"
sed '1,/^ \*\/$/d' redeem.c >"$tmp/code"
cat tests/*.c tests/*.sh tests/*.t >"$tmp/tests"

# The numbers in FILE, each as often as it stands there.
numbers()
{
	tr '[' '\n' <"$1" | sed -n 's/^S\([0-9][0-9]*\)\].*/\1/p' | sort -n
}

rules=$(sed -n 's/^ \*  \[S\([0-9]*\)\]  *[A-Z].*/\1/p' "$tmp/manual")
count=$(printf '%s\n' "$rules" | wc -l)
is 'the manual numbers its rules from 1 on, each once' "$rules" "$(seq "$count")"
ok 'there are some' test "$count" -ge 15
for rule in $rules; do
	ok "rule $rule: code keeps it" grep -q "\[S$rule\]" "$tmp/code"
	ok "rule $rule: a test proves it" grep -q "\[S$rule\]" "$tmp/tests"
done
is 'no other number stands in the code' "$(numbers "$tmp/code" | uniq)" "$rules"
is 'nor in the tests' "$(numbers "$tmp/tests" | uniq)" "$rules"
printf '# %d rules, at %d places in the code and %d in the tests\n' "$count" \
	"$(numbers "$tmp/code" | wc -l)" "$(numbers "$tmp/tests" | wc -l)"
finish

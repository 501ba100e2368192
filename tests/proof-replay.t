#!/bin/sh
# Each input in tests/corpus comes to the outcome that its name begins with, and
# each outcome has one: harnesses that reach a code, and those that would not.
. "${0%/*}/lib.sh"
need cc make

harnesses='request record settings link redeem'

# Of $1: folders in the corpus; the outcomes that are known there, but not named.
unnamed()
{
	for harness in $1; do
		"$top/build/replay_$harness" --outcomes
	done | sort -u >"$tmp/known"
	for harness in $1; do
		ls "$top/tests/corpus/$harness"
	done | sed 's/\..*//' | sort -u >"$tmp/named"
	comm -23 "$tmp/known" "$tmp/named"
}

ok 'the harnesses can be built' make -s -C "$top" replays
for harness in $harnesses; do
	said=$("$top/build/replay_$harness" "$top/tests/corpus/$harness" 2>&1) || :
	like "$harness: each comes to what it is named" "$said" \
		'^[0-9]{2,} inputs, 0 not as named$'
done
for known in request record settings 'link redeem'; do
	is "$known: each outcome has an input" "$(unnamed "$known")" ''
done

# a harness that reaches nothing any more is noticed
mkdir -p "$tmp/deaf/tests" "$tmp/deaf/build"
cp "$top/Makefile" "$top/redeem.c" "$tmp/deaf"
cp "$top/tests/replay.h" "$top"/tests/fuzz_*.c "$tmp/deaf/tests"
sed 's/"CONTENT_LENGTH=%zu"/"CONTENT_LENGTH=zu%.0zu"/' "$top/tests/fuzz.h" \
	>"$tmp/deaf/tests/fuzz.h"
ok 'a harness can be made deaf' sh -c "! cmp -s '$top/tests/fuzz.h' '$tmp/deaf/tests/fuzz.h'"
ok 'and built' make -s -C "$tmp/deaf" build/replay_redeem
is 'which makes it fail' \
	"$("$tmp/deaf/build/replay_redeem" "$top/tests/corpus/redeem" >"$tmp/said" || printf '%s' "$?")" 1
like 'and is said' "$(cat "$tmp/said")" 'link\.first-use: came to bad-length$'
finish

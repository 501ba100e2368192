#!/bin/sh
# Ten seconds of fuzzing each: requests, records, settings, signed links, and all
# of redeem.
. "${0%/*}/lib.sh"
test_all_only 'needs clang'
need clang make

printf 'int LLVMFuzzerTestOneInput(void){return 0;}\n' >"$tmp/none.c"
clang -fsanitize=fuzzer -o "$tmp/none" "$tmp/none.c" >/dev/null 2>&1 ||
	skip_all 'clang has no libFuzzer here; see tests/install'

# harnesses work on files all the time, so in memory where there is some
if [ -w /dev/shm ]; then
	TMPDIR=$(mktemp -d /dev/shm/redeem-test.XXXXXX)
	at_end "rm -rf -- '$TMPDIR'"
else
	TMPDIR=$tmp
fi
export TMPDIR
harnesses='request record settings link redeem'

mkdir "$tmp/fuzz"
ok 'the harnesses can be built' make -s -j2 -C "$top" build/fuzz_request \
	build/fuzz_record build/fuzz_settings build/fuzz_link build/fuzz_redeem
for harness in $harnesses; do
	ln -s "$top/build/fuzz_$harness" "$tmp/fuzz/fuzz_$harness"
	ok "fuzz_$harness: nothing found in the corpus" "$top/build/fuzz_$harness" \
		-runs=0 -print_funcs=0 -artifact_prefix="$tmp/" \
		"$top/tests/corpus/$harness"
done
# $harnesses is split on purpose, by xargs
printf '%s\n' "$harnesses" | xargs "$top/tests/fuzz" "$tmp/fuzz" 10 -1 >"$tmp/said" || :
for harness in $harnesses; do
	like "fuzz_$harness: nothing found" "$(cat "$tmp/said")" \
		"^fuzz_$harness: [0-9]{3,} runs, nothing found"
done
is 'nothing is left behind' "$(find "$TMPDIR" -name 'redeem-fuzz.*')" ''

# with a fault in the program, they find it: a code of three characters [S1]
mkdir -p "$tmp/broken/tests" "$tmp/broken/build"
cp "$top/Makefile" "$tmp/broken"
cp "$top"/tests/fuzz.h "$top"/tests/replay.h "$top"/tests/fuzz_*.c "$tmp/broken/tests"
sed 's/^#define CODE_MIN 4$/#define CODE_MIN 3/' "$top/redeem.c" >"$tmp/broken/redeem.c"
ok 'the program can be broken' sh -c "! cmp -s '$top/redeem.c' '$tmp/broken/redeem.c'"
ok 'and built' make -s -C "$tmp/broken" build/fuzz_request
is 'a fault makes it fail' \
	"$("$top/tests/fuzz" "$tmp/broken/build" 10 -1 request >"$tmp/said" || printf '%s' "$?")" 1
like 'which is said' "$(cat "$tmp/said")" 'FAULT after [0-9]+ runs'
like 'with its place' "$(cat "$tmp/said")" 'fuzz_request\.c:[0-9]+: .*_check.*Assertion'
ok 'and the input is kept' sh -c "ls '$tmp'/broken/build/found/request-crash-*"
finish

#!/bin/sh
# The unit tests and the tests of the whole program pass on a build with
# AddressSanitizer and UndefinedBehaviorSanitizer, and under valgrind: no access
# that is not allowed, and nothing that is not freed at exit.
. "${0%/*}/lib.sh"
test_all_only 'needs valgrind'
need cc make pkg-config valgrind perl

valgrind=$(command -v valgrind)
build=$top/build
# -j and the like of a make that runs this are not for us
unset MAKEFLAGS MFLAGS
ok 'it builds' make -s -C "$top" build/redeem-sanitized build/unit-sanitized \
	build/redeem-debug build/unit
like 'with the sanitizers' "$(ASAN_OPTIONS=help=1 "$build/redeem-sanitized" --version 2>&1)" \
	'AddressSanitizer'

# what valgrind shall call an error, and where it and the sanitizers write theirs
errors='--leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all --error-exitcode=99'
reports="ASAN_OPTIONS=detect_leaks=1:log_path=$tmp/sanitized.report UBSAN_OPTIONS=print_stacktrace=1:log_path=$tmp/sanitized.report"

# program NAME COMMAND: a program that runs COMMAND and counts its runs. Tests
# empty the environment, so all that COMMAND needs is in there. The sanitized one
# hears the name that it was called by, beside which it finds its settings.
program()
{
	cat >"$tmp/$1" <<-END
	#!/bin/sh
	printf . >>'$tmp/$1.runs'
	exec $2 "\$@"
	END
	chmod 755 "$tmp/$1"
	: >"$tmp/$1.runs"
}
program sanitized "/usr/bin/env $reports $(command -v perl) -e '\$run = shift; exec { \$run } @ARGV' \\
	'$build/redeem-sanitized' \"\$0\""
program unit-sanitized "/usr/bin/env $reports '$build/unit-sanitized'"
# What is left on a stack is nobody's to valgrind, so the tests that look are without it.
program unit-valgrind "env CK_RUN_CASE=all '$valgrind' -q $errors --log-file='$tmp/valgrind.report.%p' '$build/unit'"
program valgrind "'$valgrind' -q $errors --log-file='$tmp/valgrind.report.%p' '$build/redeem-debug'"

# found NAME: what it found. valgrind leaves a file where it found nothing, too.
found()
{
	find "$tmp" -name "$1.report.*" -size +0 -exec cat {} + | head -n 40
}

# passes_with NAME TEST...: the tests pass with that program, and nothing is found.
passes_with()
{
	with=$1
	shift
	for test in "$@"; do
		REDEEM_PROGRAM=$tmp/$with "$top/tests/$test.t" >"$tmp/$test.out" 2>&1 &
	done
	wait
	for test in "$@"; do
		is "$test.t, $with" "$(grep -v -e '^ok ' -e '^# [^ ]' "$tmp/$test.out" | head -n 20)" \
			"1..$(grep -c '^ok ' "$tmp/$test.out")"
	done
	is "nothing is found, $with" "$(found "$with")" ''
	figure "requests, $with" "$(commas "$(wc -c <"$tmp/$with.runs")")"
}

# unit NAME: what the unit tests say with it, and what it found. What they do
# wrong on purpose is complained of on stderr.
unit()
{
	CK_FORK=no "$tmp/unit-$1" 2>"$tmp/complaints" || printf 'exit status %s\n' "$?"
	found "$1"
}
hundred='100%: Checks: [1-9][0-9]*, Failures: 0, Errors: 0'
for with in sanitized valgrind; do
	is "unit tests, $with" "$(unit "$with" | grep -vx -e "$hundred" -e 'Running .*')" ''
done
passes_with sanitized program-answers program-record program-settings
passes_with valgrind program-answers program-record
finish

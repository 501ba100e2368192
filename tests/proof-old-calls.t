#!/bin/sh
# The program runs on Linux 2.6.32: each system call it makes that is younger
# than that is in README's list, and where a kernel says ENOSYS to it, all is as
# ever. So for each way of building it that differs in its calls.

. "${0%/*}/lib.sh"
test_all_only 'needs musl for another processor'
. "$top/tests/strace.sh"

need make cc
[ "$(uname -m)" = x86_64 ] || skip_all 'the numbers of calls are known here for x86_64 and i686 only'
[ -e "$top/build/musl/i686/bin" ] || skip_all 'there is no musl for i686; see tests/install'
"$strace" -n -o /dev/null true 2>/dev/null || skip_all 'this strace tells no numbers (before 5.11)'
unset MAKEFLAGS MFLAGS
cd "$tmp"

# Calls are numbered as they come. The last one of 2.6.32 is perf_event_open;
# recvmmsg, of 2.6.33, is the next.
last_x86_64=298
last_i686=336

scenarios=$(sed -n 's/^scenario_\([a-z]*\)().*/\1/p' "$top/tests/strace.sh")

# What README says is younger, and not needed.
awk '/^Old hosts$/ { on = 1 } /^Other systems$/ { on = 0 }
	on && /^    [a-z]/ { print $1 }' "$top/README" | sort >"$tmp/known"
ok 'README has a list' test -s "$tmp/known"

# A kernel that is old has an old vdso, too: without these functions libc makes
# the calls that they stand for.
without_vdso()
{
	sed 's/__vdso_/__none_/g' "$1" >"$2"
	chmod 755 "$2"
}

# trace_all: appends what the program calls in each scenario, in the form, for
# wrong codes, and as it checks a shop, to $tmp/all.
trace_all()
{
	: >"$tmp/all"
	for scenario in $scenarios; do
		set_out "$scenario"
		traced -n
		is "$build: $scenario" "$(status) $(value uses "$code_file")" "303 $uses"
		cat "$tmp/trace" >>"$tmp/all"
	done
	cgi REQUEST_METHOD=GET "$strace" -n -o "$tmp/trace" </dev/null
	cat "$tmp/trace" >>"$tmp/all"
	for wrong in 7K3M9QXA2FTF 7K3M9QXA2FTG; do
		post "$wrong" REMOTE_ADDR=192.0.2.1 "$strace" -n -o "$tmp/trace"
		cat "$tmp/trace" >>"$tmp/all"
	done
	# as setup leaves it
	chmod 700 "$shop/home/codes"
	ok "$build: --check" env REDEEM_CONF="$cgi/.htredeem" "$strace" -n -o "$tmp/trace" \
		"$cgi/redeem.cgi" --check
	cat "$tmp/trace" >>"$tmp/all"
}

# young LAST: the names of the calls in $tmp/all with a number after LAST.
young()
{
	sed -n 's/^\[ *\([0-9]*\)\] \([a-z0-9_]*\)(.*/\1 \2/p' "$tmp/all" |
		awk -v "last=$1" '$1 > last { print $2 }' | sort -u
}

# lacking CALLS: a kernel that does not know these, which have commas in between.
lacking()
{
	: >"$tmp/all"
	for scenario in first several; do
		set_out "$scenario"
		traced -e "inject=$1:error=ENOSYS"
		is "$build: $scenario, without $1" "$(status) $(value uses "$code_file")" "303 $uses"
		cat "$tmp/trace" >>"$tmp/all"
	done
	cgi REQUEST_METHOD=GET "$strace" -o "$tmp/trace" -e "inject=$1:error=ENOSYS" </dev/null
	is "$build: the form, without $1" "$(status) $(outcome)" '200 form'
	cat "$tmp/trace" >>"$tmp/all"
	chmod 700 "$shop/home/codes"
	ok "$build: --check, without $1" env REDEEM_CONF="$cgi/.htredeem" "$strace" -o "$tmp/trace" \
		-e "inject=$1:error=ENOSYS" "$cgi/redeem.cgi" --check
	cat "$tmp/trace" >>"$tmp/all"
	for call in $(printf '%s' "$1" | tr ',' ' '); do
		ok "$build: $call was asked for, and was not there" \
			grep -q "^$call(.*INJECTED" "$tmp/all"
	done
}

# try_build BUILD PROGRAM LAST
try_build()
{
	build=$1
	without_vdso "$2" "$cgi/redeem.cgi"
	trace_all
	ok "$build: calls were seen" test "$(wc -l <"$tmp/all")" -ge 200
	young "$3" >"$tmp/young"
	is "$build: none that README does not know" "$(comm -23 "$tmp/young" "$tmp/known")" ''
	cat "$tmp/young" >>"$tmp/all-young"
	while IFS= read -r one; do
		lacking "$one" </dev/null
	done <"$tmp/young"
	lacking "$(paste -s -d , "$tmp/young")"
}

ok 'it builds for i686' make -s -C "$top" build/dist/i686/redeem
mkdir "$tmp/glibc"
cp "$top/Makefile" "$top/redeem.c" "$tmp/glibc"
make -s -C "$tmp/glibc" CC_MUSL=none redeem >"$tmp/made"
is 'and without musl' "$(cat "$tmp/made")" 'redeem: static'

: >"$tmp/all-young"
try_build 'as made' "$REDEEM_PROGRAM" "$last_x86_64"
try_build i686 "$top/build/dist/i686/redeem" "$last_i686"
try_build glibc "$tmp/glibc/redeem" "$last_x86_64"
is 'README lists none that is not made' "$(sort -u "$tmp/all-young")" "$(cat "$tmp/known")"
finish

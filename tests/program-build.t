#!/bin/sh
# What `make` builds: what the program needs stays when the user has flags of their
# own; where a better way to build fails, make says why; and what to do where there
# is no compiler.
. "${0%/*}/lib.sh"
need make cc
# Run by make, a make of our own would take part in that one.
unset MAKEFLAGS MFLAGS MAKELEVEL CPPFLAGS LDFLAGS
mkdir "$tmp/checkout" "$tmp/bin"
cp "$top/Makefile" "$top/redeem.c" "$tmp/checkout"
program=$tmp/checkout/redeem
real=$(command -v cc)

# build [NAME=VALUE...]: makes the program; sets $said, all that make says of it.
build()
{
	rm -f "$tmp/arguments"
	said=$(make -s -B -C "$tmp/checkout" CC_MUSL=none "$@" redeem 2>&1) ||
		said="$said (failed)"
}

# compiler NAME REFUSED: a compiler NAME, which is cc, but knows no argument that
# matches the pattern REFUSED. What it is asked to do is added to $tmp/arguments.
compiler()
{
	cat >"$tmp/bin/$1" <<-END
	#!/bin/sh
	printf '%s\n' "\$*" >>'$tmp/arguments'
	for argument in "\$@"; do
		case \$argument in
		$2)
			printf 'something first\n$1: error: no %s\n' "\$argument" >&2
			exit 1
			;;
		esac
	done
	exec '$real' "\$@"
	END
	chmod 755 "$tmp/bin/$1"
}
compiler any -none
compiler no-static -static
compiler no-hardening -fstack-protector-strong

flags=' -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -fstack-protector-strong -D_FORTIFY_SOURCE=2
 -Wl,-z,relro,-z,now -std=c99 '

# needed NAME: all that the program needs was there
needed()
{
	for flag in $flags; do
		like "$1: $flag" " $(tail -n 1 "$tmp/arguments") " " $flag "
	done
	is "$1: it works" "$("$program" --version)" "$("$REDEEM_PROGRAM" --version)"
}

build CC="$tmp/bin/any"
needed 'make'
like 'make: small' "$(cat "$tmp/arguments")" ' -Os .* -s '
build CC="$tmp/bin/any" CFLAGS=-g
needed 'CFLAGS=-g'
ok 'CFLAGS=-g: with names for a debugger' grep -q -a '\.debug_info' "$program"
build CC="$tmp/bin/any" CFLAGS='-O2 -DMAX_FILES=17' CPPFLAGS=-DMINE LDFLAGS=-Wl,--as-needed
needed 'flags of every kind'
like 'they come last' "$(cat "$tmp/arguments")" \
	' -Os .* -DMINE -O2 -DMAX_FILES=17 -Wl,--as-needed '

build CC="$tmp/bin/no-static"
like 'not static: it says so' "$said" '^redeem: dynamic$'
like 'and why' "$said" '^redeem: not static: no-static: error: no -static$'
like 'and why not with musl' "$said" '^redeem: not static, with musl: .*none.*not found'
unlike 'in a line each' "$said" 'something first'
needed 'not static'

build CC="$tmp/bin/no-hardening"
like 'without hardening: it says so' "$said" '^redeem: dynamic, without hardening$'
like 'and why' "$said" \
	'^redeem: not dynamic: no-hardening: error: no -fstack-protector-strong$'
like 'without hardening: still 64 bits' "$(tail -n 1 "$tmp/arguments")" \
	'^-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 '
is 'without hardening: it works' "$("$program" --version)" "$("$REDEEM_PROGRAM" --version)"

build CC="$tmp/bin/any" LDFLAGS=-none
like 'where nothing works: the last complaint is whole' "$said" '^something first$'
like 'where nothing works: make fails' "$said" '[(]failed[)]$'
ok 'and leaves no program' test ! -e "$program"

build CC=no-such-compiler
like 'no compiler: what to do' "$said" '^no compiler here: see dist in README$'
like 'no compiler: make fails' "$said" '[(]failed[)]$'
ok 'README has that' grep -q '^    make dist ' "$top/README"
finish

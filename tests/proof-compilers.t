#!/bin/sh
# The program compiles without a warning and keeps its promises with gcc, clang
# and tcc, with glibc and musl, and with what section 1 of redeem.c has for other
# systems: nothing but POSIX.1-2008, and the branches of OpenBSD and macOS, which
# glibc happens to have the functions for.

. "${0%/*}/lib.sh"
test_all_only 'needs compilers'
need gcc clang tcc make pkg-config strace
musl=$top/build/musl/$(uname -m)
[ -e "$musl/bin/musl-gcc" ] || skip_all 'there is no musl; see tests/install'
unset MAKEFLAGS MFLAGS
cd "$top"

# Words of this, and of what pkg-config says, are flags: split by xargs.
strict='-std=c99 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -D_FILE_OFFSET_BITS=64'

# with_glibc COMPILER [FLAG...]: makes $tmp/program and $tmp/unit; unit tests with Check.
with_glibc()
{
	printf '%s\n' "$strict -o $tmp/program redeem.c" | xargs "$@" &&
		printf '%s\n' "$strict -DREDEEM_NO_MAIN -o $tmp/unit tests/unit.c" \
			"$(pkg-config --cflags --libs check)" | xargs "$@"
}

# with_musl COMPILER [FLAG...]: the same with musl's headers and tests/shim, linked
# by musl's gcc, with what a compiler's own code needs.
with_musl()
{
	case $1 in
	gcc) own=$(gcc -print-file-name=include) ;;
	clang) own=$(clang -print-resource-dir)/include ;;
	tcc) own=$(tcc -print-search-dirs | sed -n '/^install:/s/^install: *//p')/include ;;
	esac
	set -- "$@" -nostdinc -isystem "$musl/include" -isystem "$own"
	printf '%s\n' "$strict -c -o $tmp/program.o redeem.c" | xargs "$@" &&
		printf '%s\n' "$strict -DREDEEM_NO_MAIN -Itests/shim -c -o $tmp/unit.o tests/unit.c" |
		xargs "$@" || return 1
	for made in program unit; do
		set -- -static -Wl,-z,noexecstack -o "$tmp/$made" "$tmp/$made.o"
		case $own in
		*/tcc/*) set -- "$@" "${own%/*}/libtcc1.a" ;;
		esac
		"$musl/bin/musl-gcc" "$@" || return 1
	done
}

# passes TEST: a test of the whole program, with $tmp/program.
passes()
{
	REDEEM_PROGRAM=$tmp/program "tests/$1.t" >"$tmp/$1.out" 2>&1 || :
	is "$with: $1.t" "$(grep -v -e '^ok ' -e '^# [^ ]' "$tmp/$1.out" | head -n 20)" \
		"1..$(grep -c '^ok ' "$tmp/$1.out")"
}

# try_compiler with_... COMPILER [FLAG...]
try_compiler()
{
	with=$*
	rm -f "$tmp/program" "$tmp/unit"
	ok "$with: it compiles" "$@"
	is "$with: without a warning" "$(cat "$tmp/.ok")" ''
	is "$with: unit tests" "$("$tmp/unit" 2>/dev/null |
		sed -n 's/: Checks: [1-9][0-9]*,/:/p')" '100%: Failures: 0, Errors: 0'
	"$tmp/unit" 2>/dev/null | sed -n 's/.*Checks: \([0-9]*\),.*/\1/p' >>"$tmp/checks"
	passes program-record
}

for compiler in gcc clang tcc; do
	try_compiler with_glibc "$compiler"
	try_compiler with_musl "$compiler"
	try_compiler with_glibc "$compiler" -DREDEEM_POSIX
	try_compiler with_musl "$compiler" -DREDEEM_POSIX
done
# fcntl's lock: one is stopped while it has it, in the middle of the last use.
# Another must wait, and then hear that none is left. [S2]
with='POSIX.1-2008 only'
ok "$with: it compiles" with_glibc gcc -O2 -DREDEEM_POSIX -DWAIT_SECONDS=60
is "$with: it has no flock, getrandom, getdents" "$(nm -u "$tmp/program" |
	grep -ciE 'flock|random|getdents|syscall')" 0
like "$with: it says so, for tools/code to notice" "$("$tmp/program" --version)" '^locks: fcntl'
unlike 'where it has flock it does not' "$("$REDEEM_PROGRAM" --version)" 'locks'
REDEEM_PROGRAM=$tmp/program shop_make "$tmp/shop" cgi-bin "$(id -un)"
settings "home: $shop/home" "secure: $shop/public_html/secure" 'grace: 0'
code LAST1111 'uses: 0' 'limit: 1' 'file: first-light.zip'
# redeem_apart NAME [COMMAND...]: posts the code, with answers of its own.
redeem_apart()
{
	trap - EXIT
	tmp=$tmp/$1
	mkdir "$tmp"
	shift
	post LAST1111 "$@" || :
	status >"$tmp/status"
}
redeem_apart one "$(command -v strace)" -o "$tmp/trace" -e inject=pwrite64:signal=SIGSTOP &
one=$!
ok "$with: one is stopped while it has the lock" await 60 grep -qs 'stopped by SIGSTOP' "$tmp/trace"
stopped=$(running)
end_stopped()
{
	[ -z "$stopped" ] || kill -KILL "$stopped" || :
}
at_end end_stopped
redeem_apart two &
two=$!
waits()
{
	grep -q -e "-> POSIX.*:$(stat -c %i "$code_file") " /proc/locks
}
ok "$with: another waits for it" await 30 waits
[ -z "$stopped" ] || kill -CONT "$stopped"
stopped=
wait "$one" "$two" || :
is "$with: the last use is one use" "$(cat "$tmp/one/status" "$tmp/two/status" | tr '\n' ' ')$(value \
	uses "$code_file")" '303 410 1'

# What these systems' headers have and glibc's do not; statfs(2) there.
mkdir -p "$tmp/bsd/sys"
cat >"$tmp/bsd/sys/mount.h" <<'END'
struct statfs {
	char f_fstypename[16];
};
static inline int fstatfs(int fd, struct statfs *fs)
{
	fs->f_fstypename[0] = fd < 0 ? 'n' : '\0';
	fs->f_fstypename[1] = '\0';
	return 0;
}
END
try_compiler with_glibc gcc -U__linux__ -D__OpenBSD__ "-I$tmp/bsd"
like 'OpenBSD: random bytes are from arc4random' "$(nm -u "$tmp/program")" 'arc4random_buf'
try_compiler with_glibc gcc -U__linux__ -D__APPLE__ -DF_FULLFSYNC=51 -Dst_mtimespec=st_mtim "-I$tmp/bsd"
like 'macOS: random bytes, too' "$(nm -u "$tmp/program")" 'arc4random_buf'
like 'macOS: where F_FULLFSYNC is not known, fsync is' "$(nm -u "$tmp/program")" ' fsync'

is 'everywhere as many unit tests' "$(sort -u "$tmp/checks" | wc -l)" 1
finish

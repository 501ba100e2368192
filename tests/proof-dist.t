#!/bin/sh
# make dist: the archives are the same wherever they are made; each one's program
# is small, static, and passes the tests of the program on its own kind of
# machine, which is qemu's; and there the clock may be past 2038.
. "${0%/*}/lib.sh"
test_all_only 'needs compilers and emulators'
need make faketime flock qemu-x86_64 qemu-i386 qemu-aarch64 qemu-arm qemu-riscv64
unset MAKEFLAGS MFLAGS

version=$("$REDEEM_PROGRAM" --version | sed 's/redeem //')
architectures=$("$top/tests/musl" list)
[ -e "$top/build/musl/source" ] || skip_all 'there is no source of musl; see tests/install'

ok 'it is made' make -s -C "$top" dist
sums=$(cat "$top/dist/SHA256SUMS")
is 'an archive of each' "$(cd "$top/dist" && printf '%s ' *.tar.gz)" \
	"$(printf '%s\n' "$architectures" | tr ' ' '\n' | sort |
		sed "s/.*/redeem-$version-&.tar.gz/" | tr '\n' ' ')"
sums_hold()
{
	(cd "$top/dist" && sha256sum -c SHA256SUMS)
}
ok 'the sums are theirs' sums_hold

# Elsewhere, at another hour, with other rights, and without a history.
mkdir -p "$tmp/else where/build"
(cd "$top" && git ls-files -co --exclude-standard | tar cf - -T -) |
	tar xf - -C "$tmp/else where"
find "$tmp/else where" -exec touch -d '2001-01-01' {} +
ln -s "$top/build/musl" "$tmp/else where/build/musl"
again()
{
	(
		cd "$tmp/else where"
		umask 077
		SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct) TZ=Asia/Tokyo tests/dist
	)
}
ok 'it is made elsewhere' again
is 'byte for byte the same' "$(cat "$tmp/else where/dist/SHA256SUMS")" "$sums"
is 'and musl does not know where it was made' "$(grep -rlF "$top" "$top"/build/musl/*/lib/*.[ao])" ''

# unpack ARCHITECTURE: $unpacked is what the owner gets.
unpack()
{
	tar xzf "$top/dist/redeem-$version-$1.tar.gz" -C "$tmp"
	mv "$tmp/redeem-$version-$1" "$tmp/$1"
	unpacked=$tmp/$1
}

# The owner's way: no compiler, no make; setup takes it as it is.
unpack x86_64
is 'what is in it' "$(cd "$unpacked" && find . -type f ! -path './tools/*' | sort | tr '\n' ' ')" \
	'./COPYRIGHT.musl ./README ./codes/.htaccess ./codes/format.txt ./redeem '
is 'the tools are all there' "$(cd "$unpacked" && find tools -type f | sort)" \
	"$(cd "$top" && git ls-files -co --exclude-standard tools | sort)"
mkdir -p "$tmp/user/public_html/cgi-bin"
ok 'setup takes it' env HOME="$tmp/user" PATH="$PATH" "$unpacked/tools/setup" -n \
	-u https://label.example/cgi-bin/redeem.cgi
like 'and would put this program there' "$(cat "$tmp/.ok")" 'would copy .*/redeem to .*/redeem.cgi'
ok 'mint works in it' "$unpacked/tools/mint" -h

# emulate ARCHITECTURE: sets $qemu. Whatever it runs ends within a minute.
limit=$(command -v timeout)
emulate()
{
	case $1 in
	i686) qemu=$(command -v qemu-i386) ;;
	armhf) qemu=$(command -v qemu-arm) ;;
	*) qemu=$(command -v "qemu-$1") ;;
	esac
}

# The tests of the whole program, on ARCHITECTURE. They take the program from a
# file of their own, whose name it hears, and count how often it is run.
passes_all()
{
	cat >"$tmp/program" <<-END
	#!/bin/sh
	printf . >>'$tmp/runs'
	exec '$limit' 60 '$qemu' -0 "\$0" '$unpacked/redeem' "\$@"
	END
	chmod 755 "$tmp/program"
	: >"$tmp/runs"
	for test in program-answers program-record program-settings; do
		REDEEM_PROGRAM=$tmp/program "$top/tests/$test.t" >"$tmp/$test.out" 2>&1 &
		pids="${pids:-} $!"
	done
	for pid in $pids; do
		wait "$pid" || :
	done
	pids=
	for test in program-answers program-record program-settings; do
		is "$1: $test.t" "$(grep -v -e '^ok ' -e '^# [^ ]' "$tmp/$test.out" | head -n 20)" \
			"1..$(grep -c '^ok ' "$tmp/$test.out")"
	done
	ok "$1: it was this program that they ran" test "$(wc -c <"$tmp/runs")" -ge 50
}

# at CLOCK TYPED: posts TYPED while the clock stands still at CLOCK. The steady
# clock, with which qemu measures for itself, runs.
at()
{
	post "$2" TZ=UTC0 FAKETIME_DONT_FAKE_MONOTONIC=1 "$limit" 60 "$(command -v faketime)" -f "$1" "$qemu"
}

# Past 2038: 2^31 seconds since 1970 are over.
future()
{
	new_shop
	code FAR1 'uses: 0' 'limit: 3' 'file: first-light.zip' 'expires: 2040-06-01'
	post FAR1 "$limit" 60 "$qemu"
	is "$1: a code that expires in 2040 opens now" "$(status) $(value uses "$code_file")" '303 1'
	at '2040-06-01 23:58:30' FAR1
	is "$1: and in 2040, on its last day" "$(status) $(value uses "$code_file")" '303 2'
	is "$1: its use is in 2040" "$(value last "$code_file")" 2040-06-01T23:58:30Z
	minute=$(($(date -u -d '2040-06-02 00:00:30' +%s) / 60))
	is "$1: its link ends in that minute" "$(location | cut -d / -f 3)" "$minute"
	is "$1: it opens then, and not before or after" \
		"$(sed -n 's/.*%{TIME} \([<>][0-9]*\).*/\1/p' "$secure/$minute"/*/.htaccess | tr '\n' ' ')" \
		'<20400601235830 >20400602000030 '
	like "$1: the log says so" "$(tail -n 1 "$shop/home/log")" '^2040-06-01T23:58:30Z redeemed FAR1 2/3'
	link=$(location)
	at '2040-06-01 23:59:00' FAR1
	is "$1: the second click is free" "$(location) $(value uses "$code_file")" "$link 2"
	at '2040-06-02 00:10:00' FAR1
	is "$1: the day after, it has expired" "$(status) $(outcome) $(value uses "$code_file")" '410 expired 2'
	code FAR2
	at '2040-06-02 00:10:00' FAR2
	is "$1: another one opens" "$(status)" 303
	ok "$1: and the link that is over has been removed" test ! -e "$secure/$minute"
}

new_shop()
{
	rm -rf "$tmp/shop"
	shop_make "$tmp/shop" cgi-bin "$(id -un)"
	secure=$shop/public_html/secure
	mkdir "$shop/home/files/flac"
	for song in 1 2 3; do
		printf '%s\n' "$song" >"$shop/home/files/flac/$song.flac"
	done
}

# Somebody waits for the lock of FILE.
waited_for()
{
	grep -q -e "-> FLOCK.*:$(stat -c %i "$1") " /proc/locks
}

# A folder, and a code that somebody else holds, until the other lets go.
held()
{
	code LIST1 'uses: 0' 'limit: 3' 'file: flac/'
	post LIST1 "$limit" 60 "$qemu"
	is "$1: a folder's files" "$(cd "$secure/$(location | cut -d / -f 3)" && cd ./* && printf '%s ' *)" \
		'1.flac 2.flac 3.flac downloads.html '
	code HELD1
	mkfifo "$tmp/held-$1"
	flock "$code_file" cat "$tmp/held-$1" >/dev/null &
	exec 9>"$tmp/held-$1"
	ok "$1: somebody has the lock" await 10 test_locked
	(exec 9>&- && post HELD1 "$limit" 60 "$qemu") &
	waiting=$!
	ok "$1: it waits for the lock" await 20 waited_for "$code_file"
	is "$1: nothing is counted" "$(value uses "$code_file")" 0
	exec 9>&-
	wait "$waiting" || :
	is "$1: then it goes on" "$(status) $(value uses "$code_file")" '303 1'
}

test_locked()
{
	! flock -n "$code_file" true
}

# The other does not let go. In the background, for it takes ten seconds.
held_for_long()
{
	trap - EXIT
	tmp=$tmp/long-$1
	mkdir "$tmp"
	shop_make "$tmp/shop" cgi-bin "$(id -un)"
	code HELD2
	post HELD2 "$limit" 60 "$(command -v flock)" "$code_file" "$qemu" || :
	printf '%s %s %s' "$(status)" "$(outcome)" "$(value uses "$code_file")" >"$tmp/became"
}

for architecture in $architectures; do
	emulate "$architecture"
	[ "$architecture" = x86_64 ] || unpack "$architecture"
	REDEEM_PROGRAM=$tmp/$architecture/redeem
	held_for_long "$architecture" &
	long="${long:-} $!"
done
for architecture in $architectures; do
	emulate "$architecture"
	unpacked=$tmp/$architecture
	ok "$architecture: at most 160 KiB" test "$(wc -c <"$unpacked/redeem")" -le 163840
	is "$architecture: it is what README says" "$("$qemu" "$unpacked/redeem" --version)" "redeem $version"
	ok "$architecture: the unit tests build" make -s -C "$top" "build/dist/$architecture/unit"
	is "$architecture: the unit tests" "$("$qemu" "$top/build/dist/$architecture/unit" 2>/dev/null |
		sed -n 's/: Checks: [1-9][0-9]*,/:/p')" '100%: Failures: 0, Errors: 0'
	passes_all "$architecture"
	REDEEM_PROGRAM=$unpacked/redeem
	future "$architecture"
	held "$architecture"
done
for pid in $long; do
	wait "$pid" || :
done
for architecture in $architectures; do
	is "$architecture: in ten seconds it gives up" "$(cat "$tmp/long-$architecture/became")" \
		'503 try-again 0'
done
finish

#!/bin/sh
# Several hosts with one home on NFS count as one: a small machine, booted under
# qemu, is a server of NFS and two hosts that mount it. What is tried there is in
# scale-nfs.sh.
. "${0%/*}/lib.sh"
test_all_only 'boots a machine of its own: a minute'
need qemu-system-x86_64 cpio modprobe busybox apt-get ldd musl-gcc

machine=$top/build/scale-nfs
like 'the program needs no libraries' "$(ldd "$REDEEM_PROGRAM" 2>&1)" 'not a dynamic|statically linked'
# More patient than where it is sold: 120 at once take their time in such a machine.
musl-gcc -std=c99 -static -D_FILE_OFFSET_BITS=64 -DWAIT_SECONDS=300L -DLOG_SECONDS=300L \
	-o "$tmp/redeem" "$top/redeem.c"
"$top/tests/scale-nfs" "$machine" "$tmp/redeem" || bail_out 'the machine cannot be made'

timeout 900 qemu-system-x86_64 -accel tcg -m 512 -smp 2 -nographic -no-reboot \
	-kernel "$machine/kernel" -initrd "$machine/initramfs" \
	-append 'console=ttyS0 quiet panic=-1' >"$tmp/console" 2>&1 </dev/null || :
tr -d '\r' <"$tmp/console" | sed -n 's/^TAP //p' >"$tmp/said"
while IFS= read -r line; do
	case $line in
	'ok '*) verdict 0 "${line#ok }" ;;
	'not ok '*) verdict 1 "${line#not ok }" ;;
	esac
done <"$tmp/said"
is 'the machine got to its end' "$(tail -n 1 "$tmp/said")" end
[ "$(tail -n 1 "$tmp/said")" = end ] || explain "$(tail -n 40 "$tmp/console")"
is 'and tried all' "$(grep -c -e '^ok' -e '^not ok' "$tmp/said")" 21
finish

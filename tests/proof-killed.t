#!/bin/sh
# Killed anywhere: at whatever instant the program dies, the record can be read,
# no link is told that is not counted, and the next try gives the link, with one
# use counted in all. [S2] [S3] [S4] [S6] [S14]

. "${0%/*}/lib.sh"
test_all_only 'takes minutes'
. "$top/tests/strace.sh"

# killed SCENARIO CALL N: posts the code, and is killed as it enters its Nth CALL.
killed()
{
	set_out "$1"
	! traced -e "inject=$2:signal=SIGKILL:when=$3"
}

# kill_there SCENARIO CALL:N
kill_there()
{
	killed "$1" "${2%:*}" "${2#*:}" || blame "$2" 'not killed'
	got=$(value uses "$code_file")
	[ -z "$(location)" ] || [ "$got" = "$uses" ] ||
		blame "$2" "told, but uses: $got"
	[ "$got" = "$uses" ] || record_kept || blame "$2" 'half a record'
	guarded || blame "$2" 'a file without rules'
	post AAAA1111
	given "$2" 'the next try'
	guarded || blame "$2" 'a file without rules, then'
	swept "$2"
}

# The signal must come before the call is done, or places go untried.
ok 'killed' killed first renameat 1
is 'before the rename' "$(links | sed 's/.*\///;s/[0-9a-f]\{32\}/token/')" .token
ok 'killed again' killed first pwrite64 1
is 'before the record is written' "$(cat "$code_file")" "$old"
is 'after the link is there' "$(links | sed 's/.*\///;s/[0-9a-f]\{32\}/token/')" token

# [S3] [S6]: the order. secure gets its rules by a rename, too, for it is new.
reference first
is 'rules, link, name, record, disk, answer, each once' "$(sed -n 's/^openat(.*htaccess", O_WRONLY.*/rules/p
	s/^symlinkat(.*/link/p;s/^renameat(.*/name/p;s/^pwrite64(.*/record/p
	s/^fdatasync(.*/disk/p;s/^write(1,.*/answer/p' "$tmp/trace" | tr '\n' ' ')" \
	'rules name rules link name record disk answer '

reference listed
is 'page, record, disk, answer, each once' "$(sed -n 's/^openat(.*lists\/.*, O_WRONLY.*/page/p
	s/^pwrite64(.*/record/p;s/^fdatasync(.*/disk/p;s/^write(1,.*/answer/p' "$tmp/trace" | tr '\n' ' ')" \
	'page record disk answer '

for scenario in first grown later several hard free again signed listed resigned relisted; do
	reference "$scenario"
	# before execve the program is not there yet
	each_case "$(calls | grep -v '^execve:')" kill_there "$scenario"
	is "$scenario: killed at $count places" "$wrongs" ''
done
figure 'killed before a system call, then tried again' "$(commas "$tried") places"

finish

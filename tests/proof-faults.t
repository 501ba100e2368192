#!/bin/sh
# Every call fails once: the answer is a link with one use counted, or an honest
# page with none, the record as it was and no link. After that the next try
# gives the link, with one use counted in all. [S3] [S4] [S7] [S12]

. "${0%/*}/lib.sh"
test_all_only 'takes minutes'
. "$top/tests/strace.sh"

# The calls of the last trace from main on, which begins with rt_sigaction; what
# comes before is libc's. Left out is what cannot fail: umask and exit_group.
main_calls()
{
	calls | sed -n '/^rt_sigaction:/,$p' | grep -v -e '^umask:' -e '^exit_group:'
}

# Each of them with what it can say: CALL:N:HOW.
faults()
{
	main_calls | while IFS=: read -r call n; do
		case $call in
		brk | mmap | munmap | mremap | mprotect) set -- error=ENOMEM ;;
		open | openat) set -- error=ENOSPC error=EIO error=EINTR error=EMFILE error=EACCES ;;
		*at) set -- error=ENOSPC error=EIO error=EINTR error=EACCES ;;
		# too short by all, and by all but one: never half of it
		write | pwrite*) set -- error=ENOSPC error=EIO error=EINTR retval=0 retval=1 ;;
		# an end too early
		read) set -- error=EIO error=EINTR retval=0 ;;
		*) set -- error=ENOSPC error=EIO error=EINTR ;;
		esac
		printf "$call:$n:%s\n" "$@"
	done
}

# refused CASE BEFORE: an answer that gives no link is a page that says so, and
# nothing was done: BEFORE are the links that there were.
refused()
{
	case $(status) in
	4?? | 5??) ;;
	*) blame "$1" "status: $(status)" ;;
	esac
	[ -n "$(outcome)" ] || blame "$1" 'no outcome'
	record_kept || blame "$1" "the record is now: $(cat "$code_file")"
	[ "$(links)" = "$2" ] || blame "$1" "left: $(links)"
}

# answered_well CASE BEFORE LOST: the answer to a request that met a fault. None at
# all may be had only where the fault is in sending it: then the use is counted, and
# the next try has the link.
answered_well()
{
	hit=$(grep '(INJECTED)$' "$tmp/trace") || blame "$1" 'no such call'
	case $hit in
	'write(1, '*' = 1 (INJECTED)')
		# strace says that the first byte is written, and does not write it
		mv "$tmp/answer" "$tmp/rest"
		{ printf S && cat "$tmp/rest"; } >"$tmp/answer"
		;;
	'write(1, '*)
		[ "$(value uses "$code_file")" = "$uses" ] || blame "$1" 'not counted'
		return
		;;
	esac
	case $(status) in
	303) given "$1" 'the answer' "$3" ;;
	*) refused "$1" "$2" ;;
	esac
	# [S2] [S3]: without the lock, or not on the disk, it is not counted; only
	# what a signal ended is tried again
	case $1 in
	flock:*EINTR* | pwrite64:*EINTR*) ;;
	# the first lock is the record's; the log's stops nothing
	flock:1:* | pwrite64:* | fdatasync:*)
		[ "$(status)" = 503 ] || blame "$1" "$hit and $(status)"
		;;
	esac
}

# strace says that a first byte is written, and does not write it. Rules of secure
# that do not begin with the mark would be somebody else's from now on.
mark_completed()
{
	[ -s "$secure/.htaccess" ] || return 0
	case $(head -n 1 "$secure/.htaccess") in
	' redeem '*)
		rest=$(cat "$secure/.htaccess")
		printf '#%s\n' "$rest" >"$secure/.htaccess"
		;;
	esac
}

# fault_there SCENARIO CALL:N:HOW
fault_there()
{
	set_out "$1"
	before=$(links)
	when=${2#*:}
	when=${when%:*}
	traced -e "inject=${2%%:*}:${2##*:}:when=$when" || blame "$2" "exit status $?"
	lost=
	[ "${2##*:}" != retval=1 ] || lost=1
	answered_well "$2" "$before" "$lost"
	[ -z "$lost" ] || mark_completed
	guarded || blame "$2" 'a file without rules'
	post AAAA1111
	given "$2" 'the next try' "$lost"
	swept "$2"
}

for scenario in first later several hard signed listed relisted; do
	reference "$scenario"
	each_case "$(faults)" fault_there "$scenario"
	is "$scenario: $count faults" "$wrongs" ''
done
figure 'a system call that fails' "$(commas "$tried") faults"

# The calls that undo, after the fault in the last trace.
undoing()
{
	awk -F '(' '/^[a-z0-9_]+\(/ { if (++n[$1] && on && $1 != "exit_group") print $1 ":" n[$1] }
		/\(INJECTED\)$/ { on = 1 }' "$tmp/trace"
}

# second_faults FAULT: each of them fails, too, or the program is killed there.
# strace takes one rule for a call: the one that failed first fails this time and
# each after.
second_faults()
{
	undoing | while IFS=: read -r call n; do
		if [ "$call" = "${1%%:*}" ]; then
			printf '%s\n' "$1+"
		else
			printf "$call:%s:when=$n\n" error=EIO signal=SIGKILL
		fi
	done
}

# second_there SCENARIO FAULT CALL:HOW:when=N, after FAULT. A link that nobody was told
# of may be left where removing it fails; the record may say that a use is counted
# where putting the old one back fails, and then the next try is free.
second_there()
{
	set_out "$1"
	before=$(links)
	case $3 in
	*SIGKILL*) ! traced -e "inject=$2" -e "inject=$3" || blame "$3" 'not killed' ;;
	*) traced -e "inject=$2" -e "inject=$3" || blame "$3" "exit status $?" ;;
	esac
	[ -z "$(location)" ] || blame "$3" "told: $(location)"
	case $3 in
	*SIGKILL* | write:*) ;;
	*) [ "$(status) $(outcome)" = '503 try-again' ] || blame "$3" "$(status) $(outcome)" ;;
	esac
	[ "$(value uses "$code_file")" = "$uses" ] || record_kept ||
		blame "$3" "the record is now: $(cat "$code_file")"
	case $3 in
	*SIGKILL*) ;;
	write:* | pwrite64:* | fdatasync:*)
		[ "$(links)" = "$before" ] || blame "$3" "left: $(links)"
		;;
	esac
	guarded || blame "$3" 'a file without rules'
	post AAAA1111
	given "$3" 'the next try'
	swept "$3"
}

tried=0
for scenario in first several signed listed; do
	for fault in pwrite64:error=ENOSPC:when=1 pwrite64:retval=1:when=1 fdatasync:error=EIO:when=1; do
		reference "$scenario"
		set_out "$scenario"
		traced -e "inject=$fault"
		is "$scenario: $fault: what was undone is synced" \
			"$(calls | sed -n 's/:.*//;/^pwrite64$/p;/^fdatasync$/p' | tail -n 1)" fdatasync
		each_case "$(second_faults "$fault")" second_there "$scenario" "$fault"
		is "$scenario: $fault and $count second faults" "$wrongs" ''
	done
done
figure 'a second one while the first is undone' "$(commas "$tried") faults"

# A shorter write than asked for, and really done, as with a full disk: here by
# a limit on the size of files, which the record is to outgrow; the answer, which
# is longer, goes through a pipe. By the program itself: a link's rules are longer, too.
limited='{ ulimit -f 7 && exec "$@"; } | cat'
set_out grown
by_cgi
before=$(links)
printf '%3500s\n' '' | tr ' ' x | sed 's/^/note: /' >>"$code_file"
old=$(cat "$code_file")
is 'the record is to outgrow the limit' \
	"$(size=$(wc -c <"$code_file"); [ "$size" -lt 3584 ] && [ "$size" -gt 3500 ] || echo "$size")" ''
post AAAA1111 /bin/sh -c "$limited" sh
is 'half a record written: try again' "$(status) $(outcome)" '503 try-again'
like 'because it did not fit' "$(cat "$tmp/complaint")" 'AAAA1111: No space left'
ok 'and put back' record_kept
is 'and no link' "$(links)" "$before"
post AAAA1111
is 'then it is counted' "$(status) $(value uses "$code_file")" '303 1'

# A page of the link outgrows the limit: SIGXFSZ would end the program.
mkdir "$shop/home/files/many"
for n in 1 2 3 4 5 6 7 8; do
	for m in 1 2 3 4 5; do
		printf 'music\n' >"$shop/home/files/many/$n$m.flac"
	done
done
for scenario in first signed; do
	set_out "$scenario"
	before=$(links)
	minted 'file: many/'
	old=$(cat "$code_file")
	post AAAA1111 /bin/sh -c "$limited" sh || :
	is "$delivery: half a page written: try again" "$(status) $(outcome)" '503 try-again'
	ok "$delivery: nothing is counted" record_kept
	is "$delivery: and no link left" "$(links)" "$before"
done

# Nobody reads what it complains of, and SIGPIPE would end it half-way.
mkfifo "$tmp/unread"
unread="exec 3<>$tmp/unread 2>$tmp/unread 3>&- && exec \"\$@\""
set_out first
before=$(links)
traced -e inject=pwrite64:error=ENOSPC /bin/sh -c "$unread" sh || :
is 'nobody reads stderr: try again' "$(status) $(outcome)" '503 try-again'
ok 'nothing is counted then' record_kept
is 'and no link is left' "$(links)" "$before"

# Nobody is there to be told anything: a record must not get the number of stderr,
# as it would with a delivery that opens no secure.
settings_cgi
shut='exec >&- 2>&- && exec "$@"'
code AAAA1111 'uses: 0' 'limit: 3' 'file: missing.zip'
old=$(cat "$code_file")
traced /bin/sh -c "$shut" sh || :
like 'stdout and stderr closed: it complains' "$(grep -E '^write\(2, "redeem: ' "$tmp/trace")" \
	'missing.zip'
ok 'and not into the record' record_kept
code AAAA1111
traced /bin/sh -c "$shut" sh || :
is 'stdout and stderr closed: a use is counted' "$(value uses "$code_file")" 1
like 'and the answer goes nowhere' "$(grep -E '^write\(1, "Status: 303' "$tmp/trace")" 'EBADF'

finish

#!/bin/sh
# An old kernel has no getrandom: /dev/urandom is read instead. Where that is not
# to be had either, there is no link, never one that can be guessed. [S5] [S4]

. "${0%/*}/lib.sh"
. "$top/tests/strace.sh"

"$strace" -o /dev/null -e inject=getpid:poke_enter=@arg1=00 true 2>/dev/null ||
	skip_all 'this strace cannot change what a call is given (before 5.11)'
cd "$tmp"

# The lines of the last trace from the opening of /dev/urandom on.
urandom()
{
	sed -n '/^open.*"\/dev\/urandom"/,$p' "$tmp/trace"
}

# first_call CALL: which CALL is the first that has to do with /dev/urandom: CALL:N.
first_call()
{
	awk -F '(' -v "call=$1" '/^[a-z0-9_]+\(/ { n[$1]++ }
		/"\/dev\/urandom"/ { on = 1 }
		on && index($1, call) == 1 { print $1 ":" n[$1]; exit }' "$tmp/without"
}

reference first
is 'a kernel that has getrandom: nothing else is asked' "$(urandom)" ''

# It is not there; a signal ends it; there is nothing yet; it gives too little.
for how in error=ENOSYS error=EINTR error=EAGAIN retval=0 retval=5; do
	set_out first
	traced -e "inject=getrandom:$how"
	is "getrandom $how: a link, and one use" \
		"$(status) $(value uses "$code_file")" '303 1'
	like "getrandom $how: all of it is from /dev/urandom" "$(urandom)" \
		'^read\(.*, 32\) += 32$'
	link_told
	printf '%s\n' "${link_dir##*/}" "$secret" >>"$tmp/told"
done
is 'no token or secret twice' "$(sort -u "$tmp/told" | grep -cx '[0-9a-f]\{32\}')" 10

# no_random WHAT STRACE-OPTION...: no getrandom, and what the options make of
# /dev/urandom. (A libc may ask getrandom for itself, and does so without
# waiting.)
no_random()
{
	what=$1
	shift
	tried=$((tried + 1))
	set_out first
	before=$(links)
	traced -e inject=getrandom:error=ENOSYS "$@"
	is "$what: strace did both" "$(grep -v GRND_NONBLOCK "$tmp/trace" |
		grep -c '(INJECTED')" 2
	is "$what: try again" "$(status) $(outcome)" '503 try-again'
	ok "$what: nothing is counted" record_kept
	is "$what: no link" "$(links)" "$before"
	like "$what: and it is said why" "$(cat "$tmp/complaint")" 'no random bytes'
	post AAAA1111
	is "$what: the next try" "$(status) $(value uses "$code_file")" '303 1'
}

set_out first
traced -e inject=getrandom:error=ENOSYS
mv "$tmp/trace" "$tmp/without"
for how in open:error=ENOENT open:error=EACCES open:error=EMFILE \
	read:error=EIO read:retval=0 close:error=EIO; do
	at=$(first_call "${how%%:*}")
	no_random "$how" -e "inject=${at%:*}:${how#*:}:when=${at#*:}"
done

# Another file stands in its place: the path is changed as it is opened, to one
# of the same length in this directory. Only a device will do, and no link to one.
printf '%32s' '' >urandom-file
ln -s /dev/zero urandom-link
mkdir urandom-fold
at=$(first_call open)
case $at in
openat:*) argument=@arg2 ;;
*) argument=@arg1 ;;
esac
for file in urandom-file urandom-link urandom-fold; do
	bytes=$(printf '%s' "$file" | od -An -tx1 | tr -d ' \n')
	no_random "$file" -e "inject=${at%:*}:poke_enter=$argument=$bytes:when=${at#*:}"
	is "$file: was opened" "$(grep -c "\"$file\"" "$tmp/trace")" 1
done
figure 'ways to have no random bytes' "$tried, and no link"

finish

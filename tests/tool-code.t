#!/bin/sh
# code says how a code stands, and changes it as carefully as the program does.

. "${0%/*}/lib.sh"
need dash busybox flock perl strace unshare

# Runs code; $out, $err and $status tell what came of it.
try()
{
	status=0
	sh "$top/tools/code" -H "$home" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	out=$(cat "$tmp/out")
	err=$(cat "$tmp/err")
}

new_home()
{
	home=$tmp/$shell
	rm -rf "$home"
	mkdir -p "$home/codes"
	record=$home/codes/7K3M9QXA2FTF
	printf '%s\n' 'uses: 1' 'limit: 3' 'file: first-light.zip' 'file: first-light/' \
		'expires: 2099-02-09' 'note: batch 2' 'last: 2026-05-03T14:02:11Z' \
		'link: 2099-05-03T14:04:11Z 0123456789abcdef 89abcdef01234567' >"$record"
	cp "$record" "$tmp/before"
}

in_words()
{
	new_home
	for typed in 7K3M-9QXA-2FTF '7k3m 9qxa 2ftf' '7K3M–9QXA–2FTF' 7k3m9qxa2ftf; do
		try "$typed"
		is "$shell: $typed in words" "$status $out$err" "0 7K3M-9QXA-2FTF: 2 of 3 downloads left; \
last used 3 May 2026, 14:02 UTC; files first-light.zip, first-light/; \
works until 9 February 2099; note batch 2; link open until 3 May 2099, 14:04 UTC"
	done
	try 7k3m 9qxa 2ftf
	is "$shell: blanks need no quotes" "$status" 0
	ok "$shell: looking changes nothing" cmp "$record" "$tmp/before"

	printf 'uses: 0\r\nlimit: 1\r\nfile: a b.zip\r\nexpires: 2001-12-31\r\n   \r\n' \
		>"$home/codes/101100"
	printf 'uses: 5\nlimit: 3\nfile: a.zip\nlink: 2001-05-03T14:04:11Z 01 89' >"$home/codes/LOL1"
	try ioiloo
	is "$shell: letters for digits" "$out" \
		'101100: 1 of 1 downloads left; never used; file a b.zip; expired after 31 December 2001'
	try lol1
	is "$shell: but the name as typed goes first" "$out" \
		'LOL1: 0 of 3 downloads left; never used; file a.zip'
}

misuse()
{
	try "$@"
	is "$shell: misuse: $*" "$status$out" 2
}

unknown()
{
	new_home
	try 7K3M-9QXA-2FTG
	is "$shell: a mistyped code" "$status $out$err" \
		'1 code: there is no code 7K3M9QXA2FTG: a character is mistyped'
	try 7K3M-9QAX-2FTF
	like "$shell: two letters swapped" "$err" mistyped
	try 0000-0000-0000
	is "$shell: a code that was never made" "$status $out$err" '1 code: there is no code 000000000000'
	try FLEMISH2026
	is "$shell: a hand-made one neither" "$status $out$err" '1 code: there is no code F1EM1SH2026'
	misuse
	misuse ''
	misuse ABC
	misuse --reset
	misuse --limit 5
	misuse 7K3M9QXA2FTF --nothing
	misuse 7K3M9QXA2FTF --limit
	misuse 7K3M9QXA2FTF --limit 0
	misuse 7K3M9QXA2FTF --limit 1000000
	misuse 7K3M9QXA2FTF --expires 2099-02-29
	misuse 7K3M9QXA2FTF --from 2027-02-01 --expires 2027-01-31
	misuse 7K3M9QXA2FTF --revoke --restore
	misuse 7K3M9QXA2FTF --revoke --limit 3
	ok "$shell: which changes nothing" cmp "$record" "$tmp/before"
	try 'https://label.example/redeem.cgi?code=7k3m-9qxa-2ftf&language=de'
	like "$shell: a pasted address is its code" "$status $out" '^0 7K3M-9QXA-2FTF: '
	try -h
	is "$shell: -h is help, on stdout" "$status $(head -c 5 "$tmp/out")$err" '0 code '
}

# The record in $tmp/wanted, filled up with one line of blanks to the length of $tmp/before,
# is what the file holds now.
holds()
{
	room=$(($(wc -c <"$tmp/before") - $(wc -c <"$tmp/wanted")))
	[ "$room" -le 0 ] || printf "%$((room - 1))s\n" '' >>"$tmp/wanted"
	ok "$shell: $1" cmp "$tmp/wanted" "$record"
}

changes()
{
	new_home
	inode=$(stat -c %i "$record")
	try --reset 7K3M9QXA2FTF --limit 7 --expires 2028-02-29
	like "$shell: a change is told in words" "$out" \
		'7 of 7 downloads left.*works until 29 February 2028'
	sed 's/^uses.*/uses: 0/; s/^limit.*/limit: 7/; s/^expires.*/expires: 2028-02-29/' \
		"$tmp/before" >"$tmp/wanted"
	holds 'and made, line for line'
	try 7K3M9QXA2FTF --expires never
	sed 's/^uses.*/uses: 0/; s/^limit.*/limit: 7/; /^expires/d' "$tmp/before" >"$tmp/wanted"
	holds 'a last day can be taken away, and the old length stays'
	is "$shell: it is the same file" "$(stat -c %i "$record")" "$inode"

	new_home
	try 7K3M9QXA2FTF --revoke
	like "$shell: revoked" "$out" ': revoked, with 2 of 3 downloads left; '
	{
		sed 's/^limit.*/limit: 0/' "$tmp/before"
		printf 'revoked: 3\n'
	} >"$tmp/wanted"
	holds 'a revoked code keeps its limit, its last use and its link'
	cp "$record" "$tmp/revoked"
	try --revoke 7K3M9QXA2FTF
	ok "$shell: twice is once" cmp "$tmp/revoked" "$record"
	try --restore 7K3M9QXA2FTF
	like "$shell: restored" "$out" ': 2 of 3 downloads left; '
	cp "$tmp/before" "$tmp/wanted"
	cp "$tmp/revoked" "$tmp/before"
	holds 'a restored one is what it was'
	try --restore 7K3M9QXA2FTF
	is "$shell: what is not revoked cannot be restored" "$status$out" 1
	cp "$tmp/revoked" "$record"
	try --limit 9 7K3M9QXA2FTF
	sed '/^revoked/d; s/^limit.*/limit: 9/' "$tmp/before" >"$tmp/wanted"
	holds 'a new limit restores it too'

	printf 'uses: 3\r\nlimit: 3\r\nfile: a.zip\r\n\r\ncolour: blue \r\n# mine\r\n%50s\n' '' >"$record"
	cp "$record" "$tmp/before"
	try --reset --expires 2099-01-31 7K3M9QXA2FTF
	printf '%s\r\n' 'uses: 0' 'limit: 3' 'file: a.zip' '' 'colour: blue ' '# mine' \
		'expires: 2099-01-31' >"$tmp/wanted"
	holds 'CR LF and lines of others stay'
	printf 'uses: 3\nlimit: 3\nfile: a.zip' >"$record"
	cp "$record" "$tmp/before"
	try --limit 4 7K3M9QXA2FTF
	printf 'uses: 3\nlimit: 4\nfile: a.zip\n' >"$tmp/wanted"
	holds 'so does a record without an end of line'
}

unreadable()
{
	new_home
	long=$(printf '%04090d' 0)
	while IFS='|' read -r what content; do
		printf %b "$content" >"$record"
		cp "$record" "$tmp/before"
		try 7K3M9QXA2FTF
		is "$shell: $what is no record" "$status$out $(wc -l <"$tmp/err")" '1 1'
		try 7K3M9QXA2FTF --reset
		is "$shell: and not to be changed" "$status$out" 1
		ok "$shell: so it stays" cmp "$record" "$tmp/before"
	done <<-END
		nothing|
		no file|uses: 0\nlimit: 3\n
		no limit|uses: 0\nfile: a.zip\n
		two limits|uses: 0\nlimit: 3\nlimit: 4\nfile: a.zip\n
		a negative count|uses: -1\nlimit: 3\nfile: a.zip\n
		a huge count|uses: 1000000\nlimit: 3\nfile: a.zip\n
		a zero byte|uses: 0\nlimit: 3\nfile: a.zip\nnote: \0000\n
		too much|uses: 0\nlimit: 3\nfile: a.zip\nnote: $long\n
	END
	rm "$record"
	ln -s before "$record"
	try 7K3M9QXA2FTF
	is "$shell: nor is a symbolic link" "$status$out" 1
	rm "$record"
	mkdir "$record"
	try 7K3M9QXA2FTF --reset
	is "$shell: nor is a folder" "$status$out" 1

	new_home
	printf 'uses: 0\nlimit: 3\nfile: a.zip\nnote: %04054d\n' 7 >"$record"
	cp "$record" "$tmp/before"
	try 7K3M9QXA2FTF --expires 2099-01-31
	is "$shell: no more goes in than 4096 bytes" "$status$out" 1
	ok "$shell: and nothing is half done" cmp "$record" "$tmp/before"
}

# How the system is asked: the record in one write, and no process told the code.
traced_reset()
{
	new_home
	strace -f -qq -y -s 4096 -e trace=write,execve -o "$tmp/trace" \
		sh "$top/tools/code" -H "$home" --reset 7K3M9QXA2FTF >"$tmp/out"
	is "$shell: the record is written at once, whole" \
		"$(sed -n "s|.*write([0-9]*<$record>.*= ||p" "$tmp/trace")" "$(wc -c <"$tmp/before")"
	is "$shell: only the tool itself has the code as an argument" \
		"$(grep -c "execve(.*7K3M9QXA2FTF" "$tmp/trace")" 1
}

takes_its_turn()
{
	new_home
	exec 9<>"$record"
	flock 9
	sh "$top/tools/code" -H "$home" --reset 7K3M9QXA2FTF >"$tmp/out" 2>"$tmp/err" 9<&- &
	ok "$shell: while another has the lock it waits, and says so" await 60 grep -q waiting "$tmp/err"
	ok "$shell: with nothing changed" cmp "$record" "$tmp/before"
	sed 's/^uses: 1/uses: 2/' "$tmp/before" >&9
	exec 9<&-
	wait $!
	sed 's/^uses.*/uses: 0/' "$tmp/before" >"$tmp/wanted"
	holds 'then it does what it was told'

	new_home
	exec 9<>"$record"
	flock 9
	sh "$top/tools/code" -H "$home" --limit 8 7K3M9QXA2FTF >"$tmp/out" 2>"$tmp/err" 9<&- &
	await 60 grep -q waiting "$tmp/err"
	sed 's/batch 2/batch 3/' "$tmp/before" >"$record.edit"
	mv "$record" "$tmp/replaced"
	mv "$record.edit" "$record"
	exec 9<&-
	wait $!
	sed 's/^limit.*/limit: 8/; s/batch 2/batch 3/' "$tmp/before" >"$tmp/wanted"
	holds 'a file that took its place meanwhile is the one that is changed'
	ok "$shell: the one that it replaced is not" cmp "$tmp/replaced" "$tmp/before"
}

# Three codes of one batch, one of another, and one that is broken.
new_batch()
{
	home=$tmp/$shell
	rm -rf "$home"
	mkdir -p "$home/codes" "$home/files"
	printf 'x\n' >"$home/files/right.zip"
	for name in AAAA BBBB CCCC; do
		printf '%s\n' 'uses: 0' 'limit: 3' 'file: wrong.zip' 'note: batch 1' >"$home/codes/$name"
	done
	printf '%s\n' 'uses: 2' 'limit: 3' 'file: wrong.zip' 'file: more/' 'note: batch 2' \
		'code: DODO' >"$home/codes/D0D0"
	printf '%s\n' 'uses: x' 'limit: 3' 'file: wrong.zip' 'note: batch 1' >"$home/codes/TORN"
}

# Which codes have a line that matches.
with()
{
	(cd "$home/codes" && grep -lE -e "$1" -- * | tr '\n' ' ')
}

batches()
{
	new_batch
	try --note 'batch 1' --list
	is "$shell: the codes with a note" "$status $out" '0 AAAA
BBBB
CCCC'
	try --list
	is "$shell: all codes, those of one's own as they are printed, and a broken one" \
		"$(printf '%s' "$out" | tr '\n' ' ')" 'AAAA BBBB CCCC DODO TORN'
	try --of more --list
	is "$shell: those that sell a folder" "$out" DODO
	try --of wrong.zip --unused --list
	is "$shell: those that nobody has used" "$(printf '%s' "$out" | tr '\n' ' ')" 'AAAA BBBB CCCC'
	cp -R "$home/codes" "$tmp/$shell.codes"

	try --of wrong.zip --file wrong.zip right.zip -n
	like "$shell: -n says to how many" "$status $out" '^would change 4 codes$'
	like "$shell: and what" "$out" '^AAAA: file wrong.zip becomes right.zip$'
	ok "$shell: and does nothing" diff -r "$tmp/$shell.codes" "$home/codes"
	try --of wrong.zip --file wrong.zip right.zip
	is "$shell: another file for all of them" "$status $out $(with '^file: right')" \
		'0 changed 4 codes AAAA BBBB CCCC D0D0 '
	like "$shell: is in the log" "$(cat "$home/log")" \
		'^20[-0-9T:]*Z changed D0D0 file wrong.zip right.zip$'
	try --undo -n
	like "$shell: which can be taken back" "$status $out" '^would change 4 codes$'
	try --undo
	is "$shell: and is" "$status $out" '0 changed 4 codes'
	for name in AAAA BBBB CCCC D0D0 TORN; do
		sed 's/ *$//; /^$/d' "$home/codes/$name" >"$tmp/now"
		ok "$shell: $name is what it was" cmp "$tmp/$shell.codes/$name" "$tmp/now"
	done
	try --note 'batch 1' --limit 8
	mv "$home/codes/AAAA" "$tmp/AAAA"
	try --undo
	is "$shell: a code that is gone meanwhile is passed over" "$status $out" '0 changed 2 codes'
	like "$shell: and named" "$err" '^code: AAAA: is gone'
	mv "$tmp/AAAA" "$home/codes/AAAA"
	sed -i 's/^limit: 8/limit: 3/' "$home/codes/AAAA"
	try --note 'batch 1' --file missing.zip right.zip
	is "$shell: a file that none of them sells" "$status$out" 1
	try --note 'batch 1' --file wrong.zip missing.zip
	is "$shell: or that is not there" "$status$out" 1

	printf '\357\273\277aaaa\r\nd-o-d-o\r\n\r\n' >"$tmp/list"
	try - --limit 5 --expires 2099-01-31 --from 2027-01-15 <"$tmp/list"
	is "$shell: codes on stdin, as Windows writes them" "$status $out $(with '^limit: 5')" \
		'0 changed 2 codes AAAA D0D0 '
	is "$shell: each change is made to each" "$(with '^from: 2027-01-15') $(with '^expires: 2099-01-31')" \
		'AAAA D0D0  AAAA D0D0 '
	try - --expires 2027-01-14 <"$tmp/list"
	is "$shell: a last day before the first is for none" "$status$out$(with '^expires: 2027-01-14')" 1
	like "$shell: it is told why" "$err" '^code: AAAA: it would work from 2027-01-15 to 2027-01-14$'
	try - --expires 2027-01-15 <"$tmp/list"
	is "$shell: but the first may be the last" "$status $(with '^expires: 2027-01-15')" '0 AAAA D0D0 '
	printf 'https://label.example/redeem.cgi?code=AA-AA&x=y\n' >"$tmp/list.pasted"
	try - --limit 6 <"$tmp/list.pasted"
	is "$shell: of an address in a list the code" "$status $out $(with '^limit: 6')" '0 changed 1 code AAAA '
	try - --from never <"$tmp/list"
	is "$shell: a first day can be taken away" "$(with '^from')" ''
	printf 'AAAA\nUNKN0WN\n' >"$tmp/list"
	try - --limit 9 <"$tmp/list"
	is "$shell: one that is unknown, and none is changed" "$status$out$(with '^limit: 9')" 1
	like "$shell: it is named" "$err" 'no code UNKN0WN'
	printf 'AAAA\nTORN\n' >"$tmp/list"
	try - --limit 9 <"$tmp/list"
	is "$shell: one that is broken neither" "$status$out$(with '^limit: 9')" 1
	like "$shell: it is named, with its line" "$err" 'TORN: line 1: uses: not a number'
	try --note 'batch 1' --revoke
	is "$shell: a batch is revoked" "$status $(with '^limit: 0')" '0 AAAA BBBB CCCC '
	try --note 'batch 1' --restore
	is "$shell: and restored" "$status $(with '^limit: 0')$(with '^revoked')" '0 '
	try --note 'batch 2' --reset
	is "$shell: and reset" "$status $(with '^uses: [1-9]')" '0 '
	sed -i 's/^uses: 0/uses: 1/' "$home/codes/D0D0"
	try --undo
	is "$shell: what was used since is not taken back" "$(with '^uses: [1-9]') $(value uses "$home/codes/D0D0")" \
		'D0D0  1'
	like "$shell: and it says so" "$err" 'D0D0: .*uses.* is 1 by now'
	misuse --undo AAAA
	misuse AAAA --note x
	misuse - AAAA
	misuse --unused --limit 3
	misuse AAAA -n
	misuse AAAA --list --reset
	misuse AAAA --file one
}

history()
{
	new_home
	printf '%s\n' '2026-05-03T14:02:11Z redeemed 7K3M9QXA2FTF 1/3 first-light.zip' \
		'2026-05-03T15:00:00Z redeemed 0THER 1/3 x' \
		'2026-05-04T14:02:11Z again 7K3M9QXA2FTF 1/3 first-light.zip' >"$home/log"
	try 7K3M9QXA2FTF --history
	is "$shell: a code's days" "$status $out" '0 2026-05-03 14:02 UTC  redeemed  1/3 first-light.zip
2026-05-04 14:02 UTC  again     1/3 first-light.zip'
}

# A backup was put back: the log has counted more than the records.
from_the_log()
{
	new_batch
	printf '%s\n' '2026-05-03T14:02:11Z redeemed AAAA 2/3 x' \
		'2026-05-03T14:02:11Z redeemed BBBB 3/3 x' \
		'2026-05-04T14:02:11Z changed BBBB uses 3 0' \
		'2026-05-05T14:02:11Z redeemed BBBB 1/3 x' \
		'2026-05-05T14:02:11Z redeemed D0D0 1/3 x' >"$home/log"
	try --note 'batch 1' --from-log -n
	like "$shell: which codes fell back" "$out" '^AAAA: uses 0 becomes 2$'
	try --from-log
	is "$shell: they have the uses of the log again, and no code has fewer" \
		"$status $(for name in AAAA BBBB CCCC D0D0; do value uses "$home/codes/$name"; done | tr '\n' ' ')" \
		'0 2 1 0 2 '
}

# The open link goes, its files before its rules, and nothing else goes.
open_link()
{
	new_home
	end=$(($(date +%s) + 100))
	token=0123456789abcdef0123456789abcdef
	link=$tmp/secure-$shell/$((end / 60))/$token
	other=$tmp/secure-$shell/$((end / 60))/f$token
	mkdir -p "$link" "$other" "$home/files"
	printf 'rules\n' >"$link/.htaccess"
	ln -s "$home/files/a.zip" "$link/a.zip"
	printf 'page\n' >"$link/downloads.html"
	printf 'secure: %s\n' "$tmp/secure-$shell" >"$home/settings"
	sed -i "s/^link.*/link: $(date -u -d "@$end" +%Y-%m-%dT%H:%M:%SZ) $token $token/" "$record"
	strace -f -qq -e trace=unlink,unlinkat,rmdir -o "$tmp/trace" \
		sh "$top/tools/code" -H "$home" 7K3M9QXA2FTF --revoke >"$tmp/out" 2>"$tmp/err"
	ok "$shell: a revoked code's open link is gone" [ ! -e "$link" ]
	is "$shell: its rules were the last to go" "$(sed -n 's/.*"[^"]*\(a\.zip\|\.htaccess\)".*/\1/p' "$tmp/trace" |
		tr '\n' ' ')" 'a.zip .htaccess '
	ok "$shell: another link is there" [ -d "$other" ]
	like "$shell: the last use stays in the record" "$(cat "$record")" '^last: 2026-05-03T14:02:11Z$'

	printf 'delivery: cgi\n' >"$home/settings"
	sed "s/^link.*/link: 2099-05-03T14:04:11Z $token $token/" "$tmp/before" >"$record"
	try 7K3M9QXA2FTF --revoke
	like "$shell: of a signed one it says until when it opens" "$err" \
		'cannot be taken back; .*closes at 2099-05-03T14:04:11Z'
}

# What would move the cursor of a terminal does not get there.
control_characters()
{
	new_home
	printf 'uses: 0\nlimit: 3\nfile: a\033]0;x\007.zip\nnote: b\302\2332Jc\177d\n' >"$record"
	try 7K3M9QXA2FTF
	is "$shell: control characters of a record are shown as ?" "$out" \
		'7K3M-9QXA-2FTF: 3 of 3 downloads left; never used; file a?]0;x?.zip; note b?2Jc?d'
	printf 'uses: 0\nlimit: 3\nfile: a.zip\ncode: FLE\033MISH\302\2332026\n' >"$home/codes/F1EM1SH2026"
	try F1EM1SH2026 --list
	is "$shell: and those of its code in a list" "$status $out" '0 FLE?MISH?2026'
	try 7K3M9QXA2FTF --revoke
	try 7K3M9QXA2FTF --restore
	printf 'revoked: \302\2335mX\n' >>"$record"
	try 7K3M9QXA2FTF --undo
	try --undo
	is "$shell: and on stderr" "$(printf '%s' "$err" | tr -d '\012\040-\176' | wc -c)" 0
	like "$shell: where it says why" "$err" '[?]5mX'
}

# A program that locks in another way does not see our locks.
other_locks()
{
	new_home
	mkdir -p "$tmp/cgi-$shell"
	printf '#!/bin/sh\necho "redeem 1.0"\necho "locks: fcntl(2), not flock(2)"\n' \
		>"$tmp/cgi-$shell/redeem.cgi"
	chmod 755 "$tmp/cgi-$shell/redeem.cgi"
	# doctor has proved no address yet
	printf 'home: %s\n' "$home" >"$tmp/cgi-$shell/.htredeem"
	ln -s "$tmp/cgi-$shell/.htredeem" "$home/settings"
	try 7K3M9QXA2FTF --reset
	is "$shell: a program with fcntl locks is noticed" "$status$out" 1
	like "$shell: and named" "$err" 'redeem.cgi locks with fcntl'
	ok "$shell: with nothing changed" cmp "$record" "$tmp/before"
}

# 10,000 codes, by perl: a process for each would take a minute.
many()
{
	home=$tmp/many
	mkdir -p "$home/codes"
	awk -v home="$home" 'BEGIN {
		for (i = 10000; i < 20000; i++) {
			file = home "/codes/MANY" i
			printf "uses: 0\nlimit: 3\nfile: a.zip\nnote: many\n%127s\n", "" >file
			close(file)
		}
	}'
	strace -f -qq -e trace=execve -o "$tmp/trace" sh "$top/tools/code" -H "$home" \
		--note many --limit 4 >"$tmp/out"
	is 'ten thousand codes are changed' "$(cat "$tmp/out") $(grep -l '^limit: 4' "$home"/codes/* | wc -l)" \
		'changed 10000 codes 10000'
	ok 'with less than a hundred processes' [ "$(grep -c ' = 0$' "$tmp/trace")" -lt 100 ]
	is 'and as many lines in the log' "$(grep -c ' changed MANY.* limit 3 4$' "$home/log")" 10000
}

# Without perl, and where /dev/fd has no descriptors: nothing there, or other files.
without_descriptors()
{
	[ "$(id -u)" = 0 ] || return 0
	new_home
	mkdir "$tmp/dev-$shell"
	: >"$tmp/dev-$shell/null"
	ls "$home/codes" >"$tmp/there"
	for descriptors in no false; do
		[ "$descriptors" = no ] || mkdir "$tmp/dev-$shell/fd"
		[ "$descriptors" = no ] || for number in 0 1 2 3 4 5 6 7 8 9; do
			: >"$tmp/dev-$shell/fd/$number"
		done
		status=0
		# shellcheck disable=SC2016 # the inner shell's
		timeout 60 unshare -m sh -c 'mount --bind /dev/null "$1/null" && mount --bind "$1" /dev &&
			shift && exec "$@"' sh "$tmp/dev-$shell" env PATH="$tmp/sh-$shell:$tmp/no-flock" \
			sh "$top/tools/code" -H "$home" --limit 8 7K3M9QXA2FTF >"$tmp/out" 2>"$tmp/err" || status=$?
		is "$shell: $descriptors descriptors in /dev/fd: it fails" "$status" 1
		like "$shell: $descriptors descriptors: the way by hand is told" "$(cat "$tmp/err")" \
			'mv 7K3M9QXA2FTF 7K3M9QXA2FTF\.edit'
		ok "$shell: $descriptors descriptors: nothing is changed" cmp "$record" "$tmp/before"
		is "$shell: $descriptors descriptors: nothing is made" "$(ls "$home/codes")" "$(cat "$tmp/there")"
	done
}

without_flock()
{
	new_home
	mkdir -p "$tmp/no-flock" "$tmp/sh-$shell"
	for program in "$tmp/bin-busybox/"*; do
		ln -sf "$program" "$tmp/no-flock/"
	done
	rm -f "$tmp/no-flock/flock" "$tmp/no-flock/perl"
	ln -sf "$(command -v "$shell")" "$tmp/sh-$shell/sh"
	path=$PATH
	PATH=$tmp/sh-$shell:$tmp/no-flock
	try --reset 7K3M9QXA2FTF
	PATH=$path
	is "$shell: with no way to lock nothing is done" "$status$out" 1
	ok "$shell: nothing at all" cmp "$record" "$tmp/before"
	like "$shell: but the way by hand is told" "$err" 'mv 7K3M9QXA2FTF 7K3M9QXA2FTF\.edit'

	ln -sf "$(command -v perl)" "$tmp/no-flock/perl"
	exec 9<>"$record"
	flock 9
	PATH=$tmp/sh-$shell:$tmp/no-flock
	sh "$top/tools/code" -H "$home" --limit 8 7K3M9QXA2FTF >"$tmp/out" 2>"$tmp/err" 9<&- &
	PATH=$path
	# The kernel lists those who wait for a lock with an arrow.
	inode=$(stat -c %i "$record")
	await 10 grep -q -e "-> FLOCK .*:$inode " /proc/locks
	ok "$shell: perl waits for the lock as well" cmp "$record" "$tmp/before"
	exec 9<&-
	wait $!
	sed 's/^limit.*/limit: 8/' "$tmp/before" >"$tmp/wanted"
	holds 'and then lets the change be made'

	# flock alone, and what goes on while it waits
	rm "$tmp/no-flock/perl"
	ln -sf "$(command -v flock)" "$tmp/no-flock/flock"
	new_home
	PATH=$tmp/sh-$shell:$tmp/no-flock
	try --limit 8 7K3M9QXA2FTF
	PATH=$path
	sed 's/^limit.*/limit: 8/' "$tmp/before" >"$tmp/wanted"
	holds 'flock without perl does it, too'
	new_home
	exec 9<>"$record"
	flock 9
	PATH=$tmp/sh-$shell:$tmp/no-flock
	sh "$top/tools/code" -H "$home" --limit 8 7K3M9QXA2FTF >"$tmp/out" 2>"$tmp/err" 9<&- &
	PATH=$path
	await 60 grep -q waiting "$tmp/err"
	rm "$record"
	exec 9<&-
	wait $! || :
	ok "$shell: a code that was withdrawn meanwhile is not made again" [ ! -e "$record" ]
	like "$shell: and that is said" "$(cat "$tmp/err")" 'is gone'
}

use_shell busybox
# What must not half succeed.
refuses()
{
	new_home
	for day in 1937-02-01 1969-12-31 1000-01-01; do
		misuse 7K3M9QXA2FTF --from "$day"
		misuse 7K3M9QXA2FTF --expires "$day"
	done
	for option in --limit --from --expires --note --of -H; do
		misuse 7K3M9QXA2FTF "$option" ''
	done
	misuse 7K3M9QXA2FTF --file first-light.zip ''
	ok "$shell: nothing is changed" cmp "$record" "$tmp/before"

	# a file that the code has already: the two could not be told apart again
	mkdir "$home/files" "$home/files/first-light"
	printf 'music\n' | tee "$home/files/first-light.zip" >"$home/files/first-light/1.flac"
	try 7K3M9QXA2FTF --file first-light.zip first-light/
	is "$shell: a file that it sells already: exit status" "$status" 1
	like "$shell: a file that it sells already" "$err" '^code: 7K3M9QXA2FTF: it sells first-light/ already$'
	ok "$shell: it is as it was" cmp "$record" "$tmp/before"

	# without journal nothing, and without log not quietly
	mkdir "$home/undo"
	try 7K3M9QXA2FTF --limit 9
	is "$shell: no journal: exit status" "$status" 1
	ok "$shell: no journal: no change" cmp "$record" "$tmp/before"
	rmdir "$home/undo"
	rm -f "$home/log"
	ln -s /dev/full "$home/log"
	try 7K3M9QXA2FTF --limit 9
	is "$shell: no log: exit status" "$status" 1
	like "$shell: no log: is said" "$err" "cannot write $home/log"
	rm "$home/log"

	printf '7K3M9QXA2FTF\nNONE1\n' >"$tmp/typed"
	printf '%s\n' '2026-01-01T00:00:00Z redeemed 7K3M9QXA2FTF 1/3 a.zip' >"$home/log"
	try - --history <"$tmp/typed"
	is "$shell: --history: one that is not there" "$status $(printf '%s\n' "$out" | wc -l)" '1 1'
}

# Each name as the program finds it: itself first, then folded.
exact_first()
{
	new_home
	printf 'uses: 0\nlimit: 3\nfile: a.zip\n' |
		tee "$home/codes/FLEMISH2026" >"$home/codes/F1EM1SH2026"
	printf 'flemish2026\n' >"$tmp/typed"
	try - --limit 7 <"$tmp/typed"
	is "$shell: the very name goes first" "$out $(grep -l 'limit: 7' "$home"/codes/*)" \
		"changed 1 code $home/codes/FLEMISH2026"
	rm "$home/codes/FLEMISH2026"
	try - --limit 8 <"$tmp/typed"
	is "$shell: then the folded one" "$out" 'changed 1 code'
	try - --limit 9 <"$tmp/before"
	printf 'Code\rFLEMISH2026\r' >"$tmp/typed"
	try - --limit 9 <"$tmp/typed"
	is "$shell: a list with a heading and ends of line of a Mac" "$status $out" '0 changed 1 code'
	printf '\377\376F\0' >"$tmp/typed"
	try - --limit 9 <"$tmp/typed"
	like "$shell: a list in UTF-16 is named" "$err" '^code: the list is UTF-16'
	sed -i 's/^file.*/&\nnote: of mine/' "$home/codes/F1EM1SH2026"
	try --note ' of mine ' --limit 2
	is "$shell: blanks round a note" "$out" 'changed 1 code'
}

# Settings may name folders from where they are, behind a symbolic link.
relative()
{
	new_home
	end=$(($(date +%s) + 100))
	token=0123456789abcdef0123456789abcdef
	mkdir -p "$home/cgi-bin" "$home/site/$((end / 60))/$token"
	printf 'rules\n' >"$home/site/$((end / 60))/$token/.htaccess"
	printf 'home: ..\nsecure: ../site\n' >"$home/cgi-bin/.htredeem"
	ln -s "$home/cgi-bin/.htredeem" "$home/settings"
	sed -i "s/^link.*/link: $(date -u -d "@$end" +%Y-%m-%dT%H:%M:%SZ) $token $token/" "$record"
	(cd / && sh "$top/tools/code" -H "$home" 7K3M9QXA2FTF --revoke) >"$tmp/out" 2>"$tmp/err"
	is "$shell: a link in a relative folder is gone" "$(find "$home/site" -mindepth 1)$(cat "$tmp/err")" ''
}

# A symbolic link in a folder is passed over by the program, and is no fault.
link_in_folder()
{
	new_home
	mkdir -p "$home/files/flac"
	printf 'music\n' | tee "$home/files/a.zip" >"$home/files/flac/1.flac"
	ln -s ../a.zip "$home/files/flac/more.zip"
	chmod -R a+rX "$home/files"
	printf 'uses: 0\nlimit: 3\nfile: flac/\n' >"$record"
	try 7K3M9QXA2FTF
	unlike "$shell: a symbolic link in a folder that is sold" "$out" broken
	rm "$home/files/flac/1.flac"
	try 7K3M9QXA2FTF
	like "$shell: and nothing else" "$out" 'broken: .*the folder flac/ has no file in it'
}

for shell in dash busybox; do
	use_shell "$shell"
	in_words
	refuses
	exact_first
	relative
	link_in_folder
	unknown
	changes
	unreadable
	traced_reset
	takes_its_turn
	batches
	history
	from_the_log
	open_link
	control_characters
	other_locks
	without_flock
	without_descriptors
done
use_shell dash
many

finish

#!/bin/sh
# make demo shows the whole way, fails where a step fails, and leaves nothing.

. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
need apache2 curl script dash busybox

# Run by make, a make of our own would take part in that one.
unset MAKEFLAGS MFLAGS MAKELEVEL

chmod 711 "$tmp"
mkdir "$tmp/place" "$tmp/copy" "$tmp/fake"
chmod 1777 "$tmp/place"
printf '%s\n' "$tmp/place" >"$tmp/place.name"
TMPDIR=$tmp/place
export TMPDIR
for part in Makefile redeem redeem.c tests tools; do
	cp -Rp "$top/$part" "$tmp/copy/"
done
chmod -R a+rX "$tmp/copy"
cp "$tmp/copy/redeem" "$tmp/real"

# No file in the demo's place, and no process that was started on one. The name
# comes from a file, or grep would find itself.
nothing_left()
{
	[ -z "$(ls -A "$tmp/place")" ] &&
		! grep -lsF -f "$tmp/place.name" /proc/[0-9]*/cmdline
}

# Runs COMMAND, a demo, without a terminal.
run_demo()
{
	status=0
	"$@" </dev/null >"$tmp/shown" 2>"$tmp/complaint" || status=$?
	shown=$(cat "$tmp/shown")
	complaint=$(cat "$tmp/complaint")
}

as_user()
{
	if [ "$(id -u)" = 0 ] && id label >/dev/null 2>&1; then
		su label -s /bin/sh -c "$*"
	else
		"$@"
	fi
}

holds()
{
	is "$1: ends well" "$status" 0
	is "$1: nothing to complain of" "$complaint" ''
	like "$1: comes to its end" "$shown" 'Everything held'
	ok "$1: nothing is left" await 10 nothing_left
}

run_demo dash "$top/tests/demo"
holds dash
like 'the request' "$shown" '^ +> code=[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$'
like 'the record before' "$shown" '^ +uses: 0$'
like 'the record after' "$shown" '^ +uses: 1$'
like 'the redirect' "$shown" '^ +< HTTP/1.1 303 '
like 'the rules' "$shown" '^ +RewriteCond %\{QUERY_STRING\} !\^[0-9a-f]{32}\$$'
like 'the bytes are compared' "$shown" '^  ok  all 308744 bytes .*cmp'
like 'the refusal' "$shown" '^ +< HTTP/1.1 403 '
like 'the second click' "$shown" '^  ok  .*free'
like 'the log' "$shown" 'Z again [0-9A-Z]{12} 1/3 first-light.wav$'
like 'the address of the form' "$shown" 'http://127.0.0.1:[0-9]+/cgi-bin/redeem.cgi$'
like 'a code that has lost one' "$shown" '^  [0-9A-Z-]{14} +2 of +3 left'
is 'the codes that have not' "$(printf '%s\n' "$shown" | grep -Ec '(3 of +3|10 of 10) left')" 4
unlike 'fits on 80 columns' "$shown" '.{81}'
unlike 'does not wait' "$shown" 'Enter'

run_demo busybox sh "$top/tests/demo"
holds 'busybox sh'
run_demo as_user make -C "$tmp/copy" demo
holds 'make demo, of an ordinary user'

# At a terminal: script gives the demo one, and the fifo is its keyboard. What a
# shell starts with & ignores Ctrl-C for good, unless somebody ends that: perl,
# which prove is written in. script asks $SHELL to run a command; a shell that
# stays beside the demo would die of Ctrl-C, and its status be the one we see.
mkfifo "$tmp/keys"
open_shop()
{
	: >"$tmp/screen"
	SHELL=/bin/sh TERM=xterm perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
		script -qec "exec sh '$top/tests/demo'" /dev/null \
		<"$tmp/keys" >"$tmp/screen" 2>&1 &
	terminal=$!
	at_end "stop $terminal"
	exec 3>"$tmp/keys"
	await 60 grep -q 'Press Enter or Ctrl-C' "$tmp/screen"
	base=$(tr -d '\r' <"$tmp/screen" | sed -n 's,^ *the label *\(.*\)/$,\1,p')
}

gone()
{
	! kill -0 "$terminal"
}

closes()
{
	await 20 gone || return 1
	status=0
	wait "$terminal" || status=$?
	exec 3>&-
	echo "status $status"
	[ "$status" = 0 ]
}

ok 'at a terminal the shop stays open' open_shop
unlike 'and fits it' "$(sed 's/\x1b\[[0-9]*m//g' "$tmp/screen" | tr -d '\r')" '.{81}'
is 'the label has a site' "$(fetch "$base/")" 200
like 'of type HTML' "$(cat "$tmp/headers")" '^Content-Type: text/html'
way=$(sed -n 's/.*class="button" href="\([^"]*\)".*/\1/p' "$tmp/body")
is 'its button leads to the form' "$(fetch "$base$way")" 200
like 'which is the form' "$(cat "$tmp/body")" 'data-outcome="form"'
like 'in the design of the label' "$(cat "$tmp/body")" 'Halfmoon Pier</a>'
free=$(tr -d '\r' <"$tmp/screen" | sed -n 's/.*redeem\.cgi?code=//p')
is 'the code of the card is taken' "$(fetch -L -d "code=$free" "$base$way")" 200
# RIFF, how many bytes follow, WAVE
is 'for a sound file' "$(od -An -v -tx1 -N12 "$tmp/body" | tr -d ' ')" \
	5249464600b6040057415645
ok 'of as many bytes' test "$(wc -c <"$tmp/body")" -eq "$((0x4b600 + 8))"
is 'FIRSTLIGHT opens a page' "$(fetch -L -d code=FIRSTLIGHT "$base$way")" 200
like 'in the design of the label, too' "$(cat "$tmp/body")" 'Halfmoon Pier</a>'
is 'of two files' "$(grep -c '<li><a href=' "$tmp/body")" 2
printf '\n' >&3
ok 'Enter closes the shop' closes
ok 'and nothing is left' await 10 nothing_left

# A key that comes just before the shell waits for one is lost; people press it
# again.
press_until_gone()
{
	(trap '' PIPE && printf '\003' >&3) 2>/dev/null
	gone
}

ok 'the shop opens again' open_shop
await 20 press_until_gone || :
ok 'Ctrl-C closes it' closes
ok 'and nothing is left' await 10 nothing_left

ok 'and again' open_shop
kill -KILL "$terminal"
wait "$terminal" 2>/dev/null || :
exec 3>&-
ok 'it goes with its terminal, and nothing is left' await 10 nothing_left

# fails NAME PATTERN: the demo in the copy fails, and says so.
fails()
{
	is "$1: fails" "$status" 1
	like "$1: says so" "$complaint" "^demo: .*$2"
	unlike "$1: and not the contrary" "$shown" 'Everything held'
	ok "$1: nothing is left" await 10 nothing_left
}

# sabotage NAME PATTERN COMMAND: the program is as always, but COMMAND is run
# before its answer is sent, in the folder of the program.
sabotage()
{
	cat >"$tmp/copy/redeem" <<-END
	#!/bin/sh
	answer=\$($tmp/real)
	$3
	printf '%s\n\n' "\$answer"
	END
	chmod 755 "$tmp/copy/redeem"
	run_demo "$tmp/copy/tests/demo"
	fails "$1" "$2"
}

sabotage 'a use that is not counted' 'one download is counted' \
	"sed -i 's/^uses:.*/uses: 0/' ../home/codes/*"
sabotage 'rules that do not ask for the secret' 'ask for the secret' \
	"sed -i /QUERY_STRING/d ../public_html/secure/*/*/.htaccess 2>/dev/null"
sabotage 'rules without effect' 'wrong digit is refused' \
	"sed -i 's/Engine On/Engine Off/' ../public_html/secure/*/*/.htaccess 2>/dev/null"
sabotage 'other bytes' 'bytes are those of the original' \
	'ln -sf ../../../../home/files/first-light.txt ../public_html/secure/*/*/*.wav 2>/dev/null'
sabotage 'a second click that is not free' 'second click' \
	"grep -q grace .htredeem || printf 'grace: 0\n' >>.htredeem"

printf '#!/bin/sh\nexit 1\n' >"$tmp/copy/redeem"
run_demo "$tmp/copy/tests/demo"
fails 'a program that does not run' 'the form answers'
rm "$tmp/copy/redeem"
run_demo "$tmp/copy/tests/demo"
fails 'a program that is not there' 'no ./redeem'
cp "$tmp/real" "$tmp/copy/redeem"
printf '#!/bin/sh\nprintf "no room\\n" >&2\nexit 1\n' >"$tmp/copy/tools/mint"
run_demo "$tmp/copy/tests/demo"
fails 'codes that are not made' 'mint made no codes'
like 'and why' "$complaint" '^no room$'
printf '#!/bin/sh\nprintf "no such port\\n"\nexit 1\n' >"$tmp/fake/apache2"
chmod 755 "$tmp/fake/apache2"
PATH=$tmp/fake:$PATH run_demo "$top/tests/demo"
fails 'a server that does not start' 'Apache does not start'
like 'and why' "$complaint" 'no such port'

finish

#!/bin/sh
# doctor believes nothing that a server tells it: some forty answers that are meant to
# have it remove files, run commands or spoil the terminal; those that shells might
# take differently under each shell.
. "${0%/*}/lib.sh"
test_all_only 'runs doctor some seventy times'
. "$top/tests/doctor.sh"
need perl curl setpriv dash busybox bash

shop_stock
who=$shop_user
secure=$shop/public_html/secure
canary=$shop/canary
mkdir "$shop/outside"
for name in home/codes/x home/codes/AAAA1111 home/files/x outside/kept public_html/index.html; do
	printf 'kept\n' >"$shop/$name"
done
printf '# redeem 1.1\nRewriteEngine On\nRewriteRule ^ - [F]\n' >"$secure/.htaccess"
# a live link of a buyer's
mkdir -p "$secure/$(($(date +%s) / 60 + 12))/0123456789abcdef0123456789abcdef"
printf 'rules\n' >"$(printf '%s' "$secure"/*/*)/.htaccess"
shop_own

hostile_server()
{
	exec setsid perl "$top/tests/hostile-server.pl" "$port" "$shop/home" "$canary"
}
serve hostile_server

everything()
{
	find "$shop" ! -name attempts ! -name log | sort
	cat "$shop/home/codes/x" "$shop/outside/kept" | cksum
	[ -s /etc/passwd ] || printf "%s\n" gone
}

# Bytes that a terminal obeys, but for line ends.
controls()
{
	tr -d '\012\040-\176\200-\377' <"$1" | wc -c
}

deceived()
{
	form=http://127.0.0.1:$port/$1/redeem.cgi
	doctor
	[ "$status" = 1 ] || printf '%s: exit status %s\n' "$1" "$status"
	[ "$(everything)" = "$before" ] || printf '%s: files are not what they were\n' "$1"
	[ ! -e "$canary" ] || printf '%s: a command was run\n' "$1"
	[ "$(controls "$tmp/said")" = 0 ] && [ "$(controls "$tmp/complaint")" = 0 ] ||
		printf '%s: control bytes on the terminal\n' "$1"
	! grep -q 'all is well' "$tmp/said" || printf '%s: all is well\n' "$1"
	! grep -Eq 'rithmetic|yntax error|not found|nexpected|too large' "$tmp/complaint" ||
		printf '%s: %s\n' "$1" "$(cat "$tmp/complaint")"
	rm -f "$canary"
}

# What shells differ in: arithmetic, substitutions, patterns, and lines that are read.
deceits_for_shells='past-up glob command backquote newline long clock-command clock-array
	clock-digits clock-octal escape'
all_deceits="$deceits_for_shells future-up token-up bucket-up encoded-up glob-past short-bucket
	long-bucket absolute other-host file quote home clock-letters clock-zero clock-month
	clock-escape clock-other status status-escape redirect-escape action outcome outcomes
	endless headers no-http range"

mkdir "$tmp/bin-bash"
ln -s "$(command -v bash)" "$tmp/bin-bash/sh"
before=$(everything)
for shell in dash busybox bash; do
	case $shell in
	bash) PATH=$tmp/bin-bash:$usual_path:/usr/sbin:/sbin ;;
	*) use_shell "$shell" ;;
	esac
	deceits=$deceits_for_shells
	signed=signed
	[ "$shell" != dash ] || {
		deceits=$all_deceits
		signed='signed signed-up range home'
	}
	for answer in $deceits; do
		is "$shell: $answer" "$(deceived "$answer")" ''
	done
	# where the program signs its links
	settings_cgi
	shop_own
	for answer in $signed; do
		is "$shell, signed links: $answer" "$(deceived "$answer")" ''
	done
	settings "home: $shop/home" "secure: $secure"
	shop_own
	before=$(everything)
done

# A part of a file that never ends, asked for by the client that keeps it on the disk.
part_size()
{
	mkdir "$tmp/scratch" "$tmp/bin-wget"
	ln -s "$(command -v busybox)" "$tmp/bin-wget/wget"
	(
		PATH=$tmp/bin-wget:$PATH
		. "$top/tools/.http.sh"
		scratch=$tmp/scratch
		client=busybox
		bounded=
		# shellcheck disable=SC2317 # ask calls it
		rm() { wc -c <"$scratch/part"; }
		ask "http://127.0.0.1:$port/endless/redeem.cgi" from 100
		cat "$scratch/body"
	) 2>/dev/null
}
size=$(part_size)
ok "busybox wget: of an endless part it keeps some: $size bytes" test "$size" -gt 1000000
ok 'but not more than 5 MB' test "$size" -lt 5000000
finish

#!/bin/sh
# A host that gives the program very little: a jail without /etc, /proc and /dev,
# any umask, no standard input, one variable in the environment.

. "${0%/*}/lib.sh"
need make cc
[ "$(id -u)" = 0 ] || skip_all 'only root may make a jail of a directory'
unset MAKEFLAGS MFLAGS
chroot=$(command -v chroot)

# The files of a jail belong to us, as the program there runs as we do.
jail()
{
	shop_make "$tmp/jail/shop" cgi-bin "$(id -un)"
	songs
	jail_settings
}

songs()
{
	mkdir "$shop/home/files/flac"
	printf 'one\n' >"$shop/home/files/flac/1.flac"
	printf 'two\n' >"$shop/home/files/flac/2.flac"
}

# jail_settings LINE...: as the program sees it from in there.
jail_settings()
{
	settings 'home: /shop/home' 'secure: /shop/public_html/secure' "$@"
}

# inside COMMAND [ARGUMENT...]: with the names that things have in the jail.
inside()
{
	outside=$cgi
	cgi=/shop/cgi-bin
	"$@" "$chroot" "$tmp/jail"
	cgi=$outside
}

# The hours between which the link opens that was told last.
hours()
{
	sed -n 's/.*%{TIME} [<>]\([0-9]*\).*/\1/p' \
		"$shop/public_html$(location | sed 's,/[^/]*$,,')/.htaccess" | tr '\n' ' '
}

# hours_in ZONE: what they must be, by the record's time of the last use.
hours_in()
{
	used=$(date -d "$(value last "$code_file")" +%s)
	TZ=$1 date -d "@$used" +%Y%m%d%H%M%S
	TZ=$1 date -d "@$((used + 120))" +%Y%m%d%H%M%S
}

# try_jail KIND PROGRAM
try_jail()
{
	REDEEM_PROGRAM=$2
	rm -rf "$tmp/jail"
	jail
	is "$1: nothing but the shop is in the jail" "$(ls "$tmp/jail")" shop
	inside cgi REQUEST_METHOD=GET </dev/null
	is "$1: the form" "$(status) $(outcome) $(cat "$tmp/complaint")" '200 form '
	code JAIL1
	inside post JAIL1
	is "$1: a link" "$(status) $(value uses "$code_file") $(cat "$tmp/complaint")" '303 1 '
	is "$1: without /etc/localtime the hours are those of UTC" "$(hours)" "$(hours_in UTC0 | tr '\n' ' ')"
	code JAIL2 'uses: 0' 'limit: 3' 'file: flac/'
	inside post JAIL2
	is "$1: several files" "$(status) $(value uses "$code_file") $(cat "$tmp/complaint")" '303 1 '
	ok "$1: --check finds nothing" env -i REDEEM_CONF=/shop/cgi-bin/.htredeem \
		"$chroot" "$tmp/jail" /shop/cgi-bin/redeem.cgi --check
	jail_settings 'timezone: CET-1CEST,M3.5.0,M10.5.0/3'
	code JAIL3
	inside post JAIL3
	is "$1: a zone that is a rule" "$(status) $(hours)" \
		"303 $(hours_in CET-1CEST,M3.5.0,M10.5.0/3 | tr '\n' ' ')"
	# a name, with no file that says what it means: not UTC by silence [S13]
	jail_settings 'timezone: Europe/Berlin'
	code JAIL4
	inside post JAIL4
	is "$1: a zone that is a name" "$(status) $(outcome) $(value uses "$code_file")" '500 not-set-up 0'
	like "$1: it is said why" "$(cat "$tmp/complaint")" 'timezone: no such time zone'
	is "$1: nothing else has come into the jail" "$(ls "$tmp/jail")" shop
}

mkdir "$tmp/glibc"
cp "$top/Makefile" "$top/redeem.c" "$tmp/glibc"
make -s -C "$tmp/glibc" CC_MUSL=none redeem >"$tmp/made"
is 'it builds without musl' "$(cat "$tmp/made")" 'redeem: static'
made=$REDEEM_PROGRAM
try_jail 'as made' "$REDEEM_PROGRAM"
try_jail glibc "$tmp/glibc/redeem"

REDEEM_PROGRAM=$made

# Modes, whatever the umask: codes, log and table are nobody else's; the web
# server passes through the link's folders, does not list them, and reads what is
# in them.
all_modes()
{
	(cd "$shop" && find home/attempts home/codes/UMASK1 home/log public_html/secure/* \
		public_html/secure/.htaccess ! -type l -printf '%m %P %f\n') | sort
}
wanted_modes()
{
	token=${1#*/}
	sort <<-END
	600  attempts
	600  UMASK1
	600  log
	711  ${1%/*}
	711 $token $token
	644 $token/.htaccess .htaccess
	644 $token/downloads.html downloads.html
	644  .htaccess
	END
}
for umask in 077 022 000; do
	rm -rf "$tmp/shop"
	shop_make "$tmp/shop" cgi-bin "$(id -un)"
	songs
	code UMASK1 'uses: 0' 'limit: 3' 'file: flac/'
	(umask "$umask" && post UNKNOWN1 REMOTE_ADDR=192.0.2.1)
	is "umask $umask: a wrong code" "$(status)" 404
	(umask "$umask" && post UMASK1)
	is "umask $umask: a link" "$(status)" 303
	is "umask $umask: modes" "$(all_modes)" \
		"$(wanted_modes "$(location | sed 's,^/secure/,,; s,/[^/]*$,,')")"
done

# One variable is enough for the form, and no standard input.
alone()
{
	(cd "$cgi" && env -i "$@" ./redeem.cgi) >"$tmp/answer" 2>"$tmp/complaint" <&- || :
}
alone REQUEST_METHOD=GET
is 'one variable: the form' "$(status) $(outcome) $(cat "$tmp/complaint")" '200 form '
alone GATEWAY_INTERFACE=CGI/1.1
is 'another: no method, and nothing done' "$(status) $(outcome)" '405 bad-request'
alone REQUEST_METHOD=POST CONTENT_TYPE=application/x-www-form-urlencoded
is 'a form that has no length' "$(status) $(outcome)" '411 bad-request'
# not even room for descriptors (poll(2) then fails): an answer all the same
post UNKNOWN1 "$(command -v prlimit)" --nofile=2 || :
is 'no descriptors: an answer' "$(status) $(outcome)" '500 not-set-up'
code ALONE1
alone REQUEST_METHOD=POST CONTENT_LENGTH=11 CONTENT_TYPE=application/x-www-form-urlencoded
is 'nor any body' "$(status) $(outcome) $(value uses "$code_file")" '400 bad-request 0'
finish

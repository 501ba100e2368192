# Shared by tests/*.t, in three rooms: TAP, the shop, servers. A test begins with
# `. "${0%/*}/lib.sh"` and ends with `finish`.
#
#   $top   the checkout            $tmp   a scratch directory, removed at the end
#
# $REDEEM_PROGRAM is the program under test, else ./redeem. What a function is said
# to set is for its caller; what else it assigns is its own.

set -eu
LC_ALL=C
export LC_ALL
top=$(cd "${0%/*}/.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/redeem-${0##*/}.XXXXXX")
: "${REDEEM_PROGRAM:=$top/redeem}"
PATH=$PATH:/usr/sbin:/sbin

# ---- TAP: verdicts on stdout, why on stderr, and what every script needs ----

tests=0
failures=0
usual_path=$PATH
endings=:

# at_end COMMAND: COMMAND, in words of the shell, runs when the test ends, before
# those that were given earlier.
at_end()
{
	endings="$1
$endings"
}

# What the end of a test runs, however it ends; the status stays.
clean_up()
{
	status=$?
	trap '' HUP INT PIPE TERM
	trap - EXIT
	eval "$endings" || status=1
	rm -rf -- "$tmp"
	exit "$status"
}

# interrupted STATUS: ends the test; a second Ctrl-C must not end the cleaning up, nor
# that whoever reads its verdicts has gone.
interrupted()
{
	trap '' HUP INT PIPE TERM
	exit "$1"
}

trap clean_up EXIT
trap 'interrupted 129' HUP
trap 'interrupted 130' INT
trap 'interrupted 141' PIPE
trap 'interrupted 143' TERM

# verdict STATUS NAME: prints a line of TAP, "ok" if STATUS is 0.
verdict()
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		printf 'ok %d - %s\n' "$tests" "$2"
	else
		failures=$((failures + 1))
		printf 'not ok %d - %s\n' "$tests" "$2"
		# tests/mutants need not know more
		[ -z "${STOP_AT_RED:-}" ] || exit 1
	fi
}

# explain LINE...: why a test failed, as comments on stderr, where prove shows them.
explain()
{
	printf '%s\n' "$@" | sed 's/^/#   /' >&2
}

# ok NAME COMMAND...: passes if COMMAND succeeds; what it prints is in $tmp/.ok.
ok()
{
	name=$1
	shift
	if "$@" >"$tmp/.ok" 2>&1; then
		verdict 0 "$name"
	else
		verdict 1 "$name"
		explain "failed: $*" "$(head -c 2000 "$tmp/.ok")"
	fi
}

# is NAME GOT WANTED: passes if the two strings are equal.
is()
{
	if [ "$2" = "$3" ]; then
		verdict 0 "$1"
	else
		verdict 1 "$1"
		explain "got:    $2" "wanted: $3"
	fi
}

# like NAME TEXT PATTERN: passes if a line of TEXT matches the ERE PATTERN.
like()
{
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		verdict 0 "$1"
	else
		verdict 1 "$1"
		explain "in:          $(printf '%s' "$2" | head -c 2000)" "no match of: $3"
	fi
}

# unlike NAME TEXT PATTERN: passes if no line of TEXT does.
unlike()
{
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		verdict 1 "$1"
		explain "in:       $(printf '%s' "$2" | head -c 2000)" "match of: $3"
	else
		verdict 0 "$1"
	fi
}

# figure WHAT COUNT: prints how much was tried, and passes if README says the same
# under "How it was tried": a line of WHAT, two blanks or more, and COUNT.
figure()
{
	printf '# %s: %s\n' "$1" "$2"
	is "README says how many: $1" "$(WHAT="    $1  " awk '
		index($0, ENVIRON["WHAT"]) == 1 {
			sub(/^ */, "", $0)
			print substr($0, match($0, /[^ ](  +)/) + RLENGTH)
		}' "$top/README")" "$2"
}

# readme_commands TITLE: prints the commands of README's section TITLE, a line each,
# joined where a line ends in a backslash.
readme_commands()
{
	awk -v title="$1" '
		/^---/ { on = before == title }
		on && /^    / {
			sub(/^ +/, "")
			line = line (line == "" ? "" : " ") $0
			if (!sub(/ *\\$/, "", line)) {
				print line
				line = ""
			}
		}
		{ before = $0 }' "$top/README"
}

# commas NUMBER: as README writes it, 1,164.
commas()
{
	printf '%s\n' "$1" | sed -e :more -e 's/^\([0-9]*[0-9]\)\([0-9]\{3\}\)/\1,\2/' -e 't more'
}

# Ends a test: prints the plan; fails if a verdict did.
finish()
{
	printf '1..%d\n' "$tests"
	[ "$failures" = 0 ] || exit 1
}

# skip_all WHY: ends a test that cannot be done here, before its first verdict.
skip_all()
{
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# bail_out WHY: ends a test that cannot go on, with what the servers said.
bail_out()
{
	printf 'Bail out! %s\n' "$1"
	explain "$(tail -n 20 "$tmp/server.out" "$tmp"/*.log 2>/dev/null)"
	exit 1
}

# What `make test` may need: what tests/install gets for it, and what Debian always
# has. A test that needs more says test_all_only.
quick_programs=' cc make pkg-config apache2 curl strace busybox dash perl awk flock '\
'mkfifo mount umount mountpoint script setpriv setsid timeout truncate unshare env '

# need PROGRAM...: skips the whole test where one is missing.
need()
{
	for program in "$@"; do
		case ${REDEEM_TESTS:-all}$quick_programs in
		all*) ;;
		*" $program "*) ;;
		*) bail_out "$program is not for \`make test\`: say test_all_only" ;;
		esac
		command -v "$program" >/dev/null 2>&1 ||
			skip_all "$program is not installed"
	done
}

# test_all_only WHY: a line of its own in a test that `make test` leaves out.
test_all_only()
{
	[ "${REDEEM_TESTS:-all}" = all ] || bail_out "not for \`make test\`: $*"
}

# await SECONDS COMMAND...: runs COMMAND until it succeeds; fails when time is up. It
# asks less and less often, for others have their tests to run.
await()
{
	until_when=$(($(date +%s) + $1))
	shift
	pauses='0.05 0.05 0.05 0.1 0.1 0.2 0.3'
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -le "$until_when" ] || return 1
		sleep "${pauses%% *}"
		pauses=${pauses#* }
	done
}

# use_shell dash|busybox: from now on `sh`, and with busybox all that it has, are of
# that kind, by $PATH.
use_shell()
{
	need "$1"
	mkdir -p "$tmp/bin-$1"
	case $1 in
	dash) ln -sf "$(command -v dash)" "$tmp/bin-dash/sh" ;;
	busybox) busybox --install -s "$tmp/bin-busybox" ;;
	esac
	PATH=$tmp/bin-$1:$usual_path
}

# random_hex COUNT: prints COUNT random bytes, in hex.
random_hex()
{
	od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

# ---- The shop: folders, settings, codes, and the program run as a server would ----

# shop_make DIR CGI-BIN USER: a shop in DIR that USER's CGI may use, and one file for
# sale, first-light.zip, of bytes that occur nowhere else. Sets $shop, $cgi, the
# folder DIR/CGI-BIN of the program, and $shop_user.
shop_make()
{
	shop=$1
	cgi=$1/$2
	mkdir -p "$shop/public_html/secure" "$cgi" "$shop/home/codes" "$shop/home/files"
	chmod 711 "$shop" "$shop/home"
	chmod 755 "$shop/public_html" "$shop/public_html/secure" "$cgi" "$shop/home/files"
	chmod 700 "$shop/home/codes"
	cp "$REDEEM_PROGRAM" "$cgi/redeem.cgi"
	chmod 755 "$cgi/redeem.cgi"
	head -c 300000 /dev/urandom >"$shop/home/files/first-light.zip"
	chmod 644 "$shop/home/files/first-light.zip"
	settings "home: $shop/home" "secure: $shop/public_html/secure"
	shop_user=$3
	shop_own
}

# A shop in the test's directory. Sets what shop_make does.
shop_stock()
{
	chmod 711 "$tmp"
	user=$(id -un)
	[ "$(id -u)" != 0 ] || user=www-data
	shop_make "$tmp/shop" cgi-bin "$user"
}

# Sets $place to a directory of the user label's in which suexec runs programs; skips
# the test where suexec cannot be had.
place_cheap()
{
	[ "$(id -u)" = 0 ] || skip_all 'suexec needs root to start the server'
	id label >/dev/null 2>&1 || skip_all 'there is no user label; see tests/install'
	read -r suexec_root </etc/apache2/suexec/www-data || suexec_root=
	[ "$suexec_root" = /home ] || skip_all 'suexec is not set to /home'
	chmod 711 "$tmp"
	place=$(mktemp -d /home/redeem-test.XXXXXX)
	at_end "rm -rf -- '$place'"
	chown label: "$place"
}

# A shop there, as the cheap host wants it. Sets what shop_make does, and $place.
shop_cheap()
{
	place_cheap
	shop_make "$place" public_html/cgi-bin label
}

# shop_clear: the shop has no codes and no links, as before a test.
shop_clear()
{
	rm -rf "${shop:?}"/home/codes/* "$shop"/public_html/secure/[0-9]*
}

# Gives the shop to the user that the CGI runs as, where a test may do so.
shop_own()
{
	[ "$(id -u)" != 0 ] || chown -R "$shop_user:" "$shop"
}

# settings LINE...: the shop's .htredeem. Most tests look at the link itself, so
# that it starts with the file, not with its page, unless a LINE says how. They are in
# $settings_at, where that is set.
settings()
{
	set -- "${settings_at:-$cgi/.htredeem}" "$@"
	rm -f "$1"
	printf '%s\n' "$@" | sed 1d >"$1"
	case "$*" in
	*start:*) ;;
	*) printf 'start: file\n' >>"$1" ;;
	esac
	chmod 644 "$1"
}

# The shop's .htredeem for `delivery: cgi`, with a new key.
settings_cgi()
{
	settings "home: $shop/home" 'delivery: cgi' "key: $(random_hex 32)"
	chmod 600 "$cgi/.htredeem"
}

# code NAME [LINE...]: a code's record; without lines, one that has three uses left.
# Sets $code_file.
code()
{
	code_file=$shop/home/codes/$1
	shift
	[ "$#" -gt 0 ] || set -- 'uses: 0' 'limit: 3' 'file: first-light.zip'
	printf '%s\n' "$@" >"$code_file"
	chmod 600 "$code_file"
	[ "$(id -u)" != 0 ] || chown "$shop_user:" "$code_file"
}

# value KEY FILE: prints what a record or settings file has there.
value()
{
	sed -n "s/^$1: *//p" "$2" | tr -d '\r'
}

# run_cgi NAME=VALUE... [COMMAND...]: runs the program as a server would, or has
# COMMAND, named by its whole path, run it; the body is on stdin.
run_cgi()
{
	env -i GATEWAY_INTERFACE=CGI/1.1 SCRIPT_NAME=/cgi-bin/redeem.cgi \
		SCRIPT_FILENAME="$cgi/redeem.cgi" "$@" "$cgi/redeem.cgi"
}

# cgi NAME=VALUE... [COMMAND...]: the same; the answer goes to $tmp/answer, what it
# complains of to $tmp/complaint.
cgi()
{
	run_cgi "$@" >"$tmp/answer" 2>"$tmp/complaint"
}

# post TYPED [NAME=VALUE...] [COMMAND...]: posts a code to the program, as cgi does.
# TYPED is sent as it is: percent-encode what a form would.
post()
{
	body="code=$1"
	shift
	printf '%s' "$body" | cgi REQUEST_METHOD=POST CONTENT_LENGTH="${#body}" \
		CONTENT_TYPE=application/x-www-form-urlencoded "$@"
}

# Prints the status of the last answer to cgi or post.
status()
{
	sed -n '1s/^Status: \([0-9]*\) .*/\1/p' "$tmp/answer"
}

# Prints its outcome.
outcome()
{
	sed -n 's/.*data-outcome="\([a-z-]*\)".*/\1/p' "$tmp/answer"
}

# Prints where it leads to.
location()
{
	sed -n 's/^Location: //p' "$tmp/answer" | tr -d '\r'
}

# The page of whoever comes too late for the link that the last answer gives, as
# Apache reads it: the link's own, else that of the folder above.
closed_page()
{
	for rules in "$shop/public_html$(location | sed 's,/[^/]*$,,')/.htaccess" \
		"$shop/public_html/secure/.htaccess"; do
		! grep '^ErrorDocument' "$rules" >"$tmp/closed" || break
	done
	sed -n 's/\\"/"/g; s/^ErrorDocument 403 "\(.*\)"$/\1/p' "$tmp/closed"
}

# Prints the pids of the shop's program, as it runs now.
running()
{
	processes=$(ls -l /proc/[0-9]*/exe 2>/dev/null) || :
	printf '%s\n' "$processes" |
		sed -n "s,.* /proc/\([0-9]*\)/exe -> $cgi/redeem.cgi\$,\1,p"
}

# sent PATH: prints what the program sends to whoever opens PATH, a link that comes
# back to it, without headers. The last answer stays what it was.
sent()
{
	run_cgi REQUEST_METHOD=GET PATH_INFO="${1#/cgi-bin/redeem.cgi}" </dev/null 2>/dev/null |
		sed '1,/^\r*$/d'
}

# address FILE PAGE: prints where PAGE, a page of several files, has the link to FILE.
address()
{
	printf '%s\n' "$2" | sed -n "s,^<li>.*href=\"\([^\"]*/$1\)\".*,\1,p"
}

# ---- Servers: each in the foreground on a free port of 127.0.0.1, all of its files
# under $tmp, stopped by its pid when the test ends; and requests to them ----

modules=/usr/lib/apache2/modules
# A proxy cannot reach a server that is here.
no_proxy=127.0.0.1
export no_proxy

# serve COMMAND...: runs COMMAND with $port set to a free port, until it answers. Sets
# $port and $server, its pid. COMMAND is a function that replaces itself (exec) by a
# server, with setsid, for Apache as it ends kills its whole process group.
serve()
{
	for attempt in 1 2 3 4 5 6 7 8; do
		# apart, for a Ctrl-C may leave it empty, and a shell that meets an
		# error in arithmetic ends without cleaning up
		digits=$(random_hex 2)
		port=$((0x${digits:-0} % 20000 + 20000))
		if answers; then
			continue # somebody else does
		fi
		"$@" >>"$tmp/server.out" 2>&1 &
		server=$!
		at_end "stop $server"
		# in a subshell, for answered ends it where the port was taken
		if (await 60 answered); then
			return 0
		fi
		stop "$server"
	done
	bail_out "no server after $attempt attempts: $*"
}

# stop PID: ends a process that this shell has started, and waits for its end.
stop()
{
	kill "$1" 2>/dev/null || return 0
	wait "$1" 2>/dev/null || :
}

# Does somebody answer at $port?
answers()
{
	curl -s -o /dev/null --max-time 5 "http://127.0.0.1:$port/"
}

# Does $server? Ends the shell where it has gone.
answered()
{
	kill -0 "$server" || exit 1
	answers
}

# Prints what all Apaches share; the caller adds the host's own part on stdin, and a
# test what it needs besides in $tmp/more.conf.
apache_conf()
{
	types=/etc/mime.types
	[ -r "$types" ] || types=/dev/null
	cat <<-END
	ServerRoot $tmp
	ServerName 127.0.0.1
	Listen 127.0.0.1:$port
	PidFile $tmp/apache.pid
	ErrorLog $tmp/error.log
	LogLevel warn
	DefaultRuntimeDir $tmp
	ServerLimit 8
	TypesConfig $types
	LoadModule authn_core_module $modules/mod_authn_core.so
	LoadModule authz_core_module $modules/mod_authz_core.so
	LoadModule authz_host_module $modules/mod_authz_host.so
	LoadModule alias_module $modules/mod_alias.so
	LoadModule dir_module $modules/mod_dir.so
	LoadModule autoindex_module $modules/mod_autoindex.so
	LoadModule env_module $modules/mod_env.so
	LoadModule mime_module $modules/mod_mime.so
	LoadModule deflate_module $modules/mod_deflate.so
	LoadModule filter_module $modules/mod_filter.so
	LoadModule setenvif_module $modules/mod_setenvif.so
	AddType text/html .html
	AddOutputFilterByType DEFLATE text/html text/plain application/octet-stream application/zip
	<Directory />
		AllowOverride None
		Require all denied
	</Directory>
	END
	[ "$(id -u)" != 0 ] || printf 'User www-data\nGroup www-data\n'
	[ ! -e "$modules/mod_unixd.so" ] ||
		printf 'LoadModule unixd_module %s/mod_unixd.so\n' "$modules"
	cat
	printf 'IncludeOptional %s/more.conf\n' "$tmp"
}

# For serve: Apache with $tmp/httpd.conf. A test of a host that differs says how, in
# sed's words, in $amend.
apache_run()
{
	[ -z "${amend:-}" ] || sed -i -e "$amend" "$tmp/httpd.conf"
	exec setsid apache2 -f "$tmp/httpd.conf" -DFOREGROUND
}

# For serve: stock Debian, event and cgid; the owner has allowed .htaccess.
apache_stock()
{
	apache_conf >"$tmp/httpd.conf" <<-END
	LoadModule mpm_event_module $modules/mod_mpm_event.so
	LoadModule cgid_module $modules/mod_cgid.so
	LoadModule rewrite_module $modules/mod_rewrite.so
	LoadModule headers_module $modules/mod_headers.so
	MaxRequestWorkers 200
	ScriptSock $tmp/cgid.sock
	DocumentRoot $shop/public_html
	ScriptAlias /cgi-bin/ $shop/cgi-bin/
	<Directory $shop/public_html>
		Options Indexes FollowSymLinks
		AllowOverride All
		Require all granted
	</Directory>
	<Directory $shop/cgi-bin>
		Options None
		AllowOverride None
		Require all granted
	</Directory>
	END
	apache_run
}

# For serve: the cheap host, prefork, suexec to the user label, FileInfo and no more.
apache_cheap()
{
	apache_conf >"$tmp/httpd.conf" <<-END
	LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
	LoadModule cgi_module $modules/mod_cgi.so
	LoadModule suexec_module $modules/mod_suexec.so
	LoadModule rewrite_module $modules/mod_rewrite.so
	DocumentRoot $shop/public_html
	ScriptAlias /cgi-bin/ $shop/public_html/cgi-bin/
	SuexecUserGroup label label
	<Directory $shop/public_html>
		Options SymLinksIfOwnerMatch Indexes
		AllowOverride FileInfo
		Require all granted
	</Directory>
	<Directory $shop/public_html/cgi-bin>
		Options +ExecCGI
	</Directory>
	END
	apache_run
}

# fetch CURL-ARGUMENT...: prints the status of a request; its body and headers are
# then in $tmp/body and $tmp/headers.
fetch()
{
	curl -s --max-time 30 -o "$tmp/body" -D "$tmp/headers" -w '%{http_code}' \
		--path-as-is "$@" || :
}

# header NAME: prints the value of that header of the last answer to fetch, or each.
header()
{
	tr -d '\r' <"$tmp/headers" | sed -n "s/^$1: //Ip"
}

# Prints its headers that all pages have.
page_headers()
{
	for name in Cache-Control Referrer-Policy X-Content-Type-Options Content-Security-Policy; do
		header "$name"
	done
}

# is_page NAME: has it all of them?
is_page()
{
	is "$1" "$(page_headers)" "no-store
no-referrer
nosniff
script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
}

# Has Apache mod_headers? The cheapest host has not.
has_headers()
{
	grep -q '^LoadModule headers_module' "$tmp/httpd.conf"
}

# Prints where the last answer to fetch led to.
led_to()
{
	sed -n 's/^[Ll]ocation: //p' "$tmp/headers" | tr -d '\r'
}

# not_served NAME STATUSES CURL-ARGUMENT...: the status matches the ERE STATUSES, and
# no byte of $file comes.
not_served()
{
	name=$1
	wanted=$2
	shift 2
	got=$(fetch "$@")
	like "$name: refused" "$got" "^($wanted)\$"
	ok "$name: no bytes" sh -c "! cmp -s -n 64 '$tmp/body' '${file:?}'"
}

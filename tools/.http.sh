# One HTTP request with whatever client there is; sourced by doctor.
#
#   ask URL [head|post FILE|resume FILE|from BYTE]
#
# leaves $status (000: no answer), $location, and the files $scratch/head and
# $scratch/body. `resume` asks for what is missing after the bytes of FILE; the body
# is then FILE and that; `from` takes the first bytes for zeros. Redirects are not followed. Addresses can be secrets,
# and other users see the arguments of a program: only busybox gets them so.
#
# What the weaker clients do not show: busybox no page that comes with a
# refusal, and no certificate's fault on https; no wget why a server did not answer.

find_client()
{
	if command -v curl >/dev/null 2>&1; then
		client=curl
	elif ! command -v wget >/dev/null 2>&1; then
		die 'no curl and no wget here: run this on another machine with the same home, or install one'
	elif wget --version 2>/dev/null | grep -q 'GNU Wget'; then
		client=wget
		# else it tries a plainer form of an address first
		as_it_is=--no-iri
		wget "$as_it_is" --version >/dev/null 2>&1 || as_it_is=-nv
	elif wget --help 2>&1 | grep -q -e '-S'; then
		client=busybox
	else
		die 'the wget here cannot show what a server answers: install curl'
	fi
}

by_curl()
{
	{
		printf 'url = "%s"\n' "$1"
		case ${2:-} in
		head) printf 'head\n' ;;
		post) printf 'data-binary = "@%s"\n' "$3" ;;
		resume) printf 'continue-at = %s\n' "$(($(wc -c <"$3")))" ;;
		from) printf 'continue-at = %s\n' "$3" ;;
		esac
	} | curl -q -s -g -K - --max-time 60 -o "$scratch/body" -D "$scratch/head" 2>/dev/null
}

# HOME keeps wget from reading and writing the user's own files.
by_wget()
{
	printf '%s\n' "$1" >"$scratch/address"
	mode=${2:-}
	from=${3:-}
	set -- "$as_it_is" -S -nv -t 1 -T 60 --max-redirect=0 --content-on-error \
		-O "$scratch/body" -i "$scratch/address"
	case $mode in
	head) set -- --spider "$@" ;;
	post) set -- --post-file "$from" "$@" ;;
	resume | from) set -- -c "$@" ;;
	esac
	HOME=$scratch wget "$@" 2>"$scratch/head"
}

by_busybox()
{
	target=$1
	case ${2:-} in
	head) set -- --spider ;;
	post) set -- --post-file "$3" ;;
	resume | from) set -- -c ;;
	*) set -- ;;
	esac
	wget -S -O "$scratch/body" "$@" "$target" 2>"$scratch/head"
}

ask()
{
	: >"$scratch/head"
	: >"$scratch/body"
	case ${2:-} in
	resume) cat -- "$3" >"$scratch/body" ;;
	from) dd if=/dev/null of="$scratch/body" bs=1 seek="$3" count=0 2>/dev/null ;;
	esac
	"by_$client" "$@" || :
	[ -e "$scratch/body" ] || : >"$scratch/body"
	# the first answer: busybox follows redirects, and cannot be told not to
	tr -d '\r' <"$scratch/head" | awk '
	{ sub(/^ */, "") }
	/^HTTP\/[0-9.]+ [2-5]/ { if (status++) exit; print $2; next }
	status && tolower($1) == "location:" { print $2; exit }' >"$scratch/answer"
	{
		read -r status || status=000
		read -r location || location=
	} <"$scratch/answer"
}

# How large the file is of which the last answer has a part.
whole_size()
{
	tr -d '\r' <"$scratch/head" | sed -n 's,^ *[Cc]ontent-[Rr]ange: *bytes [0-9]*-[0-9]*/\([0-9]*\)$,\1,p'
}

# Does the body have the text $1 in it?
body_has()
{
	grep -Fq -e "$1" "$scratch/body"
}

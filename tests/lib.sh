# Shared by tests/*.t: TAP on stdout, a directory of one's own, cleaning up.
# A test begins with `. "${0%/*}/lib.sh"` and ends with `finish`.
#
#   $top   the checkout            $tmp   a scratch directory, removed at the end
#   ok NAME COMMAND...             passes if COMMAND succeeds
#   is NAME GOT WANTED             passes if the two strings are equal
#   like NAME TEXT PATTERN         passes if a line of TEXT matches the ERE PATTERN
#   unlike NAME TEXT PATTERN       passes if no line does
#   need PROGRAM...                skips the whole file where one is missing
#   await SECONDS COMMAND...       runs COMMAND until it succeeds; fails when time is up
#   at_end COMMAND                 runs COMMAND, too, when the test ends
#   use_shell dash|busybox         from now on `sh` and the programs it finds are of that kind

set -eu
LC_ALL=C
export LC_ALL
top=$(cd "${0%/*}/.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/redeem-test.XXXXXX")
tests=0
failures=0
usual_path=$PATH
endings=:

at_end()
{
	endings="$1
$endings"
}

clean_up()
{
	status=$?
	trap - EXIT
	eval "$endings" || status=1
	rm -rf -- "$tmp"
	exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

verdict()
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		printf 'ok %d - %s\n' "$tests" "$2"
	else
		failures=$((failures + 1))
		printf 'not ok %d - %s\n' "$tests" "$2"
	fi
}

# Why a test failed, as TAP comments on stderr, where prove shows them.
explain()
{
	printf '%s\n' "$@" | sed 's/^/#   /' >&2
}

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

is()
{
	if [ "$2" = "$3" ]; then
		verdict 0 "$1"
	else
		verdict 1 "$1"
		explain "got:    $2" "wanted: $3"
	fi
}

like()
{
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		verdict 0 "$1"
	else
		verdict 1 "$1"
		explain "in:          $(printf '%s' "$2" | head -c 2000)" "no match of: $3"
	fi
}

unlike()
{
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		verdict 1 "$1"
		explain "in:       $(printf '%s' "$2" | head -c 2000)" "match of: $3"
	else
		verdict 0 "$1"
	fi
}

skip_all()
{
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

need()
{
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 ||
			skip_all "$program is not installed"
	done
}

await()
{
	until_when=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -le "$until_when" ] || return 1
		sleep 0.05
	done
}

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

finish()
{
	printf '1..%d\n' "$tests"
	[ "$failures" = 0 ] || exit 1
	exit 0
}

# Shared by the tools beside it, which source this file; not a tool itself.
# A tool has a function usage, and finds after find_home:
#
#   $home    the home, an absolute path      $codes   its folder of codes

set -eu
LC_ALL=C
export LC_ALL
umask 077

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$@"
	exit 1
}

misused()
{
	say "$@"
	printf 'Try: %s -h\n' "${0##*/}" >&2
	exit 2
}

# One line that is written over and over; without a text it is wiped.
progress()
{
	[ -t 2 ] || return 0
	printf '\r\033[K%s' "$*" >&2
}

# DIR is what -H said, or empty.
find_home()
{
	named=${1:-${REDEEM_HOME:-$(dirname -- "$0")/..}}
	home=$(CDPATH='' cd -- "$named" 2>/dev/null && pwd -P) || die "there is no folder $named"
	codes=$home/codes
	[ -d "$codes" ] || die "$home has no folder codes: name the home with -H"
}

# A code as typed becomes the one that the program looks up first.
bare_code()
{
	printf '%s' "$1" | tr -cd '0-9A-Za-z' | tr '[:lower:]' '[:upper:]'
}

# Sets $shown to a minted code as it is printed, 7K3M-9QXA-2FTF: a variable,
# since a process per code would be felt.
group()
{
	shown=${1#????}
	shown=${1%????????}-${shown%????}-${shown#????}
}

# No leading zero: the shell's arithmetic would take it for octal.
is_count()
{
	case $1 in
	'' | *[!0-9]* | 0* | ???????*) return 1 ;;
	esac
}

# A day that the calendar has, as YYYY-MM-DD; leaves $year, $month and $day.
is_day()
{
	case $1 in
	[1-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]) ;;
	*) return 1 ;;
	esac
	year=${1%%-*}
	day=${1##*-}
	month=${1#*-}
	month=${month%-*}
	case $month in
	01 | 03 | 05 | 07 | 08 | 10 | 12) days=31 ;;
	04 | 06 | 09 | 11) days=30 ;;
	02) days=28 ;;
	*) return 1 ;;
	esac
	if [ "$month" = 02 ] && [ $((year % 4)) = 0 ]; then
		if [ $((year % 100)) != 0 ] || [ $((year % 400)) = 0 ]; then
			days=29
		fi
	fi
	[ "$day" -ge 1 ] && [ "$day" -le "$days" ]
}

is_one_line()
{
	case $1 in
	*[[:cntrl:]]*) return 1 ;;
	esac
}

# awk with a function luhn(CODE): 0 for a minted code, a positive number for one with
# a mistyped letter, and -1 where a code cannot have been minted at all.
luhn_awk()
{
	awk '
	function luhn(code,    i, value, sum) {
		if (length(code) != 12)
			return -1
		for (i = 1; i <= 12; i++) {
			value = index("0123456789ABCDEFGHJKMNPQRSTVWXYZ", substr(code, i, 1)) - 1
			if (value < 0)
				return -1
			if (i % 2)
				value *= 2
			sum += int(value / 32) + value % 32
		}
		return sum % 32
	}'"$1"
}

# The value that settings file $2 gives to key $1; empty where it has none.
setting()
{
	tr -d '\r' <"$2" | sed -n "
		s/[[:blank:]]*\$//
		s/^[[:blank:]]*$1[[:blank:]]*:[[:blank:]]*//p"
}

# Is the absolute path $1 the folder $2 or below it?
is_below()
{
	case $1/ in
	"$2"/*) ;;
	*) return 1 ;;
	esac
}

# A path as people write it: the user's own folder is ~.
short()
{
	if [ "${HOME:-/}" != / ] && is_below "$1" "$HOME"; then
		printf '~%s' "${1#"$HOME"}"
	else
		printf '%s' "$1"
	fi
}

# Takes an address such as https://label.example/cgi-bin/redeem.cgi apart; sets
# $site, $program_path and $program. Only characters that need no quoting.
split_address()
{
	case $1 in
	http://*[!-0-9A-Za-z._~:/%]* | https://*[!-0-9A-Za-z._~:/%]*) return 1 ;;
	http://?*/?* | https://?*/?*) ;;
	*) return 1 ;;
	esac
	program=${1##*/}
	program_path=${1#*://}
	site=${program_path%%/*}
	program_path=/${program_path#*/}
	[ "$site" ] || return 1
	site=${1%%://*}://$site
	case $program in
	'' | .* | -* | *%* | *:*) return 1 ;;
	esac
}

# Shared by the tools beside it, which source this file; not a tool itself.
# A tool has a function usage, and finds after find_home:
#
#   $home    the home, an absolute path      $codes   its folder of codes

set -eu
LC_ALL=C
export LC_ALL
umask 077
# a tool's own words; what the dot files are asked is none of them
case ${0##*/}/${1-} in
.*) ;;
*/--help) set -- -h ;;
esac
tool=${0##*/}
export tool
# These change the columns of GNU ls.
unset TIME_STYLE QUOTING_STYLE BLOCK_SIZE LS_BLOCK_SIZE POSIXLY_CORRECT || :

tools=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

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
	printf 'Try: %s -h\n' "$0" >&2
	exit 2
}

# One line that is written over and over; without a text it is wiped.
progress()
{
	[ -t 2 ] || return 0
	printf '\r\033[K%s' "$*" >&2
}

# The home that the file settings in the folder $1 names; nothing where there is none. In a
# home it is the shop's own; where the home is elsewhere, setup leaves one that says so.
home_of()
{
	[ ! -r "$1/settings" ] || setting_path home "$1/settings"
}

# The path that the settings file $2 gives to key $1: it may begin in the folder of that
# file, be it behind a symbolic link. Empty where it has none.
setting_path()
{
	named=$(setting "$1" "$2")
	case $named in
	'' | /*) ;;
	*)
		real=$(readlink -- "$2") || real=$2
		named=$(dirname -- "$real")/$named
		;;
	esac
	printf '%s' "$named"
}

# DIR is what -H said, or empty.
find_home()
{
	named=${1:-${REDEEM_HOME:-}}
	[ "$named" ] || named=$(home_of "$(dirname -- "$0")/..")
	named=${named:-$(dirname -- "$0")/..}
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

# Is the moment $1 after $2? Both are written in the same way, years first.
is_later()
{
	[ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort | tail -n 1)" = "$1" ]
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
	[ "$year" -ge 1970 ] && [ "$day" -ge 1 ] && [ "$day" -le "$days" ]
}

is_one_line()
{
	case $1 in
	*[[:cntrl:]]*) return 1 ;;
	esac
}


# grammar_awk PROGRAM: awk with the functions of .record.awk, which know what a record is.
grammar_awk()
{
	awk "$(cat -- "$tools/.record.awk")$1"
}

# read_records PROGRAM: the same over the files of $codes that `ls -ln` lists on stdin. For
# each code it calls the function record(NAME) after parse, then done(). It is not put off
# by what is no record, nor by what is no file.
#
# Some awks end a line at a zero byte, or do not see what follows it; so where a file is
# not one piece of the size that ls says, tr looks for such a byte.
read_records()
{
	(cd -- "$codes" && grammar_awk '
	function zeros(path,    command, number) {
		command = "tr -dc \"\\000\" <" path " | wc -c"
		command | getline number
		close(command)
		return number + 0
	}
	function slurp(path, size,    text, piece, pieces, zero) {
		RS = "\001"
		while ((pieces = (getline piece < path)) > 0)
			text = zero++ ? text "\001" piece : piece
		RS = "\n"
		close(path)
		if (pieces < 0)
			return 0
		zero = text ~ /[^\001-\377]/ || (zero > 1 || length(text) != size) && zeros(path)
		parse(text, zero)
		return 1
	}
	function read(name, type, size,    i) {
		if (type != "-")
			i = "not a file"
		else if (size > 4096)
			i = "longer than 4096 bytes"
		else if (!slurp("./" name, size))
			i = "it cannot be read"
		if (i != "") {
			parse("", 0)
			refused = i
		}
		record(name)
	}
	NF >= 9 && $9 ~ /^[0-9A-Za-z]+$/ && length($9) >= 4 && length($9) <= 64 &&
		(NF == 9 || $1 ~ /^l/) { read($9, substr($1, 1, 1), $5) }
	END { done() }
	'"$1")
}

# The same over all of them.
each_record()
{
	(cd -- "$codes" && ls -ln .) | read_records "$1"
}

# The codes on stdin, one a line, as a list that Windows, a Mac or a spreadsheet has written
# may have them: without byte order mark and heading, and of each line the first column.
read_list()
{
	awk '
	function first_column(text) {
		sub(/[,;\t].*/, "", text)
		gsub(/"/, "", text)
		print text
	}
	NR == 1 {
		if ($0 ~ /^(\377\376|\376\377)/) {
			print ENVIRON["tool"] ": the list is UTF-16: save it as UTF-8, or as CSV" | "cat >&2"
			close("cat >&2")
			exit 1
		}
		sub(/^\357\273\277/, "")
	}
	{
		sub(/\r$/, "")
		lines = split($0, line, "\r")
		if (lines == 0)
			print ""
		for (i = 1; i <= lines; i++) {
			if (++number > 1 || tolower(line[i]) !~ /^"?codes?"?([,;\t]|$)/) {
				first_column(line[i])
				continue
			}
			# alone it is no heading
			print ""
			heading = line[i]
		}
	}
	END {
		if (number == 1 && heading != "")
			first_column(heading)
	}'
}

# Sets $today, as the web server's program counts days: in the time zone of the settings
# or, where they name none, in the system's.
find_today()
{
	conf=${REDEEM_CONF:-$home/settings}
	zone=
	[ ! -r "$conf" ] || zone=$(setting timezone "$conf")
	today=$(
		unset TZ
		[ -z "$zone" ] || export TZ="$zone"
		date +%Y-%m-%d
	)
	export today codes
}

# From now on the function unsold of .record.awk knows what is there to be sold. Where only
# the codes were copied, as from a host without a shell, it says nothing.
sell_from()
{
	judging=
	[ ! -d "$home/files" ] || judging=yes
	export judging tools home
}

# The value that settings file $2 gives to key $1; empty where it has none.
setting()
{
	tr -d '\r' <"$2" | sed -n "
		1s/^$(printf '\357\273\277')//
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

# What is ours below secure and below home/lists, and how it is removed; sourced by
# sweep, setup and doctor. redeem.c keeps the same rule ("A link").
#
#   a bucket   a real folder, named with the eight digits of a minute since 2020
#   a link     in a bucket: 32 hexadecimal digits, with or without a dot before them
#
# Anything else in there or beside it is the owner's, and stays.

first_minute=26297280 # 2020-01-01, in minutes since 1970

# Is $2 made of exactly $1 digits?
is_digits()
{
	case $2 in
	'' | *[!0-9]*) return 1 ;;
	esac
	[ "${#2}" = "$1" ]
}

# Is $2 made of exactly $1 hexadecimal digits, in lower case?
is_hex()
{
	case $2 in
	'' | *[!0-9a-f]*) return 1 ;;
	esac
	[ "${#2}" = "$1" ]
}

# Is the folder $1 in the current one a bucket whose minute is before $2?
is_bucket_before()
{
	is_digits 8 "$1" && [ "$1" -ge "$first_minute" ] && [ "$1" -lt "$2" ] &&
		[ -d "./$1" ] && [ ! -L "./$1" ]
}

# Is the file $1 the rules of a folder secure: does it begin with a line such as
# "# redeem 1.1", or is it what version 1.0 wrote?
is_our_rules()
{
	[ -f "$1" ] && [ ! -L "$1" ] && awk '
	NR == 1 && /^# redeem [0-9.]*[0-9]\r?$/ { ours = 1; exit }
	NR == 1 && $0 != "RewriteEngine On" { exit }
	NR == 2 && $0 != "RewriteRule ^ - [F]" { exit }
	NR == 2 { ours = 1 }
	NR == 3 && index($0, "ErrorDocument 403 \"<!DOCTYPE html>") != 1 { ours = 0; exit }
	NR == 4 { ours = 0; exit }
	END { exit !ours }' "$1"
}

# Is all that is in the current folder buckets?
has_only_buckets()
{
	for name in * .[!.]* ..?*; do
		[ -e "$name" ] || [ -L "$name" ] || continue
		is_bucket_before "$name" 100000000 || return 1
	done
}

# May the folder $1 be secure: are the rules in it ours, or is it empty, except for
# buckets that an interrupted first link left?
is_our_secure()
{
	[ -d "$1" ] || return 1
	if [ -e "$1/.htaccess" ] || [ -L "$1/.htaccess" ]; then
		is_our_rules "$1/.htaccess"
	else
		inside=$(find "$1/." ! -name . -prune -print) || return 1
		[ -z "$inside" ] || (cd -- "$1" && has_only_buckets)
	fi
}

# Removes the link $1, a path that is not ours to doubt: files first, and the rules
# only when all that they guard is gone. Whoever else sweeps may have been first.
remove_link()
{
	if [ -d "$1" ] && [ ! -L "$1" ]; then
		find "$1/." ! -name . -prune ! -type d ! -name .htaccess \
			-exec rm -f -- {} + 2>/dev/null || :
		inside=$(find "$1/." ! -name . -prune \( -type d -o ! -name .htaccess \) \
			-print 2>/dev/null) || :
		[ -z "$inside" ] || return 1
		rm -f -- "$1/.htaccess" 2>/dev/null || :
		rmdir -- "$1" 2>/dev/null || :
	else
		rm -f -- "$1" 2>/dev/null || :
	fi
	[ ! -e "$1" ] && [ ! -L "$1" ]
}

# The pattern of 32 hexadecimal digits.
eight_hex='[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
token_pattern=$eight_hex$eight_hex$eight_hex$eight_hex

# empty_links FAILED BUCKET...: prints the links in the buckets, which are named as
# ./29924458, and what is in them, a path each line, and removes all of it but folders and
# rules. Makes the file FAILED where something stays.
empty_links()
{
	failed=$1
	shift
	find "$@" \( -path './*/*/*' -prune -print ! -name .htaccess -o \
		! -path './*/*/*' \( -name "$token_pattern" -o -name ".$token_pattern" \) \
		-print ! -type d \) \
		-exec sh -c 'rm -f -- "$@" 2>/dev/null || : >"$0"' "$failed" {} + -o \
		-path './*/*' ! -path './*/*/*' ! -name "$token_pattern" \
		! -name ".$token_pattern" -prune 2>/dev/null || :
}

# The links among the paths that empty_links has printed.
links_among()
{
	awk -F / 'NF == 3'
}

# The rules among them; with "alone", only those that guard nothing any more. The lines of
# a name that has several belong to the link before.
rules_among()
{
	only=${1:-} awk -F / '
	NF > 2 { link = $2 "/" $3 }
	NF == 4 && $4 == ".htaccess" { rules[link] = $0; next }
	NF != 3 { guards[link] = 1 }
	END {
		for (link in rules)
			if (ENVIRON["only"] == "" || !(link in guards))
				print rules[link]
	}'
}

#!/bin/sh
# Judges what the line `file` of a record names, as mint would, for the function unsold of
# .record.awk: prints how many files it offers, or why nobody gets them. Run by sh.
#
# It is called with the path as its argument, and $home, the home, in the environment.

# shellcheck source=.common.sh
. "$(dirname -- "$0")/.common.sh"
# shellcheck source=.sale.sh
. "$(dirname -- "$0")/.sale.sh"

say()
{
	:
}

linked()
{
	:
}

die()
{
	printf '%s\n' "$*"
	exit
}

main()
{
	files=$home/files
	cd -- "$files"
	find_delivery
	# as the program has it, which follows no link and takes no path that is not plain
	case /$1 in
	*//* | */.*) die "$1: not a plain path below files" ;;
	esac
	rest=$1
	while [ "$rest" ]; do
		[ ! -L "$files/$rest" ] || die "$rest is a symbolic link"
		case $rest in
		*/*) rest=${rest%/*} ;;
		*) rest= ;;
		esac
	done
	find_file "$1"
	printf '%d\n' "$(printf '%s' "$offers" | wc -l)"
}

main "$@"

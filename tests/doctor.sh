# Shared by the tests of tools/doctor, sourced after lib.sh. Each has a real host
# with one fault, sees it named, does what is advised, and sees that it helps.

amend=

# host COMMAND...: as `serve`, after the server before is stopped.
host()
{
	[ -z "${server:-}" ] || stop "$server"
	serve "$@"
	form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
}

# As somebody would who is in the owner's group as well.
as_user()
{
	if [ "$(id -u)" = 0 ] && [ "$who" != root ]; then
		setpriv --reuid "$who" --regid "$who" --init-groups -- "$@"
	else
		"$@"
	fi
}

# Runs doctor as $who, the owner of the shop; its lines in $said and $tmp/said,
# what it complains of in $tmp/complaint, its exit status in $status.
doctor()
{
	status=0
	(cd / && as_user env HOME="$shop" REDEEM_CONF="$cgi/.htredeem" \
		"${shell:-sh}" "$top/tools/doctor" "$@" "$form") >"$tmp/said" 2>"$tmp/complaint" ||
		status=$?
	said=$(cat "$tmp/said")
}

# The whole shop, its files and what they are, for seeing that nothing is left.
# What the program itself did stays: the log, and the rules of secure.
inventory()
{
	find "$shop" ! -name log ! -path "$shop/home" ! -path '*/secure' \
		! -path '*/secure/.htaccess' ! -path "$shop/home/codes" ! -path "$shop/home/files" \
		! -path '*/secure/[0-9]*' -exec ls -ld {} + | awk '{ $2 = ""; print }'
	find "$shop" -name '*doctor*' -o -name 'DOCTOR*' -o -path '*/secure/[0-9]*/*'
}

healthy()
{
	before=$(inventory)
	doctor
	is "$1: exit status" "$status" 0
	unlike "$1: nothing is wrong" "$said" '^WRONG'
	is "$1: twelve things are proved" "$(grep -c '^ok ' "$tmp/said")" 12
	is "$1: no complaint" "$(cat "$tmp/complaint")" ''
	is "$1: nothing is left" "$(inventory)" "$before"
}

# faulty NAME PATTERN...: doctor says all of that, exits with 1, leaves nothing.
faulty()
{
	name=$1
	shift
	before=$(inventory)
	doctor
	is "$name: exit status" "$status" 1
	for pattern in "$@"; do
		like "$name: $pattern" "$said" "$pattern"
	done
	is "$name: nothing is left" "$(inventory)" "$before"
	is "$name: it fits 80 columns" "$(grep -v '    ' "$tmp/said" | grep '.\{81\}')" ''
}

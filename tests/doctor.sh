# Shared by the tests of tools/doctor, sourced after lib.sh. Each has a real host
# with one fault, sees it named, does what is advised, and sees that it helps.

amend=
setpriv=$(command -v setpriv)
# the owner may not be able to read the checkout
cp -R "$top/tools" "$tmp/tools"
chmod -R a+rX "$tmp/tools"

# host COMMAND...: as `serve`, after the server before is stopped.
host()
{
	[ -z "${server:-}" ] || stop "$server"
	serve "$@"
	form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
}

# As $who, and as one of $groups, too.
as_user()
{
	if [ "$(id -u)" = 0 ]; then
		"$setpriv" --reuid "$who" --regid "$who" --groups "${groups:-$who}" -- "$@"
	else
		"$@"
	fi
}

# without PROGRAM...: sets $path to a copy of PATH that lacks them
without()
{
	path=$tmp/without-$1
	mkdir -p "$path"
	for folder in /bin /usr/bin; do
		ln -sf "$folder"/* "$path"
	done
	for lacking in "$@"; do
		rm -f "$path/$lacking"
	done
}

# Runs doctor as $who, the owner of the shop; its lines in $said and $tmp/said,
# what it complains of in $tmp/complaint, its exit status in $status. With $slow
# it tries a download of so many seconds.
doctor()
{
	status=0
	(cd / && as_user env HOME="$shop" REDEEM_CONF="${conf:-$cgi/.htredeem}" PATH="${path:-$PATH}" \
		sh "$tmp/tools/doctor" ${slow:+"--slow=$slow"} "$form") >"$tmp/said" 2>"$tmp/complaint" ||
		status=$?
	said=$(cat "$tmp/said")
}

# The whole shop, its files and what they are, for seeing that nothing is left.
# What the program itself did stays: the log, failed tries, and the rules of secure.
inventory()
{
	find "$shop" ! -name log ! -name attempts ! -path "$shop/home" ! -path '*/secure' \
		! -path '*/secure/.htaccess' ! -path "$shop/home/codes" ! -path "$shop/home/files" \
		! -path '*/secure/[0-9]*' -exec ls -ld {} + |
		awk '{ print $1, $3, $4, /^d/ ? "" : $5 " " $6 " " $7 " " $8, $9 }'
	find "$shop" -name '*doctor*' -o -name 'DOCTOR*' -o -path '*/secure/[0-9]*/*'
}

# What $before has, without the links that a sweep has removed since: those that
# have ended, as far as they are gone.
swept()
{
	minute=$(($(date +%s) / 60))
	printf '%s\n' "$before" | while IFS= read -r line; do
		bucket=${line##*/secure/}
		bucket=${bucket%%/*}
		case $line in
		/*/secure/[0-9]*/*)
			[ -e "$line" ] || [ -L "$line" ] || [ "$bucket" -ge "$minute" ] || continue
			;;
		esac
		printf '%s\n' "$line"
	done
}

healthy()
{
	before=$(inventory)
	doctor
	is "$1: exit status" "$status" 0
	unlike "$1: nothing is wrong" "$said" '^WRONG'
	is "$1: ${proofs:=15} things are proved" "$(grep -c '^ok ' "$tmp/said")" "$proofs"
	is "$1: no complaint" "$(cat "$tmp/complaint")" ''
	is "$1: nothing is left" "$(inventory)" "$(swept)"
}

# faulty NAME PATTERN...: doctor says all of that, exits with 1, leaves nothing.
faulty()
{
	name=$1
	shift
	before=$(inventory)
	doctor
	is "$name: exit status" "$status" 1
	is "$name: no complaint" "$(cat "$tmp/complaint")" ''
	# both as it is and with what was folded in one line
	whole=$(awk '
		substr($0, 1, 17) ~ /^ *$/ && substr($0, 18, 1) != " " {
			sub(/^ +/, " ")
			text = text $0
			next
		}
		{ print text; text = $0 }
		END { print text }' "$tmp/said")
	for pattern in "$@"; do
		like "$name: $pattern" "$said
$whole" "$pattern"
	done
	is "$name: nothing is left" "$(inventory)" "$(swept)"
	is "$name: it fits 80 columns" "$(grep -v '    ' "$tmp/said" | grep '.\{81\}')" ''
}

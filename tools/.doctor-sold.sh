# What is sold, tried through real links as a browser asks for it; sourced by doctor.
# One file of each extension and each odd name that codes name: servers treat files
# by their names.

# The files that codes name, by path below files/, a line each. A code that cannot be read
# is told elsewhere.
list_sold()
{
	find "$home/codes/." ! -name . -prune -type f ! -name '*.*' ! -name "$code" | awk '
	{
		record = $0
		while ((getline < record) > 0) {
			sub(/\r$/, "")
			if (!/^[ \t]*file[ \t]*:/)
				continue
			sub(/^[ \t]*file[ \t]*:[ \t]*/, "")
			sub(/[ \t]+$/, "")
			sub(/\/$/, "")
			if (!($0 in seen) && !/^[\/.]/ && !/\/[\/.]/ && !/[[:cntrl:]]/)
				print
			seen[$0]
		}
		close(record)
	}' | sort -u | while IFS= read -r path; do
		if [ -d "$home/files/$path" ]; then
			find "$home/files/$path/." ! -name . -prune -type f ! -name '.*' \
				! -name '[Tt][Hh][Uu][Mm][Bb][Ss].[Dd][Bb]' ! -name '*~' \
				! -name '[Dd][Ee][Ss][Kk][Tt][Oo][Pp].[Ii][Nn][Ii]' \
				! -name '*.[Pp][Aa][Rr][Tt]' \
				! -name '*.[Ff][Ii][Ll][Ee][Pp][Aa][Rr][Tt]' ! -name '*[[:cntrl:]]*' |
				sed 's,/\./,/,' | while IFS= read -r file; do
				printf '%s\n' "${file#"$home/files/"}"
			done
		elif [ -f "$home/files/$path" ]; then
			printf '%s\n' "$path"
		fi
	done
}

# Of the paths on stdin the first of each extension, and those with anything but
# plain characters; at most 100, and no two files of one name.
choose_sold()
{
	awk -F / '
	{
		name = $NF
		extension = ""
		if (match(name, /\.[^.]*$/))
			extension = substr(name, RSTART)
		odd = /[^A-Za-z0-9._\/-]/
		if ((!odd && (extension in had)) || (name in names))
			next
		had[extension]
		names[name]
		if (chosen++ < 100)
			print
	}'
}

check_sold()
{
	bad_files=0
	list_sold | sort -u | choose_sold >"$scratch/sold"
	tried=0
	open_files=
	: >"$scratch/batch"
	bytes=0
	while IFS= read -r path <&3; do
		if [ ! -s "$home/files/$path" ]; then
			bad_file "$path" 'is empty, and so not sold'
			continue
		fi
		bytes=$((bytes + ${#path} + 8))
		if [ "$bytes" -gt 3000 ]; then
			try_batch
			bytes=$((${#path} + 8))
		fi
		printf '%s\n' "$path" >>"$scratch/batch"
	done 3<"$scratch/sold"
	try_batch
	check_unreadable
	write_code "$sold"
	if [ "$bad_files" = 0 ]; then
		good files "what is for sale arrives: $tried kinds and odd names tried"
	elif [ "$bad_files" -gt 5 ]; then
		advise "and $((bad_files - 5)) more"
	fi
}

# Tries the files in $scratch/batch: with one link, or each with its own where that
# is not to be had.
try_batch()
{
	[ -s "$scratch/batch" ] || return 0
	mv -- "$scratch/batch" "$scratch/now"
	: >"$scratch/batch"
	if link_for_batch; then
		while IFS= read -r path <&4; do
			try_file "$path"
		done 4<"$scratch/now"
		return
	fi
	while IFS= read -r path <&4; do
		try_alone "$path"
	done 4<"$scratch/now"
}

# A code for the probe and all of the batch, and the page that it leads to.
link_for_batch()
{
	set -- "$sold"
	while IFS= read -r path; do
		[ "$path" = "$sold" ] || set -- "$@" "$path"
	done <"$scratch/now"
	[ $# -gt 1 ] || return 1
	write_code "$@"
	redeem
	find_link "$sold_url" && [ "$list" ] && [ "$status" != 404 ] || return 1
	if [ "$delivery" = s3 ]; then
		ask "$list"
	fi
	cp -- "$scratch/body" "$scratch/page"
}

try_alone()
{
	write_code "$1"
	redeem
	outcome=$(outcome_of_page)
	if [ "$status" != 303 ]; then
		bad_file "$1" "cannot be sold: ${outcome:+$outcome, }$status"
	elif find_link "$(name_in_link "$1")"; then
		try_link "$1"
	else
		bad_file "$1" 'has no link on its page'
	fi
}

# The encoded name by which a link calls the file $1.
name_in_link()
{
	if [ "$delivery" = apache ]; then
		percent "${1##*/}"
	else
		percent "$1"
	fi
}

try_file()
{
	cp -- "$scratch/page" "$scratch/body"
	status=200
	link=
	if "${delivery}_listed" "$(name_in_link "$1")"; then
		try_link "$1"
	else
		bad_file "$1" 'has no link on its page'
	fi
}

# Opens $link, which leads to the file $1.
try_link()
{
	tried=$((tried + 1))
	size=$(size_of "$home/files/$1")
	usual_room=$room
	room=64
	ask_link "$link"
	room=$usual_room
	coding=$(header content-encoding)
	if [ "$status" != 200 ]; then
		bad_file "$1" "is refused to a buyer ($status)"
		explain_refused "$1"
	elif [ "$coding" ]; then
		bad_file "$1" "comes compressed, or is called so ($(shown "$coding"))"
		[ "$bad_files" != 1 ] || explain_coded "$1"
	elif [ "$(header content-length)" != "$size" ]; then
		bad_file "$1" "has $size bytes, and is sent with a length of $(shown "$(header content-length)" | sed 's/^$/none/')"
		[ "$bad_files" != 1 ] || [ "$odd_headers" ] || explain_compressed
	elif [ "$delivery" != s3 ] && ! same_bytes "head -c 64" "$1"; then
		bad_file "$1" 'arrives with other bytes than it has'
	else
		try_part "$1"
		try_without_secret "$1"
	fi
}

# Does the body have what COMMAND gives of the file $2?
same_bytes()
{
	case $1 in
	head*) head -c 64 "$home/files/$2" ;;
	*) tail -c 64 "$home/files/$2" ;;
	esac | cmp -s - "$scratch/body"
}

# The last bytes, where the server sends parts at all: that was told before.
try_part()
{
	[ "$range_works" ] && [ "$size" -gt 64 ] || return 0
	ask_link "$link" from "$((size - 64))"
	if [ "$status" != 206 ]; then
		bad_file "$1" "has no parts ($status): a download that broke off begins anew"
	elif [ "$delivery" != s3 ] && ! same_bytes tail "$1"; then
		bad_file "$1" 'has other bytes at its end than it has here'
	fi
}

try_without_secret()
{
	case $delivery in
	apache) without=${link%%\?*} ;;
	*) without=$(spoiled) ;;
	esac
	usual_room=$room
	room=64
	ask "$without"
	room=$usual_room
	case $status in
	4* | 5* | 000) return 0 ;;
	esac
	bad_file "$1" "opens WITHOUT the secret ($status)"
	[ -z "$open_files" ] || return 0
	open_files=yes
	advise "Something in front of the shop sends files of this kind by itself and does not ask for the secret: an nginx before Apache, a cache, a CDN. It must leave this address alone:"
	line "$(link_place)*"
	[ "$delivery" != apache ] || by_program
}

# bad_file FILE WHAT: the first five are told.
bad_file()
{
	bad_files=$((bad_files + 1))
	faults=yes
	[ "$bad_files" -gt 5 ] || wrong files "$1 $2"
}

explain_refused()
{
	[ "$bad_files" -le 5 ] || return 0
	name=${1##*/}
	case $name in
	*[!-0-9A-Za-z._]*) odd=yes ;;
	*) odd= ;;
	esac
	if [ "$bad_files" = 1 ]; then
		advise 'Its buyers get a link that is refused, and their use is counted.'
	fi
	case $status in
	404) reason='The server does not find it under this name.' ;;
	*) reason='The server has a rule against such a name.' ;;
	esac
	if [ "$odd" ]; then
		advise "$reason Some firewalls refuse names with commas, brackets or the like, some servers all but plain ones. A plain name helps, or another delivery:"
		line "mv $(quoted_path "$home/files/$1") $(quoted_path "$home/files/$(plain_name "$1")")"
	else
		name_deny "${name##*.}"
	fi
}

plain_name()
{
	printf '%s' "$1" | tr -c '0-9A-Za-z._/\n-' '-' | tr -s -
}

# Names the line in a .htaccess above the links that speaks of the extension $1.
name_deny()
{
	folder=${program_file%/*}
	[ "$delivery" != apache ] || folder=$secure
	while [ "$folder" ]; do
		if [ "$folder" != "$secure" ] && [ -r "$folder/.htaccess" ]; then
			found=$(grep -n -i -e 'FilesMatch\|<Files\|RewriteRule\|RedirectMatch' "$folder/.htaccess" |
				grep -F -i -e "$1" | sed -n 1p) || :
			if [ "$found" ]; then
				advise "It is perhaps line ${found%%:*} of $(short "$folder")/.htaccess:"
				line "${found#*:}"
				return
			fi
		fi
		folder=${folder%/*}
	done
	advise "It has a rule against files that end in .$1: in .htaccess of a folder above (FilesMatch), a protection against hotlinks in the control panel of the host, or mod_security (rule 920440 of its Core Rule Set). Take it out, or sell an archive (zip) of them."
}

explain_coded()
{
	case $1 in
	*.gz | *.tgz | *.bz2 | *.xz | *.Z | *.br | *.zst)
		advise 'Browsers then unpack it and save what is inside under the name of the archive. Take out the line of the server such as:'
		line 'AddEncoding x-gzip .gz .tgz'
		;;
	*) explain_compressed ;;
	esac
}

# Modes alone do not say what can be read, so that is asked for, but only for what is
# not open to everybody. At most 20: the advice will be the same.
check_unreadable()
{
	find "$home/files/." ! -name . -type f ! -name '.*' ! -perm -004 ! -name '*[[:cntrl:]]*' |
		sed 's,/\./,/,' | head -n 20 >"$scratch/closed"
	unread=
	while IFS= read -r path <&3; do
		path=${path#"$home/files/"}
		write_code "$path"
		redeem
		if [ "$status" = 303 ] && find_link "$(name_in_link "$path")"; then
			ask "$link" head
			[ "$delivery" != s3 ] || status=200
		fi
		[ "$status" = 200 ] || unread=$path
	done 3<"$scratch/closed"
	[ "$unread" ] || return 0
	bad_file "$unread" 'cannot be read by the server, and so not be sold'
	line "chmod a+r $(quoted_path "$home/files/$unread")"
	[ "$(wc -l <"$scratch/closed")" -le 1 ] ||
		advise "and perhaps others: find $(quoted_path "$home/files") ! -perm -004"
}

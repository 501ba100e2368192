# What may be sold: shared by mint and code, which source this file after .common.sh and
# set $files to the home's folder files, an absolute path.

nl='
'
cr=$(printf '\r')

# Servers hand such files to an interpreter, wherever the ending stands in the
# name: Apache's AddHandler takes x.php.zip for PHP. redeem.c has the same list.
runnable='php[3-8s]?|phtml|phar|pht|f?cgi|fpl|pl|pyc?|rb|sh|shtml?|stm|aspx?|jspx?|cfm|lua'

# Names that end so are refused by mod_security with its Core Rule Set (rules 900240 and
# 920440), a firewall that many hosts have: once the use is counted.
firewalled='asax?|ascx|axd|backup|bak|bat|cdx|cer|cfg|cmd|com|conf(ig)?|cs(proj|r)?|dat|'\
'dbf?|dll|dos|ht[rw]|id[acq]|inc|ini|key|licx|lnk|log|mdb|old|pass|pdb|pol|printer|pwd|'\
'rdb|resources|resx|sql|swp|sys|vb(s|proj)?|vsdisco|webinfo|xs[dx]'

# Is the text on stdin UTF-8 (RFC 3629)?
is_utf8()
{
	awk '
	/[\200-\377]/ && !/^([\001-\177]|[\302-\337][\200-\277]|\340[\240-\277][\200-\277]|[\341-\354\356\357][\200-\277][\200-\277]|\355[\200-\237][\200-\277]|\360[\220-\277][\200-\277][\200-\277]|[\361-\363][\200-\277][\200-\277][\200-\277]|\364[\200-\217][\200-\277][\200-\277])*$/ {
		wrong = 1
		exit
	}
	END { exit wrong }'
}

# Sets $closed to what the web server may not read: files at $1, or a folder on the way
# from the home down to them. Where the program sends the files itself, it is enough
# that it can read them.
check_readable()
{
	[ "$delivery" = apache ] || return 0
	if [ -d "$1" ]; then
		shut=$(find "$1/." ! -name . -prune -type f ! -name '.*' ! -perm -004 | head -n 1)
		shut=${shut:+$1/${shut##*/}}
	else
		shut=$(find "$1" -prune ! -perm -004)
	fi
	closed=${shut:-$closed}
	while is_below "$1" "$home"; do
		shut=$(find "$1" -prune -type d ! -perm -001)
		closed=${shut:-$closed}
		[ "$1" != "$home" ] || break
		set -- "${1%/*}"
	done
}

# One file that is to be sold, at $1.
offer()
{
	name=${1##*/}
	is_one_line "$name" || die "a name with control characters in it cannot be sold: $file"
	# what stands here for a file in a store need not hold anything
	if [ "$delivery" != s3 ]; then
		[ -r "$1" ] || die "you cannot read $1"
		[ -s "$1" ] || die "$1 is empty: has it been copied to its end?"
	fi
	offers=$offers$name$nl
}

# All names that are offered. Sets $barred to one that a firewall may refuse.
check_names()
{
	printf '%s\n%s' "$file" "$offers" | is_utf8 ||
		die "a name in $(printf '%s' "$file" | tr '\200-\377' '?') is not UTF-8: rename the file"
	name=$(printf '%s' "$offers" | grep -Ei -e "\.($runnable)(\.|\$)" | head -n 1)
	[ ! "$name" ] ||
		die "a server might run $name instead of sending it: rename it, or pack it in a .zip"
	name=
	[ ! "$md5" ] || name=$(printf '%s' "$offers" | sed -n '/[0-9A-Fa-f]$/{p;q;}')
	[ ! "$name" ] ||
		die "md5 signs no name that ends as $name does: set algorithm: hmac-sha256"
	name=$(printf '%s' "$offers" | grep -Ei -e "\.($firewalled)\$" | head -n 1)
	barred=${name:-$barred}
}

# The program passes over what is a symbolic link in a folder: nobody would get it.
linked()
{
	die "$1 is a symbolic link: use mv, or ln without -s"
}

# What a folder offers; sets $offers to one name a line.
look_into()
{
	for path in "$1"/*; do
		name=${path##*/}
		case $name in
		# Macs and Windows leave these, and copies that were not finished.
		[Ii][Cc][Oo][Nn]"$cr" | [Tt][Hh][Uu][Mm][Bb][Ss].[Dd][Bb] | *~ | \
			[Dd][Ee][Ss][Kk][Tt][Oo][Pp].[Ii][Nn][Ii] | *.[Pp][Aa][Rr][Tt] | \
			*.[Ff][Ii][Ll][Ee][Pp][Aa][Rr][Tt]) continue ;;
		esac
		if [ -L "$path" ]; then
			linked "$file$name"
		elif [ -d "$path" ]; then
			say "note: the folder $file$name is not offered, only the files beside it"
		elif [ -f "$path" ]; then
			offer "$path"
		fi
	done
	[ "$offers" ] || die "the folder $file has no file in it"
}

say_offers()
{
	number=$(($(printf '%s' "$offers" | wc -l)))
	[ "$number" -gt 256 ] ||
		say "note: $file offers $number $([ "$number" = 1 ] && printf file || printf files):" \
			"$(printf '%s' "$offers" | head -n 12 |
				awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $0 }')$([ "$number" -le 12 ] || printf ' ...')"
}

# Sets $typed, a path below files, to the same spelt as the disk has it, if it is there.
respell()
{
	rest=$typed/
	spelt=
	while [ "$rest" ]; do
		wanted=${rest%%/*}
		export wanted
		rest=${rest#*/}
		if [ -e "$files/$spelt$wanted" ]; then
			twin=$wanted
		else
			spell "$files/$spelt" || return 1
		fi
		spelt=$spelt$twin/
	done
	typed=${spelt%/}
}

# Macs spell an accented letter as two characters, others as one. Sets $twin to the name in
# the folder $1 that is $wanted spelt in the other way, if there is one.
spell()
{
	letters=$tools/.letters.txt
	export letters
	twin=$(
		for path in "$1"/*; do
			printf '%s\n' "${path##*/}"
		done | awk '
		# .letters.txt has the letters of letter_marks in redeem.c, each before the same in
		# two characters
		BEGIN {
			while ((getline row < ENVIRON["letters"]) > 0) {
				fields = split(row, field, " ")
				for (i = 1; i < fields; i += 2)
					apart[field[i]] = field[i + 1]
			}
		}
		function spread(text,    letter) {
			for (letter in apart)
				if (index(text, letter))
					gsub(letter, apart[letter], text)
			return text
		}
		spread($0) == spread(ENVIRON["wanted"]) {
			print
			exit
		}'
	)
	[ "$twin" ]
}

# Sets $file to the path below home/files of what was typed, and $offers to the names that
# a buyer is offered for it, one a line.
find_file()
{
	typed=$1
	file=$typed
	offers=
	is_one_line "$typed" || die 'a name with control characters in it cannot be sold'
	case /$typed/ in
	*/../*) die "$typed: a path with .. in it is not taken" ;;
	esac
	while [ "$typed" != "${typed%/}" ]; do
		typed=${typed%/}
	done

	path=$files/$typed
	if [ "$file" != "${file#/}" ] || ! [ -e "$path" ] && ! [ -L "$path" ]; then
		path=$typed
	fi
	if ! [ -e "$path" ] && ! [ -L "$path" ] && respell; then
		path=$files/$typed
	fi
	if [ -L "$path" ]; then
		die "$file is a symbolic link: use mv, or ln without -s"
	fi
	[ -e "$path" ] || die "$file is not in $(short "$files")"

	if [ -d "$path" ]; then
		path=$(cd -- "$path" 2>/dev/null && pwd -P)/ || die "you cannot open the folder $file"
	else
		path=$(cd -- "$(dirname -- "$path")" && pwd -P)/${path##*/}
	fi
	case $path in
	"$files"/?*) file=${path#"$files"/} ;;
	*) die "$file is not below $files" ;;
	esac
	case /$file in
	*/.*) die "$file: a name that begins with a dot is not offered" ;;
	*[[:blank:]]) die "$file: a name cannot end in a blank" ;;
	/[[:blank:]]*) die "$file: a name cannot begin with a blank" ;;
	esac

	sold=${path%/}
	if [ -d "$path" ]; then
		look_into "$sold"
	elif [ -f "$path" ]; then
		offer "$path"
	else
		die "$file is neither a file nor a folder"
	fi
	check_names
	check_readable "$sold"
	[ ! -d "$sold" ] || say_offers
}

# Sets $delivery, which decides who has to read what is sold; $md5, if its links are signed
# so; and $closed and $barred to nothing.
find_delivery()
{
	closed=
	barred=
	delivery=
	md5=
	conf=${REDEEM_CONF:-$home/settings}
	if [ -r "$conf" ]; then
		delivery=$(setting delivery "$conf")
		[ "$delivery $(setting algorithm "$conf")" != 'secdownload md5' ] || md5=yes
	fi
	delivery=${delivery:-apache}
}

# Says what check_readable and check_names have found.
warn_of_sold()
{
	[ ! "$barred" ] || say "warning: many hosts have a firewall (mod_security) that refuses names" \
		"such as $barred: pack it in a .zip, unless doctor finds that yours lets it through"
	[ ! "$closed" ] || say "warning: the web server may not be allowed to read $(short "$closed");" \
		"if it cannot: chmod $([ -d "$closed" ] && printf 'o+x' || printf 'o+r') '$closed'"
}

# What may be sold: shared by mint and code, which source this file after .common.sh and
# set $files to the home's folder files, an absolute path.

nl='
'

# Servers hand such files to an interpreter, wherever the ending stands in the
# name: Apache's AddHandler takes x.php.zip for PHP. redeem.c has the same list.
runnable='php[3-8s]?|phtml|phar|pht|f?cgi|fpl|pl|pyc?|rb|sh|shtml?|stm|aspx?|jspx?|cfm|lua'

check_name()
{
	is_one_line "$1" || die "a name with control characters in it cannot be sold: $file"
	if printf '%s\n' "$1" | grep -Eiq -e "\.($runnable)(\.|\$)"; then
		die "a server might run $1 instead of sending it: rename it, or pack it in a .zip"
	fi
}

# What a folder offers; sets $offers to one name a line.
look_into()
{
	offers=
	for path in "$1"/*; do
		name=${path##*/}
		if [ -L "$path" ]; then
			die "$file$name is a symbolic link: use mv, or ln without -s"
		elif [ -d "$path" ]; then
			say "note: the folder $file$name is not offered, only the files beside it"
		elif [ -f "$path" ]; then
			check_name "$name"
			offers=$offers$name$nl
		fi
	done
	[ -n "$offers" ] || die "the folder $file has no file in it"
}

# Sets $file to the path below home/files of what was typed.
find_file()
{
	typed=$1
	file=$typed
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
	if [ -L "$path" ]; then
		die "$file is a symbolic link: use mv, or ln without -s"
	fi
	[ -e "$path" ] || die "there is no $file in $files"

	if [ -d "$path" ]; then
		path=$(cd -- "$path" && pwd -P)/
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

	if [ -d "$path" ]; then
		look_into "${path%/}"
	elif [ -f "$path" ]; then
		check_name "${file##*/}"
		offers=${file##*/}$nl
	else
		die "$file is neither a file nor a folder"
	fi
}

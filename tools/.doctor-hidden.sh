# What nobody is to see: codes, files, log and settings at the addresses where they
# might be; sourced by doctor.

# Sets $web and $before: the folder and the address where secure and url are alike
# from there on.
find_web()
{
	web=$secure
	before=$url
	while [ "$before" ] && [ "${web##*/}" = "${before##*/}" ]; do
		web=${web%/*}
		before=${before%/*}
	done
}

# Addresses at which the folder $1 might be seen, one a line.
likely_addresses()
{
	if is_below "$1" "$web"; then
		printf '%s\n' "$before${1#"$web"}"
	fi
	rest=$1
	tail=
	while [ "$rest" ]; do
		printf '%s\n' "$tail" "$before$tail"
		tail=/${rest##*/}$tail
		rest=${rest%/*}
	done
	printf '%s\n' "$tail"
	user=$(owner_of "$1")
	printf '%s\n' "/~$user" "/~$user/${1##*/}"
	if is_below "$1" "${HOME:-/nowhere}"; then
		printf '%s\n' "/~$user${1#"$HOME"}"
	fi
}

# might WHAT ADDRESS TEXT: notes a place where TEXT is not to be found.
might()
{
	printf '%s\n' "$2" >>"$scratch/places"
	printf '%s\n' "$3" >>"$scratch/texts"
	printf '%s\n' "$1" >>"$scratch/whats"
}

# Looks at the places that were noted; says where something can be read.
look_at_places()
{
	ask_at_once <"$scratch/places"
	number=0
	while IFS= read -r place <&6 && IFS= read -r text <&7 && IFS= read -r what <&8; do
		number=$((number + 1))
		body=$scratch/each.$number
		if ! read -r status <&5; then
			# a list of all codes may be long
			room=33554432
			ask "$place"
			room=1048576
			body=$scratch/body
		fi
		case $status in
		2??)
			if grep -Fq -e "$text" "$body" 2>/dev/null; then
				wrong hidden "$what can be read at $place"
				exposed=yes
			fi
			;;
		esac
	done 5<"$scratch/each" 6<"$scratch/places" 7<"$scratch/texts" 8<"$scratch/whats"
	rm -f -- "$scratch/places" "$scratch/texts" "$scratch/whats" "$scratch"/each.*
}

check_hidden()
{
	exposed=
	find_web
	# the log is there, since the probe's code was used; its first line comes first
	logged=$(head -n 1 "$home/log" 2>/dev/null | head -c 200) || :
	likely_addresses "$home" | sort -u >"$scratch/likely"
	while IFS= read -r path; do
		case $path in
		*[!-0-9A-Za-z._~/]*) continue ;;
		esac
		might 'codes' "$site$path/codes/$code" "$mark"
		might 'a list of all codes' "$site$path/codes/" "$code"
		might 'files for sale' "$site$path/files/$probe_url" "$mark"
		might 'the log' "$site$path/log" "${logged:-$code}"
		might 'settings' "$site$path/settings" 'home:'
	done <"$scratch/likely"
	# where the server has the files for itself or for whoever has a signature
	for path in "$handoff_prefix" "$prefix"; do
		[ -z "$path" ] || might 'files for sale' "$site$path/$probe_url" "$mark"
	done
	look_at_places
	if [ "$exposed" ]; then
		explain_exposed
	fi
	exposed_settings=$exposed
	exposed=
	might 'settings' "${address%/*}/.htredeem" 'home:'
	look_at_places
	if [ "$exposed" ]; then
		explain_settings
	elif [ -z "$exposed_settings" ]; then
		good hidden 'no codes, files, log or settings at their likely addresses'
	fi
}

explain_exposed()
{
	advise 'Whoever finds that has all the codes or the music.'
	if is_below "$home" "$web"; then
		away=${web%/*}/${home##*/}
		[ ! -e "$away" ] || away=${web%/*}/home-of-${home##*/}
		advise 'Move the home out of the web site,'
		line "mv $(quoted_path "$home") $(quoted_path "$away")"
		in_settings "home: $away"
		is_other_server ||
			advise "and, where the host allows nothing outside, let $(short "$home")/.htaccess refuse all, as codes/.htaccess does."
	else
		advise "The server must not show $(short "$home"): take out the Alias or the UserDir that leads there, or move the home away and say so in $(short "$conf"):"
		line 'home: FOLDER'
	fi
}

# A server that calls itself by a name, and not Apache's or one that obeys its rules?
is_other_server()
{
	case $server in
	'' | [Aa]pache* | [Ll]ite[Ss]peed*) return 1 ;;
	esac
}

# Servers other than Apache know no .htaccess, and send .ht files like any other.
explain_settings()
{
	advise 'Whoever finds them reads the secrets that links are signed with.'
	case $server in
	lighttpd*)
		advise 'In its configuration:'
		line "\$HTTP[\"url\"] =~ \"/\\.ht\" { url.access-deny = ( \"\" ) }"
		;;
	nginx*)
		advise 'In its configuration:'
		line 'location ~ /\.ht { deny all; }'
		;;
	*)
		if is_other_server; then
			advise "This server ($(shown "$server")) knows no .htaccess."
		else
			advise "In the file .htaccess in $(short "${program_file%/*}"):"
			line 'RewriteEngine On'
			line 'RewriteRule (^|/)\.ht - [F]'
			[ -z "$server" ] || return 0
			advise 'Or, if that changes nothing, the server is no Apache.'
		fi
		explain_elsewhere
		;;
	esac
}

# Where the settings are out of a server's reach.
explain_elsewhere()
{
	away=$home/redeem.conf
	advise 'Move the settings away from the web, and say so to setup:'
	line "mv $(quoted_path "$conf") $(quoted_path "$away")"
	line "REDEEM_CONF=$(quoted "$away") tools/setup -u $(quoted "$address")"
	advise 'Let the server say so to the program, in the environment of programs. Its configuration:'
	case $server in
	h2o*) line "setenv: { REDEEM_CONF: \"$away\" }" ;;
	'' | [Cc]ivet*) line "cgi_environment REDEEM_CONF=$away" && advise '(that is for civetweb)' ;;
	*) line "REDEEM_CONF=$away" ;;
	esac
}

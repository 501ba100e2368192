# A link: its bytes, its headers, its secret, a part of it; sourced by doctor.

# Was the last request refused, and nothing of ours told?
refused()
{
	case $status in
	4* | 5*) ! body_has "$mark" ;;
	*) return 1 ;;
	esac
}

# ask_link ARGUMENT...: `ask`, saying as a browser does what encodings it takes.
ask_link()
{
	encodings='gzip, br'
	ask "$@"
	encodings=
}

check_link()
{
	if [ "$delivery" = s3 ]; then
		check_store
		return
	fi
	ask_link "$link"
	coding=$(header content-encoding)
	case $status in
	200)
		if is_probe; then
			works=yes
			good link 'the right secret: 200, and the exact bytes'
			check_headers
		elif [ ! -s "$scratch/body" ] && [ "$handoff" != none ]; then
			wrong link "the server does not know $handoff: it sends nothing"
			advise 'Give it the lines that README has for it; or let the program send the bytes:'
			line 'handoff: none'
		elif grep -q 'data-outcome' "$scratch/body"; then
			wrong link 'the link leads to the form instead of the file'
			explain_cgi
		elif [ "$coding" ]; then
			wrong link "the file comes compressed ($(shown "$coding")), and not as it is"
			explain_compressed
			# what else is wrong can be seen without
			ask "$link"
			! is_probe || works=yes
		else
			wrong link 'the right secret gives other bytes than the file has'
			advise 'Something on the way changes files: a compression or an optimizer of the host or of a CDN. It must leave this folder alone:'
			line "$(link_place)"
		fi
		;;
	*)
		wrong link "the right secret is refused ($status)"
		"${delivery}_explain_link"
		;;
	esac
}

# The address under which all links are.
link_place()
{
	case $delivery in
	cgi) printf '%s/' "$program_path" ;;
	secdownload) printf '%s/' "$prefix" ;;
	*) printf '%s/' "$url" ;;
	esac
}

explain_compressed()
{
	advise 'Browsers then show no progress, cannot go on after a pause, and some save what no program opens. In the configuration of the server, or in .htaccess beside the program or of the web site:'
	line 'SetEnv no-gzip 1'
	line 'SetEnv no-brotli 1'
	advise 'If it is a CDN that compresses, let it leave this address alone:'
	line "$(link_place)"
}

# Looks at what the last answer, a whole file, had for headers. Not all servers can
# set them, but where they are set, they must be ours.
check_headers()
{
	[ "$delivery" != secdownload ] || return 0
	check_foreign_headers
	check_length
	[ "$odd_headers" ] || good headers 'a link is not to be kept, and has its length'
}

check_foreign_headers()
{
	odd_headers=
	expect_header cache-control 'private, no-store' 'a cache or a CDN keeps the file, and gives it to people without a code'
	expect_header referrer-policy no-referrer 'the secret can be seen by other sites'
	expect_header x-content-type-options nosniff 'a browser may take the file for a page'
	expires=$(header expires)
	if [ "$expires" ]; then
		odd_headers="$odd_headers expires"
		wrong headers "a link has the foreign header Expires: $(shown "$expires")"
		name_source expires
	fi
	case $(header content-type) in
	text/html* | application/x-httpd* | text/x-*)
		wrong headers "a file for sale is called a page: Content-Type: $(shown "$(header content-type)")"
		name_source type
		odd_headers=yes
		;;
	esac
}

# expect_header NAME VALUE WHY
expect_header()
{
	value_seen=$(header "$1")
	case $value_seen in
	'' | "$2") return 0 ;;
	esac
	odd_headers="$odd_headers $1"
	wrong headers "a link has the foreign header $1: $(shown "$value_seen")"
	advise "It ought to be: $2. So $3."
	name_source "$1"
}

# Names the lines that set header $1, in the .htaccess of the folders above, as far
# as they can be read here.
name_source()
{
	folder=${program_file%/*}
	[ "$delivery" != apache ] || folder=${secure:-}
	source_line=
	while [ "$folder" ]; do
		if [ "$folder" != "$secure" ] && [ -r "$folder/.htaccess" ]; then
			source_line=$(grep -ni -e "header.*$1" -e "Expires\(Active\|Default\|ByType\)" \
				-e 'SetHandler\|AddHandler\|ForceType\|AddType' "$folder/.htaccess" |
				case $1 in
				(type) grep -i 'SetHandler\|AddHandler\|ForceType\|AddType' ;;
				(expires) grep -i 'expires' ;;
				(*) grep -i "header.*$1" ;;
				esac | sed -n 1p) || :
			[ -z "$source_line" ] || break
		fi
		folder=${folder%/*}
	done
	if [ "$source_line" ]; then
		advise "It comes from $(short "$folder")/.htaccess, line ${source_line%%:*}:"
		line "${source_line#*:}"
		advise 'Take it out there, or let it not hold for links.'
	else
		advise "It comes from the server's configuration, or from a proxy or CDN in front of it. Ask your host to leave this address alone:"
		line "$(link_place)"
	fi
}

# Without a length nobody sees how much is still to come, and a download that broke
# off counts as whole. Apache drops a program's since 2.4.59.
check_length()
{
	# that of a short answer it may count itself, where the program ends soon enough,
	# but not that of an answer to HEAD
	if [ "$delivery$handoff" = cginone ] && is_apache; then
		ask "$link" head
	fi
	if [ "$(header content-length)" = "$(size_of "$scratch/probe")" ]; then
		return
	fi
	odd_headers=yes
	wrong headers 'a file comes without its length (Content-Length)'
	advise 'So a download that broke off halfway counts as whole, and shows no progress.'
	if [ "$delivery" = cgi ]; then
		advise "In the file .htaccess in $(short "${program_file%/*}"), or in the configuration of the server:"
		line 'SetEnv ap_trust_cgilike_cl 1'
		line 'SetEnv no-gzip 1'
		line 'SetEnv no-brotli 1'
	else
		advise 'Something compresses files on their way. It must leave this address alone:'
		line "$(link_place)"
	fi
}

# Only a name with a blank and an umlaut is refused?
explain_name()
{
	cp -- "$scratch/probe" "$home/files/$plain" 2>/dev/null || return 0
	chmod 0644 "$home/files/$plain"
	backdate "$home/files/$plain"
	hand_over "$home/files/$plain"
	write_code "$plain"
	redeem
	if [ "$status" = 303 ] && find_link "$plain" && ask "$link" && [ "$status" = 200 ] && is_probe; then
		advise "Only the name is the matter: $plain is let through. So files with a blank, an umlaut or the like in their names cannot be sold here. Use names of letters, digits, dashes, dots and underlines, or another delivery."
		name_refused=yes
	fi
	rm -f -- "$home/files/$plain"
	write_code "$sold"
}

# The link with another first letter of its secret or signature.
spoiled()
{
	case $delivery in
	apache) signed_with=${link##*\?} ;;
	*) take_apart "$link" ;;
	esac
	letter=0
	[ "${signed_with#0}" = "$signed_with" ] || letter=1
	printf '%s' "${link%"$signed_with"*}$letter${signed_with#?}${link##*"$signed_with"}"
}

check_secret()
{
	ask "$(spoiled)"
	if ! refused; then
		wrong secret "a wrong secret is let in ($status)"
	else
		ask "${link%%\?*}"
		if [ "$link" != "${link%%\?*}" ] && ! refused; then
			wrong secret "no secret at all is let in ($status)"
		else
			good secret 'a wrong secret and none are refused'
			return
		fi
	fi
	if [ "$delivery" = s3 ]; then
		advise 'Then whoever knows a name has the file. The bucket must be private: no public access, no policy that lets everybody read.'
	elif [ "$delivery" != apache ] || [ "$obeyed" ]; then
		advise 'Perhaps a cache or a CDN answers instead of the server, or a server in front sends files by itself. It must leave this address alone:'
		line "$(link_place)*"
	fi
}

# is_kept FILE SPARE ADDRESS: does a cache on the way keep links, and open those that are
# over? ADDRESS, which was asked for before, sends FILE; SPARE is a path beside that. The
# file gets other bytes for a moment. If the old ones come, a slow network disk may be at
# fault as well, so that then a link is waited for until it is over.
is_kept()
{
	tr 0-9a-f 1-9a-f0 <"$scratch/probe" >"$scratch/other"
	put "$scratch/other" "$2" "$1"
	ask "$3"
	put "$scratch/probe" "$2" "$1"
	[ "$status" = 200 ] && is_probe && "${delivery}_stays_open"
}

explain_kept()
{
	wrong window 'a link that was opened once stays open when it is over'
	advise 'A cache or a CDN answers in place of the server, though links say that they are not to be kept. It must leave this address alone:'
	line "$(link_place)*"
}

check_range()
{
	if [ "$delivery" = s3 ]; then
		ask "$link" from "$tail_start"
		if [ "$status" = 206 ]; then
			good range 'a download that broke off can go on (206)'
			range_works=yes
		else
			wrong range "a part of the file is answered with $status"
		fi
		return
	fi
	tail -c +101 "$scratch/probe" >"$scratch/expected"
	ask_link "$link" from 100
	# what compresses was told before, and is no fault of parts
	[ -z "$(header content-encoding)" ] || ask "$link" from 100
	if [ "$status" = 206 ] && cmp -s "$scratch/body" "$scratch/expected"; then
		good range 'a download that broke off can go on (206)'
		range_works=yes
	elif [ "$status" = 200 ]; then
		wrong range 'the server sends no parts of a file (200)'
		if [ "$delivery" != apache ]; then
			advise 'So a download that breaks off begins anew. Some servers, busybox for one, do not tell a program which part is asked for: another server helps, or a handoff. Or a cache stands in front that asks for whole files only.'
			return
		fi
		advise 'So a download that breaks off begins anew. In .htaccess or the configuration of the server take out what switches it off, such as:'
		line 'MaxRanges none'
		advise 'Or a cache or a CDN stands in front that knows whole files only. It must leave this address alone:'
		line "$(link_place)*"
	else
		wrong range "a part of the file is answered with $status"
	fi
}

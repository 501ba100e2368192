# doctor --code: what can be proved from outside with one real code, without a home;
# sourced by doctor. It spends one use, waits for the link's window to end, and takes
# addresses from the answers only to ask for them.

prove_from_outside()
{
	# what advice calls these, as there is no home here
	program_file=cgi-bin/$program
	conf=.htredeem
	home=home
	delivery=apache
	checked=
	owner_id=0
	check_form
	outside_code
	if [ "$link" ]; then
		outside_link
	else
		untried link
	fi
	if [ "$works" ]; then
		outside_secret
		outside_range
		outside_listing
	else
		untried secret
		untried range
	fi
	outside_hidden
	[ -z "$works" ] || outside_window
}

outside_code()
{
	asked=$(date +%s)
	printf 'code=%s' "$typed_code" >"$scratch/form"
	ask "$address" post "$scratch/form"
	outcome=$(outcome_of_page)
	if [ "$status" != 303 ]; then
		wrong code "the code is not redeemed: ${outcome:+$outcome, }$status"
		case $outcome in
		'') explain_post ;;
		used-up | expired | not-yet) advise 'The shop answers, but this code gives nothing now: take one that is good.' ;;
		mistyped | unknown) advise 'The shop does not know this code. Is it spelled right, and was its file uploaded to the folder codes?' ;;
		*) advise 'Nothing was counted. The error log of the server has the reason, in a line of "redeem".' ;;
		esac
		return
	fi
	case $location in
	http://* | https://*) link=$location ;;
	/*) link=$site$location ;;
	*)
		wrong code "the code leads to $(led), which is no address"
		return
		;;
	esac
	case ${link%%\?*} in
	*/downloads.html) outside_list ;;
	esac
	[ -z "$link" ] || good code 'the code is redeemed: 303, and a link'
}

# The first file on the page $link.
outside_list()
{
	list=$link
	link=
	ask "$list"
	if [ "$status$(outcome_of_page)" != 200files ]; then
		wrong code "the page with the files does not open ($status)"
		[ "$status" != 404 ] || explain_cgi
		return
	fi
	entry=$(sed -n 's/.*<li><a href="\([^"]*\)".*/\1/p' "$scratch/body" | sed -n 1p)
	case $entry in
	'' | *[!-0-9A-Za-z._~:/?%=\&+]*) wrong code 'the page has no link to a file' ;;
	http://* | https://*) link=$entry ;;
	/*) link=$site$entry ;;
	*) link=${list%/*}/$entry ;;
	esac
}

outside_link()
{
	ask_link "$link"
	case $status in
	30*)
		# an object store: the program signs when its own link is opened
		case $location in
		http://* | https://*)
			link=$location
			ask_link "$link"
			;;
		esac
		;;
	esac
	if [ "$status" != 200 ]; then
		wrong link "the link is refused ($status)"
		advise 'Run doctor on the host, with the home, if it has a shell: it then finds out why. Does the server obey .htaccess? If not, this helps:'
		in_settings 'delivery: cgi'
		return
	fi
	url=${link%%\?*}
	url=${url#"$site"}
	url=${url%/*}
	if [ "$(header content-encoding)" ]; then
		wrong link "the file comes compressed ($(shown "$(header content-encoding)"))"
		explain_compressed
		# what else is wrong can be seen without
		ask "$link"
		[ "$status" = 200 ] || return 0
	fi
	cp -- "$scratch/body" "$scratch/whole"
	length=$(header content-length)
	arrived=$(size_of "$scratch/whole")
	if ! is_length "$length"; then
		wrong link 'the file comes without its length (Content-Length)'
		explain_compressed
	elif [ "$arrived" != "$length" ] && [ "$arrived" != "$room" ]; then
		wrong link "only $arrived of $length bytes arrive"
	else
		works=yes
		[ "$faults" ] || good link "the file arrives: 200, $length bytes"
		check_foreign_headers
	fi
}

is_length()
{
	is_digits "${#1}" "$1" && [ "${#1}" -le 15 ]
}

# The link with another digit in the middle of its secret: the last word of 32
# characters or more that has only those of a secret.
outside_spoiled()
{
	secret_word=$(printf '%s\n' "$link" | awk '{ gsub(/[\/?=&]/, "\n"); print }' | grep -x '[-_0-9A-Za-z]\{32,\}' | sed -n '$p')
	[ "$secret_word" ] || return 1
	letter=0
	[ "${secret_word#0}" = "$secret_word" ] || letter=1
	printf '%s' "${link%"$secret_word"*}$letter${secret_word#?}${link##*"$secret_word"}"
}

outside_refused()
{
	case $status in
	4* | 5*) ! cmp -s "$scratch/body" "$scratch/whole" ;;
	*) return 1 ;;
	esac
}

outside_secret()
{
	if ! spoiled_link=$(outside_spoiled); then
		wrong secret 'the link has no secret in it'
		return
	fi
	ask "$spoiled_link"
	if ! outside_refused; then
		wrong secret "a wrong secret is let in ($status)"
	else
		ask "${link%%\?*}"
		if [ "$link" = "${link%%\?*}" ] || outside_refused; then
			good secret 'a wrong secret and none are refused'
			return
		fi
		wrong secret "no secret at all is let in ($status)"
	fi
	advise 'So whoever knows the address has the file. Does the server obey .htaccess? If not, this helps:'
	in_settings 'delivery: cgi'
}

outside_range()
{
	if [ "$length" -lt 200 ] 2>/dev/null; then
		note range 'not tried: the file is too small'
		return
	fi
	tail -c +101 "$scratch/whole" | head -c 1000 >"$scratch/expected"
	usual_room=$room
	room=1000
	ask_link "$link" from 100
	room=$usual_room
	head -c "$(size_of "$scratch/body")" "$scratch/expected" >"$scratch/now"
	if [ "$status" = 206 ] && [ -s "$scratch/now" ] && cmp -s "$scratch/now" "$scratch/body"; then
		good range 'a download that broke off can go on (206)'
	else
		wrong range "a part of the file is answered with $status"
		advise 'So a download that breaks off begins anew.'
	fi
}

outside_listing()
{
	listed=
	folder=${link%%\?*}
	for _ in 1 2 3; do
		folder=${folder%/*}
		case $folder in
		"$site"/?*) ;;
		*) break ;;
		esac
		[ "$folder" != "$site$program_path" ] || break
		ask "$folder/"
		case $status in
		2*) listed="the folder $folder/ is shown ($status)" ;;
		esac
	done
	if [ -z "$listed" ]; then
		good listing 'no folder of links can be listed'
	else
		wrong listing "$listed"
		advise 'Its .htaccess must refuse everything; the program writes it when there is none and the folder is empty.'
	fi
}

outside_hidden()
{
	exposed=
	bare=$(bare_code "$typed_code")
	above=${program_path%/*}
	for base in '' "$above" "${above%/*}" /home /redeem /shop /redeem-1.0 /cgi-bin; do
		might 'a code' "$site$base/codes/$bare" 'uses:'
		might 'a list of codes' "$site$base/codes/" "$bare"
		might 'a list of files for sale' "$site$base/files/" 'Index of'
		might 'the log' "$site$base/log" ' redeemed '
		might 'settings' "$site$base/settings" 'home:'
		might 'settings' "$site$base/.htredeem" 'home:'
	done
	look_at_places
	if [ "$exposed" ]; then
		advise 'Whoever finds that has the codes, the music or the secrets. Move the home out of the web site; or, where the host has no place outside, put codes/.htaccess into it.'
	else
		good hidden 'no codes, files, log or settings at their likely addresses'
	fi
}

# Waits for the end of the window.
outside_window()
{
	until_when=$((asked + window + 15))
	while :; do
		usual_room=$room
		room=64
		ask "$link"
		room=$usual_room
		case $status in
		4* | 5*)
			progress
			good window "the link is closed after its window ($status)"
			return
			;;
		esac
		[ "$(date +%s)" -lt "$until_when" ] || break
		progress "the link is open; waiting for its end ($((until_when - $(date +%s))) s)"
		sleep 3
	done
	progress
	wrong window "the link is still open after $window seconds ($status)"
	advise "If the settings have a longer window, say so with --window. Else the server does not obey .htaccess, or a cache or a CDN answers in its place."
}

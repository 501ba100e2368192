# Links that are signed: deliveries cgi, secdownload and s3; sourced by doctor.

# Has the path $1 the form PROGRAM/END/MAC/REST, for the encoded name $2 or a page?
# Sets $link or $list.
signed_location()
{
	rest=${1#"$program_path/"}
	[ "$rest" != "$1" ] || return 1
	end=${rest%%/*}
	rest=${rest#*/}
	mac=${rest%%/*}
	rest=${rest#*/}
	is_digits 10 "$end" && is_hex 64 "$mac" || return 1
	case $rest in
	"$2") link=$site$1 ;;
	*/downloads.html)
		is_hex 32 "${rest%/downloads.html}" || return 1
		list=$site$1
		;;
	*) return 1 ;;
	esac
}

# The address of the file $1 in a page, signed by the program.
signed_listed()
{
	found=$(address_in_page "$(bre "$program_path")/[0-9]\{10\}/[0-9a-f]\{64\}/$(bre "$1")")
	[ "$found" ] && link=$site$found
}

cgi_location()
{
	signed_location "$1" "$2"
}

cgi_listed()
{
	signed_listed "$1"
}

cgi_explain_link()
{
	explain_cgi
}

explain_cgi()
{
	if grep -q 'link-closed' "$scratch/body"; then
		advise "The program takes its own link for a wrong one: does $(short "$conf") say the same as the file beside the program, and does nothing on the way change addresses?"
	elif [ "$handoff" != none ] && [ "$status" = 404 ]; then
		explain_name
		[ -z "$name_refused" ] || return 0
		advise "The server does not find what the program hands over, or may not send it. Its lines for $handoff must name this folder, as in README:"
		line "$home/files/"
	elif [ "$status" = 404 ] || body_has 'data-outcome'; then
		explain_path_info
	elif [ "$handoff" != none ]; then
		advise "The server may not send $home/files. See its lines for $handoff in README; or let the program send the bytes:"
		line 'handoff: none'
	else
		explain_name
		[ -n "$name_refused" ] || explain_path_info
	fi
}

# An answer to a link that is no page of the program's, or the form.
explain_path_info()
{
	advise 'The server does not tell the program what follows its name in an address (PATH_INFO), or does not run it then. README has lines that do for lighttpd, nginx, busybox and others.'
	case $server in
	nginx*)
		advise "Debian's own example for fcgiwrap lacks them; of README's lines for nginx these two are missing:"
		line 'fastcgi_split_path_info ^(/cgi-bin/[^/]+)(/.*)$;'
		line "fastcgi_param PATH_INFO \$fastcgi_path_info;"
		;;
	esac
}

# A link signed as the program does it, but long ago. That we can sign is proved by
# the link that the program gave.
check_age()
{
	if ! find_digest; then
		wrong window 'not tried: install sha256sum (coreutils), shasum or openssl here'
		return
	fi
	take_apart "$link"
	if [ "$(signature)" != "$signed_with" ]; then
		wrong window "the program signs with another secret than that of $(short "$conf")"
		return
	fi
	age
	ask "$(link_with "$(signature)")"
	if ! refused; then
		wrong window "a link whose window is over is let in ($status)"
		case $delivery in
		secdownload) advise 'The script must be tools/secdownload.lua as it is here. With mod_secdownload, the time is secdownload.timeout.' ;;
		*) advise 'A cache or a CDN may answer in its place: it must keep nothing from this address.' ;;
		esac
	elif [ "$delivery" = secdownload ]; then
		check_timeout
	elif [ "$delivery" = cgi ] && is_kept "$home/files/$probe" "$home/files/$plain" "$link"; then
		explain_kept
	else
		good window 'a link that is over is refused'
	fi
}

# Does the server let the program send for as long as a slow phone takes? The file is
# larger than what a connection holds, and nobody takes it for a while.
check_long()
{
	[ "$delivery$handoff" = cginone ] || return 0
	if [ ! "$slow" ]; then
		note long 'whether a long download arrives whole was not tried. This tries it:'
		line "tools/doctor --slow 40 $(quoted "$address")"
		return
	fi
	dd if=/dev/null of="$home/files/$plain" bs=1 seek="$long_size" count=0 2>/dev/null
	chmod 0644 "$home/files/$plain"
	hand_over "$home/files/$plain"
	take_apart "$link"
	what=$plain
	when=$(($(date +%s) + window))
	arrived=$(($(ask_slowly "$(link_with "$(signature)")" "$slow")))
	rm -f -- "$home/files/$plain"
	if [ "$arrived" = "$long_size" ]; then
		good long "a download that takes more than $slow seconds arrives whole"
		return
	fi
	wrong long "a download that takes more than $slow seconds breaks off"
	advise 'The server ends a program that sends for long, so that large files never arrive over a slow line. Where it has a setting for that, set it to an hour; README names some. Else let the server send the files (handoff), or use another delivery:'
	in_settings 'delivery: s3'
}

# Is a link that has been opened open when it is over?
cgi_stays_open()
{
	when=$(($(date +%s) + 2))
	set -- "$(link_with "$(signature)")"
	ask "$1"
	[ "$status" = 200 ] && is_probe || return 1
	sleep 3
	ask "$1"
	! refused
}

# Two files are listed on a page that the program shows, below its own address.
check_list()
{
	write_code "$sold" "$sold"
	redeem
	find_link "$sold_url" || :
	# the last answer may be that to its first link
	[ -z "$list" ] || ask "$list"
	if [ "$list" ] && [ "$status" = 200 ] && [ "$(outcome_of_page)" = files ] &&
		[ "$(grep -c '<li><a href=' "$scratch/body")" = 2 ]; then
		good list 'several files: a page that lists them'
	else
		wrong list "several files: there is no page that lists them ($status)"
		if [ "$list" ]; then
			explain_cgi
		else
			explain_code
		fi
	fi
	write_code "$sold"
}

# Links that lighttpd checks; sourced by doctor.

# The path PREFIX/MAC/TIME/NAME, or a page of the program's.
secdownload_location()
{
	rest=${1#"$prefix/"}
	if [ "$rest" = "$1" ]; then
		signed_location "$1" "$2"
		return
	fi
	mac=${rest%%/*}
	rest=${rest#*/}
	case $mac in
	'' | *[!-_0-9A-Za-z]*) return 1 ;;
	esac
	[ "${#mac}" = 32 ] || [ "${#mac}" = 43 ] || return 1
	is_hex 8 "${rest%%/*}" && [ "${rest#*/}" = "$2" ] || return 1
	link=$site$1
}

secdownload_listed()
{
	found=$(address_in_page "$(bre "$prefix")/[-_0-9A-Za-z]\{32,43\}/[0-9a-f]\{8\}/$(bre "$1")")
	[ "$found" ] && link=$site$found
}

secdownload_explain_link()
{
	case $status in
	404)
		explain_name
		[ -z "$name_refused" ] || return 0
		advise "lighttpd does not check links at $prefix/, or finds no files there. README has the lines: the address there must be the prefix in $(short "$conf"), and the document root this folder:"
		line "$(quoted_path "$home/files")"
		;;
	403 | 410)
		advise "lighttpd checks links by another secret, another algorithm or another root than the program signs them with. tools/secdownload.lua reads $(short "$home")/settings: is that $(short "$conf")? With mod_secdownload, secdownload.secret and secdownload.algorithm must be as there. And is the document root of $prefix/ this folder?"
		line "$(quoted_path "$home/files")"
		;;
	*)
		advise "The script could not read its settings; the error log of lighttpd says why. Its user must be able to read $(short "$home")/settings: set the shop up with its group,"
		line "tools/setup -g GROUP -u $address"
		;;
	esac
}

# The timeout of lighttpd must be the window of the settings: a link that is three
# seconds over is refused, one that has five left opens.
check_timeout()
{
	take_apart "$link"
	when=$(printf '%x' "$(($(date +%s) - window - 3))")
	ask "$(link_with "$(signature)")"
	if ! refused; then
		wrong window "a link is still open 3 seconds after its window of $window seconds"
		explain_timeout
		return
	fi
	when=$(printf '%x' "$(($(date +%s) - window + 5))")
	ask "$(link_with "$(signature)")"
	if [ "$status" != 200 ]; then
		wrong window "a link is refused ($status) 5 seconds before its window of $window seconds is over"
		explain_timeout
		return
	fi
	good window "a link opens for $window seconds, and no longer"
}

explain_timeout()
{
	advise "What lighttpd is told must be the window in $(short "$conf"). With mod_secdownload:"
	line "secdownload.timeout = $window"
}

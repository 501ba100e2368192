# Links that Apache opens: rules, clock, headers, folders; sourced by doctor.

# $1: where the code led; $2: the file's encoded name. A link has the address
# URL/BUCKET/TOKEN/NAME?SECRET, and nothing else is one.
apache_location()
{
	rest=${1#"$url/"}
	[ "$rest" != "$1" ] || return 1
	link_bucket=${rest%%/*}
	rest=${rest#*/}
	link_token=${rest%%/*}
	rest=${rest#*/}
	link_secret=${rest#*\?}
	name=${rest%%\?*}
	is_digits 8 "$link_bucket" && is_hex 32 "$link_token" && is_hex 32 "$link_secret" || return 1
	link_folder=$site$url/$link_bucket/$link_token
	case $name in
	"$2") link="$link_folder/$2?$link_secret" ;;
	downloads.html) list="$link_folder/$name?$link_secret" ;;
	*) return 1 ;;
	esac
}

# The page lies beside the files.
apache_listed()
{
	# where it does not open, the file will not, either, and it is said there
	if [ "$status" != 200 ] || [ "$(outcome_of_page)" = files ] && body_has "$1?$link_secret"; then
		link="$link_folder/$1?$link_secret"
	else
		return 1
	fi
}

# Sets $given, the folder of the link that the program made.
find_given()
{
	given=$(links_of_program | grep -F -e "$secure/" | sed -n 1p)
}

# Is $1 the 14 digits of a time of day?
is_time()
{
	is_digits 14 "$1" || return 1
	case $1 in
	[12][0-9][0-9][0-9][01][0-9][0-3][0-9][0-2][0-9][0-5][0-9][0-6][0-9]) ;;
	*) return 1 ;;
	esac
}

# Is $location the probe of the clock's own, and what is left a time? Sets $server_time,
# and $asked to when that was. A proxy may have put something before it.
is_clock_answer()
{
	rest=${location#*/clock-"$mark"\?}
	[ "$rest" != "$location" ] && is_time "$rest" || return 1
	server_time=$rest
	asked=$(date +%s)
}

# Asks a rule for the time.
ask_clock()
{
	plant "$bucket" "$no_inheritance
RewriteEngine On
RewriteRule ^ /clock-$mark?%{TIME} [R=302,L]"
	ask "$planted_address/copy.zip"
}

# Does the server obey .htaccess here, and what does it take for the time?
check_rules()
{
	ask_clock
	case $status in
	302)
		if is_clock_answer; then
			good rules 'the server obeys .htaccess'
			obeyed=yes
		else
			wrong rules "a rule that tells the time leads to $(led)"
			advise 'Something on the way changes what the server answers: a cache, a proxy, a firewall. It must leave this address alone:'
			line "$url/*"
		fi
		;;
	200)
		if is_probe; then
			explain_unruly
		else
			explain_missing
		fi
		;;
	404) explain_missing ;;
	403) explain_forbidden ;;
	500) explain_error ;;
	*)
		wrong rules "a rule that redirects is answered with $status"
		by_program
		;;
	esac
}

explain_unruly()
{
	wrong rules 'the server does not look at .htaccess'
	advise 'So a link stays open for whoever has once seen it, until it is swept.'
	by_program
	if is_apache; then
		advise 'Or, if the server is yours to configure:'
		allow_rules
	fi
}

is_apache()
{
	case $server in
	[Aa]pache*) ;;
	*) return 1 ;;
	esac
}

allow_rules()
{
	case $secure in
	*[[:blank:]]*) line "<Directory \"$secure\">" ;;
	*) line "<Directory $secure>" ;;
	esac
	line 'AllowOverride FileInfo'
	line '</Directory>'
}

# The server knows secure by another address, or not at all. Some answer 200 to what they
# do not know.
explain_missing()
{
	wrong rules "$site$url is not $(short "$secure") ($status)"
	missed=${planted#"$secure/"}/copy.zip
	tail=
	path=$secure
	while [ "$path" ]; do
		tail=/${path##*/}$tail
		path=${path%/*}
		for before in '' "${program_path%/*/*}"; do
			ask "$site$before$(percent "$tail")/$missed"
			if is_clock_answer || { [ "$status" = 200 ] && is_probe; }; then
				in_settings "url: $before$tail"
				return
			fi
		done
	done
	advise 'secure must be a folder of the web site, and url its address there:'
	in_settings "secure: FOLDER"
	line 'url: /FOLDER'
}

# Asks for the file in the folder beside secure.
ask_beside()
{
	ask "$site$url.$beside_name/copy.zip"
}

# A server with neither kind of symbolic link takes no rules either (AH00670).
explain_forbidden()
{
	if make_beside && ask_beside && [ "$status" = 200 ]; then
		wrong rules 'the server refuses every link (403): it allows neither rules nor symbolic links'
		advise 'Where a host lets you say so, the file .htaccess of the web site helps:'
		line 'Options +SymLinksIfOwnerMatch'
		advise 'If that makes the whole site answer 500, take it out again.'
		by_program
	else
		wrong rules 'the server refuses every link (403): it may not enter the folder'
		closed_folder "$secure" || by_program
	fi
}

explain_error()
{
	kind=
	if make_beside; then
		printf '%s\n' '<IfModule mod_rewrite.c>' 'ForceType text/x-with' '</IfModule>' \
			'<IfModule !mod_rewrite.c>' 'ForceType text/x-without' '</IfModule>' \
			>"$beside/.htaccess"
		chmod 0644 "$beside/.htaccess"
		ask_beside
		case $status$(header content-type) in
		200text/x-without*) kind='it has no mod_rewrite' ;;
		500*) kind='it allows no FileInfo in .htaccess' ;;
		esac
	fi
	wrong rules "the server answers 500 to every link: ${kind:-it takes no rewriting in .htaccess}"
	advise 'Nothing is given away, but nobody gets anything.'
	by_program
	advise 'Or, if the server is yours to configure:'
	case $kind in
	*mod_rewrite) line 'a2enmod rewrite' ;;
	*) allow_rules ;;
	esac
}

# closed_folder PATH: names the first folder on the way that others cannot enter.
closed_folder()
{
	part=
	rest=${1#/}/
	while [ "$rest" ]; do
		part=$part/${rest%%/*}
		rest=${rest#*/}
		if [ -z "$(find "$part" -prune -perm -001)" ]; then
			advise "The server runs as another user, who may not pass $(short "$part"):"
			line "chmod o+x $(quoted_path "$part")"
			return
		fi
	done
	return 1
}

# OpenLiteSpeed reads a folder's rules at the first request into it, and remembers
# for ever that a folder was not there. Whoever asks for a coming minute in advance
# then has its links open, or closed. So a folder is asked for before it is made.
check_memory()
{
	[ "$obeyed" ] || return 0
	ask "$site$url/$((bucket + 1))/"
	ask "$site$url/$((bucket + 1))/copy.zip"
	plant "$((bucket + 1))" "$(rules 20200101000000 20200101000200 "$(hex)")"
	ask "$planted_address/copy.zip"
	if ! refused; then
		wrong rules "a folder that was asked for before it was made is open for ever ($status)"
		advise 'So whoever asks for the links of a coming minute in advance needs no secret. OpenLiteSpeed is known for that, and some caches of hosts.'
		by_program
		return
	fi
	check_lines
}

# OpenLiteSpeed obeys the rewriting, but neither Header nor ErrorDocument. A host
# without mod_headers has no Header either, but has the page.
check_lines()
{
	[ -n "${given:-}" ] || return 0
	grep -q '^ErrorDocument' "$given/.htaccess" "$secure/.htaccess" 2>/dev/null || return 0
	[ "$client" != busybox ] || return 0
	! body_has link-closed || return 0
	wrong rules "whoever comes too late gets a bare page ($status) that does not say what to do"
	advise "The server obeys the rules, but not ErrorDocument beside them.${server:+ It calls itself $(shown "$server").} If it is OpenLiteSpeed or LiteSpeed, it also remembers for ever that a folder was not there, so that links can be opened without their secret. Use what is safe there:"
	in_settings 'delivery: cgi'
}

# seconds STAMP: of the 14 digits of a local time, as if it were UTC.
seconds()
{
	printf '%s\n' "$1" | awk '{
		# + 0, or awk compares them as text
		year = substr($0, 1, 4) + 0
		month = substr($0, 5, 2) + 0
		day = substr($0, 7, 2)
		# March begins the year here, so that the leap day is its last
		if (month <= 2) { year--; month += 12 }
		days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + \
			int((153 * (month - 3) + 2) / 5) + day - 719469
		printf "%.0f\n", days * 86400 + substr($0, 9, 2) * 3600 + \
			substr($0, 11, 2) * 60 + substr($0, 13, 2)
	}'
}

# moved STAMP N: 14 digits as a number, with N added: some shells count to 2^31 only.
moved()
{
	printf '%s %s\n' "$1" "$2" | awk '{ printf "%014.0f", $1 + $2 }'
}

# nearest SECONDS: the whole quarter of an hour that is nearest.
nearest()
{
	if [ "$1" -lt 0 ]; then
		printf '%s' "$((-900 * ((450 - $1) / 900)))"
	else
		printf '%s' "$((900 * (($1 + 450) / 900)))"
	fi
}

# spell SECONDS: as 5:45
spell()
{
	printf '%d:%02d' "$((${1#-} / 3600))" "$((${1#-} % 3600 / 60))"
}

# The program's time as the web server runs it is in the rules of the link that it
# gave; without a link, this machine's time has to do.
check_clock()
{
	if [ -z "$server_time" ]; then
		untried clock
		return
	fi
	start=$(stamp_of '<')
	end=$(stamp_of '>')
	server_seconds=$(seconds "$server_time")
	if [ "$start" ]; then
		ours=$(($(seconds "$start") + asked - redeemed))
	else
		ours=$(seconds "$(local_time)")
	fi
	apart=$((server_seconds - ours))
	if [ "${apart#-}" -gt 200000 ]; then
		wrong clock "the server's date is another than the program's by $((${apart#-} / 86400)) days"
		advise 'A link opens and closes by the clock of the server. It must be set by the network (NTP): ask your host.'
		late=yes
		return
	fi
	zones=$(nearest "$apart")
	rest=$((apart - zones))

	if [ "${rest#-}" -le 5 ] && { [ "$zones" = 0 ] || in_window; }; then
		good clock "the server's %{TIME} is the program's (${rest#-} s apart)"
	elif [ "$zones" != 0 ] && [ "${rest#-}" -le 60 ]; then
		explain_zone
	else
		wrong clock "the server's clock is ${apart#-} s $(ahead "$apart") the program's"
		advise 'A link opens and closes by the clock of the server. Both must be set by the network (NTP): ask your host.'
		late=yes
	fi
}

# Now, in the zone of the settings, as 14 digits.
local_time()
{
	if [ "$timezone" ]; then
		(
			TZ=$timezone
			export TZ
			date +%Y%m%d%H%M%S
		)
	else
		date +%Y%m%d%H%M%S
	fi
}

# The time after $1 in the rules that the program wrote, if it is one.
stamp_of()
{
	[ -r "${given:-/nowhere}/.htaccess" ] || return 0
	found=$(sed -n "s/.*%{TIME} $1\([0-9]*\).*/\1/p" "$given/.htaccess" | sed -n 1p)
	! is_digits 14 "$found" || printf '%s' "$found"
}

# On the night the clocks go back a window is an hour longer.
in_window()
{
	[ "$start" ] && printf '%s %s %s\n' "$start" "$server_time" "$end" |
		awk '{ exit !($1 <= $2 && $2 <= $3) }'
}

ahead()
{
	if [ "$1" -lt 0 ]; then
		printf 'behind'
	else
		printf 'ahead of'
	fi
}

explain_zone()
{
	wrong clock "the server's time is $(spell "$zones") h $(ahead "$zones") the program's"
	if [ "$zones" -lt 0 ]; then
		advise 'So no link opens yet when the buyer gets it.'
	else
		advise 'So every link is over before the buyer gets it.'
	fi
	late=yes
	east=$(nearest "$((server_seconds - asked))")
	hours=$((${east#-} / 3600))
	minutes=$((${east#-} % 3600 / 60))
	if [ "$east" -lt 0 ]; then
		zone=$(printf -- '-%02d' "$hours")
		sign=
	else
		zone=$(printf -- '+%02d' "$hours")
		sign=-
	fi
	if [ "$minutes" = 0 ]; then
		in_settings "timezone: <$zone>$sign$hours"
	else
		in_settings "timezone: <$zone$minutes>$sign$hours:$minutes"
	fi
	named=$(zones_now "$zone$(printf '%02d' "$minutes")")
	[ -z "$named" ] ||
		advise "Better the name of the zone, which follows summer time as well. It is the server's, perhaps one of: $named."
}

# Well-known zones that are $1 from UTC now.
zones_now()
{
	for city in Europe/London Europe/Berlin Europe/Athens Europe/Moscow \
		America/New_York America/Chicago America/Denver America/Los_Angeles \
		America/Sao_Paulo Asia/Dubai Asia/Kolkata Asia/Singapore Asia/Tokyo \
		Australia/Adelaide Australia/Sydney Pacific/Auckland UTC; do
		[ "$city" = UTC ] || [ -e "/usr/share/zoneinfo/$city" ] || continue
		if [ "$(TZ=$city date +%z)" = "$1" ]; then
			printf '%s ' "$city"
		fi
	done | sed 's/ $//; s/ /, /g'
}

# A link of ours that opens at any time tells what else may be in the way.
try_open()
{
	open_secret=$(hex)
	plant "$bucket" "$(rules 00000000000000 99999999999999 "$open_secret")"
	open=$planted
	open_address=$planted_address
	ask "$open_address/copy.zip?$open_secret"
	open_copy=$status
	ask "$open_address/link.zip?$open_secret"
	open_link=$status
}

# The right secret was refused.
apache_explain_link()
{
	[ -z "$late" ] || return 0
	if [ -z "$given" ]; then
		advise "The program did not make the link in $(short "$secure"): it has other settings than $(short "$conf")."
	elif [ "$open_copy" != 200 ]; then
		return # the fault is in the rules, and said there
	elif [ "$open_link" = 200 ] && [ "$links" != hard ]; then
		if [ "$(owner_of "$given")" = "$(owner_of "$home/files/$probe")" ]; then
			explain_name
			return
		fi
		advise "The program runs as $(owner_of "$given"), the files are $(owner_of "$home/files/$probe")'s, and the server follows no symbolic link to a file of another owner."
		explain_hard
	elif ! closed_folder "$home/files"; then
		advise "The server cannot read a file in $(short "$home")/files that everybody may read. Perhaps the host lets links lead to places in the web site only."
		by_program
	fi
}

# Linux lets nobody make a hard link to a file that is neither his own nor one that
# he may write: fs.protected_hardlinks in proc(5).
explain_hard()
{
	if ! ln -- "$home/files/$probe" "$open/closed" 2>/dev/null; then
		by_program
		return
	fi
	rm -f -- "$open/closed"
	in_settings 'links: hard'
	if guarded; then
		advise 'and, since this system makes hard links only to files that one may write:'
		line "chgrp -R $(quoted "$group") $(quoted_path "$home/files")"
		line "chmod -R g+w $(quoted_path "$home/files")"
	fi
}

guarded()
{
	[ "$shared" ] && [ "$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null)" = 1 ]
}

# Links by hand, of the program's own rules: one closed a second ago, one opens in
# an hour. The 14 digits are compared as a string, so 2360 is as good as 2400.
check_window()
{
	if [ "$open_copy" != 200 ]; then
		untried window
		return
	fi
	this_time=${server_time:-$(local_time)}
	early=$(hex)
	plant "$bucket" "$(rules 00000000000000 "$(moved "$this_time" -1)" "$early")"
	ask "$planted_address/copy.zip?$early"
	refused && over=refused || over="let in ($status)"
	plant "$bucket" "$(rules "$(moved "$this_time" 10000)" 99999999999999 "$early")"
	ask "$planted_address/copy.zip?$early"
	refused || over="let in ($status)"
	if [ "$over" != refused ]; then
		wrong window "a link whose window is over is $over"
	elif is_kept "$open/copy.zip" "$open/closed" "$open_address/copy.zip?$open_secret"; then
		explain_kept
	else
		good window 'a link that is over, or not open yet, is refused'
	fi
}

# Is a link that has been opened open when it is over? Not asked where a minute ends, for
# there 14 digits are not to be added to.
apache_stays_open()
{
	ask_clock
	[ "$status" = 302 ] && is_clock_answer || return 1
	case $server_time in
	*5[5-9])
		sleep 5
		apache_stays_open
		return
		;;
	esac
	early=$(hex)
	plant "$bucket" "$(rules 00000000000000 "$(moved "$server_time" 2)" "$early")"
	ask "$planted_address/copy.zip?$early"
	[ "$status" = 200 ] && is_probe || return 1
	sleep 3
	ask "$planted_address/copy.zip?$early"
	! refused
}

check_listing()
{
	seen_what=
	for path in "$open_address/?$open_secret" "$open_address/" "${open_address%/*}/" "$site$url/"; do
		ask "$path"
		case $status in
		2*) seen_what="the folder ${path%%\?*} is shown ($status)" ;;
		esac
	done
	for path in "$open_address/.htaccess?$open_secret" "$site$url/.htaccess"; do
		ask "$path"
		if [ "$status" = 200 ] && body_has Rewrite; then
			seen_what="the rules, with the secret in them, can be read (200)"
		fi
	done
	if [ -z "$seen_what" ]; then
		good listing 'no folder of links can be listed, no .htaccess be read'
		return
	fi
	wrong listing "$seen_what"
	if [ "$obeyed" ]; then
		advise 'The rules that the program wrote were changed. Let the next redemption write them anew:'
		line "echo '# redeem 0' > $(quoted_path "$secure")/.htaccess"
	fi
}

# Hard links need more than the right to read.
check_hard()
{
	[ "$links" = hard ] && guarded || return 0
	unwritable=$(find "$home/files/." ! -name . -type f ! -name '.*' ! -perm -020 | sed -n 1p)
	[ "$unwritable" ] || return 0
	wrong files "no hard link can be made to ${unwritable#"$home/files/./"}"
	advise 'This system makes hard links only to files that one may write:'
	line "chgrp -R $(quoted "$group") $(quoted_path "$home/files")"
	line "chmod -R g+w $(quoted_path "$home/files")"
}

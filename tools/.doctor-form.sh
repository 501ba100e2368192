# The form, and what a code leads to; sourced by doctor.

check_form()
{
	ask "$address"
	server=$(header server)
	case $status$(outcome_of_page) in
	200form)
		if check_action; then
			good form 'answers'
		fi
		return
		;;
	000)
		wrong form "nobody answers at $address"
		explain_failure
		;;
	30*)
		wrong form "the address leads elsewhere ($status): a form that is sent would not arrive"
		advise 'Use the address that it leads to, on the cards, too:'
		line "$(led)"
		;;
	401*)
		wrong form 'a password is asked for (401): no buyer gets as far as the form'
		advise 'Take the password protection off the folder of programs. In its .htaccess, or in the control panel of the host, such as "Directory Privacy":'
		line 'AuthType Basic'
		line 'Require valid-user'
		;;
	403*)
		wrong form 'the server refuses the form (403)'
		explain_program
		;;
	???not-set-up)
		wrong form "the program says that the shop is not set up ($status)"
		# else the server runs it as somebody else, and what a code gets tells more
		! own_check || return 0
		;;
	*)
		wrong form "no form, but: $status"
		if body_has 'GATEWAY_INTERFACE'; then
			advise 'The server sends the program itself instead of running it. Put it into the folder for programs, cgi-bin, or let the server run it: in .htaccess beside it'
			line 'Options +ExecCGI'
			line 'AddHandler cgi-script .cgi'
		elif [ "$status" = 404 ]; then
			advise "There is no program at this address. Is $(short "$program_file") in the folder that the server runs programs from? See tools/setup -c."
		else
			explain_program
		fi
		;;
	esac
	exit 1
}

explain_program()
{
	advise 'The server could not run the program; its error log says why. suexec wants program and folder to be yours, and nobody else to write there:'
	line "chmod 755 $(quoted_path "$program_file") $(quoted_path "${program_file%/*}")"
}

# Why nobody answered at all.
explain_failure()
{
	case $(failure) in
	name) advise "There is no machine of the name ${site#*://}, as far as this one can tell. Is the address spelled right? A new name takes up to a day to be known everywhere." ;;
	refused) advise "The machine is there, but no server listens at ${site#*://}. Is it running, and is the port right?" ;;
	timeout) advise 'The server took longer than a minute. Is it overloaded, or does a firewall swallow what is sent to it?' ;;
	certificate)
		advise "The certificate of ${site#*://} is not valid: it has expired, is for another name, or is signed by nobody that this machine trusts. Browsers warn buyers away from such a site. Have it renewed in the control panel of the host (\"SSL/TLS\", \"Let's Encrypt\")."
		;;
	tls) advise "There is no encrypted connection to ${site#*://}: perhaps the server speaks http only, or is too old. Try the address with http://, or have https set up by the host." ;;
	dropped) advise 'The server hung up without an answer; its error log may say why.' ;;
	*) advise 'Is the address right, and the server running?' ;;
	esac
}

# Does the form lead back to where it was found? A proxy may have taken a part of the
# address away before the program saw it.
check_action()
{
	action=$(sed -n 's/.*<form id="redeem-form"[^>]* action="\([^"]*\)".*/\1/p' "$scratch/body" | sed -n 1p)
	case $action in
	"$program_path" | "$address" | '') return 0 ;;
	esac
	wrong form "the form sends codes to $(shown "$action"), and not to $program_path"
	advise 'Something in front of the program changes the address (a proxy that takes a part of it away). Tell the program what the world sees:'
	in_settings "address: $address"
	return 1
}

# What the program itself says, run by this user. True if all is well for it, or if
# it cannot be asked: root would leave files behind that the program cannot write.
own_check()
{
	[ -x "$program_file" ] || return 1
	[ "$user_id" != 0 ] || [ "$owner_id" = 0 ] || return 0
	if REDEEM_CONF=$conf SCRIPT_NAME=$program_path "$program_file" --check >"$scratch/check" 2>&1; then
		return 0
	fi
	grep -q '^WRONG' "$scratch/check" || return 0
	[ -z "$checked" ] || return 1
	checked=yes
	advise 'The program, run from here, finds:'
	grep '^WRONG' "$scratch/check" | tr '\001-\011\013-\037\177' '?' | sed 's/^/                 /'
	return 1
}

# Redeems the code of ours; its answer is what `ask` leaves.
redeem()
{
	printf 'code=%s' "$code" >"$scratch/form"
	ask "$address" post "$scratch/form"
	note_token
}

# Sets $link to the address of the file for sale with the encoded name $1, from the
# answer to a code: straight, or from the page that it leads to.
find_link()
{
	link=
	list=
	[ "$status" = 303 ] || return 1
	place=${location#"$site"}
	"${delivery}_location" "$place" "$1" || return 1
	[ "$list" ] || return 0
	ask "$list"
	"${delivery}_listed" "$1"
}

# The addresses in double or single quotes in the body that match the BRE $1 as a
# whole, the first of them.
address_in_page()
{
	awk '{ gsub(/["\047]/, "\n"); print }' "$scratch/body" | grep -x -e "$1" | sed -n 1p
}

# $1 as a BRE
bre()
{
	printf '%s' "$1" | sed 's/[].[*^$\\]/\\&/g'
}

check_code()
{
	redeem
	outcome=$(outcome_of_page)
	answered=$status$outcome
	code_led=$(led)
	case $answered in
	303)
		code_works=yes
		if find_link "$sold_url"; then
			good code "a code is redeemed: 303, and a link${list:+ on a page}"
		elif [ "$list" ]; then
			wrong code "a code leads to a page without the link to its file ($status)"
			[ "$delivery" = apache ] || explain_cgi
		else
			wrong code "a code leads to an address that is no link of this shop: ${code_led:-none}"
			advise "Is the server's program the one of this home? It reads the file .htredeem beside it; this tool read $(short "$conf")."
		fi
		return
		;;
	200* | 30*)
		wrong code "a code that is sent is answered with $status instead of 303"
		advise 'Something in front of the program changes its answers, or the server ignores the status that a program gives.'
		;;
	404mistyped | 404unknown)
		wrong code 'the program does not find a code that is in this home (404)'
		advise "It has another home than $(short "$home"). The program reads the file .htredeem beside it; this tool read $(short "$conf")."
		;;
	429slow-down)
		wrong code 'the program lets nobody try codes from this address now (429)'
		advise 'There were too many failed tries from here. Wait for ten minutes and run doctor again.'
		;;
	000)
		wrong code 'the server gives no answer to a code that is sent (POST)'
		case $(failure) in
		dropped) advise 'It hangs up instead; mini-httpd is known for that. Another server helps.' ;;
		*) explain_failure ;;
		esac
		;;
	40[1356] | 411 | 413 | 415 | 501)
		wrong code "the server does not let a form be sent: it refuses POST ($status)"
		explain_post
		;;
	5??)
		wrong code "a code that is sent is answered with a bare $status, and not with a page of the program"
		explain_program
		;;
	*)
		wrong code "the program cannot redeem a code: ${outcome:+$outcome, }$status"
		explain_code
		;;
	esac
}

explain_post()
{
	case $status in
	401) advise 'A password is asked for. Take it off the folder of programs.' ;;
	501) advise 'This server knows no POST. Another server helps.' ;;
	*)
		advise 'The form itself comes (GET), so that this is a rule of the server. Look for such lines in its configuration and in .htaccess of the folders above; or a firewall (mod_security) is at work: ask your host.'
		line '<LimitExcept GET>'
		line 'Require all denied'
		;;
	esac
}

explain_code()
{
	advise 'Nothing is counted then, but nobody gets anything.'
	if [ "$(df -P "$home/codes" | awk 'NR == 2 { print $4 }')" = 0 ]; then
		advise "The disk of $(short "$home") is full."
	elif own_check && [ -z "$shared" ]; then
		advise "Run from here, as $(id -un), it finds all well: so the server runs it as another user, who may not change the codes. Ask your host to run your programs as you (suexec), or share the codes with a group that both of you are in:"
		line "tools/setup -g GROUP -u $address"
	else
		advise 'The error log of the server has the reason, in a line of "redeem".'
	fi
}

# A code whose file is missing gets a page with 500. A firewall that puts a page of
# its own in the place of such answers leaves buyers without a word of help.
check_errors()
{
	if [ "$client" = busybox ]; then
		note errors 'not tried: the wget of busybox shows no page of a refusal'
		return
	fi
	write_code "$probe.missing"
	redeem
	case $status$(outcome_of_page) in
	[45]??broken | 503try-again) good errors 'what is broken says so, on a page of the program' ;;
	*)
		wrong errors "instead of the page for a broken code ($status) buyers see one of the server's"
		advise 'Something in front of the program replaces pages with 500 and 503: mod_security does so at level 2 of its Core Rule Set (rule 950100). Buyers then do not learn what to do. Ask your host to leave the address alone:'
		line "$program_path"
		;;
	esac
	write_code "$sold"
}

# Codes by themselves: the probe is as a new code is, but old ones may not be.
check_modes()
{
	set -- "$home/codes/." ! -name . -prune -type f ! -name '*.*' ! -name "$code"
	if [ "$shared" ]; then
		set -- "$@" \( ! -group "$group" -o ! -perm -060 \)
		mend="chgrp $(quoted "$group") CODE && chmod 660 CODE"
	else
		set -- "$@" ! -user "$owner_id"
		mend="chown $(quoted "$owner") CODE (the host can)"
	fi
	many=$(find "$@" | wc -l)
	if [ "$((many))" = 0 ]; then
		return
	fi
	wrong code "the program may not be able to change $((many)) other codes"
	advise "They are not as the folder is. In $(short "$home")/codes, such as $(find "$@" | sed -n '1s,.*/,,p'):"
	line "$mend"
}

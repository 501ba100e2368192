# One HTTP request with whatever client there is, sent as a browser would send it;
# sourced by doctor and setup.
#
#   ask URL [head | post FILE | from BYTE]
#
# leaves what was answered, of which nothing is believed that has not the form that
# it must have:
#
#   $status     three digits; 000 where there was no answer
#   $location   where a redirect leads: an address of plain characters, or empty
#   the file $scratch/body, at most $room bytes of it
#
# `from BYTE` asks for the part from there on. Redirects are not followed. With
# $encodings, the request says that it takes these. Addresses can be secrets, and
# other users see the arguments of a program: only busybox gets them so.
#
# What the weaker clients do not show: busybox no page that comes with a refusal and
# no certificate's fault on https; wget and busybox not always why nobody answered.

room=1048576
longest=60
encodings=
browser='Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

find_client()
{
	bounded=
	if command -v curl >/dev/null 2>&1; then
		client=curl
		return
	fi
	if ! command -v wget >/dev/null 2>&1; then
		die 'no curl and no wget here: run this on another machine with the same home, or install one'
	elif wget --version 2>/dev/null | grep -q 'GNU Wget'; then
		client=wget
		# else it tries a plainer form of an address first
		as_it_is=--no-iri
		wget "$as_it_is" --version >/dev/null 2>&1 || as_it_is=-nv
	elif wget --help 2>&1 | grep -q -e '-S'; then
		client=busybox
	else
		die 'the wget here cannot show what a server answers: install curl'
	fi
	# a server that sends a byte now and then must not hold us for ever
	! command -v timeout >/dev/null 2>&1 || ! timeout 1 true 2>/dev/null || bounded=yes
}

# in_time COMMAND...: not much longer than $longest seconds, nor with a file larger
# than 4 MB, whatever the server sends; a part counts from where it begins.
in_time()
{
	(
		blocks=8192
		[ "$mode" != from ] || blocks=$((blocks + value / 512))
		ulimit -f "$blocks" 2>/dev/null || :
		[ -z "$bounded" ] || exec timeout "$((longest + 30))" "$@"
		exec "$@"
	)
}

# by_curl URL [MODE VALUE]; the body goes to stdout
by_curl()
{
	{
		printf 'url = "%s"\nuser-agent = "%s"\n' "$1" "$browser"
		[ -z "$encodings" ] || printf 'header = "Accept-Encoding: %s"\n' "$encodings"
		case $mode in
		head) printf 'head\n' ;;
		post) printf 'data-binary = "@%s"\n' "$value" ;;
		from) printf 'range = "%s-"\n' "$value" ;;
		esac
	} | in_time curl -q -s -g --path-as-is -K - --max-time "$longest" -o - -D "$scratch/head" 2>/dev/null
}

# HOME keeps wget from reading and writing the user's own files.
by_wget()
{
	printf '%s\n' "$1" >"$scratch/address"
	set -- "$as_it_is" -S -nv -t 1 -T "$longest" --max-redirect=0 --content-on-error \
		-U "$browser" -O - -i "$scratch/address"
	[ -z "$encodings" ] || set -- --header "Accept-Encoding: $encodings" "$@"
	case $mode in
	head) set -- --spider "$@" ;;
	post) set -- --post-file "$value" "$@" ;;
	from) set -- --start-pos="$value" "$@" ;;
	esac
	HOME=$scratch in_time wget "$@" 2>"$scratch/head"
}

# Takes a part only behind a file that is there.
by_busybox()
{
	target=$1
	case $mode in
	head) set -- --spider ;;
	post) set -- --post-file "$value" ;;
	from)
		dd if=/dev/null of="$scratch/part" bs=1 seek="$value" count=0 2>/dev/null
		in_time wget -c -S -U "$browser" -O "$scratch/part" "$target" 2>"$scratch/head" || :
		! first_answer | sed 1q | grep -qx 206 || tail -c +"$((value + 1))" "$scratch/part"
		rm -f -- "$scratch/part"
		return
		;;
	*) set -- ;;
	esac
	[ -z "$encodings" ] || set -- --header "Accept-Encoding: $encodings" "$@"
	in_time wget -S -U "$browser" -O - "$@" "$target" 2>"$scratch/head"
}

# The first answer in $scratch/head: its status, where it leads, and its headers, a
# line each. The first, for busybox follows redirects, and cannot be told not to.
first_answer()
{
	tr -d '\r\000' <"$scratch/head" | awk '
	{ sub(/^ */, "") }
	/^HTTP\/[0-9.]+ / {
		if (status)
			exit
		if (/^HTTP\/[0-9.]+ [2-5][0-9][0-9]( |$)/)
			status = $2
		next
	}
	status && lines < 200 {
		headers[lines++] = substr($0, 1, 4096)
		if (tolower(substr($0, 1, 9)) == "location:") {
			location = substr($0, 10, 4096)
			gsub(/^[ \t]+|[ \t]+$/, "", location)
		}
	}
	END {
		print status
		print location
		for (i = 0; i < lines; i++)
			print headers[i]
	}'
}

ask()
{
	target_address=$1
	mode=${2:-}
	value=${3:-}
	: >"$scratch/head"
	{
		exit_status=0
		"by_$client" "$target_address" || exit_status=$?
		printf '%s\n' "$exit_status" >"$scratch/exit"
	} | head -c "$room" >"$scratch/body"
	read -r exit_status <"$scratch/exit" || exit_status=
	first_answer >"$scratch/answer"
	{
		read -r status
		read -r location
	} <"$scratch/answer"
	is_digits 3 "$status" || status=000
	led_to=$location
	case $location in
	*[!-0-9A-Za-z._~:/?%=\&+]*) location= ;;
	esac
}

# ask_slowly URL SECONDS: prints how many bytes arrive where nothing is taken for so
# long, and then all of it.
ask_slowly()
{
	mode=
	longest=$(($2 + 240))
	{ "by_$client" "$1" || :; } | {
		sleep "$2"
		wc -c
	}
	longest=60
}

# Where the last answer led, for people to read, be it an address or not.
led()
{
	shown "$led_to"
}

# ask_at_once: asks for the addresses on stdin, one a line, in one process, and leaves
# their bodies in $scratch/each.1 and so on, and in $scratch/each a line with the status
# of each. That is empty where they have to be asked for one by one: if one of them was
# too large, curl has ended there; and without curl.
ask_at_once()
{
	cat >"$scratch/addresses"
	: >"$scratch/each"
	[ "$client" = curl ] || return 0
	mode=
	escaped=$(printf '%s' "$scratch" | sed 's/["\\]/\\&/g')
	awk -v "agent=$browser" '{
		printf "url = \"%s\"\noutput = \"%s/each.%d\"\n", $0, scratch, NR
	}
	END { printf "user-agent = \"%s\"\n", agent }' scratch="$escaped" "$scratch/addresses" |
		in_time curl -q -s -g --path-as-is -K - --max-time 60 -w '%{http_code}\n' \
			2>/dev/null | grep -x '[0-9][0-9][0-9]' >"$scratch/each" || :
	[ "$(wc -l <"$scratch/each")" -eq "$(wc -l <"$scratch/addresses")" ] || : >"$scratch/each"
}

# Why there was no answer, if there was none: name, refused, timeout, tls, certificate,
# dropped, or nothing that is known.
failure()
{
	[ "$status" = 000 ] || return 0
	case $client$exit_status in
	curl6) printf 'name' ;;
	curl7) printf 'refused' ;;
	curl28) printf 'timeout' ;;
	curl35) printf 'tls' ;;
	curl51 | curl60 | curl58 | curl77 | wget5) printf 'certificate' ;;
	curl52 | curl56 | curl18) printf 'dropped' ;;
	wget* | busybox*)
		case $(head -c 4000 "$scratch/head" | tr '[:upper:]' '[:lower:]') in
		*certificate*) printf 'certificate' ;;
		*'unable to resolve'* | *'bad address'* | *'name or service'*) printf 'name' ;;
		*refused*) printf 'refused' ;;
		*'timed out'*) printf 'timeout' ;;
		*ssl* | *tls*) printf 'tls' ;;
		*'no data'* | *'reading header'* | *'error getting response'*) printf 'dropped' ;;
		esac
		;;
	esac
}

# What the last answer said in header $1 (in small letters), as it came: to be
# compared, and not to be used otherwise; see `shown`.
header()
{
	name="$1:" awk 'BEGIN { name = ENVIRON["name"] }
	NR > 2 && tolower(substr($0, 1, length(name))) == name {
		value = substr($0, length(name) + 1)
		gsub(/^[ \t]+|[ \t]+$/, "", value)
		print value
		exit
	}' "$scratch/answer"
}

# What came from outside, for people to read: one short line of ASCII, any other
# byte as a question mark.
shown()
{
	printf '%s' "$1" | head -c 200 | tr -c ' -~' '?'
}

# The outcome that the page in the body names, if it is one of the program's.
outcome_of_page()
{
	seen=$(sed -n '/.*data-outcome="\([a-z-]*\)".*/{
		s//\1/p
		q
	}' "$scratch/body")
	case $seen in
	form | empty | mistyped | unknown | used-up | expired | not-yet | broken | slow-down | \
		bad-request | try-again | not-set-up | link-closed | files) printf '%s' "$seen" ;;
	esac
}

# How large the file is of which the last answer has a part: digits, or nothing.
whole_size()
{
	header content-range | sed -n 's,^bytes [0-9]*-[0-9]*/\([0-9]*\)$,\1,p' | grep -x '[0-9]\{1,15\}' || :
}

# Does the body have the text $1 in it?
body_has()
{
	grep -Fq -e "$1" "$scratch/body"
}

# A path or name as it stands in an address, as the program writes it.
percent()
{
	printf '%s' "$1" | od -An -v -tx1 | tr -s ' ' '\n' | awk '
	BEGIN {
		plain = "-_.~/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		digits = "0123456789abcdef"
		for (i = 1; i <= length(plain); i++)
			kept[substr(plain, i, 1)]
		for (i = 32; i < 127; i++) {
			hex = substr(digits, int(i / 16) + 1, 1) substr(digits, i % 16 + 1, 1)
			if (sprintf("%c", i) in kept)
				as[hex] = sprintf("%c", i)
		}
	}
	$1 != "" { printf "%s", ($1 in as) ? as[$1] : "%" toupper($1) }'
}

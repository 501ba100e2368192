# Links that an object store checks; sourced by doctor. It has none of doctor's own
# files, but those for sale.

# Sets $sold to the smallest file for sale, and $sold_size.
find_smallest()
{
	find "$home/files/." ! -name . \( -name '.*' -prune -o -type f ! -name "$probe" -size +0 -print \) |
		while IFS= read -r path; do
			printf '%s %s\n' "$(size_of "$path")" "${path#"$home/files/./"}"
		done | sort -n | sed -n 1p >"$scratch/smallest"
	read -r sold_size sold <"$scratch/smallest" ||
		die "there is nothing for sale yet: what is in the bucket must be in $(short "$home")/files, too, by name and size"
}

# Is $1 an address in the store, signed for the encoded name $2? The program writes a
# host as browsers do, in small letters and without the usual port.
is_store_address()
{
	host=$(printf '%s' "${s3_endpoint#*://}" | tr '[:upper:]' '[:lower:]')
	bucket=$(printf '%s' "$s3_bucket" | tr '[:upper:]' '[:lower:]')
	case $s3_endpoint in
	http://*) host=${host%:80} ;;
	https://*) host=${host%:443} ;;
	esac
	case $1 in
	"${s3_endpoint%%://*}://$host"/* | "${s3_endpoint%%://*}://$bucket.$host"/*) ;;
	*) return 1 ;;
	esac
	case ${1%%\?*} in
	*"/$2") ;;
	*) return 1 ;;
	esac
	case $1 in
	*\?*\&X-Amz-Signature=*) is_hex 64 "${1##*&X-Amz-Signature=}" ;;
	*) return 1 ;;
	esac
}

# The store's address, or the program's own, which leads there.
s3_location()
{
	if is_store_address "$1" "$2"; then
		link=$1
		return
	fi
	signed_location "$1" "$2" || return 1
	[ -z "$link" ] || follow_to_store "$2"
}

s3_listed()
{
	signed_listed "$1" && follow_to_store "$1"
}

# The program signs for the store when its own link is opened.
follow_to_store()
{
	ask "$link"
	link=
	is_store_address "$location" "$1" && link=$location
}

# Its bytes are not here to be compared.
check_store()
{
	# the last bytes, for a whole album would take its time
	tail_start=$((sold_size > 100 ? sold_size - 100 : sold_size - 1))
	ask "$link" from "$tail_start"
	whole=$(whole_size)
	[ "$status" != 200 ] || whole=$(header content-length | grep -x "[0-9]\{1,15\}") || whole=
	case $status in
	200 | 206)
		if [ "$whole" = "$sold_size" ]; then
			works=yes
			good link "the right signature: $status, and $sold has its size"
			return
		fi
		wrong link "$sold has ${whole:-no known number of} bytes in the bucket, and $sold_size here"
		advise 'The page of several files tells buyers the size that it has here. Put the same file in both places, or make one here that is as large and takes no room:'
		line "truncate -s ${whole:-SIZE} $(quoted_path "$home/files/$sold")"
		;;
	000)
		wrong link "nobody answers at $(shown "${link%%\?*}")"
		in_settings 's3-endpoint: https://HOST'
		;;
	*)
		ask "$link" # clients leave out why a part is refused
		fault=$(store_says Code)
		wrong link "the store refuses the right signature (${fault:+$fault, }$status)"
		explain_store
		;;
	esac
}

# store_says NAME: prints the first word of that name in the store's answer.
store_says()
{
	sed -n "s/.*<$1>\([A-Za-z0-9-]\{1,40\}\)<.*/\1/p" "$scratch/body" | sed -n 1p
}

explain_store()
{
	due=$(store_says Region)
	if [ -n "$due" ] && [ "$due" != "$s3_region" ]; then
		in_settings "s3-region: $due"
		return
	fi
	case $fault$status in
	NoSuchBucket* | InvalidBucketName*)
		in_settings 's3-bucket: NAME'
		[ "$s3_style" != virtual ] ||
			advise 'Or the store wants s3-style: path.'
		;;
	NoSuchKey* | 404) advise "It has no such file: put $sold there, under this name${s3_prefix:+ below $s3_prefix}." ;;
	SignatureDoesNotMatch*)
		advise "s3-secret or s3-region is not the store's; or something in front of it changes the host. In $(short "$conf")." ;;
	InvalidAccessKeyId*) advise "The store does not know s3-key of $(short "$conf")." ;;
	AccessDenied*) advise 'The key may not read objects, or the clock here is wrong.' ;;
	RequestTimeTooSkewed*) advise 'The clock here is wrong: it must be set by the network (NTP). Ask your host.' ;;
	*) advise 'Its answer has the reason; the log of the store may have more.' ;;
	esac
}

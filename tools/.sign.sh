# Signatures of links as the program makes them, so that doctor can make one that is
# right but for its time; sourced by doctor, which has read the settings.
#
#   take_apart LINK   sets $signed_with, the signature in LINK, and what it is of
#   signature         prints the signature that these should have
#   age               takes 2020-01-01 for the time
#   link_with MAC     prints the link with what there is now
#
# Secrets are never arguments of a program: other users see those.

find_digest()
{
	for digest in sha256sum 'shasum -a 256' 'openssl dgst -sha256 -r' ''; do
		! command -v "${digest%% *}" >/dev/null 2>&1 || return 0
	done
	return 1
}

# Of what is on stdin, in hexadecimal.
sha256()
{
	case $digest in
	sha256sum) sha256sum ;;
	shasum*) shasum -a 256 ;;
	*) openssl dgst -sha256 -r ;;
	esac | cut -c 1-64
}

md5()
{
	if command -v md5sum >/dev/null 2>&1; then
		md5sum
	else
		openssl dgst -md5 -r
	fi | cut -c 1-32
}

# The bytes on stdin, in hexadecimal.
to_hex()
{
	od -An -v -tx1 | tr -d ' \n'
}

# bytes HEX [NUMBER]: the bytes that HEX says, each XOR NUMBER.
bytes()
{
	rest=$1
	octal=
	while [ "$rest" ]; do
		byte=$((0x${rest%"${rest#??}"} ^ ${2:-0}))
		rest=${rest#??}
		octal="$octal\\0$((byte / 64))$((byte / 8 % 8))$((byte % 8))"
	done
	printf '%b' "$octal"
}

# hmac KEY: HMAC-SHA256 (RFC 2104) of what is on stdin, all in hexadecimal.
hmac()
{
	pad=$1
	[ "${#pad}" -le 128 ] || pad=$(bytes "$pad" | sha256)
	while [ "${#pad}" -lt 128 ]; do
		pad=${pad}00
	done
	inner=$({ bytes "$pad" 54 && cat; } | sha256)
	{ bytes "$pad" 92 && bytes "$inner"; } | sha256
}

# Of hexadecimal on stdin: base64url (RFC 4648, 5) without padding.
base64url()
{
	awk '
	function value(letter) { return index("0123456789abcdef", letter) - 1 }
	{
		digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		# three digits of 4 bits are two of 6
		while (length($0) % 3)
			$0 = $0 "0"
		for (i = 1; i <= length($0); i += 3) {
			bits = value(substr($0, i, 1)) * 256 + value(substr($0, i + 1, 1)) * 16 + \
				value(substr($0, i + 2, 1))
			text = text substr(digits, int(bits / 64) + 1, 1) substr(digits, bits % 64 + 1, 1)
		}
		print text
	}'
}

#
# cgi: PROGRAM/<end>/<mac>/<what>
#

# A path as it is, of one as it stands in an address.
decoded()
{
	printf '%b' "$(printf '%s\n' "$1" | awk '
	function value(letter) { return index("0123456789ABCDEF", letter) - 1 }
	{
		count = split($0, part, "%")
		text = part[1]
		for (i = 2; i <= count; i++) {
			code = value(substr(part[i], 1, 1)) * 16 + value(substr(part[i], 2, 1))
			text = text sprintf("\\0%03o", code) substr(part[i], 3)
		}
		print text
	}')"
}

take_apart_cgi()
{
	what=${1#"$site$program_path/"}
	when=${what%%/*}
	what=${what#*/}
	signed_with=${what%%/*}
	what=${what#*/}
}

signature_cgi()
{
	printf 'file %s %s' "$when" "$(decoded "$what")" | hmac "$(printf '%s' "$key" | to_hex)"
}

age_cgi()
{
	when=1577836800
}

link_with_cgi()
{
	printf '%s/%s/%s/%s' "$site$program_path" "$when" "$1" "$what"
}

#
# secdownload: PREFIX/<mac>/<time>/<what>
#

take_apart_secdownload()
{
	what=${1#"$site$prefix/"}
	signed_with=${what%%/*}
	what=${what#*/}
	when=${what%%/*}
	what=${what#*/}
}

signature_secdownload()
{
	if [ "$algorithm" = md5 ]; then
		printf '%s/%s%s' "$secret" "$(decoded "$what")" "$when" | md5
	else
		printf '/%s/%s' "$when" "$(decoded "$what")" | hmac "$(printf '%s' "$secret" | to_hex)" |
			base64url | cut -c 1-43
	fi
}

age_secdownload()
{
	when=5e0be100
}

link_with_secdownload()
{
	printf '%s/%s/%s/%s' "$site$prefix" "$1" "$when" "$what"
}

#
# s3: ORIGIN/<what>?<query>&X-Amz-Signature=<mac>
#

take_apart_s3()
{
	host=${1#*://}
	what=/${host#*/}
	host=${host%%/*}
	query=${what#*\?}
	what=${what%%\?*}
	signed_with=${query##*&X-Amz-Signature=}
	query=${query%&X-Amz-Signature=*}
	origin=${1%%://*}://$host
}

in_query()
{
	printf '%s\n' "$query" | tr '&' '\n' | sed -n "s/^$1=//p"
}

signature_s3()
{
	scope=$(in_query X-Amz-Credential | sed 's,%2F,/,g')
	scope=${scope#*/}
	hash=$(printf 'GET\n%s\n%s\nhost:%s\n\nhost\nUNSIGNED-PAYLOAD' "$what" "$query" "$host" |
		sha256)
	mac=$(printf 'AWS4%s' "$s3_secret" | to_hex)
	rest_of_scope=$scope/
	while [ "$rest_of_scope" ]; do
		mac=$(printf '%s' "${rest_of_scope%%/*}" | hmac "$mac")
		rest_of_scope=${rest_of_scope#*/}
	done
	printf 'AWS4-HMAC-SHA256\n%s\n%s\n%s' "$(in_query X-Amz-Date)" "$scope" "$hash" | hmac "$mac"
}

age_s3()
{
	day=$(in_query X-Amz-Date)
	day=${day%%T*}
	is_digits 8 "$day" || day=20200101
	query=$(printf '%s\n' "$query" |
		sed "s/\(X-Amz-Credential=[^&]*%2F\)$day%2F/\120200101%2F/; s/X-Amz-Date=[^&]*/X-Amz-Date=20200101T000000Z/")
}

link_with_s3()
{
	printf '%s?%s&X-Amz-Signature=%s' "$origin$what" "$query" "$1"
}

take_apart()
{
	"take_apart_$delivery" "$1"
}

signature()
{
	"signature_$delivery"
}

age()
{
	"age_$delivery"
}

link_with()
{
	"link_with_$delivery" "$1"
}

#!/bin/sh
# README's "When something is wrong": each thing that a buyer may read and each line
# of the error log is brought about, and says what README says it does.
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
need curl

shop_stock
base='start: page'
base_settings()
{
	settings "home: $shop/home" "secure: $shop/public_html/secure" "$base" "$@"
	[ "$(id -u)" != 0 ] || chown "$shop_user:" "$cgi/.htredeem"
}

# What stands on the left in that section, in one line.
readme=$(sed -n '/^When something is wrong$/,/^Upgrade, back up/p' "$top/README" |
	grep '^    ' | cut -c 5-40 | tr -s ' \n' ' ')

# told WORDS: README has them, and so has the page or the complaint.
told()
{
	case $readme in
	*"$1"*) verdict 0 "README tells of: $1" ;;
	*) verdict 1 "README tells of: $1" ;;
	esac
	shown=$(cat "$tmp/answer" "$tmp/complaint" | tr -s ' \n' ' ' | sed "s/$(printf '\342\200\231')/'/g")
	case $shown in
	*"$1"*) verdict 0 "and it is so" ;;
	*)
		verdict 1 "and it is so"
		explain "in: $(printf '%s' "$shown" | sed 's/<style>.*<\/style>//' | head -c 1500)"
		;;
	esac
}

base_settings
post 0000-0000-0000
told "We don't recognise this code"
post 7k3m-9qxa-2ftg
told 'One character seems to be mistyped'
code USED1111 'uses: 3' 'limit: 3' 'file: first-light.zip'
post USED1111
told 'All downloads of this code have been used'
code LATE1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'expires: 2024-02-29'
post LATE1111
told 'This code has expired'
code SOON1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'from: 2037-01-15'
post SOON1111
told 'This code will work from'
code GONE1111 'uses: 0' 'limit: 3' 'file: gone.zip'
post GONE1111
told 'Something is wrong with this download'
base_settings 'tries: 1'
post NOSUCHCODE REMOTE_ADDR=192.0.2.1
post NOSUCHCODE REMOTE_ADDR=192.0.2.1
told 'Too many wrong codes came from your connection'
base_settings

code BUSY1111
held="$tmp/held"
flock "$code_file" sh -c ": >'$held'; sleep 60" &
holder=$!
at_end "kill $holder 2>/dev/null"
await 10 test -e "$held"
post BUSY1111
told 'The shop is busy'
told 'timed out'
pkill -P "$holder" sleep 2>/dev/null || :
kill "$holder" 2>/dev/null || :

base_settings 'window: soon'
cgi REQUEST_METHOD=GET </dev/null
told 'The shop is not ready yet'
told 'window: must be a number from 1 to 86400'
base_settings
printf 'key: 0123456789abcdef0123456789abcdef\n' >>"$cgi/.htredeem"
cgi REQUEST_METHOD=GET </dev/null
told 'others can read the secrets in it'
rm "$cgi/.htredeem"
cgi REQUEST_METHOD=GET </dev/null
told '.htredeem: No such file or directory'
settings 'home: /nowhere/shop' "secure: $shop/public_html/secure"
cgi REQUEST_METHOD=GET </dev/null
told 'No such file or directory'
mkdir "$shop/public_html/press"
: >"$shop/public_html/press/index.html"
settings "home: $shop/home" "secure: $shop/public_html/press"
cgi REQUEST_METHOD=GET </dev/null
told 'is not empty: name a folder that is for links alone'
base_settings
code TORN1111 'limit: 3' 'uses: many' 'file: first-light.zip'
post TORN1111
told ':2: uses: not a number'
post GONE1111
told '.zip: No such file or directory'
finish

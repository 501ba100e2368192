#!/bin/sh
# delivery: cgi: what is opened is what was signed, until when it was signed for, and
# never anything but a file for sale, even with a right signature. [S16] [S9]
. "${0%/*}/lib.sh"
need perl setpriv strace

shop_stock
key=$(random_hex 32)
settings "home: $shop/home" 'delivery: cgi' "key: $key"
chmod 600 "$cgi/.htredeem"
shop_own
file=$shop/home/files/first-light.zip
now=$(date +%s)
later=$((now + 100))

# mac KIND END WHAT [KEY]: as the manual in redeem.c has it, by another program
mac()
{
	printf '%s %s %s' "$1" "$2" "$3" | perl -MDigest::SHA=hmac_sha256_hex -e '
		undef $/; print hmac_sha256_hex(<STDIN>, $ARGV[0])' "${4:-$key}"
}

# get PATH [NAME=VALUE...]: what the program says to GET of the link PATH
get()
{
	path=$1
	shift
	cgi REQUEST_METHOD=GET PATH_INFO="$path" "$@" </dev/null
}

# get_signed END WHAT: with a right signature
get_signed()
{
	get "/$1/$(mac file "$1" "$2")/$2"
}

body()
{
	sed '1,/^\r*$/d' "$tmp/answer"
}

# refused_with NAME STATUS: the last answer has that status, and nothing of the file
refused_with()
{
	is "$1" "$(status) $(outcome)" "$2"
	body >"$tmp/body"
	ok "$1: no bytes" sh -c "! cmp -s -n 64 '$tmp/body' '$file'"
}

# Where the program is the whole site, or a folder of it, no address has two slashes:
# a browser would take the number behind them for a machine.
for address in / /redeem/ /redeem; do
	settings "home: $shop/home" 'delivery: cgi' "key: $key" "address: https://label.example$address"
	chmod 600 "$cgi/.htredeem"
	shop_own
	code SLASH1
	post slash1
	like "the program at $address" "$(location)" "^${address%/}/[0-9]+/[0-9a-f]{32,64}/first-light\\.zip\$"
	path=$(location)
	get "${path#"${address%/}"}"
	is "what it gives there is opened" "$(status)" 200
done
settings "home: $shop/home" 'delivery: cgi' "key: $key"
chmod 600 "$cgi/.htredeem"
shop_own

get_signed "$later" first-light.zip
is 'signed' "$(status)" 200
body >"$tmp/body"
ok 'signed: the exact bytes' cmp "$tmp/body" "$file"
cgi REQUEST_METHOD=HEAD PATH_INFO="/$later/$(mac file "$later" first-light.zip)/first-light.zip" </dev/null
is 'HEAD' "$(status)" 200
like 'HEAD: the length' "$(cat "$tmp/answer")" '^Content-Length: 300000$'
is 'HEAD: no byte of it' "$(body | wc -c)" 0
get "/$later/$(mac file "$later" first-light.zip)/first-light.zip" HTTP_RANGE='bytes=0-'
is 'all of it as a part' "$(status)" 206

# another signature, time or file
get_signed "$((now - 2))" first-light.zip
refused_with 'over' '410 link-closed'
get_signed 1000000000 first-light.zip
refused_with 'long over' '410 link-closed'
right=$(mac file "$later" first-light.zip)
get "/$((later + 1))/$right/first-light.zip"
refused_with 'another time' '403 link-closed'
get "/0$later/$right/first-light.zip"
refused_with 'the time in other digits' '403 link-closed'
get "/$later/$right/second-light.zip"
refused_with 'another file' '403 link-closed'
get "/$later/${right%?}/first-light.zip"
refused_with 'a shorter signature' '403 link-closed'
get "/$later/${right}0/first-light.zip"
refused_with 'a longer signature' '403 link-closed'
get "/$later/$(printf '%s' "$right" | tr a-f A-F)/first-light.zip"
refused_with 'the signature in upper case' '403 link-closed'
get "/$later//first-light.zip"
refused_with 'no signature' '403 link-closed'
get "/$later/$(mac file "$later" first-light.zip "$(random_hex 32)")/first-light.zip"
refused_with 'of another key' '403 link-closed'
get "//$later/$right/first-light.zip"
refused_with 'a slash more' '403 link-closed'
for path in "/$later/$right" "/$later" /x "/-1/$right/first-light.zip" \
	"/99999999999999999999/$right/first-light.zip" "/$later/$right/"; do
	get "$path"
	refused_with "half a link, $(printf '%s' "$path" | head -c 20)" '403 link-closed'
done
first=$(printf '%s' "$right" | cut -c 1-63)
for last in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do
	get "/$later/$first$last/first-light.zip"
	printf '%s\n' "$(status)"
done | sort | uniq -c | sed 's/^ *//' >"$tmp/statuses"
is 'one of sixteen last digits' "$(tr '\n' ' ' <"$tmp/statuses")" '1 200 15 403 '

# signed, but not for sale: a key that was lost opens no more than the shop sells
mkdir -p "$shop/home/files/.hidden" "$shop/home/files/flac"
for name in .hidden/x .y flac/.y shell.php page.shtml; do
	cp "$file" "$shop/home/files/$name"
done
cp "$file" "$shop/home/outside.zip"
ln -s ../outside.zip "$shop/home/files/link.zip"
ln -s "$shop/home/outside.zip" "$shop/home/files/flac/link.zip"
ln -s .. "$shop/home/files/up"
mkfifo "$shop/home/files/pipe.zip"
cp "$file" "$shop/home/files/closed.zip"
shop_own
for name in .hidden/x .y flac/.y shell.php page.shtml link.zip flac/link.zip up/outside.zip \
	../outside.zip ../codes/format.txt flac/../../outside.zip "$shop/home/outside.zip" \
	flac flac/ pipe.zip ./first-light.zip flac/../first-light.zip \
	none.zip; do
	get_signed "$later" "$name"
	refused_with "signed, but not for sale: $name" '500 broken'
done
long=$(printf '%01100d' 0)
get_signed "$later" "$long"
refused_with 'a name that is too long' '403 link-closed'

# a list is no file, a file no list, and a list has one name
token=$(random_hex 16)
case $token in
*0) other=${token%?}1 ;;
*) other=${token%?}0 ;;
esac
mkdir -p "$shop/home/lists/$((later / 60))"
printf 'the list' >"$shop/home/lists/$((later / 60))/$token"
shop_own
list=$(mac list "$later" "$token")
get "/$later/$list/$token/downloads.html"
is 'a list' "$(status) $(body)" '200 the list'
for name in "$token" "$token/" "$token/other.html" "$token/downloads.html/" \
	"$other/downloads.html"; do
	get "/$later/$list/$name"
	refused_with "$(printf '%s' "$name" | sed "s,$token,TOKEN,") of a list" '403 link-closed'
done
get "/$later/$(mac file "$later" "$token")/$token/downloads.html"
refused_with 'a list with the signature of a file' '403 link-closed'
get "/$later/$(mac list "$later" first-light.zip)/first-light.zip"
refused_with 'a file with the signature of a list' '403 link-closed'
get "/$((now - 2))/$(mac list "$((now - 2))" "$token")/$token/downloads.html"
refused_with 'a list that is over' '410 link-closed'
get "/$later/$(mac list "$later" ../../log)/../../log/downloads.html"
refused_with 'a list that is none' '403 link-closed'
rm "$shop/home/lists/$((later / 60))/$token"
get "/$later/$list/$token/downloads.html"
refused_with 'a list that was swept' '410 link-closed'
mkdir "$shop/home/lists/$((later / 60))/$token"
get "/$later/$list/$token/downloads.html"
refused_with 'a list that cannot be read' '503 try-again'
like 'which the owner hears of' "$(cat "$tmp/complaint")" '^redeem: lists: Is a directory'
rmdir "$shop/home/lists/$((later / 60))/$token"

# a bucket that never becomes one: it is tried twice, not for ever, and nothing counts
rmdir "$shop/home/lists/$((later / 60))"
for minute in 2 3 4 5; do
	ln -s nowhere "$shop/home/lists/$((now / 60 + minute))"
done
mkdir "$shop/home/files/pair"
ln "$file" "$shop/home/files/pair/a.zip"
ln "$file" "$shop/home/files/pair/b.zip"
code PAIR1 'uses: 0' 'limit: 3' 'file: pair/'
shop_own
post PAIR1 "$(command -v timeout)" 20 || :
is 'a list that cannot be kept' "$(status) $(outcome) $(value uses "$code_file")" '503 try-again 0'
like 'which the owner hears of' "$(cat "$tmp/complaint")" \
	'^redeem: lists/[0-9]*/[0-9a-f]{32}: No such file or directory$'
rm "$shop"/home/lists/*

# a read that a signal ends is begun again
get "/$later/$(mac file "$later" first-light.zip)/first-light.zip" \
	"$(command -v strace)" -qq -o "$tmp/trace" -e trace=pread64 -e inject=pread64:error=EINTR:when=2 || :
body >"$tmp/body"
ok 'a signal comes while the file is read: all of it arrives' cmp "$tmp/body" "$file"
like 'it did come' "$(cat "$tmp/trace")" 'EINTR.*INJECTED'
get "/$later/$(mac file "$later" first-light.zip)/first-light.zip" \
	"$(command -v strace)" -qq -o "$tmp/trace" -e trace=pread64 -e inject=pread64:retval=0:when=1 || :
like 'a file that has become shorter is an error' "$(tail -n 1 "$tmp/complaint")" '(I/O|Input/output) error'

# what the program cannot read is not counted [S4]; root can read everything
set --
[ "$(id -u)" != 0 ] ||
	set -- "$(command -v setpriv)" --reuid "$shop_user" --regid "$shop_user" --clear-groups
mkdir "$shop/home/files/mixed"
cp "$file" "$shop/home/files/mixed/open.zip"
cp "$file" "$shop/home/files/mixed/shut.zip"
shop_own
chmod 000 "$shop/home/files/mixed/shut.zip"
for sold in mixed/shut.zip mixed/; do
	code SHUT1 'uses: 0' 'limit: 3' "file: $sold"
	post SHUT1 "$@"
	is "cannot be read: $sold" "$(status) $(outcome) $(value uses "$code_file")" '500 broken 0'
	like 'which is said' "$(cat "$tmp/complaint")" '^redeem: files/mixed/shut.zip: Permission denied$'
done
code SHUT1 'uses: 0' 'limit: 3' 'file: mixed/open.zip'
post SHUT1 "$@"
is 'what can be read is' "$(status) $(value uses "$code_file")" '303 1'

# a secret that others can read is a settings error [S13]
chmod 604 "$cgi/.htredeem"
get_signed "$later" first-light.zip
refused_with 'settings that others can read' '500 not-set-up'
like 'which is said' "$(cat "$tmp/complaint")" 'others can read'
chmod 600 "$cgi/.htredeem"

# a line that is left of delivery: apache
settings "home: $shop/home" 'delivery: cgi' "key: $key" "secure: $shop/public_html/gone"
chmod 600 "$cgi/.htredeem"
shop_own
get_signed "$later" first-light.zip
is 'the folder of another delivery need not be there' "$(status)" 200

# an address that has no room is not given, and not counted
folder=$(printf '%0120d' 0 | sed 's/0/ü/g')
mkdir -p "$shop/home/files/$folder/$folder/$folder"
cp "$file" "$shop/home/files/$folder/$folder/$folder/$folder"
settings "home: $shop/home" 'delivery: s3' 's3-endpoint: http://127.0.0.1:9' 's3-region: r' \
	's3-bucket: b' 's3-key: k' "s3-secret: $key" "s3-token: $(printf '%01000d' 0 | tr 0 /)" \
	"s3-prefix: $(printf '%0300d' 0 | tr 0 +)"
chmod 600 "$cgi/.htredeem"
code WIDE1 'uses: 0' 'limit: 3' "file: $folder/$folder/$folder/$folder"
shop_own
post WIDE1
is 'an address without room' "$(status) $(outcome) $(value uses "$code_file")" '500 broken 0'
like 'which is said' "$(cat "$tmp/complaint")" 'its address is too long$'
settings "home: $shop/home" 'delivery: cgi' "key: $key"
chmod 600 "$cgi/.htredeem"
shop_own

# a pipe that does not wait, as some servers have it
mac=$(mac file "$later" first-light.zip)
env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET SCRIPT_NAME=/cgi-bin/redeem.cgi \
	SCRIPT_FILENAME="$cgi/redeem.cgi" PATH_INFO="/$later/$mac/first-light.zip" \
	"$(command -v perl)" -MFcntl -e 'fcntl STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK; exec @ARGV' \
	"$cgi/redeem.cgi" </dev/null 2>"$tmp/complaint" | { sleep 1 && cat; } >"$tmp/answer"
body >"$tmp/body"
ok 'a pipe that does not wait: all of the file' cmp "$tmp/body" "$file"

# memory, while the pipe is full: it does not grow with the file
truncate -s 300000000 "$shop/home/files/album.zip"
mkfifo "$tmp/pipe"
env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET SCRIPT_NAME=/cgi-bin/redeem.cgi \
	SCRIPT_FILENAME="$cgi/redeem.cgi" \
	PATH_INFO="/$later/$(mac file "$later" album.zip)/album.zip" \
	"$cgi/redeem.cgi" </dev/null >"$tmp/pipe" 2>"$tmp/complaint" &
sender=$!
at_end "stop $sender"
exec 3<"$tmp/pipe"
# Prints what has been resident at most of the program that sends, in KiB.
peak()
{
	sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$sender/status"
}
head -c 1000000 <&3 >/dev/null
begun=$(peak)
head -c 289000000 <&3 >/dev/null
peak=$(peak)
ok "resident memory was ${begun:-unknown} KiB after a megabyte, and grows by at most 64" \
	test "${peak:-9999}" -le "$((${begun:-0} + 64))"
# glibc alone takes more
limit=600
! grep -aq 'glibc\.' "$cgi/redeem.cgi" || limit=1200
ok "resident memory is ${peak:-unknown} KiB: at most $limit" test "${peak:-9999}" -le "$limit"
# whoever receives goes away
exec 3<&-
ended()
{
	! kill -0 "$sender"
}
ok 'it ends when nobody receives' await 10 ended
wait "$sender" || :
is 'which is not worth a line in the log of errors' "$(cat "$tmp/complaint")" ''
finish

#!/bin/sh
# Hostile requests: each gets the answer that the contract names, nothing of the
# inside shows, nothing is counted. First to the program itself, then through
# Apache, then a thousand at random.
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
need awk cc mkfifo timeout

shop_stock
secure=$shop/public_html/secure
form_type=application/x-www-form-urlencoded

# audit WANTED FILE...: what is wrong with so many answers; nothing if all is
# well. [S10] [S11] [S12]
audit()
{
	wanted=$1
	shift
	awk -v wanted="$wanted" -v inside="$tmp|[.]htredeem|home/|codes/|redeem: |root:|No such |denied|\
Is a dir|Not a dir|Too many lev|Invalid arg|/output|No space|too large|Bad file|not a number|is required" '
	function wrong(what) { print file ": " what }
	function judge()
	{
		if (!started)
			wrong("begins with no status")
		if (!blank)
			wrong("has no end of its headers")
		if (status == 303 && (location != 1 || size > 0))
			wrong("303 without one good Location, or with a body")
		if (status != 303 && location > 0)
			wrong("has a Location")
		if (status != 303 && size > 0 && outcomes != 1)
			wrong(outcomes " outcomes")
		if (status != 303 && policy != 4)
			wrong("misses a header of a page")
	}
	FNR == 1 {
		if (seen++)
			judge()
		file = FILENAME
		started = /^Status: [1-5][0-9][0-9] [A-Z]/
		status = $2
		blank = location = size = outcomes = policy = 0
	}
	$0 ~ inside { wrong("reveals: " $0) }
	/\r/ { wrong("has a CR") }
	!blank && /^Location: \/secure\/[0-9]+\/[0-9a-f]+\/[A-Za-z0-9._-]+\?[0-9a-f]+$/ { location++ }
	!blank && /^[Ll]ocation:/ && !/^Location: \/secure\// { location += 2 }
	!blank && /^(Cache-Control: no-store|Referrer-Policy: no-referrer)$/ { policy++ }
	!blank && /^(X-Content-Type-Options: nosniff$|Content-Security-Policy: script-src .none.;)/ { policy++ }
	!blank && !/^[A-Z][A-Za-z-]*: ./ && !/^$/ { wrong("header: " $0) }
	blank { size += length($0) + 1; outcomes += gsub(/data-outcome="[a-z]/, "&") }
	/<script|evil[.]example/ { wrong("is made to do something: " $0) }
	/^$/ { blank = 1 }
	END {
		if (seen)
			judge()
		if (seen != wanted)
			print seen + 0 " of " wanted " answers"
	}' "$@"
}

# shown NAME STATUS OUTCOME: what the last request got, and that its answer
# and the complaints are fit to be seen
shown()
{
	shown=$((${shown:-0} + 1))
	grep -v '^redeem: [[:print:]]*$' "$tmp/complaint" >"$tmp/strange" || :
	is "$1" "$(status) $(outcome) $(audit 1 "$tmp/answer" | cat - "$tmp/strange")" "$2 $3 "
}

# hostile NAME STATUS OUTCOME METHOD BODY [NAME=VALUE...]: BODY has the escapes of
# printf %b
hostile()
{
	name=$1
	wanted_status=$2
	wanted_outcome=$3
	method=$4
	printf '%b' "$5" >"$tmp/sent"
	shift 5
	cgi REQUEST_METHOD="$method" CONTENT_TYPE="$form_type" \
		CONTENT_LENGTH="$(wc -c <"$tmp/sent")" "$@" <"$tmp/sent"
	shown "$name" "$wanted_status" "$wanted_outcome"
}

# unchanged NAME: no code but those named USED... was counted, and each use made
# one link
kept_codes()
{
	(cd "$shop/home/codes" && find . -type f ! -name 'USED*' -exec cksum {} + | sort)
}
unchanged()
{
	is "$1: nothing is counted" "$(kept_codes)" "$codes_before"
	is "$1: no other link is there" "$(find "$secure" -mindepth 2 -maxdepth 2 | wc -l)" \
		"$(cat "$shop"/home/codes/USED* | grep -c '^uses: 1$')"
}

utf8()
{
	ok "$1: the page is UTF-8" iconv -f UTF-8 -t UTF-8 "$tmp/answer"
}

code REAL1111
code USED1111
code USED2222
code USED3333
code USED4444
long=$(printf '%04000d' 0)
codes_before=$(kept_codes)

# What is typed becomes part of a path only as letters and digits. [S1]
hostile 'a path that climbs' 404 unknown POST 'code=../../../../etc/passwd'
hostile 'the same, encoded' 404 unknown POST 'code=%2e%2e%2f%2e%2e%2fetc%2fpasswd'
hostile 'the same, encoded twice' 404 unknown POST 'code=%252e%252e%252fetc'
hostile 'the same, with backslashes' 404 unknown POST 'code=..%5c..%5cboot.ini'
hostile 'the same, in overlong UTF-8' 404 mistyped POST 'code=%c0%ae%c0%ae%c0%af'
hostile 'a whole path' 404 unknown POST 'code=/etc/passwd'
hostile 'a hidden file' 404 unknown POST 'code=.htaccess'
hostile 'a file that is no code' 404 unknown POST 'code=format.txt'
hostile 'a code and a path' 404 unknown POST 'code=REAL1111/../x'
hostile 'the name of a folder' 400 empty POST 'code=.'
hostile 'NUL, encoded' 400 empty POST 'code=%00%00%00%00%00'
hostile 'NUL, encoded, behind a code' 404 unknown POST 'code=REAL1111%00.txt'
hostile 'NUL as it is' 404 unknown POST 'code=REAL1111\0000.txt'
hostile 'NUL in the name of the field' 200 form GET '' QUERY_STRING='co%00de=x'
hostile 'a null device' 400 empty POST 'code=nul'
hostile 'shell: command' 400 empty POST 'code=%24(id)'
hostile 'shell: the next command' 404 unknown POST 'code=;rm%20-rf%20/'
hostile 'shell: pattern' 400 empty POST 'code=????????????'
hostile 'SQL' 404 unknown POST "code='%20OR%20'1'='1"
hostile 'a template' 400 empty POST 'code={{7*7}}'
hostile 'a format' 404 unknown POST 'code=%25n%25n%25n%25s'
hostile '65 characters' 400 empty POST "code=$(printf '%065d' 0)"
hostile '4000 characters' 400 empty POST "code=$long"

# Percent signs that lead nowhere.
hostile 'half an escape' 400 empty POST 'code=%'
hostile 'a third of an escape' 400 empty POST 'code=%4'
hostile 'no hexadecimal' 400 empty POST 'code=%zz%-1%%%'
hostile 'an escape cut off by the next field' 400 empty POST 'code=%&%'

# Bytes that are no text, and text that is no code. [S10]
hostile 'bytes that are no UTF-8' 404 mistyped POST 'code=\0377\0376\0200\0300'
utf8 'bytes that are no UTF-8'
hostile 'surrogates' 404 mistyped POST 'code=%ed%a0%80%ed%b0%80'
utf8 'surrogates'
hostile 'beyond Unicode' 404 mistyped POST 'code=%f4%90%80%80%f8%88%80%80%80'
utf8 'beyond Unicode'
hostile 'cut off in a character' 404 mistyped POST 'code=%e2%80'
utf8 'cut off in a character'
hostile '300 characters of four bytes' 404 mistyped POST "code=$(printf '%300s' '' | sed 's/ /%f0%9f%8e%b5/g')"
utf8 '300 characters of four bytes'
hostile 'wide letters' 404 unknown POST 'code=%ef%bc%b2%ef%bc%a5%ef%bc%a1%ef%bc%ac'
hostile 'right to left' 404 unknown POST 'code=%e2%80%aeNOSUCH'
hostile 'an escape of a terminal' 404 unknown POST 'code=%1b[31mNOSUCH%1b]0;x%07'
hostile 'a script' 404 unknown POST 'code=<script>alert(1)</script>'
hostile 'a script in a link to the form' 200 form GET '' 'QUERY_STRING=code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E'
hostile 'a script, not encoded, in a link' 200 form GET '' 'QUERY_STRING=code="><script>alert(1)</script>'
hostile 'an attribute' 404 unknown POST 'code=%22%20onfocus=alert(1)%20autofocus=%22'
unlike 'an attribute: stays a value' "$(cat "$tmp/answer")" '" onfocus'
hostile 'an attribute in single quotes' 404 unknown POST "code='%20onfocus='alert(1)"

# No header from a client. [S11]
hostile 'a header in a code' 404 unknown POST 'code=NOSUCH%0d%0aLocation:%20http://bad.example/'
hostile 'a header in a link to the form' 200 form GET '' 'QUERY_STRING=code=x%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a<p>'
hostile 'a header in the method' 405 bad-request "$(printf 'GET\r\nX-Evil: 1')" ''
hostile 'a header in the path of the script' 200 form GET '' "SCRIPT_NAME=/x$(printf '\r\nX-Evil: 1')"
hostile 'markup in the path of the script' 200 form GET '' 'SCRIPT_NAME=/"><script>alert(1)</script>'
hostile 'another host in the path of the script' 200 form GET '' SCRIPT_NAME=//evil.example/redeem.cgi
hostile 'a long path of the script' 200 form GET '' "SCRIPT_NAME=/$long"
hostile 'another host' 303 '' POST 'code=USED1111' HTTP_HOST=evil.example SERVER_NAME=evil.example \
	HTTP_X_FORWARDED_HOST=evil.example SERVER_PORT=99999

# The length is a number, is there, and is true.
for length in -1 +13 ' 13' '13 ' 0x0d 1e1 13,13 '13, 14' 13.0 abc "$(printf '13\n')x"; do
	hostile "length '$length'" 400 bad-request POST 'code=REAL1111' CONTENT_LENGTH="$length"
done
for length in 4097 99999999 4294967309 18446744073709551629 99999999999999999999999999 "$long"; do
	hostile "length $(printf '%.30s' "$length")" 413 bad-request POST 'code=REAL1111' \
		CONTENT_LENGTH="$length"
done
hostile 'an empty length' 411 bad-request POST 'code=REAL1111' CONTENT_LENGTH=
hostile 'chunks that no server has taken out' 400 empty POST 'd\r\ncode=REAL1111\r\n0\r\n\r\n' \
	CONTENT_LENGTH= HTTP_TRANSFER_ENCODING=chunked
hostile 'length 0, and a body' 400 empty POST 'code=REAL1111' CONTENT_LENGTH=0
hostile 'a body longer than its length' 404 unknown POST 'code=REAL1111' CONTENT_LENGTH=9
hostile 'a body shorter than its length' 400 bad-request POST 'code=REAL1111' CONTENT_LENGTH=14
hostile '4096 bytes of nothing' 400 empty POST "$(printf '%04096d' 0 | tr 0 '&')"

# Only a form is read.
for type in 'multipart/form-data; boundary=x' text/plain application/json "${form_type}x" \
	"x$form_type" "text/plain; $form_type" application/ ''; do
	hostile "type '$type'" 415 bad-request POST 'code=REAL1111' CONTENT_TYPE="$type"
done
hostile 'JSON for a form' 400 empty POST '{"code":"REAL1111"}'
hostile 'a field of another name' 400 empty POST 'CODE=REAL1111&code[]=REAL1111&xcode=REAL1111&=REAL1111'
hostile 'semicolons' 400 empty POST 'x=1;code=REAL1111'
hostile 'a field twice' 404 unknown POST 'code=NOSUCH&code=REAL1111'

# Only POST spends. [S8]
for method in PUT DELETE OPTIONS TRACE CONNECT PATCH PROPFIND post Post 'POST ' ' POST' POSTPOST '' "$long"; do
	hostile "method '$(printf '%.10s' "$method")'" 405 bad-request "$method" 'code=REAL1111'
done
hostile 'GET with a body' 200 form GET 'code=REAL1111'
hostile 'GET that says it is POST' 200 form GET 'code=REAL1111' HTTP_X_HTTP_METHOD_OVERRIDE=POST \
	QUERY_STRING='_method=POST&code=REAL1111'
hostile 'HEAD with a code' 200 '' HEAD 'code=REAL1111' QUERY_STRING=code=REAL1111
hostile 'POST with the code in the address' 400 empty POST '' QUERY_STRING=code=REAL1111
hostile 'a very long address' 200 form GET '' QUERY_STRING="code=$long$long$long$long"

# Variables: HTTP_... are the client's, and none of them is a setting.
printf 'home: %s\nsecure: %s\n' "$tmp" "$tmp" >"$tmp/other.conf"
hostile 'headers that would be settings' 404 unknown POST 'code=NOSUCH' \
	HTTP_REDEEM_CONF="$tmp/other.conf" HTTP_HOME="$tmp" HTTP_SCRIPT_FILENAME="$tmp/x" HTTP_TZ=x \
	HTTP_PROXY=http://evil.example HTTP_GATEWAY_INTERFACE=x HTTP_CONTENT_LENGTH=1
hostile 'a path behind that of the script' 200 form GET '' PATH_INFO=/../../etc/passwd \
	PATH_TRANSLATED=/etc/passwd DOCUMENT_ROOT=/etc
hostile 'an address that is none' 404 unknown POST 'code=NOSUCH' REMOTE_ADDR='%n%n../../x'
hostile 'an address too long' 404 unknown POST 'code=NOSUCH' REMOTE_ADDR="$long"
hostile 'an address of IPv6 with a zone' 404 unknown POST 'code=NOSUCH' REMOTE_ADDR='fe80::1%eth0'
hostile 'a time zone that is a file' 200 form GET '' TZ=:/etc/passwd
hostile 'settings in a place that is none' 500 not-set-up GET '' SCRIPT_FILENAME="/$long/x"
hostile 'settings that are a folder' 500 not-set-up GET '' REDEEM_CONF=/
hostile 'settings that never end' 500 not-set-up GET '' REDEEM_CONF=/dev/zero
bare()
{
	(cd / && env -i "$@" "$cgi/redeem.cgi" >"$tmp/answer" 2>"$tmp/complaint" </dev/null)
}
bare REQUEST_METHOD=GET
shown 'hardly a variable' 500 not-set-up
bare GATEWAY_INTERFACE=
shown 'only that it is a CGI' 500 not-set-up
for option in --version --check --help -h "$long"; do
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET SCRIPT_FILENAME="$cgi/x" QUERY_STRING="$option" \
		"$cgi/redeem.cgi" "$option" >"$tmp/answer" 2>"$tmp/complaint" </dev/null
	shown "an argument $(printf '%.10s' "$option")" 200 form
done
unchanged 'all of these'

# Descriptors that are closed.
hostile_closed()
{
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST CONTENT_TYPE="$form_type" CONTENT_LENGTH=13 \
		SCRIPT_FILENAME="$cgi/x" timeout 20 "$cgi/redeem.cgi"
}
hostile_closed >"$tmp/answer" 2>"$tmp/complaint" <&-
shown 'no input' 400 bad-request
printf 'code=USED2222' | hostile_closed >"$tmp/answer" 2>&-
: >"$tmp/complaint"
shown 'nowhere to complain' 303 ''
printf 'code=USED3333' | hostile_closed >&- 2>&-
is 'nowhere to answer: the record is whole' \
	"$(grep -c '^uses: 1$' "$shop/home/codes/USED3333") $(value limit "$shop/home/codes/USED3333")" '1 3'
if [ -e /dev/full ]; then
	printf 'code=USED4444' | hostile_closed >/dev/full 2>"$tmp/complaint"
	like 'an answer that cannot be sent is complained of' "$(cat "$tmp/complaint")" '^redeem: .*not sent'
fi
unchanged 'closed descriptors'

# Files that are no records. [S2] [S12]
codes=$shop/home/codes
mkdir "$codes/FOLDER1"
ln -s REAL1111 "$codes/LINKED1"
ln -s /etc/passwd "$codes/LINKED2"
ln -s nowhere "$codes/LINKED3"
mkfifo "$codes/FIFO1"
: >"$codes/EMPTY1"
head -c 5000 /dev/zero | tr '\0' ' ' >"$codes/BLANKS1"
{
	printf 'uses: 0\nlimit: 3\nfile: first-light.zip\nnote: '
	printf '%05000d\n' 0
} >"$codes/LONG1"
head -c 4096 "$shop/home/files/first-light.zip" >"$codes/BINARY1"
printf 'uses: 0\nlimit: 3\nfile: first-light.zip\nnote: \0\n' >"$codes/NUL1"
code TWICE1 'uses: 0' 'limit: 3' 'uses: 0' 'file: first-light.zip'
code NEGATIVE1 'uses: -1' 'limit: 3' 'file: first-light.zip'
code ENDLESS1 'uses: 0' 'limit: 99999999999999999999' 'file: first-light.zip'
shop_own
codes_before=$(kept_codes)
for bad in FOLDER1 LINKED1 LINKED2 LINKED3 FIFO1 EMPTY1 BLANKS1 LONG1 BINARY1 NUL1 TWICE1 NEGATIVE1 ENDLESS1; do
	hostile "a code's file: $bad" 500 broken POST "code=$bad"
done
if [ "$(id -u)" = 0 ] && mknod "$codes/DEVICE1" c 1 3 2>/dev/null; then
	hostile "a code's file: DEVICE1" 500 broken POST 'code=DEVICE1'
	rm "$codes/DEVICE1"
fi
unchanged 'no records'

# Files that are not sold. [S9]
files=$shop/home/files
mkdir "$files/folder" "$files/none" "$files/mixed" "$files/.secret"
for file in .hidden shop.php shop.PHP track.php.zip x.cgi folder/song.flac mixed/song.flac mixed/x.shtml \
	.secret/song.flac "$(printf 'tab\there')"; do
	printf x >"$files/$file"
done
ln -s /etc/passwd "$files/passwd.zip"
ln -s first-light.zip "$files/again.zip"
ln -s /etc "$files/etc"
ln -s nowhere "$files/dangling.zip"
mkfifo "$files/fifo.zip"
shop_own
for file in ../x ../codes/REAL1111 folder/../first-light.zip folder/../../log .. . / ./first-light.zip \
	/etc/passwd "$files/first-light.zip" //first-light.zip folder//song.flac .hidden .secret/song.flac \
	folder/.. shop.php shop.PHP track.php.zip x.cgi mixed/ "$(printf 'tab\there')" \
	passwd.zip again.zip dangling.zip etc/passwd etc/ fifo.zip missing.zip none/ \
	'first-light.zip/x' "$long" "$(printf 'a\001b')"; do
	code BAD1111 'uses: 0' 'limit: 3' "file: $file"
	codes_before=$(kept_codes)
	hostile "file: $(printf '%.30s' "$file" | tr '\t\001' '?')" 500 broken POST 'code=BAD1111'
	unchanged "file: $(printf '%.30s' "$file" | tr '\t\001' '?')"
done

# A body that never comes ends after WAIT_SECONDS; one here, ten outside.
mv "$cgi/redeem.cgi" "$tmp/redeem.cgi"
cc -std=c99 -D_FILE_OFFSET_BITS=64 -DWAIT_SECONDS=1 -o "$cgi/redeem.cgi" "$top/redeem.c"
slow()
{
	started=$(date +%s)
	cgi REQUEST_METHOD=POST CONTENT_TYPE="${2:-$form_type}" CONTENT_LENGTH=13 <"$tmp/slow"
	shown "$1" "${3:-400}" bad-request
	ok "$1: before long" test "$(($(date +%s) - started))" -le 5
}
mkfifo "$tmp/slow"
# whoever has it open for writing, too, never sees its end
sleep 30 <>"$tmp/slow" &
slow 'a body that never comes'
slow 'nor would be read' text/plain 415
kill "$!"
{
	printf 'code='
	exec sleep 30
} >"$tmp/slow" &
slow 'a body that stops'
kill "$!"
(
	trap '' PIPE
	for letter in c o d e = R E A L 1 1 1 1; do
		printf '%s' "$letter" 2>/dev/null || exit 0
		sleep 0.3
	done
) >"$tmp/slow" &
slow 'a body that comes by drops'
wait "$!" 2>/dev/null || :
mv "$tmp/redeem.cgi" "$cgi/redeem.cgi"
unchanged 'slow bodies'

# Through Apache, which answers some of them itself: then there is no outcome.
head -c 1000000 /dev/zero | tr "\0" 1 >"$tmp/large"
serve apache_stock
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi

# web NAME STATUS OUTCOME CURL-ARGUMENT...: STATUS is an ERE
web()
{
	name=$1
	wanted="$2 $3 "
	shift 3
	rm -f "$tmp/body" "$tmp/headers"
	got=$(fetch "$@")
	[ -e "$tmp/body" ] || : >"$tmp/body"
	[ -e "$tmp/headers" ] || : >"$tmp/headers"
	said=$(sed -n 's/.*data-outcome="\([a-z-]*\)".*/\1/p' "$tmp/body")
	# our own cookie, with a link, has exactly this form
	sed '/^Set-Cookie: redeem-[0-9a-f]\{16\}=[0-9a-f]\{32\}; [-A-Za-z0-9=;. \/]*\r*$/d' \
		"$tmp/headers" >"$tmp/foreign"
	revealed=$(grep -E "$tmp|[.]htredeem|uses: [0-9]|root:|<script|evil[.]example|^X-Evil|^Set-Cookie" \
		"$tmp/foreign" "$tmp/body" || :)
	like "Apache: $name" "$got $said $revealed" "^$wanted\$"
}

code USED5555
code USED6666
code USED7777
web 'PUT' 405 bad-request -X PUT -d code=REAL1111 "$form"
web 'DELETE' 405 bad-request -X DELETE "$form"
web 'OPTIONS' 405 bad-request -X OPTIONS "$form"
web 'PROPFIND' 405 bad-request -X PROPFIND "$form"
web 'TRACE' 200 '' -X TRACE "$form"
web 'no such method' 405 bad-request -X "$(printf '%0300d' 0 | tr 0 A)" "$form"
web 'HEAD' 200 '' -I "$form?code=REAL1111"
web 'a query that becomes arguments' 200 form "$form?--check"
web 'another' 200 form "$form?--version"
web 'several arguments' 200 form "$form?--help+--check+-x"
web 'a path behind the script' 200 form "$form/x.php/.."
web 'a path behind the script that climbs' 400 '' "$form/../../../etc/passwd"
web 'two slashes before the script' 200 form "http://127.0.0.1:$port//cgi-bin/redeem.cgi"
unlike 'Apache: two slashes: the form stays on this host' "$(cat "$tmp/body")" 'action="//'
web 'two slashes, and a code' 303 '' -d code=USED7777 "http://127.0.0.1:$port//cgi-bin/redeem.cgi"
ok 'Apache: two slashes: nor does the page of the link leave it' \
	sh -c "! grep -rF 'action=\\\"//' '$secure' --include=.htaccess"
web 'the settings' '(403|500)' '' "${form%/*}/.htredeem"
web 'a script in the query' 200 form "$form?code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
web 'a line end in the query' 200 form "$form?code=x%0d%0aX-Evil:%201"
web 'a line end in the path' 404 '' "${form}%0d%0aX-Evil:%201"
web 'NUL in the path' '(400|404)' '' "$form%00"
web 'a path that climbs' '(400|404)' '' "http://127.0.0.1:$port/cgi-bin/..%2f..%2fhome/codes/REAL1111"
web 'a path that climbs, not encoded' '(400|404)' '' "http://127.0.0.1:$port/cgi-bin/../../home/codes/REAL1111"
web 'a code that climbs' 404 unknown -d 'code=../../../etc/passwd' "$form"
web 'a script in a code' 404 unknown --data-urlencode 'code=<script>alert(1)</script>' "$form"
web 'bytes that are no text' 404 mistyped --data-binary "code=$(printf '\377\376\200')" "$form"
web 'multipart' 415 bad-request -F code=REAL1111 "$form"
web 'JSON' 415 bad-request -H 'Content-Type: application/json' -d '{"code":"REAL1111"}' "$form"
web 'no type' 415 bad-request -H 'Content-Type:' -d code=REAL1111 "$form"
web 'chunks, and no length' 400 empty -H 'Transfer-Encoding: chunked' -d code= "$form"
web 'no length' 411 bad-request -X POST -H "Content-Type: $form_type" "$form"
web 'a negative length' 400 '' -H 'Content-Length: -1' -d code=REAL1111 "$form"
web 'a length that is none' 400 '' -H 'Content-Length: abc' -d code=REAL1111 "$form"
web 'two lengths' 400 '' -H 'Content-Length: 13' -H 'Content-Length: 14' -d code=REAL1111 "$form"
# an answer is cut off where the body was not read, but not each time
for again in 1 2 3 4 5 6; do
	web "JSON again, $again" 415 bad-request -H 'Content-Type: application/json' -d '{"code":"REAL1111"}' "$form"
done
web 'a body of a megabyte' 413 bad-request -H Expect: --data-binary "@$tmp/large" "$form"
web 'headers that would be settings' 404 unknown -H 'Redeem-Conf: /etc/passwd' -H "Redeem_Conf: $tmp/other.conf" \
	-H 'Proxy: http://evil.example' -d code=NOSUCH "$form"
web 'another host' 303 '' -H 'Host: evil.example' -H 'X-Forwarded-Host: evil.example' -d code=USED5555 "$form"
like 'Apache: another host: the link is a path' "$(cat "$tmp/headers")" '^[Ll]ocation: /secure/'
web 'a protocol without hosts' 303 '' -0 -H 'Host:' -d code=USED6666 "$form"
like 'Apache: a protocol without hosts: the link is a path' "$(cat "$tmp/headers")" '^[Ll]ocation: /secure/'
unchanged 'Apache: all of these'

# A thousand at random, of parts that might matter. The answers are looked at all
# together: each is fit to be seen, each link is counted once, no code too often.
seed=${HOSTILE_SEED:-$((0x$(random_hex 3)))}
printf '# a thousand random requests of HOSTILE_SEED=%s\n' "$seed"
mkdir "$tmp/random"
settings "home: $shop/home" "secure: $secure" 'grace: 0' 'tries: 100000'
for limit in 0 1 2 3 5 8 13 21; do
	code "USEDR$limit" 'uses: 0' "limit: $limit" 'file: first-light.zip'
done
shop_own

# a line: method, length, type, query, path of the script, address; the body in a
# file
awk -v seed="$seed" -v dir="$tmp/random" '
	function make(list, words,    n)
	{
		n = split(words, list, " ")
		list[0] = n
	}
	function pick(list) { return list[int(rand() * list[0]) + 1] }
	function text(most,    made, n)
	{
		made = ""
		for (n = int(rand() * most); n > 0; n--)
			made = made pick(parts)
		return made
	}
	function bytes(most,    made, n)
	{
		made = ""
		for (n = int(rand() * most); n > 0; n--)
			made = made sprintf("%c", 1 + int(rand() * 255))
		return made
	}
	BEGIN {
		srand(seed)
		make(parts, "code= & = % + ; %00 %0d%0a .. / %2e%2e%2f usedr1 USEDR2 usedr3 USED-R5 used%20r8" \
			" USEDR13 usedr21 %75sedr3 x 0 O l %ff %c3%a9 %e2%80%93 <b> \" # ? @ [] {} code ~ 7K3M9QXA2FTF")
		make(codes, "usedr0 USEDR1 usedr-2 u-s-e-d-r-3 USEDR5 usedr8 usedr13 usedr21 usedrl used%52%31")
		make(methods, "GET HEAD PUT DELETE TRACE post POSTS OPTIONS")
		make(lengths, "-1 0 1 5 12 13 4096 4097 99999999999 0x10 +5 1e3 NaN")
		make(types, "text/plain multipart/form-data application/json application/x-www-form-urlencoded;x=y")
		make(scripts, "/cgi-bin/redeem.cgi //x/y /%22 / /a<b x")
		make(addresses, "192.0.2.1 2001:db8::1 ::ffff:192.0.2.9 999.1.1.1 ::1% x")
		for (i = 1; i <= 1000; i++) {
			kind = rand()
			if (kind < .4)
				body = "code=" pick(codes) (rand() < .3 ? "&" text(9) : "")
			else if (kind < .7)
				body = "code=" text(12)
			else
				body = kind < .9 ? text(40) : bytes(300)
			file = dir "/body" i
			printf "%s", body >file
			close(file)
			method = rand() < .8 ? "POST" : pick(methods)
			size = rand() < .85 ? length(body) : rand() < .9 ? pick(lengths) : ""
			type = rand() < .9 ? "application/x-www-form-urlencoded" : rand() < .9 ? pick(types) : ""
			query = rand() < .7 ? "" : text(20)
			print method "|" size "|" type "|" query "|" pick(scripts) "|" pick(addresses)
		}
	}' >"$tmp/requests"
number=0
ended=0
while IFS='|' read -r method length type query script address; do
	number=$((number + 1))
	env -i GATEWAY_INTERFACE=CGI/1.1 SCRIPT_FILENAME="$cgi/redeem.cgi" REQUEST_METHOD="$method" \
		CONTENT_LENGTH="$length" CONTENT_TYPE="$type" QUERY_STRING="$query" SCRIPT_NAME="$script" \
		REMOTE_ADDR="$address" "$cgi/redeem.cgi" <"$tmp/random/body$number" \
		>"$tmp/random/$number" 2>>"$tmp/random/complaints" || ended=$?
done <"$tmp/requests"
is 'random: a thousand requests' "$number" 1000
is 'random: none ended in another way' "$ended" 0
is 'random: all answers are fit to be seen' "$(cd "$tmp/random" && audit 1000 [0-9]* | head -n 20)" ''
is 'random: no trouble inside' "$(head -n 5 "$tmp/random/complaints")" ''
awk 'FNR == 1 { print $2 }' "$tmp"/random/[0-9]* | sort | uniq -c >"$tmp/counts"
unlike 'random: only what a client can be told' "$(cat "$tmp/counts")" ' (5..|429)$'
for number in 200 303 400 404 405 410 411 413 415; do
	like "random: some get $number" "$(cat "$tmp/counts")" " $number\$"
done
is 'random: each link is counted once' \
	"$(cat "$codes"/USEDR* | awk '$1 == "uses:" { n += $2 } END { print n }')" \
	"$(awk '$2 == 303 { print $1 }' "$tmp/counts")"
is 'random: no code is used beyond its limit' "$(awk '$1 == "uses:" { uses = $2 }
	$1 == "limit:" && uses > $2 { print FILENAME }' "$codes"/USEDR*)" ''
is 'random: but as far as it' "$(value uses "$codes/USEDR1") $(value uses "$codes/USEDR0")" '1 0'
figure 'hostile requests, and random ones' "$shown, and 1,000"
finish

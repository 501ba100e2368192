#!/bin/sh
# Every answer that a buyer can get has its status, its word and its headers.
. "${0%/*}/lib.sh"

shop_stock

# answer NAME STATUS OUTCOME: what the last request got
answer()
{
	is "$1: status" "$(status)" "$2"
	is "$1: outcome" "$(outcome)" "$3"
	is "$1: one message" "$(grep -c 'data-outcome=' "$tmp/answer")" 1
	like "$1: not cached" "$(cat "$tmp/answer")" '^Cache-Control: no-store$'
	like "$1: no referrer" "$(cat "$tmp/answer")" '^Referrer-Policy: no-referrer$'
	like "$1: no guessing of types" "$(cat "$tmp/answer")" '^X-Content-Type-Options: nosniff$'
	like "$1: no scripts [S10]" "$(cat "$tmp/answer")" \
		"^Content-Security-Policy: .*script-src 'none'"
	is "$1: Status comes first" "$(head -c 8 "$tmp/answer")" 'Status: '
}

nothing_counted()
{
	is "$1: nothing counted" "$(value uses "$code_file")" "$2"
	is "$1: no link" "$(find "$shop/public_html/secure" -mindepth 2 | wc -l)" 0
}

cgi REQUEST_METHOD=GET </dev/null
answer 'the form' 200 form
like 'the form posts' "$(cat "$tmp/answer")" \
	'<form [^>]*method="post" action="/cgi-bin/redeem.cgi"'

# [S8] [S10]
code 7K3M9QXA2FTF
cgi REQUEST_METHOD=GET QUERY_STRING='code=7k3m-9qxa-2ftf' </dev/null
answer 'a form from a QR code' 200 form
like 'it is filled in' "$(cat "$tmp/answer")" 'value="7k3m-9qxa-2ftf"'
nothing_counted 'a form from a QR code' 0
cgi REQUEST_METHOD=GET QUERY_STRING='code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E' </dev/null
unlike 'what is filled in is escaped' "$(cat "$tmp/answer")" '<script'
cgi REQUEST_METHOD=HEAD QUERY_STRING='code=7k3m-9qxa-2ftf' </dev/null
is 'HEAD: status' "$(status)" 200
is 'HEAD: no page' "$(sed '1,/^$/d' "$tmp/answer")" ''
nothing_counted 'HEAD' 0

post ''
answer 'no code' 400 empty
post 'a-b.c'
answer 'too short for a code' 400 empty
like 'what was typed is kept' "$(cat "$tmp/answer")" 'value="a-b.c"'
pasted="https://label.example/cgi-bin/redeem.cgi?utm_source=$(printf '%0200d' 0)&code=7k3m-9qxa-2ftg"
post "$(printf '%s' "$pasted" | sed 's/&/%26/g;s/+/%2b/g')"
answer 'a long address with a code that is mistyped' 404 mistyped
like 'is kept, too' "$(cat "$tmp/answer")" "value=\"$(printf '%s' "$pasted" | sed 's/?/\\?/;s/&/\&amp;/')\""
post "$(printf '%065d' 0)"
answer 'too long for a code' 400 empty
post '7k3m-9qxa-2ftg'
answer 'a wrong check character' 404 mistyped
post '7k3m-9qxa-2fu'
answer 'an unknown code of another length' 404 unknown
post '0000-0000-0000'
answer 'an unknown code, its check right by hand' 404 unknown
post 'UUUU-UUUU-UUUU'
answer 'twelve characters, some in no minted code' 404 mistyped
post 'HAND%D0%9CADE99'
answer 'a letter of another script' 404 mistyped
post '%E3%82%B3%E3%83%BC%E3%83%89'
answer 'nothing but letters of another script' 404 mistyped
nothing_counted 'wrong codes' 0

# [S1]: not even a file that is there; what is left of each is another name
code HANDMADE99
mkdir "$shop/home/codes/SUB" "$shop/home/codes/INNER"
printf 'uses: 0\nlimit: 3\nfile: first-light.zip\n' |
	tee "$shop/home/codes/SUB/HANDMADE99" >"$shop/home/codes/format.txt"
for path in ../codes/HANDMADE99 SUB/HANDMADE99 format.txt ..%2f..%2f..%2fetc%2fpasswd \
	HANDMADE99%00.zip%0a; do
	post "$path"
	answer "a path, $path" 404 unknown
done
post inner
answer 'a folder' 500 broken
nothing_counted 'paths' 0
code_file=$shop/home/codes/7K3M9QXA2FTF

# [S11]: what a client sends stands in no header, whatever the answer
headers()
{
	sed '/^\r*$/q' "$tmp/answer"
}
evil='evil%0d%0aX-Evil: evil'
for typed in "7k3m9qxa2ftf&x=$evil" "$evil" ''; do
	for method in GET HEAD POST evil; do
		post "$typed" REQUEST_METHOD="$method" QUERY_STRING="code=$evil" PATH_INFO=/evil \
			HTTP_HOST=evil.example SERVER_NAME=evil.example REQUEST_URI=/evil \
			HTTP_COOKIE=evil HTTP_REFERER=http://evil.example/ REMOTE_ADDR=evil \
			SCRIPT_NAME="/evil$(printf '\r\nX-Evil: 1')" HTTP_USER_AGENT=evil
		unlike "$method '$typed': headers" "$(headers)" '[Ee]vil'
	done
done
is 'the one that was a code' "$(value uses "$code_file")" 1
rm -r "$shop/public_html/secure"/* "$code_file"
code 7K3M9QXA2FTF

code USED1 'uses: 3' 'limit: 3' 'file: first-light.zip'
post used1
answer 'a used-up code' 410 used-up
code PAST1 'uses: 0' 'limit: 3' 'file: first-light.zip' 'expires: 2001-12-31'
post past1
answer 'an expired code' 410 expired
nothing_counted 'an expired code' 0

for method in PUT DELETE OPTIONS TRACE post ''; do
	cgi REQUEST_METHOD="$method" </dev/null
	answer "method '$method'" 405 bad-request
	like "method '$method': Allow" "$(cat "$tmp/answer")" '^Allow: GET, HEAD, POST$'
done
post '7k3m-9qxa-2ftf' CONTENT_TYPE=text/plain
answer 'another type' 415 bad-request
post '7k3m-9qxa-2ftf' CONTENT_TYPE=
answer 'no type' 415 bad-request
post '7k3m-9qxa-2ftf' CONTENT_LENGTH=
answer 'no length' 411 bad-request
# in chunks, which the server has taken out: to the end, but never more than fits
post "7k3m-9qxa-2ftg" CONTENT_LENGTH= HTTP_TRANSFER_ENCODING=chunked
answer 'chunks: a code' 404 mistyped
post "7k3m-9qxa-2ftg$(printf '&x=%04074d' 0)" CONTENT_LENGTH= HTTP_TRANSFER_ENCODING=chunked
answer 'chunks: as much as fits' 404 mistyped
post "7k3m-9qxa-2ftg$(printf '&x=%04075d' 0)" CONTENT_LENGTH= HTTP_TRANSFER_ENCODING=chunked
answer 'chunks: a byte more' 413 bad-request
post '7k3m-9qxa-2ftf' CONTENT_LENGTH=4097
answer 'too long' 413 bad-request
post '7k3m-9qxa-2ftf' CONTENT_LENGTH=-1
answer 'a length that is none' 400 bad-request
post '7k3m-9qxa-2ftf' CONTENT_LENGTH=4000
answer 'a body cut off' 400 bad-request
code_file=$shop/home/codes/7K3M9QXA2FTF
nothing_counted 'bad requests' 0
post "7k3m-9qxa-2ftf$(printf '&x=%04074d' 0)" 'CONTENT_TYPE=APPLICATION/x-www-form-urlencoded; charset=UTF-8'
is 'a body of 4096 bytes, a type with a parameter: status' "$(status)" 303
like 'the link needs no host' "$(location)" '^/secure/'
unlike 'a link is no page' "$(cat "$tmp/answer")" data-outcome

code FROM1 'uses: 0' 'limit: 3' 'file: first-light.zip' 'from: 2999-12-31'
post from1
answer 'before its first day' 403 not-yet
is 'before its first day: nothing counted' "$(value uses "$code_file")" 0

# What will not mend itself, so that nobody is told to try again; nothing is counted,
# nothing said of the inside, and the owner hears in which line and why. [S12]
# broken NAME PATTERN: what the answer, stderr and the log say of BROKEN1
broken()
{
	rm -f "$shop/home/log"
	post broken1
	answer "$1" 500 broken
	unlike "$1: no Retry-After" "$(headers)" '^Retry-After'
	is "$1: one line on stderr" "$(wc -l <"$tmp/complaint")" 1
	like "$1: with the reason" "$(cat "$tmp/complaint")" "^redeem: $2\$"
	like "$1: which is in the log" "$(cat "$shop/home/log")" "^[0-9TZ:-]+ broken BROKEN1 $2\$"
	unlike "$1: the buyer sees no path" "$(cat "$tmp/answer")" "$tmp|BROKEN1"
}
code BROKEN1 'uses: 0' 'limit: 3' 'file: '
broken 'no file in the line' 'codes/BROKEN1:3: file: the value is missing'
code BROKEN1 'uses: x' 'limit: 3' 'file: first-light.zip'
broken 'no number' 'codes/BROKEN1:1: uses: not a number up to 999999'
code BROKEN1 '' 'limit: 3' 'file: first-light.zip'
broken 'no uses' 'codes/BROKEN1: uses: is required'
code BROKEN1 'uses: 0' 'limit: 3' 'file: first-light.zip' '' 'expires: 31.12.2027'
broken 'no day' 'codes/BROKEN1:5: expires: not a day such as 2027-12-31'
code BROKEN1 'uses: 0' 'limit: 3' 'file: first-light.zip' "note: $(printf '%04096d' 0)"
broken 'a record that is too long' 'codes/BROKEN1: longer than 4096 bytes'
printf '\377\376u\000s\000e\000s\000' >"$code_file"
broken 'a record in UTF-16' 'codes/BROKEN1: is not plain text: save it as UTF-8 instead of UTF-16'
rm "$code_file"
mkdir "$code_file"
broken 'a folder for a record' 'codes/BROKEN1: Is a directory'
rmdir "$code_file"
# [S9]
printf x >"$shop/home/files/.hidden"
printf x >"$shop/home/files/shop.php"
ln -s /etc/passwd "$shop/home/files/link.zip"
mkdir "$shop/home/files/none" "$shop/home/files/many"
(cd "$shop/home/files/many" && touch $(seq 257))
plain='not a plain path below files'
while read -r file reason; do
	code BROKEN1 'uses: 0' 'limit: 3' "file: $file"
	broken "file: $file" "$reason"
	is "file: $file: nothing counted" "$(value uses "$code_file")" 0
done <<END
missing.zip files/missing.zip: No such file or directory
../codes/USED1 file: ../codes/USED1: $plain
/etc/passwd file: /etc/passwd: $plain
.hidden file: .hidden: $plain
shop.php files/shop.php: a server might run a file of this name
link.zip files/link.zip: not a regular file
none/ files/none: there is no file in this folder
many/ files/many/[0-9]+: more than 256 files
END

# [S13]
settings "home: $shop/home" 'window: soon'
post 7k3m-9qxa-2ftf
answer 'wrong settings' 500 not-set-up
is 'they are named with file, line and key' "$(grep -c '/.htredeem:2: window: ' "$tmp/complaint")" 1
settings "home: $shop/nowhere" "secure: $shop/public_html/secure"
post 7k3m-9qxa-2ftf
answer 'a home that is not there' 500 not-set-up
rm "$cgi/.htredeem"
(cd "$tmp" && post 7k3m-9qxa-2ftf)
answer 'no settings' 500 not-set-up
finish

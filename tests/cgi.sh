# What holds for `delivery: cgi` behind any server; sourced by the tests of each
# server before deliveries.sh, and `cgi_specifics` called after it. $handoff is empty
# where the program itself sends the bytes, else lines of settings.

one='/cgi-bin/redeem.cgi/[0-9]+/[0-9a-f]{64}/first-light.zip$'
many='/cgi-bin/redeem.cgi/[0-9]+/[0-9a-f]{64}/[0-9a-f]{32}/downloads.html$'
closed=410
wrong=403
handoff=
key=$(random_hex 32)

deliver()
{
	set -- "home: $shop/home" 'delivery: cgi' "key: $key" "$@"
	[ -z "$handoff" ] || set -- "$@" "handoff: $handoff"
	[ "$handoff" != X-Accel-Redirect ] || set -- "$@" 'handoff-prefix: /internal'
	settings "$@"
	chmod 600 "${settings_at:-$cgi/.htredeem}"
	shop_own
}

offer()
{
	:
}

# another first digit of the signature
spoiled()
{
	printf '%s' "$1" | sed 's,/cgi-bin/redeem.cgi/[0-9]*/,&#,; s,#0,1,; s,#.,0,; s,#,,'
}

# part NAME RANGE FIRST COUNT: that part is sent, and said to be it.
part()
{
	is "$1: status" "$(fetch -H "Range: bytes=$2" "$link")" 206
	ok "$1: exact bytes" sh -c \
		"tail -c +$(($3 + 1)) '$file' | head -c $4 | cmp - '$tmp/body'"
	is "$1: Content-Range" "$(header Content-Range)" "bytes $3-$(($3 + $4 - 1))/300000"
}

sends_whole()
{
	name=$1
	shift
	is "$name: status" "$(fetch "$@" "$link")" 200
	ok "$name: exact bytes" cmp "$tmp/body" "$file"
}

ranges()
{
	part 'the first byte' 0-0 0 1
	part 'the first hundred' 0-99 0 100
	part 'from the middle' 100000-199999 100000 100000
	part 'to the end' 299900- 299900 100
	part 'past the end' 299900-400000 299900 100
	part 'the last hundred' -100 299900 100
	part 'more than there is' -400000 0 300000
	is 'after the end: 416' "$(fetch -H 'Range: bytes=300000-' "$link")" 416
	# servers do not all do so themselves
	if [ -z "$handoff" ]; then
		is 'after the end: the size' "$(header Content-Range)" 'bytes */300000'
		sends_whole 'a range that ends before it begins' -H 'Range: bytes=9-1'
		sends_whole 'no range' -H 'Range: bytes=x-'
	fi
	sends_whole 'another unit' -H 'Range: seconds=0-1'
	fetch "$link" >"$tmp/status"
	tag=$(header ETag)
	date=$(header Last-Modified)
	like 'ETag' "$tag" '^"[^"]+"$'
	is 'Last-Modified' "$date" \
		"$(date -u -r "$file" '+%a, %d %b %Y %H:%M:%S GMT')"
	is 'If-Range with the tag' "$(fetch -H "If-Range: $tag" -r 0-9 "$link")" 206
	sends_whole 'If-Range with another tag' -H 'If-Range: "other"' -r 0-9
	is 'If-Range with the date' "$(fetch -H "If-Range: $date" -r 0-9 "$link")" 206
	sends_whole 'If-Range with an older date' -H 'If-Range: Thu, 01 Jan 1998 00:00:00 GMT' -r 0-9
}

is_sending()
{
	[ "$(running)" ]
}

has_ended()
{
	[ -z "$(running)" ]
}

# Hosts kill what takes too long. A browser keeps half a file for a whole one unless
# it was told the length: curl says 18 then.
broken_off()
{
	curl -s --max-time 60 --limit-rate 20M -o "$tmp/broken" "$link" &
	client=$!
	ok 'a file is on its way' await 10 test -s "$tmp/broken"
	running | xargs -r kill -9
	status=0
	wait "$client" || status=$?
	is 'its process is killed: the client hears that it broke off' "$status" 18
	ok 'in the middle of the file' test "$(wc -c <"$tmp/broken")" -lt 300000000
	rm -f "$tmp/broken"
}

# An album of 300 MB, of which the disk has nothing.
large()
{
	truncate -s 300000000 "$shop/home/files/album.zip"
	chmod 644 "$shop/home/files/album.zip"
	shop_own
	code LARGE1 'uses: 0' 'limit: 3' 'file: album.zip'
	redeem LARGE1
	is 'all of a large file' \
		"$(curl -s --max-time 60 -o /dev/null -w '%{http_code} %{size_download}' "$link")" \
		'200 300000000'
	[ "${partless:-}" ] ||
		is 'a part far into it' "$(fetch -r 299999990- "$link"; wc -c <"$tmp/body")" 20610
	[ -z "$handoff" ] || return 0
	ok 'no process is left' await 10 has_ended
	curl -s --max-time 60 --limit-rate 100k -o /dev/null "$link" &
	client=$!
	ok 'a process sends it to a slow client' await 10 is_sending
	kill "$client"
	wait "$client" 2>/dev/null || :
	ok 'which ends when the client goes away' await 20 has_ended
	broken_off
}

cgi_specifics()
{
	deliver
	code CGI1
	redeem CGI1
	sends_whole 'a file'
	like 'its type' "$(header Content-Type)" '^application/(zip|octet-stream)'
	is 'its length' "$(header Content-Length)" 300000
	like 'its name' "$(header Content-Disposition)" \
		'^attachment; *filename="?first-light.zip"?'
	is 'not to be kept' "$(header Cache-Control)" 'private, no-store'
	is 'not to be guessed at' "$(header X-Content-Type-Options)" nosniff
	is 'not to be told on' "$(header Referrer-Policy)" no-referrer
	[ "${unoffered:-}" ] ||
		is 'parts are offered' "$(header Accept-Ranges)" bytes
	is 'HEAD' "$(curl -s -I -o /dev/null -w '%{http_code} %{size_download}' "$link")" '200 0'
	[ "${partless:-}" ] || ranges
	large
	code NAME1 'uses: 0' 'limit: 3' 'file: flac/04 für Élise; 夜.ogg'
	redeem NAME1
	is 'a name that is not ASCII' "$(fetch "$link")" 200
	like 'its name, encoded (RFC 6266)' "$(header Content-Disposition)" \
		"filename\*=UTF-8''04%20f%C3%BCr%20%C3%89lise%3B%20%E5%A4%9C.ogg"

	# what others would get
	code CGI2 'uses: 0' 'limit: 3' 'file: flac/Bonus Discs/07 coda.ogg'
	redeem CGI2
	other=$link
	redeem CGI1
	not_served 'the signature of another file' 403 "${other%/flac/*}/first-light.zip"
	is 'as a page' "$(said)" link-closed
	not_served 'a later time' 403 "$(printf '%s' "$link" | sed 's,redeem.cgi/,&1,')"
	not_served 'a time that is over, with another signature' 403 \
		"$(printf '%s' "$link" | sed 's,redeem.cgi/[0-9]*,redeem.cgi/1000000000,')"
	for path in flac/.hidden ../settings ../../cgi-bin/.htredeem %2e%2e/settings \
		flac '' /etc/passwd first-light.zip/; do
		like "$path is not served" "$(fetch "${link%/*}/$path"; printf ' '; head -c 100 "$tmp/body")" \
			'^(403|404|400|301)'
	done
	for path in .htredeem .htredeem/x; do
		like "$path beside the program is not read" "$(fetch "${form%/*}/$path"; head -c 100 "$tmp/body")" \
			'^[45]'
	done
	late=$link
	deliver 'window: 1' 'grace: 0'
	code CGI3
	redeem CGI3
	late=$link
	ok 'a link closes' await 10 over
	is 'with a page' "$(fetch "$late"; said)" 410link-closed
	deliver
}

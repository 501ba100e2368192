#!/bin/sh
# tools/secdownload.lua on the real lighttpd, as README has it set up, checks links
# that others have made: right 200, wrong 403, late 410, for both algorithms.
. "${0%/*}/lib.sh"
test_all_only 'needs lighttpd'
. "$top/tests/servers.sh"
need lighttpd curl perl

shop_stock
cp "$top/tools/secdownload.lua" "$shop/secdownload.lua"
chmod 644 "$shop/secdownload.lua"
ln -s "$cgi/.htredeem" "$shop/home/settings"
serve lighttpd_with 'lighttpd, for cgi:' \
	'lighttpd, for secdownload, moreover:'
secret=0123456789abcdef0123456789abcdef

# secdownload LINE...: the settings
secdownload()
{
	settings "home: $shop/home" 'delivery: secdownload' 'prefix: /dl' "secret: $secret" "$@"
	shop_own
}

# signed AGE PATH: the address of the file PATH below files, given AGE seconds ago,
# as the manual of mod_secdownload tells.
signed()
{
	perl -MDigest::MD5=md5_hex -MDigest::SHA=hmac_sha256 -MMIME::Base64=encode_base64url -e '
		my ($algorithm, $secret, $age, $path) = @ARGV;
		my $time = sprintf "%x", time - $age;
		my $mac = $algorithm eq "md5" ? md5_hex("$secret/$path$time")
			: encode_base64url(hmac_sha256("/$time/$path", $secret));
		$path =~ s/([^-A-Za-z0-9._~\/])/sprintf "%%%02X", ord $1/ge;
		print "http://127.0.0.1:$ENV{port}/dl/$mac/$time/$path";
	' "$algorithm" "$secret" "$1" "$2"
}
export port

# another first letter
spoil()
{
	printf '%s' "$1" | perl -pe 's,/dl/(.),"/dl/" . ($1 eq "a" ? "b" : "a"),e'
}

# refusal NAME STATUS CURL-ARGUMENT...: refused, with a page and no byte of the file
refusal()
{
	name="$algorithm: $1"
	wanted=$2
	shift 2
	is "$name" "$(fetch "$@")" "$wanted"
	like "$name: says what to do" "$(cat "$tmp/body")" \
		'data-outcome="link-closed".*send it again'
	like "$name: as a page" "$(cat "$tmp/headers")" '^Content-Type: text/html; charset=utf-8'
	like "$name: not to be kept" "$(cat "$tmp/headers")" '^Cache-Control: no-store'
}

file=$shop/home/files/first-light.zip
mkdir -p "$shop/home/files/flac/.hidden" "$shop/home/files/.hidden"
for name in 'a b.flac' "a'b (1).flac" 'a+b & 100%.flac' 'a#b?c.flac' 'für Élise.flac' '%41.flac'; do
	printf 'bytes of %s' "$name" >"$shop/home/files/flac/$name"
done
printf 'hidden' | tee "$shop/home/files/.hidden/x" "$shop/home/files/flac/.y" \
	>"$shop/home/files/flac/.hidden/x"
chmod -R a+rX "$shop/home/files"
mkdir "$shop/home/files/sides"
printf 'mixed' | tee "$shop/home/files/sides/mix" >"$shop/home/files/sides/mix1"
chmod -R a+rX "$shop/home/files"
shop_own

for algorithm in md5 hmac-sha256; do
	secdownload "algorithm: $algorithm"
	link=$(signed 0 first-light.zip)
	is "$algorithm: right" "$(fetch "$link")" 200
	ok "$algorithm: the exact bytes" cmp "$tmp/body" "$file"
	for header in 'Content-Disposition: attachment' 'Cache-Control: private, no-store' \
		'Referrer-Policy: no-referrer' 'X-Content-Type-Options: nosniff' \
		'Content-Length: 300000' 'Accept-Ranges: bytes'; do
		like "$algorithm: $header" "$(cat "$tmp/headers")" "^$header"
	done
	is "$algorithm: HEAD" "$(fetch -I "$link")" 200
	is "$algorithm: a part" "$(fetch -r 1000-1999 "$link")" 206
	ok "$algorithm: the exact part" \
		sh -c "tail -c +1001 '$file' | head -c 1000 | cmp - '$tmp/body'"
	find "$shop/home/files/flac" -maxdepth 1 -type f ! -name '.*' >"$tmp/names"
	while IFS= read -r odd; do
		odd=${odd##*/}
		is "$algorithm: $odd" "$(fetch "$(signed 0 "flac/$odd")"; cat "$tmp/body")" \
			"200bytes of $odd"
	done <"$tmp/names"

	refusal 'another letter' 403 "$(spoil "$link")"
	refusal 'another file' 403 "${link%/*}/flac/a%20b.flac"
	refusal 'a later time' 403 "$(printf '%s' "$link" | sed 's,/\([0-9a-f]*\)/first,/\10/first,')"
	refusal 'a time with a digit of the name' 403 "$(signed 0 'sides/mix1' |
		sed 's,/\([0-9a-f]*\)/sides/mix1$,/1\1/sides/mix,')"
	refusal 'a name with a digit of the time' 403 "$(signed 0 'sides/mix' |
		sed 's,/\([0-9a-f]\)\([0-9a-f]*\)/sides/mix$,/\2/sides/mix\1,')"
	refusal 'half a link' 403 "${link%/*}/"
	refusal 'no link' 403 "http://127.0.0.1:$port/dl/"
	refusal 'a shorter signature' 403 "$(printf '%s' "$link" | sed 's,/dl/.,/dl/,')"
	refusal 'no signature' 403 "$(printf '%s' "$link" | sed 's,/dl/[^/]*/,/dl//,')"
	is "$algorithm: just in time" "$(fetch "$(signed 110 first-light.zip)")" 200
	refusal 'late' 410 "$(signed 125 first-light.zip)"
	refusal 'late and wrong' 403 "$(spoil "$(signed 125 first-light.zip)")"
	refusal 'a hidden file' 403 "$(signed 0 flac/.y)"
	refusal 'a hidden folder' 403 "$(signed 0 .hidden/x)"
	is "$algorithm: up and out" "$(fetch "$(signed 0 ../settings)")" 403
	is "$algorithm: up by codes of letters" \
		"$(fetch "$(signed 0 ../settings | sed 's,\.\.,%2E%2E,')")" 403
	is "$algorithm: no such file" "$(fetch "$(signed 0 none.zip)")" 404
	is "$algorithm: not a folder" "$(fetch "$(signed 0 flac/)")" 403

	secdownload "algorithm: $algorithm" 'window: 10'
	is "$algorithm: the window is that of the settings" "$(fetch "$(signed 5 first-light.zip)"
		fetch "$(signed 15 first-light.zip)")" 200410
done

# the other algorithm's links, another secret's, and settings that do not hold
algorithm=md5
link=$(signed 0 first-light.zip)
is 'md5 where hmac-sha256 is asked for' "$(fetch "$link")" 403
secdownload 'algorithm: md5'
is 'and as it is asked for' "$(fetch "$link")" 200
algorithm=hmac-sha256
secdownload
link=$(signed 0 first-light.zip)
is 'hmac-sha256 is what holds without a word' "$(fetch "$link")" 200
for line in 'secret: 1123456789abcdef0123456789abcdef' 'prefix: /other'; do
	secdownload "$line"
	is "$line" "$(fetch "$link")" 403
done
for line in 'secret:' 'prefix:' 'algorithm: sha1' 'window: soon'; do
	secdownload "$line"
	like "$line" "$(fetch "$link")" '^5'
done
rm "$shop/home/settings"
like 'no settings' "$(fetch "$link")" '^5'
finish

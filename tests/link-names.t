#!/bin/sh
# Files are saved under their own names, however odd: what Apache tells clients
# (RFC 6266), for one file and for several, and what clients then do.
. "${0%/*}/lib.sh"
test_all_only 'needs wget'
need apache2 curl perl wget

shop_stock
serve apache_stock
base=http://127.0.0.1:$port
form=$base/cgi-bin/redeem.cgi
files=$shop/home/files

# One name a line; [ and ? and * and a backslash mean something to Apache, as do $ and %.
cat >"$tmp/names" <<'END'
first-light.zip
01 one.flac
für Élise 夜.ogg
100% & #1?.zip
it's "quoted".zip
a+b=c;d,e.zip
back\slash.zip
[live] x.zip
star*.zip
what?.zip
${PATH}.zip
%{HTTP_HOST}e.zip
<tag>.zip
~.zip
trailing\
END
mkdir "$files/odd"
while IFS= read -r name; do
	printf 'bytes of %s' "$name" >"$files/odd/$name"
done <"$tmp/names"
# which a pattern must not take for the one above
printf 'bytes of starry.zip' >"$files/odd/starry.zip"
printf 'bytes of whatx.zip' >"$files/odd/whatx.zip"
printf '%s\n' starry.zip whatx.zip >>"$tmp/names"
chmod -R a+rX "$files"
shop_own

# saved: the name that RFC 8187 has in the headers of the last answer
saved()
{
	tr -d '\r' <"$tmp/headers" | perl -ne '
		if (/^Content-Disposition: attachment; filename="[^"\\]*"; filename\*=UTF-8\x27\x27(\S*)$/i) {
			$_ = $1; s/%(..)/chr hex $1/ge; print }'
}

# opened WHERE: the link $link is that of $name
opened()
{
	is "$1: $name" "$(fetch "$link") $(cat "$tmp/body")" "200 bytes of $name"
	is "$1: $name: is saved as such" "$(saved)" "$name"
}

while IFS= read -r name; do
	code ONE1 'uses: 0' 'limit: 9' "file: odd/$name"
	fetch -d code=ONE1 "$form" >"$tmp/status"
	link=$base$(led_to)
	opened 'one file'
done <"$tmp/names"

code MANY1 'uses: 0' 'limit: 9' 'file: odd/' 'file: first-light.zip'
fetch -d code=MANY1 "$form" >"$tmp/status"
page=$base$(led_to)
is 'several files: a page' "$(fetch "$page")" 200
sed -n 's/.*<a href="\([^"]*\)".*/\1/p' "$tmp/body" >"$tmp/hrefs"
is 'several files: all of them' "$(grep -c . "$tmp/hrefs")" $(($(wc -l <"$tmp/names") + 1))
while IFS= read -r href; do
	link=${page%/*}/$href
	name=$(perl -e '$_ = $ARGV[0]; s/\?.*//; s/%(..)/chr hex $1/ge; print' "$href")
	case $name in
	2-*) is "several files: $name: is saved as such" "$(fetch "$link" >"$tmp/status"; saved)" "$name" ;;
	*) opened 'several files' ;;
	esac
done <"$tmp/hrefs"

# clients that save under the name they are told
code TOLD1 'uses: 0' 'limit: 9' 'file: odd/01 one.flac'
fetch -d code=TOLD1 "$form" >"$tmp/status"
link=$base$(led_to)
mkdir "$tmp/curl" "$tmp/wget"
ok 'curl -OJ' sh -c "cd '$tmp/curl' && curl -s -f -OJ '$link'"
is 'curl -OJ: the name' "$(ls "$tmp/curl")" '01 one.flac'
ok 'wget --content-disposition' sh -c "cd '$tmp/wget' && wget -q --content-disposition '$link'"
is 'wget --content-disposition: the name' "$(ls "$tmp/wget")" '01 one.flac'

# as many as a code may have, with long names
mkdir "$files/many"
long=$(printf '%080d' 0 | sed 's/0/ü/g')
number=0
while [ "$number" -lt 256 ]; do
	printf '%s' "$number" >"$files/many/$number $long.ogg"
	number=$((number + 1))
done
chmod -R a+rX "$files"
shop_own
code MANY2 'uses: 0' 'limit: 9' 'file: many/'
fetch -d code=MANY2 "$form" >"$tmp/status"
page=$base$(led_to)
fetch "$page" >"$tmp/status"
sed -n 's/.*<a href="\([^"]*\)".*/\1/p' "$tmp/body" >"$tmp/hrefs"
is '256 files: all of them' "$(grep -c . "$tmp/hrefs")" 256
href=$(grep '^255' "$tmp/hrefs")
is '256 files: the last' "$(fetch "${page%/*}/$href") $(cat "$tmp/body")" '200 255'
is '256 files: its name' "$(saved)" "255 $long.ogg"
finish

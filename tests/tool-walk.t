#!/bin/sh
# The owner's walk: README's "Set it up" and "Sell a release", word by word, on the cheap
# host, with a folder that a Mac has filled; and a buyer, who has every file in the end,
# byte for byte and under its name, and nothing else.
. "${0%/*}/lib.sh"
test_all_only 'needs suexec'
. "$top/tests/doctor.sh"
need apache2 curl make cc setpriv perl

place_cheap
shop=$place
cgi=$shop/public_html/cgi-bin
who=label
clone=$shop/redeem
mkdir -p "$cgi" "$clone"
chmod 711 "$shop"
chmod 755 "$shop/public_html" "$cgi"
(cd "$top" && cp -R Makefile README redeem.c codes tests tools "$clone")
find "$clone/codes" -type f ! -name '*.*' -exec rm -- {} +

# What is sold, in the order of the page. Macs write an accented letter as two characters.
u=$(printf 'u\314\210')
cat >"$tmp/names" <<END
1 Intro.flac
2 F${u}r E$(printf '\314\201')lise.flac
3 100% Wool.MP3
4 Side #2 + Coda.WAV
9 Rock & Roll.aiff
10 It's Over.flac
20 Hello; Goodbye, "You".m4a
Booklet (English).PDF
Gr${u}$(printf '\303\237')e.txt
END
mkdir "$tmp/offered"
while IFS= read -r name; do
	head -c 20000 /dev/urandom >"$tmp/offered/$name"
done <"$tmp/names"
cp -R "$tmp/offered" "$clone/first-light"
cr=$(printf '\r')
for name in .DS_Store ._.DS_Store .localized '._1 Intro.flac' '._3 100% Wool.MP3' "Icon$cr" \
	"._Icon$cr"; do
	printf 'Mac OS X' >"$clone/first-light/$name"
done
# a Finder makes the folder's picture an empty file with a resource fork
: >"$clone/first-light/Icon$cr"
mkdir "$clone/first-light/Stems" "$clone/first-light/.fseventsd"
printf 'a nested file' >"$clone/first-light/Stems/11 Stem.flac"
# as a Mac's own umask or an FTP program has it: nobody else may read it
chmod -R go= "$clone/first-light"
head -c 200000 /dev/urandom >"$clone/first-light.zip"
cp "$clone/first-light.zip" "$tmp"
chown -R label: "$shop"
host apache_cheap

# Each command as it is printed, but for the name of the site.
for title in 'Set it up' 'Sell a release'; do
	readme_commands "$title" >"$tmp/commands"
	ok "$title: there are commands" test -s "$tmp/commands"
	while IFS= read -r command <&3; do
		printf '%s\n' "$command" | sed "s,https://your\.site,http://127.0.0.1:$port," \
			>"$tmp/command"
		chmod 644 "$tmp/command"
		ok "$command" sh -c "cd '$clone' && umask 022 && exec '$setpriv' --reuid label \
			--regid label --groups label env HOME='$shop' sh -eu '$tmp/command'"
		case $command in
		tools/doctor*) is 'all is well' "$(tail -n 1 "$tmp/.ok")" 'all is well' ;;
		*box.txt*) said=$(cat "$tmp/.ok") ;;
		esac
	done 3<"$tmp/commands"
done
like 'mint says how many files the folder offers' "$said" 'first-light/ offers 9 files: 1 Intro'
like 'and what it does not' "$said" 'folder first-light/Stems is not offered'
unlike 'nothing of what the Mac has left' "$said" 'DS_Store|Icon|\._|warning'

# doctor once more, now that something is sold
cp -R "$clone/tools" "$tmp/label-tools"
conf=$cgi/.htredeem
doctor
is 'doctor tries what is sold' "$(printf '%s\n' "$said" | tail -n 1)" 'all is well'
like 'each kind and each odd name' "$said" '^ok     files .* kinds'

unescaped()
{
	sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&#39;/'/g; s/&amp;/\&/g"
}

decoded()
{
	perl -e '$_ = $ARGV[0]; s/%(..)/chr hex $1/ge; print' "$1"
}

# save LINK FOLDER: as browsers do it: under the name in the answer's headers, else under
# the last part of the address.
save()
{
	status=$(fetch "$1")
	name=$(header Content-Disposition | sed -n "s/.*filename\*=UTF-8''//p")
	[ "$status" = 200 ] || return 0
	[ -n "$name" ] || ! grep -qs mod_headers "$tmp/more.conf" || return 0
	if [ -z "$name" ]; then
		name=${1%%\?*}
		name=${name##*/}
	fi
	mv "$tmp/body" "$2/$(decoded "$name")"
}

# buys NAME CODE: posts it, follows, and saves what the page has in $tmp/NAME; the names
# on the page are in $tmp/shown.
buys()
{
	mkdir "$tmp/$1"
	base=http://127.0.0.1:$port
	is "$1: a page" "$(fetch --data-urlencode "code=$2" -L "$base/cgi-bin/redeem.cgi")" 200
	page=$base$(led_to)
	sed -n 's/^<li><a href="\([^"]*\)".*/\1/p' "$tmp/body" | unescaped >"$tmp/hrefs"
	sed -n 's/^<li><a [^>]*>\([^<]*[^ <]\).*/\1/p' "$tmp/body" | unescaped >"$tmp/shown"
	while IFS= read -r href; do
		save "${page%/*}/$href" "$tmp/$1"
	done <"$tmp/hrefs"
}

# buyers N HOST: who has the Nth card of each list, on a host
buyers()
{
	buys "folder, $2" "$(sed -n "$1p" "$clone/box.txt")"
	ok "folder, $2: what is sold, and 2 is before 10" diff "$tmp/names" "$tmp/shown"
	ok "folder, $2: every file, byte for byte" diff -r "$tmp/offered" "$tmp/folder, $2"
	buys "file, $2" "$(sed -n "$1p" "$clone/codes.txt")"
	is "file, $2: by its name" "$(ls "$tmp/file, $2")" first-light.zip
	ok "file, $2: byte for byte" cmp "$tmp/first-light.zip" "$tmp/file, $2/first-light.zip"
}

# the address on a card, and its code in the form
card=$(sed -n 's/.*\(http:[^",]*?code=[0-9A-Z-]*\).*/\1/p' "$clone/cards.csv" | head -n 1)
is 'the address on the first card: the form' "$(fetch "$card")" 200
like 'with the code in it' "$(cat "$tmp/body")" "value=\"$(head -n 1 "$clone/codes.txt")\""
buyers 1 'no mod_headers'
buys 'own code' 'flemish 2o26'
ok 'own code: byte for byte' cmp "$tmp/first-light.zip" "$tmp/own code/first-light.zip"
printf 'LoadModule headers_module %s/mod_headers.so\n' "$modules" >"$tmp/more.conf"
host apache_cheap
buyers 2 mod_headers
is 'each of five codes has one use' "$(grep -lx 'uses: 1' "$clone"/codes/* | wc -l)" 5
finish

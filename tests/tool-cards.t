#!/bin/sh
# cards prints what mint made: every card whole, and every QR code readable.

. "${0%/*}/lib.sh"
test_all_only 'needs qrencode and a browser'
need dash busybox qrencode chromium pdfinfo pdftotext pdftoppm zbarimg script

url=https://label.example/cgi-bin/redeem.cgi
home=$tmp/home
mkdir -p "$home/codes" "$home/files"
printf 'music\n' >"$home/files/song.zip"

# Runs cards; $out, $err and $status tell what came of it.
try()
{
	status=0
	sh "$top/tools/cards" -H "$home" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	out=$(cat "$tmp/out")
	err=$(cat "$tmp/err")
}

table()
{
	printf '%s\n' 7k3m9qxa2ftf '' 'Flemish-2026' "7K3M 9QXA 2FTX$(printf '\r')" >"$tmp/codes"
	try -f -u "$url" --csv <"$tmp/codes"
	printf 'code,url\r\n%s,%s?code=%s\r\n%s,%s?code=%s\r\n%s,%s?code=%s\r\n' \
		7K3M-9QXA-2FTF "$url" 7K3M-9QXA-2FTF FLEMISH2026 "$url" FLEMISH2026 \
		7K3M9QXA2FTX "$url" 7K3M9QXA2FTX >"$tmp/wanted"
	ok "$shell: a table, its lines ending in CR LF" cmp "$tmp/out" "$tmp/wanted"
	printf 'uses: 0\nlimit: 3\nfile: song.zip\ncode: Fle<mi&sh "2026"\n' >"$home/codes/F1EM1SH2026"
	printf 'uses: 0\nlimit: 3\nfile: song.zip\ncode: B-Side\0332\033\n' >"$home/codes/BS1DE2"
	printf '%s\n' FLEMISH2026 bside2 >"$tmp/codes"
	try -u "$url" --csv <"$tmp/codes"
	printf 'code,url\r\n"Fle<mi&sh ""2026""",%s?code=Flemish2026\r\nB-Side?2?,%s?code=B-Side2\r\n' \
		"$url" "$url" >"$tmp/wanted"
	ok "$shell: what a record says of its code is quoted there" cmp "$tmp/out" "$tmp/wanted"
	try -u "$url" <"$tmp/codes"
	is "$shell: and on the card" "$(printf '%s\n' "$out" | sed -n 's/<p class="code">\(.*\)<.*/\1/p')" \
		"Fle&lt;mi&amp;sh &quot;2026&quot;
B-Side?2?"
	rm "$home/codes/F1EM1SH2026" "$home/codes/BS1DE2"
	try -f -u 'https://label.example/a,b?lang=en' --csv <<-END
		ABCD
	END
	is "$shell: a field with a comma is quoted" "$out" "code,url$(printf '\r')
ABCD,\"https://label.example/a,b?lang=en&code=ABCD\"$(printf '\r')"
}

# What would not work is named, line by line, and nothing is printed.
not_alive()
{
	printf 'uses: 0\nlimit: 3\nfile: song.zip\ncode: FLEMISH2026\n' >"$home/codes/F1EM1SH2026"
	printf 'uses: 0\nlimit: 3\nfile: song.zip\n' >"$home/codes/00123456"
	printf 'uses: 1\nlimit: 0\nfile: song.zip\nrevoked: 3\n' >"$home/codes/REV0KED"
	printf 'uses: 0\nlimit: 3\nfile: song.zip\nexpires: 2001-01-31\n' >"$home/codes/GONE"
	printf 'uses: 3\nlimit: 3\nfile: song.zip\n' >"$home/codes/USED"
	printf 'uses: x\nlimit: 3\nfile: song.zip\n' >"$home/codes/TORN"
	printf '\357\273\277Flemish-2026,x\r\n"00123456",y\r\n' >"$tmp/codes"
	try -u "$url" --csv <"$tmp/codes"
	is "$shell: codes that work are printed, hand-made ones as they are meant" \
		"$status$err $(sed 1d "$tmp/out" | cut -d , -f 1 | tr '\n' ' ')" '0 FLEMISH2026 00123456 '
	while IFS='|' read -r typed why; do
		printf '00123456\n%s\n' "$typed" >"$tmp/codes"
		try -u "$url" <"$tmp/codes"
		is "$shell: $typed: nothing is printed" "$status$out" 1
		like "$shell: and it says why" "$err" "^cards: line 2: $typed: .*$why"
		try -f -u "$url" <"$tmp/codes"
		is "$shell: but for -f" "$status $(grep -c '<article' "$tmp/out")" '0 2'
	done <<-'END'
		UNKNOWN|not a code here
		7K3M9QXA2FTX|mistyped
		revoked|revoked
		GONE|expired
		USED|used up
		TORN|broken: line 1: uses
		0012-3456|same as in line 1
		123456|spreadsheet made that of 00123456
	END
	awk 'BEGIN { for (i = 0; i < 500; i++) printf "ELSEWHERE%03d\n", i }' >"$tmp/codes"
	try -u "$url" <"$tmp/codes"
	is "$shell: of a list from another home it names some" \
		"$status$out $(grep -c '^cards: line [0-9]*: ELSEWHERE' "$tmp/err")" '1 20'
	like "$shell: and says how many more there are" "$err" '^cards: and 480 more; is this the right home'
	printf '\377\376A\000B\000' | try -u "$url"
	like "$shell: a list in UTF-16 is called that" "$(cat "$tmp/err")" 'UTF-16'
}

from_settings()
{
	printf '00123456\n' >"$tmp/codes"
	printf 'address: %s\n' "$url" >"$home/settings"
	try --csv <"$tmp/codes"
	is "$shell: the address is that of the settings" "$status$err $(
		sed 1d "$tmp/out" | tr -d '\r')" "0 00123456,$url?code=00123456"
	try --csv -u https://other.example/form <"$tmp/codes"
	like "$shell: another one is used, with a warning" "$err $out" \
		"another address, $url"
	rm "$home/settings"
}

words()
{
	printf 'uses: 0\r\nlimit: 1\r\nfile: song.zip\r\nexpires: 2031-02-09\r\n' >"$home/codes/TERMS1"
	printf 'uses: 0\nlimit: 12\nfile: song.zip\n' >"$home/codes/TERMS2"
	printf 'uses: 0\nlimit: 3\nfrom: 2027-01-15\nfile: song.zip\n' >"$home/codes/TERMS3"
	printf '.card { color: red }\n.card::after { content: "</style><script>" }\n' >"$tmp/own.css"
	printf '%s\n' TERMS1 TERMS2 TERMS3 >"$tmp/codes"
	try -u "$url?a=1&b=2" -t '<&"> \1 Déjà' -a '<script>' -s "$tmp/own.css" <"$tmp/codes"
	is "$shell: three cards" "$status $(grep -c '<article' "$tmp/out")$err" '0 3'
	like "$shell: the title is escaped" "$out" '>&lt;&amp;&quot;&gt; \\1 Déjà<'
	like "$shell: so is the artist" "$out" '>&lt;script&gt;<'
	like "$shell: and the address, without its https, that breaks before dots and slashes" "$out" \
		'"address">label<wbr>.example<wbr>/cgi-bin<wbr>/redeem<wbr>.cgi\?a=1&amp;b=2<'
	unlike "$shell: no script of anybody's" "$out" '</style>.|^<script|<p[^>]*><script'
	is "$shell: the owner's CSS is the last in the style" "$(grep -c '</style>' "$tmp/out") $(
		sed -n '/^<.style>/q; /^\.card/p' "$tmp/out" | tail -n 2 | head -n 1)" \
		'1 .card { color: red }'
	is "$shell: limit and days, where the record has them" \
		"$(grep 'class="terms"' "$tmp/out")" \
		'<p class="terms">For one download until 9 February 2031</p>
<p class="terms">For 12 downloads</p>
<p class="terms">For 3 downloads from 15 January 2027</p>'
	while IFS='|' read -r language label term; do
		try -l "$language" -u "$url" <"$tmp/codes"
		is "$shell: in $language" "$(grep -A 2 -E 'class="label"' "$tmp/out" | head -n 1 |
			sed 's/<[^>]*>//g')|$(sed -n 's/<p class="terms">\(.*\)<.p>/\1/p' "$tmp/out" |
			head -n 1)" "$label|$term"
	done <<-'END'
		fr|Code de téléchargement: 0 et 1 sont des chiffres|Pour un téléchargement jusqu’au 9 février 2031
		de|Download-Code: 0 und 1 sind Ziffern|Für einen Download bis 9. Februar 2031
		nl|Downloadcode: 0 en 1 zijn cijfers|Voor één download tot en met 9 februari 2031
		es|Código de descarga: 0 y 1 son cifras|Para una descarga hasta el 9 de febrero de 2031
	END
	printf '<svg xmlns="http://www.w3.org/2000/svg"/>' >"$tmp/logo.svg"
	try -u "$url" -i "$tmp/logo.svg" <"$tmp/codes"
	is "$shell: a logo stands in the page, once" "$(grep -c 'image/svg+xml;base64,PHN2Zy' "$tmp/out") $(
		grep -c 'class="logo"' "$tmp/out")" '1 3'
	unlike "$shell: nothing comes from elsewhere" "$out" '(src|href)="?https?:|@import|url\("?http'
}

wrong_use()
{
	printf 'ABCD\n' >"$tmp/codes"
	try <"$tmp/codes"
	is "$shell: no address" "$status" 2
	try -u label.example <"$tmp/codes"
	is "$shell: an address without https" "$status" 2
	try -u 'https://label.example/"onclick' <"$tmp/codes"
	is "$shell: an address with a quote" "$status" 2
	try -u "$url" -l it <"$tmp/codes"
	is "$shell: another language" "$status" 2
	try -u "$url" -i "$tmp/none.svg" <"$tmp/codes"
	is "$shell: a missing picture" "$status" 1
	try -u "$url" -p a5 <"$tmp/codes"
	is "$shell: another paper" "$status" 2
	try -u "$url" --pdf <"$tmp/codes"
	is "$shell: an option there is none of" "$status" 2
	try -u "$url" codes.txt <"$tmp/codes"
	is "$shell: codes are no arguments" "$status" 2
	try -u "$url" -s "$tmp/none.css" <"$tmp/codes"
	is "$shell: a missing CSS file" "$status" 1
	try -u "$url" </dev/null
	is "$shell: no codes" "$status $out" '1 '
	printf 'ABCD\nformat.txt\n' >"$tmp/codes"
	try -u "$url" <"$tmp/codes"
	is "$shell: a line that is no code" "$status $out" '1 '
	like "$shell: is named" "$err" 'line 2: format\.txt'
	try -h
	is "$shell: -h is help, on stdout" "$status $(head -c 6 "$tmp/out")$err" '0 cards '
}

without_qrencode()
{
	printf '7K3M-9QXA-2FTF\n' >"$tmp/codes"
	path=$PATH
	PATH=$tmp/bin-$shell:$tmp/bin-busybox
	try -f -u "$url" <"$tmp/codes"
	PATH=$path
	is "$shell: without qrencode a card without a QR code" \
		"$status $(grep -c '<article' "$tmp/out") $(grep -c 'class="qr"' "$tmp/out")" '0 1 0'
	is "$shell: and one line that says so" "$(printf '%s\n' "$err" | grep -c qrencode)" 1
	is "$shell: the label stays beside the code" "$(sed -n '/class="code/=' "$tmp/out")" \
		"$(($(sed -n '/class="label/=' "$tmp/out") + 1))"

	mkdir -p "$tmp/broken"
	printf '#!/bin/sh\nexit 1\n' >"$tmp/broken/qrencode"
	chmod +x "$tmp/broken/qrencode"
	PATH=$tmp/broken:$path
	try -f -u "$url" <"$tmp/codes"
	PATH=$path
	is "$shell: where qrencode fails, so does the sheet" "$status" 1
}

# The words of the PDF that do not lie inside one card of the grid of 85 x 55 mm.
cut_words()
{
	pdftotext -bbox "$1" - | awk -F '"' '
	BEGIN { mm = 72 / 25.4 }
	/<page / {
		left = $2 / 2 - 85 * mm
		height = ($4 > 800 ? 275 : 220) * mm
		top = $4 / 2 - height / 2
	}
	/<word / {
		if (int(($2 - left) / 85 / mm) != int(($6 - left) / 85 / mm) || $2 < left ||
			int(($4 - top) / 55 / mm) != int(($8 - top) / 55 / mm) || $4 < top ||
			$6 > left + 170 * mm || $8 > top + height)
			print $9
	}'
}

# Puts the $3 codes that zbar reads on page $2 of $1 into $tmp/read. It misses one in
# some hundreds, as the camera of a phone does for a moment; then it gets a second look.
scan()
{
	: >"$tmp/scanned"
	for dots in 300 360; do
		[ "$(sort -u "$tmp/scanned" | wc -l)" -lt "$3" ] || break
		pdftoppm -r "$dots" -f "$2" -l "$2" -gray -png -singlefile "$1" "$tmp/scanned"
		# zbar looks for a desktop to talk to, and complains.
		zbarimg -q --raw -Sdisable -Sqrcode.enable "$tmp/scanned.png" \
			>>"$tmp/scanned" 2>/dev/null || :
	done
	sort -u "$tmp/scanned" >"$tmp/read"
}

printed()
{
	paper=$1
	size=$2
	each=$3
	shift 3
	try -u "$url" -p "$paper" "$@" <"$tmp/printed-codes"
	is "$paper: nothing is said" "$status $err" '0 '
	mv "$tmp/out" "$tmp/$paper.html"
	chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-sync \
		--disable-background-networking --disable-component-update \
		--user-data-dir="$tmp/browser" --print-to-pdf="$tmp/$paper.pdf" \
		"file://$tmp/$paper.html" >"$tmp/browser.log" 2>&1 || :
	is "$paper: 24 cards fill three pages of the right size" \
		"$(pdfinfo "$tmp/$paper.pdf" | awk '/^Pages/ { print $2 } /^Page size/ { print $3, $5 }' |
			awk '{ for (i = 1; i <= NF; i++) printf "%.0f ", $i }')" "3 $size "
	is "$paper: no word is cut by a card's edge" "$(cut_words "$tmp/$paper.pdf")" ''
	for page in 1 2 3; do
		scan "$tmp/$paper.pdf" "$page" "$each"
		sed -n "$((page * each - each + 1)),$((page * each))p" "$tmp/printed-codes" |
			sed "s|^|$url?code=|" | sort >"$tmp/wanted"
		ok "$paper: page $page: the QR codes say what they should" cmp "$tmp/read" "$tmp/wanted"
		is "$paper: page $page: and so does the print" \
			"$(pdftotext -f "$page" -l "$page" "$tmp/$paper.pdf" - |
				grep -Ec '^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$')" "$(wc -l <"$tmp/wanted")"
	done
}

talk()
{
	script -qec "sh '$top/tools/cards' -H '$home' -u '$url' <'$tmp/many' >'$tmp/out'" \
		"$tmp/typescript" >/dev/null </dev/null
	like "$shell: a terminal sees how far it is" "$(cat "$tmp/typescript")" '100 of 120 cards'
	is "$shell: while the cards go elsewhere" "$(grep -c '<article' "$tmp/out")" 120
}

# 5,000 cards are at most 10 MB, where nothing is short.
bytes()
{
	for number in 20 120; do
		head -n "$number" "$tmp/many" >"$tmp/codes"
		try -u https://www.a-label-of-its-own.example/~a-user/cgi-bin/redeem.cgi -t 'First Light' \
			-a 'The Larks' <"$tmp/codes"
		set -- "$@" "$(wc -c <"$tmp/out")"
	done
	ok "$shell: a card takes at most 2,000 bytes" test "$(($2 - $1))" -le 200000
}

use_shell busybox
"$top/tools/mint" -H "$home" -n 24 -x 2099-12-31 song.zip >"$tmp/printed-codes"
"$top/tools/mint" -H "$home" -n 120 song.zip >"$tmp/many"
for shell in dash busybox; do
	use_shell "$shell"
	table
	not_alive
	from_settings
	words
	wrong_use
	without_qrencode
	talk
	bytes
done

use_shell dash
printed a4 '595 842' 10 -t 'First Light' -a 'The Larks'
printed letter '612 792' 8 -l de -a 'Die Sieben Musikanten & Orchester vom Rhein' \
	-t 'Lieder aus alter Zeit, mit Pauken, Trompeten und einem sehr langen Titel'

bleed()
{
	head -n 3 "$tmp/printed-codes" >"$tmp/three"
	printf '.card { background: #f3c9a0 }\n' >"$tmp/own.css"
	try -u "$url" --bleed -t 'First Light' -s "$tmp/own.css" <"$tmp/three"
	mv "$tmp/out" "$tmp/bleed.html"
	chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-sync \
		--disable-background-networking --disable-component-update \
		--user-data-dir="$tmp/browser" --print-to-pdf="$tmp/bleed.pdf" \
		"file://$tmp/bleed.html" >"$tmp/browser.log" 2>&1 || :
	is 'bleed: one card a page, with room for marks' \
		"$(pdfinfo "$tmp/bleed.pdf" | awk '/^Pages/ { print $2 } /^Page size/ { print $3, $5 }' |
			awk '{ for (i = 1; i <= NF; i++) printf "%.0f ", $i }')" '3 298 213 '
	# 254 dots an inch are ten a millimetre; the colour goes 3 mm beyond the cut
	pdftoppm -r 254 -singlefile "$tmp/bleed.pdf" "$tmp/bleed"
	read -r wide high <<-END
	$(sed -n 2p "$tmp/bleed.ppm")
	END
	is 'bleed: the colour covers 91 x 61 mm' "$(tail -c "$((wide * high * 3))" "$tmp/bleed.ppm" |
		od -An -v -tu1 -w3 | awk -v wide="$wide" '
		$1 == 243 && $2 == 201 && $3 == 160 {
			x = (NR - 1) % wide
			y = int((NR - 1) / wide)
			if (!n++) { left = right = x; top = y }
			if (x < left) left = x
			if (x > right) right = x
			bottom = y
		}
		END { printf "%.0f %.0f", (right - left) / 10, (bottom - top) / 10 }')" '91 61'
	zbarimg -q --raw -Sdisable -Sqrcode.enable "$tmp/bleed.ppm" >"$tmp/read" 2>/dev/null || :
	is 'bleed: the QR code keeps its distance' "$(cat "$tmp/read")" \
		"$url?code=$(head -n 1 "$tmp/three")"
}

bleed
finish

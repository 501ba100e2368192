# What every delivery must do, whoever sends the bytes; sourced by the tests of
# each once its server runs. They set before:
#
#   $form        the address of the program
#   deliver LINE...   a function: settings of the delivery, and these lines
#   $one, $many  patterns: where a link of one file, of several, leads to
#   $closed      a pattern: the status of a link that is late
#   $wrong       a pattern: the status of a link with a wrong signature
#   spoiled LINK a function: the link with a wrong signature or secret
#   offer FILE   a function: what has to be done with a new file below files
#   $head        the status of HEAD, if it is not 200
#   $partless    not empty where the server lets no program send parts of a file
#
# Links are opened as a browser does it, with what the answers say.

base=${form%"${form#*://*/}"}
base=${base%/}

# resolve PAGE HREF: prints the whole address of HREF, which stands in the page at
# the address PAGE.
resolve()
{
	case $2 in
	http://*) printf '%s' "$2" ;;
	/*) printf '%s%s' "$base" "$2" ;;
	*) printf '%s/%s' "${1%/*}" "$2" ;;
	esac
}

# redeem CODE [CURL-ARGUMENT...]: sets $redeemed to the status, $link to the address
# it leads to, if any.
redeem()
{
	code=$1
	shift
	redeemed=$(fetch -d "code=$code" "$@" "$form")
	link=$(led_to)
	[ -z "$link" ] || link=$(resolve "$form" "$link")
}

# The addresses of the files on the page in $tmp/body, which came from $1.
hrefs()
{
	sed -n 's/.*<li><a href="\([^"]*\)".*/\1/p' "$tmp/body" |
		sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&#39;/'/g; s/&amp;/\&/g" |
		while IFS= read -r href; do
			printf '%s\n' "$(resolve "$1" "$href")"
		done
}

uses()
{
	value uses "$code_file"
}

said()
{
	sed -n 's/.*data-outcome="\{0,1\}\([a-z-]*\).*/\1/p' "$tmp/body"
}

# the bytes, which the shop itself may not have
file=$tmp/first-light.zip
cp -p "$shop/home/files/first-light.zip" "$file"
offer first-light.zip

# one file
deliver
is 'the form' "$(fetch "$form"; said)" 200form
code ONE1
redeem one1
is 'one file: a code redeems' "$redeemed" 303
like 'one file: the link' "$link" "$one"
is 'one file: one use is counted' "$(uses)" 1
is 'one file: the link serves' "$(fetch "$link")" 200
ok 'one file: the exact bytes' cmp "$tmp/body" "$file"
like 'one file: as an attachment' "$(header Content-Disposition)" '^attachment'
unlike 'one file: not to be run as a page' "$(header Content-Type)" '^text/'
is 'one file: HEAD' "$(fetch -I "$link")" "${head:-200}"
if [ -z "${partless:-}" ]; then
	is 'one file: a part' "$(fetch -r 1000-1999 "$link")" 206
	ok 'one file: the exact part' \
		sh -c "tail -c +1001 '$file' | head -c 1000 | cmp - '$tmp/body'"
	head -c 123456 "$file" >"$tmp/half"
	ok 'one file: a download that broke off goes on' \
		curl -s -f -L --max-time 30 -C - -o "$tmp/half" "$link"
	ok 'one file: and is whole' cmp "$tmp/half" "$file"
fi
not_served 'one file: another signature' "$wrong" "$(spoiled "$link")"

# the second click
first=$link
redeem ONE1
is 'the second click: the same link' "$link" "$first"
is 'the second click: is free' "$(uses)" 1
code LAST1 'uses: 2' 'limit: 3' 'file: first-light.zip'
redeem LAST1
is 'the last use: counts' "$(uses)" 3
is 'the last use: its link works' "$(fetch "$link")" 200
first=$link
redeem LAST1
is 'the last use: is given again' "$link" "$first"
is 'the last use: still works' "$(fetch "$link")" 200
is 'GET and HEAD spend nothing' \
	"$(fetch "$form?code=ONE1"; fetch -I "$form?code=ONE1"; value uses "$shop/home/codes/ONE1")" \
	2002001

# a link of which less than half is left is not given again
deliver 'window: 6' 'grace: 60'
code HALF1
redeem HALF1
first=$link
another()
{
	redeem HALF1
	[ "$link" != "$first" ]
}
ok 'past half of the window: another link' await 10 another
is 'past half of the window: it is free' "$redeemed $(uses)" '303 1'
is 'past half of the window: it works' "$(fetch "$link")" 200

# several files, a folder, a folder in it, odd names
album=$shop/home/files/flac
mkdir -p "$album/Bonus Discs"
for name in '01 one.ogg' "02 it's (two) & more.ogg" '03 a+b 100% #3?.ogg' '04 für Élise; 夜.ogg' \
	'05 %41%2e.ogg' '06 "x" <y>.ogg' 'Bonus Discs/07 coda.ogg'; do
	printf 'bytes of %s' "${name##*/}" >"$album/$name"
	chmod -R a+rX "$shop/home/files"
	offer "flac/$name"
done
shop_own
deliver
code MANY1 'uses: 0' 'limit: 3' 'file: first-light.zip' 'file: flac/' \
	'file: flac/Bonus Discs/07 coda.ogg'
redeem MANY1
is 'several files: a code redeems' "$redeemed" 303
like 'several files: a page' "$link" "$many"
list=$link
is 'several files: the page is served' "$(fetch "$list"; said)" 200files
is 'several files: as a page' "$(header Content-Type)" 'text/html; charset=utf-8'
is 'several files: to be shown' "$(header Content-Disposition)" ''
like 'several files: not to be kept' "$(header Cache-Control)" no-store
hrefs "$list" >"$tmp/hrefs"
is 'several files: eight' "$(wc -l <"$tmp/hrefs")" 8
is 'several files: what is left' "$(sed -n 's/.*id="redeem-left">\([^<]*\)<.*/\1/p' "$tmp/body" | tr -cd 0-9)" 2
is 'several files: the first' "$(fetch "$(sed -n 1p "$tmp/hrefs")")" 200
ok 'several files: its exact bytes' cmp "$tmp/body" "$file"
sed 1d "$tmp/hrefs" | while IFS= read -r href; do
	printf '%s %s, ' "$(fetch "$href")" "$(cat "$tmp/body")"
	grep -qi '^Content-Disposition: attachment' "$tmp/headers" || printf 'not attached\n'
	printf '\n'
done >"$tmp/opened"
is 'several files: each opens its own, as an attachment' "$(cat "$tmp/opened")" "$(
	find "$album" -type f | sort | sed 's,.*/\(.*\),200 bytes of \1,; s/$/, /')"
is 'several files: the page again' "$(fetch "$list"; said)" 200files
is 'several files: is free' "$(uses)" 1
redeem MANY1
is 'several files: the second click' "$link" "$list"
[ "${partless:-}" ] ||
	is 'several files: a part of one' "$(fetch -r 0-4 "$(sed -n 4p "$tmp/hrefs")"; cat "$tmp/body")" 206bytes
not_served 'several files: the page, spoiled' "$wrong" "$(spoiled "$list")"
not_served 'several files: a file, spoiled' "$wrong" "$(spoiled "$(sed -n 1p "$tmp/hrefs")")"

# one file in a folder, with blanks in both names
code DEEP1 'uses: 0' 'limit: 3' 'file: flac/Bonus Discs/07 coda.ogg'
redeem DEEP1
is 'a file in a folder' "$(fetch "$link"; cat "$tmp/body")" '200bytes of 07 coda.ogg'

# the window's end
deliver 'window: 2' 'grace: 0'
code LATE1
redeem LATE1
late=$link
is 'a short window opens' "$(fetch "$late")" 200
over()
{
	fetch "$late" | grep -Exq -e "$closed"
}
ok 'and closes' await 10 over
not_served 'late' "$closed" "$late"
redeem LATE1
is 'after that another use is counted' "$redeemed $(uses)" '303 2'
is 'and its link works' "$(fetch "$link")" 200
code LATE2 'uses: 0' 'limit: 3' 'file: flac/'
redeem LATE2
late=$link
is 'a page in a short window opens' "$(fetch "$late"; said)" 200files
hrefs "$late" >"$tmp/hrefs"
ok 'and closes' await 10 over
not_served 'the page, late' "$closed" "$late"
late=$(sed -n 1p "$tmp/hrefs")
ok 'the files on it close' await 10 over
not_served 'a file of the page, late' "$closed" "$late"

# what the buyer hears: the same words, whoever sends the bytes
deliver
answered_with()
{
	is "$1" "$2 $(said)" "$3"
}
answered_with 'nothing typed' "$(fetch -d code= "$form")" '400 empty'
answered_with 'mistyped' "$(fetch -d code=7K3M9QXA2FTG "$form")" '404 mistyped'
answered_with 'unknown' "$(fetch -d code=NOSUCHCODE "$form")" '404 unknown'
code USED1 'uses: 3' 'limit: 3' 'file: first-light.zip'
answered_with 'used up' "$(fetch -d code=USED1 "$form")" '410 used-up'
code OVER1 'uses: 0' 'limit: 3' 'file: first-light.zip' 'expires: 2020-12-31'
answered_with 'expired' "$(fetch -d code=OVER1 "$form")" '410 expired'
answered_with 'another type' "$(fetch -H 'Content-Type: text/plain' -d code=ONE1 "$form")" \
	'415 bad-request'
head -c 5000 /dev/zero | tr '\0' x >"$tmp/long"
answered_with 'too long' "$(fetch -d "@$tmp/long" "$form")" '413 bad-request'
code GONE1 'uses: 0' 'limit: 3' 'file: not-there.zip'
answered_with 'a file that is missing' "$(fetch -d code=GONE1 "$form")" '500 broken'
is 'a file that is missing: nothing is counted' "$(uses)" 0
deliver 'tries: 1'
answered_with 'one wrong code too many' \
	"$(fetch -d code=NOSUCHCODE -o /dev/null "$form" >/dev/null; fetch -d code=ONE1 "$form")" \
	'429 slow-down'
deliver 'colour: red'
answered_with 'settings with an error' "$(fetch "$form")" '500 not-set-up'
deliver

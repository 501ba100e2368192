#!/bin/sh
# Where settings are found, what the page of the owner does, and --check.
. "${0%/*}/lib.sh"

shop_stock
good()
{
	settings "home: $shop/home" "secure: $shop/public_html/secure" "$@"
}

# from a shell: settings by REDEEM_CONF, else here
check()
{
	checked=0
	(cd "$cgi" && ./redeem.cgi --check) >"$tmp/check" 2>&1 || checked=$?
}

form()
{
	cgi REQUEST_METHOD=GET "$@" </dev/null
	outcome
}

good
is 'beside the program' "$(cd / && form)" form
is 'else in the current directory' "$(cd "$cgi" && form SCRIPT_FILENAME=)" form
is 'or not at all' "$(cd / && form SCRIPT_FILENAME=)" not-set-up
is 'REDEEM_CONF goes first' "$(form REDEEM_CONF="$tmp/none")" not-set-up
mv "$cgi/.htredeem" "$tmp/conf"
is 'REDEEM_CONF is used' "$(form REDEEM_CONF="$tmp/conf")" form
is 'a header of the client is not REDEEM_CONF' "$(cd / && form HTTP_REDEEM_CONF="$tmp/conf")" not-set-up

# A file that is there is the one, however empty.
mkdir "$tmp/empty"
: >"$tmp/empty/.htredeem"
good
is 'an empty file beside the program is not passed over' \
	"$(cd "$cgi" && form SCRIPT_FILENAME="$tmp/empty/redeem.cgi")" not-set-up
like 'and is what the complaint names' "$(cat "$tmp/complaint")" \
	"^redeem: $tmp/empty/.htredeem: home: is required"
is 'a folder without the file is' \
	"$(cd "$cgi" && form SCRIPT_FILENAME="$tmp/redeem.cgi")" form
is 'a name that is too long is an error' \
	"$(cd "$cgi" && form SCRIPT_FILENAME="/$(printf '%01100d' 0)/redeem.cgi")" not-set-up

# Relative folders are below the settings' own, wherever the program was started
# and whatever link leads to the settings.
settings 'home: ../home' 'secure: ../public_html/secure' 'page: page.html'
printf '<h1>Ours</h1><!-- redeem -->\n' >"$shop/home/page.html"
code RELATE
post relate
like 'relative folders: a link' "$(sed -n 1p "$tmp/answer")" 303
is 'which leads to the file' \
	"$(cat "$(find "$shop/public_html/secure" -mindepth 3 -type l)")" "$(cat "$shop"/home/files/*)"
ln -s "$cgi/.htredeem" "$tmp/linked"
is 'relative folders: by a link to the settings' "$(cd / && form REDEEM_CONF="$tmp/linked")" form
like 'relative folders: the page' "$(cat "$tmp/answer")" Ours
check
is 'relative folders: --check' "$checked" 0
rm -rf "$shop/public_html/secure"/*

# editors on Windows
printf '\357\273\277home: %s\r\nsecure: %s\r\n' "$shop/home" "$shop/public_html/secure" >"$cgi/.htredeem"
is 'a byte order mark and CRLF' "$(form)" form
printf 'h\000o\000m\000e\000' >"$cgi/.htredeem"
is 'UTF-16' "$(form)" not-set-up
like 'is called that' "$(cat "$tmp/complaint")" 'htredeem: is not plain text: save it as UTF-8 instead of UTF-16'

# A value may be a secret, whatever went wrong with its line.
for line in 'key S3CRET' 'S3CRET' 'key S3CRET: x' 'S3CRET:x' 'key=S3CRET:' 'key: S3CRET' \
	'timezone: ../S3CRET' 'links: S3CRET' 'window: S3CRET' 's3-endpoint: S3CRET' 'contact: S3CRET'
do
	good "$line"
	chmod 600 "$cgi/.htredeem"
	is "$line: is wrong" "$(form)" not-set-up
	like "$line: is named" "$(cat "$tmp/complaint")" 'htredeem:3: '
	unlike "$line: is not shown" "$(cat "$tmp/complaint" "$tmp/answer")" S3CRET
done

# [S13]: all errors are named, each with its line
settings "home: $shop/home" 'colour: red' 'window:' 'grace: x' 'links: soft' "home: $shop" \
	"secure: $shop/public_html/secure"
is 'wrong settings' "$(form)" not-set-up
is 'each error on a line of its own' "$(grep -c '\.htredeem:[2-6]: [a-z]*: ' "$tmp/complaint")" 5

# the owner's page
cat >"$shop/home/page.html" <<'END'
<!DOCTYPE html><title>Our Label</title><h1>Our Label</h1>
<!-- redeem -->
<footer>made with love</footer>
END
good 'page: page.html'
is 'the page of the owner' "$(form)" form
like 'comes before' "$(cat "$tmp/answer")" '<h1>Our Label</h1>'
like 'and after' "$(cat "$tmp/answer")" 'made with love'
unlike 'the built-in one does not' "$(cat "$tmp/answer")" '<style>'
good "page: $shop/home/page.html"
is 'by its whole path, too' "$(form)" form
printf 'no marker\n' >"$shop/home/page.html"
is 'a page without the marker' "$(form)" not-set-up
like 'is named' "$(cat "$tmp/complaint")" 'WRONG  page .*page.html: has no <!-- redeem -->$'
good 'page: missing.html'
is 'a page that is not there' "$(form)" not-set-up

like 'is called that' "$(cat "$tmp/complaint")" 'WRONG  page +missing.html: No such file'
good 'page: page.html'
markers()
{
	awk -v "count=$1" 'BEGIN {
		print "<!-- redeem -->"
		while (--count > 0)
			print "<!-- redeem-title -->"
	}' >"$shop/home/page.html"
}
markers 16
is 'a page with sixteen markers' "$(form)" form
for count in 17 2500; do
	markers "$count"
	is "a page with $count markers" "$(form)" not-set-up
	like 'is too much' "$(cat "$tmp/complaint")" 'WRONG  page +page.html: has too many markers'
done
padded()
{
	awk -v "size=$1" 'BEGIN { printf "<!-- redeem -->%*s", size - 15, "" }' >"$shop/home/page.html"
}
padded 65536
is 'a page of 64 KiB' "$(form)" form
quotes=$(printf '%04090d' 0 | tr 0 '"')
post "$quotes"
is 'with the longest text that can be typed in it' \
	"$(sed -n 's/.* value="\(.*\)">/\1/p' "$tmp/answer")" "$(printf '%s' "$quotes" | sed 's/"/\&quot;/g')"
is 'the page is whole' "$(tail -c 65521 "$tmp/answer" | tr -d ' ')" ''
padded 65537
is 'a page of more' "$(form)" not-set-up
like 'is called that' "$(cat "$tmp/complaint")" 'WRONG  page +page.html: is over 64 KiB'
printf '\357\273\277<h1>Mark</h1><!-- redeem -->' >"$shop/home/page.html"
is 'a page with a byte order mark' "$(form)" form
unlike 'which is skipped' "$(cat "$tmp/answer")" "$(printf '\357\273\277')"
printf '\377\376<\000!\000' >"$shop/home/page.html"
is 'a page in UTF-16' "$(form)" not-set-up
like 'is called that' "$(cat "$tmp/complaint")" 'WRONG  page +page.html: .*instead of UTF-16'
printf '<h1>M\374ller</h1><!-- redeem -->' >"$shop/home/page.html"
is 'a page in Latin-1 is served' "$(form)" form
check
is 'a page in Latin-1: --check' "$checked" 1
like 'a page in Latin-1: is called that' "$(cat "$tmp/check")" '^WRONG  page .*page.html: is not UTF-8'

# What is not set up shows it on the form already, and the log of errors has what
# --check calls WRONG. Nothing is written.
shut()
{
	is "$1: the form" "$(form)" not-set-up
	like "$1: what is wrong" "$(cat "$tmp/complaint")" "^redeem: WRONG  $2"
	unlike "$1: what is not" "$(cat "$tmp/complaint")" '^redeem: (ok|advice)'
}
settings "home: $tmp/none" "secure: $shop/public_html/secure"
shut 'no home' "home +$tmp/none: No such file"
is 'no home: in one line' "$(wc -l <"$tmp/complaint")" 1
settings "home: $tmp/none" "secure: $tmp/none-either"
shut 'no home, no secure' "home +$tmp/none: No such file"
shut 'no home, no secure' "secure +$tmp/none-either: "
settings "home: $shop/home" "secure: $tmp/none"
mv "$shop/home/codes" "$shop/home/codes.away"
shut 'no secure, no codes' "secure +$tmp/none: "
shut 'no secure, no codes' "codes .*no such directory"
mv "$shop/home/codes.away" "$shop/home/codes"
before=$(ls -lAR --full-time "$shop")
shut 'no secure' "secure +$tmp/none: "
is 'no secure: nothing is written' "$(ls -lAR --full-time "$shop")" "$before"
settings "home: $shop/home" 'window: x'
shut 'a wrong setting' "settings +$cgi/.htredeem\$"

# timezone
if [ -e /usr/share/zoneinfo/Asia/Tokyo ]; then
	good 'timezone: Asia/Tokyo'
else
	good 'timezone: JST-9'
fi
code ZONE1
post zone1
rules=$(find "$shop/public_html/secure" -mindepth 3 -name .htaccess)
end=$(value link "$code_file" | cut -d ' ' -f 1)
is 'timezone: the window is in the time of the server' \
	"$(sed -n 's/.*%{TIME} >\([0-9]*\).*/\1/p' "$rules")" \
	"$(TZ=JST-9 date -d "$end" +%Y%m%d%H%M%S)"

# --check
good
check
is '--check: all is well' "$checked" 0
is '--check: it says each thing' "$(awk '/^ok / { printf "%s ", $2 }' "$tmp/check")" \
	'settings delivery page home codes files log attempts secure clock '
(cd / && env -u SCRIPT_FILENAME "$cgi/redeem.cgi" --check) >"$tmp/check" 2>&1 || :
like '--check: from another folder' "$(cat "$tmp/check")" "^ok     settings  $cgi/.htredeem\$"
is '--check: nothing is left behind' \
	"$(find "$shop/home/codes" "$shop/public_html/secure" -name '.check' -o -name '.????????????????????????????????')" ''
rm -rf "$shop/public_html/secure"
mkdir -m 711 "$shop/public_html/secure"
shop_own
(cd "$cgi" && SCRIPT_NAME=/cgi-bin/redeem.cgi ./redeem.cgi --check) >"$tmp/check" 2>&1
is '--check: nor a bucket, which would be this user'"'"'s' \
	"$(find "$shop/public_html/secure" -mindepth 1 -type d)" ''
like '--check: secure refuses, with a page for who is late' \
	"$(cat "$shop/public_html/secure/.htaccess")" \
	"^ErrorDocument 403 .*action=.+/cgi-bin/redeem.cgi"
like '--check: the clock' "$(cat "$tmp/check")" "clock .*$(date +%Y%m%d%H)[0-9]{4} \(UTC"
for zone in 'XXX-05:30 \+05:30' 'XXX+13:59 -13:59' 'XXX0 \+00:00'; do
	good "timezone: ${zone% *}"
	(cd "$cgi" && ./redeem.cgi --check) >"$tmp/check" 2>&1 || :
	like "--check: the clock in ${zone% *}" "$(cat "$tmp/check")" "clock .* \(UTC${zone#* }\)"
done
good

wrong()
{
	check
	is "--check: $1: exit status" "$checked" 1
	like "--check: $1: is said" "$(cat "$tmp/check")" "$2"
}
settings "home: $shop/home" "secure: $shop/public_html/secure" 'window: soon'
wrong 'a bad setting' '^WRONG  settings'
settings "home: $tmp/none" "secure: $shop/public_html/secure"
wrong 'no home' '^WRONG  home .*: No such file'
good 'page: missing.html'
wrong 'no page' '^WRONG  page .*: No such file'
good
chmod 755 "$tmp" "$shop/home/codes"
can_enter=$(d=$tmp; while [ "$d" != / ]; do d=$(dirname "$d"); [ -x "$d" ] && stat -c %A "$d"; done | grep -vc 'x$\|t$' || :)
if [ "$can_enter" = 0 ]; then
	wrong 'codes that others can list' '^WRONG  codes .*chmod 700'
fi
chmod 700 "$shop/home/codes"
mv "$shop/home/files" "$shop/home/files.away"
wrong 'no files' '^WRONG  files'
mv "$shop/home/files.away" "$shop/home/files"
rm -rf "$shop/public_html/secure"
wrong 'no secure' '^WRONG  secure'
mkdir "$shop/public_html/secure"
printf x >"$tmp/file"
rm -rf "$shop/home/codes"
wrong 'no codes' '^WRONG  codes'
mkdir -m 700 "$shop/home/codes"
if [ -w /dev/shm ] && [ "$(stat -c %d /dev/shm)" != "$(stat -c %d "$shop")" ]; then
	other=$(mktemp -d /dev/shm/redeem-test.XXXXXX)
	at_end "rm -rf '$other'"
	settings "home: $shop/home" "secure: $other" 'links: hard'
	wrong 'hard links to another file system' '^WRONG  links'
fi

# from a shell
is '--version' "$("$cgi/redeem.cgi" --version)" "redeem 1.0"
like '--help' "$("$cgi/redeem.cgi" --help)" 'redeem --check'
"$cgi/redeem.cgi" --page >"$shop/home/page.html"
good 'page: page.html'
is '--page: is a page that an owner can begin with' "$(form)" form
like '--page: with the look of the built-in one' "$(cat "$tmp/answer")" '<style>'
unlike '--page: and no marker left' "$(cat "$tmp/answer")" '<!-- redeem'
if [ -w /dev/full ]; then
	for option in --page --version --help; do
		"$cgi/redeem.cgi" "$option" >/dev/full && status=0 || status=$?
		is "$option: a full disk is a failure" "$status" 1
	done
fi
"$cgi/redeem.cgi" --help >"$tmp/help"
"$cgi/redeem.cgi" --chek >"$tmp/answer" 2>"$tmp/complaint" || :
ok 'a wrong option: says which there are' cmp "$tmp/help" "$tmp/complaint"
is 'a wrong option: nothing on stdout' "$(cat "$tmp/answer")" ''
is 'no option: misused' "$("$cgi/redeem.cgi" 2>/dev/null || printf '%s' "$?")" 2
is 'a wrong option: misused' "$("$cgi/redeem.cgi" --chek 2>/dev/null || printf '%s' "$?")" 2
# RFC 3875, 4.4: a server passes ?--version as an argument
good
is 'arguments are not looked at in CGI mode' \
	"$(cd "$cgi" && env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET ./redeem.cgi --version | sed -n 1p)" \
	'Status: 200 OK'
finish

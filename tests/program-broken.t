#!/bin/sh
# What will not mend itself is not "busy": a code whose files are missing, unreadable,
# empty or too many is broken, nothing is counted, and stderr and the log say why. What
# systems leave in folders is not for sale; names are in order; a name is found however
# its letters are composed. [S9]
. "${0%/*}/lib.sh"
need strace perl

shop_stock
files=$shop/home/files
log=$shop/home/log
# which the owner may not be able to read where they are
cp -R "$top/tools" "$tmp/tools"
chmod -R a+rX "$tmp/tools"
# not as root, who can read everything
as_owner()
{
	shop_own
	if [ "$(id -u)" = 0 ]; then
		set -- "$(command -v setpriv)" --reuid "$shop_user" --regid "$shop_user" --clear-groups "$@"
	fi
	"$@"
}

# buy CODE: posts it
buy()
{
	shop_own
	if [ "$(id -u)" = 0 ]; then
		post "$1" "$(command -v setpriv)" --reuid "$shop_user" --regid "$shop_user" --clear-groups
	else
		post "$1"
	fi
}

# What tools/code and tools/report say of a code: the line at fault, or nothing.
judged()
{
	as_owner sh "$tmp/tools/code" -H "$shop/home" "$1" 2>&1 |
		sed -n 's/.*; broken: \(line [0-9]*\): ..*/\1/p
		s/.*; broken: .* more than 256$/more than 256/p'
	as_owner sh "$tmp/tools/report" -H "$shop/home" --csv 2>&1 |
		sed -n "s/^\"*broken,\"*$1: \(line [0-9]*\): ..*,1,,,.*/\1/p
		s/^\"*broken,\"*$1: .* more than 256,1,,,.*/more than 256/p"
}

# broken NAME REASON FILE...: a code that sells these
broken()
{
	name=$1
	reason=$2
	shift 2
	code BROKEN1 'uses: 0' 'limit: 3' "$@"
	buy broken1
	is "$name" "$(status) $(outcome) $(value uses "$code_file")" '500 broken 0'
	like "$name: is said" "$(cat "$tmp/complaint")" "^redeem: $reason"
	like "$name: is logged" "$(tail -n 1 "$log")" "^[0-9TZ:-]* broken BROKEN1 $reason"
	unlike "$name: not when to try again" "$(cat "$tmp/answer")" '^Retry-After'
	number=$(grep -c '^file' "$code_file")
	line="line $((number + 2))"
	case $name in
	'too many files') line='more than 256' ;;
	esac
	is "$name: the owner's tools say so" "$(judged BROKEN1)" "$line
$line"
	unlike "$name: no word of it to the buyer" "$(sed '1,/^\r*$/d' "$tmp/answer")" 'files/'
}
broken 'a file that is missing' 'files/none.zip: No such file' 'file: none.zip'
broken 'a folder that is missing' 'files/none/x.zip: No such file' 'file: none/x.zip'
broken 'the second of two' 'files/none.zip: No such file' 'file: first-light.zip' 'file: none.zip'
: >"$files/empty.zip"
broken 'an empty file' 'files/empty.zip: empty' 'file: empty.zip'
mkdir "$files/mixed"
printf x >"$files/mixed/open.zip"
: >"$files/mixed/zero.zip"
broken 'an empty file in a folder' 'files/mixed/zero.zip: empty' 'file: mixed'
rm "$files/mixed/zero.zip"
printf x >"$files/mixed/shut.zip"
chmod 000 "$files/mixed/shut.zip"
broken 'a file that cannot be read' 'files/mixed/shut.zip: Permission denied' 'file: mixed/'
mkdir -m 000 "$files/closed"
broken 'a folder that cannot be read' 'files/closed: Permission denied' 'file: closed/'
mkdir "$files/nothing"
printf x >"$files/nothing/.DS_Store"
broken 'an empty folder' 'files/nothing: there is no file in this folder' 'file: nothing/'
printf x >"$files/x.php"
broken 'a program' 'files/x.php: a server might run' 'file: x.php'
mkdir "$files/many"
(cd "$files/many" && seq 257 | while read -r one; do printf x >"$one"; done)
broken 'too many files' 'files/many/[0-9]*: more than 256 files' 'file: many/'
broken 'a name that is too long to be said' 'a name is too long' "file: $(printf '%02100d' 0)"
mkfifo "$files/pipe.zip"
broken 'a pipe' 'files/pipe.zip: not a regular file' 'file: pipe.zip'
latin=$(printf 'f\374r.zip')
printf x >"$files/$latin"
broken 'a name that is not UTF-8' 'files/f.*r.zip: its name is not UTF-8' "file: $latin"
mkdir "$files/$latin.d"
printf x >"$files/$latin.d/x.zip"
broken 'a folder whose name is not' 'files/f.*/x.zip: its name is not UTF-8' "file: $latin.d/"

# what goes by is still busy
code BUSY1
buy BUSY1
is 'a good code' "$(status)" 303
if strace -o "$tmp/trace" true 2>/dev/null; then
	for error in EIO ENFILE ENOMEM; do
		code BUSY1 'uses: 0' 'limit: 3' 'file: first-light.zip'
		post busy1 "$(command -v strace)" -o "$tmp/trace" \
			-P "$files/first-light.zip" -P files/first-light.zip \
			-e "inject=newfstatat,fstatat64,faccessat,faccessat2,statx:error=$error"
		is "$error is over soon" "$(status) $(outcome) $(value uses "$code_file")" '503 try-again 0'
	done
fi

# a folder as Macs, Windows, editors and transfers leave it
mkdir "$files/album"
for number in 1 2 3 9 10 11 100; do
	printf 'bytes of %s' "$number" >"$files/album/$number song.ogg"
done
cr=$(printf '\r')
for junk in .DS_Store '._1 song.ogg' Thumbs.db desktop.ini "Icon$cr" 'notes.txt~' \
	'12 song.ogg.part' '13 song.ogg.filepart' \
	THUMBS.DB '14 song.ogg.PART'; do
	printf x >"$files/album/$junk"
done
code ALBUM1 'uses: 0' 'limit: 3' 'file: album/'
buy ALBUM1
is 'what systems leave is in nobody'"'"'s way' "$(status)$(judged ALBUM1)" 303
page=$shop/public_html$(location | sed 's/?.*//')
is 'and not for sale; 2 is before 10' "$(sed -n 's/.*<a href="\([0-9]*\)%20song.*/\1/p' "$page" | tr '\n' ' ')" \
	'1 2 3 9 10 11 100 '

# the same letters, composed (NFC) and apart (NFD)
nfc=$(printf 'f\303\274r \303\211lise')
nfd=$(printf 'fu\314\210r E\314\201lise')
mkdir "$files/$nfd"
printf x >"$files/$nfd/$nfd.zip"
printf y >"$files/$nfc.zip"
# kana, Cyrillic, Romanian, Czech
printf '\343\202\254|\343\202\253\343\202\231\n\320\271|\320\270\314\206\n\310\231|s\314\246\n\304\215|c\314\214\n' \
	>"$tmp/letters"
number=0
while IFS='|' read -r whole apart; do
	number=$((number + 1))
	printf x >"$files/$number$apart.zip"
	code MAC2 'uses: 0' 'limit: 3' "file: $number$whole.zip"
	buy MAC2
	is "in whatever script: $number" "$(status) $(value uses "$code_file") $(judged MAC2)" '303 1 '
done <"$tmp/letters"
# the tools have the letters of the program, row for row
perl -ne '
	$on = 1 if /^} letter_marks/;
	$on = 0 if /^};/;
	$row .= $_ if $on;
	END {
		for ($row =~ /\{(.*?)\}/sg) {
			my ($mark, @rest) = /"((?:\\x..)+)",((?:\s*"[^"]*")+),((?:\s*"[^"]*")+)/ or next;
			$mark =~ s/\\x(..)/chr hex $1/ge;
			my ($whole, $plain) = map { join "", /"([^"]*)"/g } @rest;
			my @whole = $whole =~ /[\xc0-\xff][\x80-\xbf]+/g;
			my @plain = $plain =~ /[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]+/g;
			print join(" ", map { "$whole[$_] $plain[$_]$mark" } 0 .. $#whole), "\n";
		}
	}' "$top/redeem.c" >"$tmp/rows"
ok 'there are letters' test "$(wc -l <"$tmp/rows")" -ge 16
ok 'the tools have the same' cmp "$tmp/rows" "$top/tools/.letters.txt"
for line in "$nfc/$nfc.zip" "$nfd/$nfd.zip" "$nfd/$nfc.zip" "$nfc/" "$nfd.zip" "$nfc.zip"; do
	code MAC1 'uses: 0' 'limit: 3' "file: $line"
	buy MAC1
	is "however its letters are composed: $line" "$(status) $(value uses "$code_file") $(judged MAC1)" \
		'303 1 '
done
broken 'other letters' 'files/fur Elise.zip: No such file' 'file: fur Elise.zip'

# md5 would let the last digit of a name stand for the first of a time
printf x >"$files/mix0"
for sold in mix0 song.mp3 disc.F; do
	printf x >"$files/$sold"
	ln -sf "$cgi/.htredeem" "$shop/home/settings"
	settings "home: $shop/home" 'delivery: secdownload' 'prefix: /dl' 'secret: 0123456789' 'algorithm: md5'
	chmod 600 "$cgi/.htredeem"
	broken "md5: $sold" "files/$sold: md5 .* algorithm: hmac-sha256\$" "file: $sold"
	sed -i 's/^algorithm: md5/algorithm: hmac-sha256/' "$cgi/.htredeem"
	code HMAC1 'uses: 0' 'limit: 3' "file: $sold"
	buy HMAC1
	is "hmac-sha256: $sold" "$(status) $(value uses "$code_file") $(judged HMAC1)" '303 1 '
done
finish

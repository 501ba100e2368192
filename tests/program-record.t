#!/bin/sh
# What a redemption does to a code's file, to the log, and what the owner may do.
. "${0%/*}/lib.sh"
need flock

shop_stock
secure=$shop/public_html/secure

# the place of the file that the last answer leads to
place()
{
	location | sed "s,^/secure/,$secure/,; s,?.*,,"
}

# [S2] [S3]
code 7K3M9QXA2FTF 'note: first' 'uses: 0' 'colour: red' 'limit: 3' 'file: first-light.zip' \
	'a line of my own'
inode=$(ls -i "$code_file")
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
post 7k3m-9qxa-2ftf
after=$(date -u +%Y-%m-%dT%H:%M:%SZ)
is 'status' "$(status)" 303
is 'one use' "$(value uses "$code_file")" 1
is 'every other line is kept, in its place' "$(grep -v '^last:\|^link:\|^uses:' "$code_file")" \
	"$(printf '%s\n' 'note: first' 'colour: red' 'limit: 3' 'file: first-light.zip' 'a line of my own')"
is 'the file is the same file' "$(ls -i "$code_file")" "$inode"
is 'its mode is the same' "$(stat -c %a "$code_file")" 600
last=$(value last "$code_file")
ok 'last is the time of the use' test "$(printf '%s\n' "$before" "$last" "$after" | sort | sed -n 2p)" = "$last"
is 'link names the token' "$(value link "$code_file" | cut -d ' ' -f 2)" "$(basename "$(dirname "$(place)")")"
is 'and the secret' "$(value link "$code_file" | cut -d ' ' -f 3)" "$(location | sed 's/.*?//')"
is 'and the end of the window' "$(date -u -d "$(value link "$code_file" | cut -d ' ' -f 1)" +%s)" \
	"$(($(date -u -d "$last" +%s) + 120))"
is 'the bucket is the minute of the end' "$(location | cut -d / -f 3)" \
	"$((($(date -u -d "$last" +%s) + 120) / 60))"
is 'the log has its line' "$(cat "$shop/home/log")" "$last redeemed 7K3M9QXA2FTF 1/3 first-light.zip"
is 'the link leads to the file' "$(readlink "$(place)")" "$shop/home/files/first-light.zip"
ls -A "$(dirname "$(place)")" >"$tmp/listing"
is 'rules and file, nothing else' "$(tr '\n' ' ' <"$tmp/listing")" '.htaccess first-light.zip '
is 'nobody can list it' "$(stat -c %a "$(dirname "$(place)")")" 711
like 'secure forbids everything' "$(cat "$secure/.htaccess")" '^RewriteRule \^ - \[F\]$'

# [S6] [S7]: what the rules are made of
rules=$(cat "$(dirname "$(place)")/.htaccess")
unlike 'no Options line' "$rules" '^[[:space:]]*Options'
unlike 'no expression, no <= or >=' "$rules" 'expr|<=|>='
is 'no IfModule before the refusals' \
	"$(printf '%s\n' "$rules" | sed '/<IfModule/,$d' | grep -c 'RewriteRule .*\[F\]')" 2
is 'two bounds of 14 digits' "$(printf '%s\n' "$rules" | grep -Ec '%\{TIME\} [<>][0-9]{14}( |$)')" 2

# the second click
made=$(stat -c '%n %i %z' "$(dirname "$(place)")" "$(dirname "$(place)")"/.htaccess)
post 7K3M9QXA2FTF
is 'the second click: status' "$(status)" 303
is 'the second click is free' "$(value uses "$code_file")" 1
like 'the log says so' "$(tail -n 1 "$shop/home/log")" ' again 7K3M9QXA2FTF 1/3 first-light.zip$'
first=$(place)
# [S6]: a link's directory is never written again
is 'its link is as it was made' "$(stat -c '%n %i %z' "$(dirname "$first")" "$(dirname "$first")"/.htaccess)" "$made"
# the link is gone (a sweep, an owner): the second click makes another, free
rm -r "$(dirname "$first")"
post 7K3M9QXA2FTF
is 'a lost link is made again' "$(status)" 303
ok 'it is another' test "$(place)" != "$first"
ok 'it is there' test -e "$(place)"
is 'it is free' "$(value uses "$code_file")" 1
# less than half of the window left: another link, still free
end=$(date -u -d "$(value last "$code_file") + 20 seconds" +%Y-%m-%dT%H:%M:%SZ)
sed -i "s/^link: [^ ]*/link: $end/" "$code_file"
[ "$(id -u)" != 0 ] || chown "$shop_user" "$code_file"
post 7K3M9QXA2FTF
ok 'a link about to close is replaced' test "$(value link "$code_file" | cut -d ' ' -f 1)" != "$end"
is 'for free' "$(value uses "$code_file")" 1

# past the grace a use counts
past='last: 2020-01-01T00:00:00Z'
code PAST1111 'uses: 1' 'limit: 3' 'file: first-light.zip' "$past"
post past1111
is 'past the grace a use counts' "$(value uses "$code_file")" 2
code PAST1111 'uses: 3' 'limit: 3' 'file: first-light.zip' "$past"
post past1111
is 'past the grace, none left' "$(status) $(outcome)" '410 used-up'
like 'the log says used-up' "$(tail -n 1 "$shop/home/log")" ' used-up PAST1111 3/3 first-light.zip$'
code PAST1111 'uses: 0' 'limit: 3' 'file: first-light.zip' "expires: $(date -d yesterday +%Y-%m-%d)"
post past1111
is 'after the last valid day' "$(status) $(outcome)" '410 expired'
like 'the log says expired' "$(tail -n 1 "$shop/home/log")" ' expired PAST1111 0/3 first-light.zip$'
code PAST1111 'uses: 0' 'limit: 3' 'file: first-light.zip' "expires: $(date +%Y-%m-%d)"
post past1111
is 'on the last valid day' "$(status)" 303

# codes made by hand; letters read as digits only where there is no such code
code FLEMISH2026
post 'Flemish 2026'
is 'a code made by hand' "$(status)" 303
code 1010101010
post 'iolo-i0L0-io'
is 'O, I and L are read as digits' "$(status)" 303

# people paste more than the code; a code that is all of it comes first
code 7K3M9QXA2FTF
code 17K3M9QXA2FTF
for typed in 'https://label.example/redeem?code=7k3m-9qxa-2ftf%26lang=de' 'Code: 7K3M-9QXA-2FTF' \
	'2. 7K3M 9QXA 2FTF' '%EF%BC%97%EF%BC%AB%EF%BC%93%EF%BC%AD-9QXA-2FTF'; do
	code 7K3M9QXA2FTF
	post "$typed"
	is "pasted: $typed" "$(status) $(value uses "$code_file")" '303 1'
done
post '1. 7K3M-9QXA-2FTF'
is 'a code that has the number, too' "$(status) $(value uses "$shop/home/codes/17K3M9QXA2FTF")" '303 1'

# what an owner's editor may leave: CRLF, no line end, blanks
printf 'uses: 0\r\nlimit: 3\r\nfile: first-light.zip' >"$shop/home/codes/CRLF"
shop_own
post crlf
is 'CRLF: status' "$(status)" 303
is 'CRLF: kept' "$(grep -c "$(printf '\r')\$" "$shop/home/codes/CRLF")" 5
is 'CRLF: counted' "$(value uses "$shop/home/codes/CRLF")" 1

# each line keeps its own end, the last one, too
printf 'uses: 0\r\nnote: mine\nlimit: 3\nfile: first-light.zip\r\n \n' >"$shop/home/codes/MIXED"
shop_own
post mixed
is 'CRLF here and there: kept where it was' \
	"$(grep -v '^last:\|^link:\|^ *$' "$shop/home/codes/MIXED" | tr '\r' '+' | tr '\n' ' ')" \
	'uses: 1+ note: mine limit: 3 file: first-light.zip+ '

# a record never gets shorter than it was
code ROOM1 'uses: 0' 'limit: 3' 'file: first-light.zip' "$(printf '%400s' '')"
size=$(wc -c <"$code_file")
post room1
is 'room is used, not cut off' "$(wc -c <"$code_file")" "$size"
code FULL1 'uses: 0' 'limit: 3' 'file: first-light.zip' "note: $(printf '%04030d' 0)"
cp "$code_file" "$tmp/full"
post full1
is 'no room for the lines of the program' "$(status) $(outcome)" '500 broken'
like 'the log says so' "$(tail -n 1 "$shop/home/log")" ' broken FULL1 .*no room'
ok 'the record is as it was' cmp "$code_file" "$tmp/full"
code FULL2 'uses: 0' 'limit: 3' 'file: first-light.zip' "note: $(printf '%03930d' 0)"
post full2
is 'just enough room' "$(status) $(value uses "$code_file") $(wc -c <"$code_file")" '303 1 4096'
code FULL3 'uses: 0' 'limit: 3' 'file: first-light.zip' "note: $(printf '%03931d' 0)"
post full3
is 'a byte less' "$(status) $(outcome)" '500 broken'
is 'the link is withdrawn [S4]' "$(find "$secure" -mindepth 2 -maxdepth 2 -name '.*')" ''

# several files and folders
mkdir "$shop/home/files/flac"
for song in b.flac a.flac .hidden; do
	printf '%s' "$song" >"$shop/home/files/flac/$song"
done
mkdir "$shop/home/files/flac/inner" "$shop/home/files/mp3"
printf other >"$shop/home/files/mp3/a.flac"
shop_own
code MANY1 'uses: 0' 'limit: 3' 'file: first-light.zip' 'file: flac/' 'file: mp3/'
post many1
is 'several files: status' "$(status)" 303
like 'they lead to a page' "$(location)" '/downloads.html\?'
folder=$(dirname "$(place)")
is 'all of them are linked' "$(cd "$folder" && printf '%s ' *)" \
	'2-a.flac a.flac b.flac downloads.html first-light.zip '
is 'a name that is taken gets a number' "$(cat "$folder/2-a.flac")" other
is 'the page lists them in order' \
	"$(sed -n 's/.*<a href="\([^?]*\).*/\1/p' "$folder/downloads.html" | tr '\n' ' ')" \
	'first-light.zip a.flac b.flac 2-a.flac '
like 'it says how many are left' "$(cat "$folder/downloads.html")" 'your code has 2 downloads left'
like 'the log names what was sold' "$(tail -n 1 "$shop/home/log")" \
	' redeemed MANY1 1/3 first-light.zip flac/ mp3/$'
# an owner may lower the limit after the fact
sed -i 's/^limit: 3/limit: 1/; s/^uses: 1/uses: 2/' "$code_file"
rm -r "$folder"
post many1
like 'never less than none' "$(cat "$(dirname "$(place)")/downloads.html")" 'This is the last download of your code'

# links: hard
settings "home: $shop/home" "secure: $secure" 'links: hard'
code HARD1
post hard1
is 'hard links: status' "$(status)" 303
ok 'a hard link to the file' test "$(place)" -ef "$shop/home/files/first-light.zip"
ok 'and no symbolic one' test ! -L "$(place)"

# [S14]: a bounded number with each redemption
old=$secure/26300000
for i in 1 2 3; do
	link=$old/$(random_hex 16)
	mkdir -p "$link"
	printf x >"$link/.htaccess"
	ln -s /nowhere "$link/x.zip"
done
shop_own
code SWEEP1
post sweep1
is 'two expired links are removed at a time' "$(find "$old" -mindepth 1 -maxdepth 1 | wc -l)" 1
code SWEEP2
post sweep2
ok 'then the rest, and their bucket' test ! -e "$old"

# links that nobody can remove, for there is a folder in each: each ends the work on
# its bucket, and the next redemption begins at another
for i in 0 1 2 3 4 5 6 7 8 9; do
	mkdir -p "$secure/2630000$i/$(random_hex 16)/folder" "$secure/2630001$i/$(random_hex 16)"
done
shop_own
code SWEEP3 'uses: 0' 'limit: 900' 'file: first-light.zip'
swept()
{
	post sweep3
	[ "$(find "$secure" -path '*/2630001*' | wc -l)" = 0 ]
}
settings "home: $shop/home" "secure: $secure" 'grace: 0'
ok 'what cannot be removed is not in the way of others' await 60 swept
is 'and stays as it was' "$(find "$secure" -path '*/2630000*/folder' | wc -l)" 10
rm -r "$secure"/2630000?
settings "home: $shop/home" "secure: $secure"

# One writes the log at a time, but not for ever. flock(1), which holds it here, has
# no say where the program locks by fcntl.
log_locked()
{
	code LOCKED1
	exec 9>>"$shop/home/log"
	flock 9
	begun=$(date +%s)
	post locked1 9>&-
	took=$(($(date +%s) - begun))
	flock -u 9
	exec 9>&-
	is 'a log that somebody has locked: status' "$(status) $(value uses "$code_file")" '303 1'
	ok 'after five seconds' test "$took" -ge 4 -a "$took" -lt 10
	like 'which is said' "$(cat "$tmp/complaint")" '^redeem: log: not locked: '
	like 'the line is there all the same' "$(tail -n 1 "$shop/home/log")" ' redeemed LOCKED1 1/3 '
}
"$REDEEM_PROGRAM" --version | grep -q '^locks: fcntl' || log_locked

# the log may be missing or closed to us: the buyer does not notice
rm "$shop/home/log"
mkdir "$shop/home/log"
code NOLOG1
post nolog1
is 'no log: status' "$(status)" 303
is 'no log: counted' "$(value uses "$code_file")" 1
like 'no log: the owner is told' "$(cat "$tmp/complaint")" 'log: '
finish

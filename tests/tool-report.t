#!/bin/sh
# report counts what the records and the log say, and is not put off by odd ones.

. "${0%/*}/lib.sh"
need dash busybox script

# Runs report; $out, $err and $status tell what came of it.
try()
{
	status=0
	sh "$top/tools/report" -H "$home" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	out=$(cat "$tmp/out")
	err=$(cat "$tmp/err")
}

record()
{
	name=$1
	shift
	printf '%s\n' "$@" >"$home/codes/$name"
}

new_home()
{
	home=$tmp/$shell
	rm -rf "$home"
	mkdir -p "$home/codes"
}

# Days before the first download, and days that are still to come.
empty_periods()
{
	new_home
	record AAAA 'uses: 1' 'limit: 3' 'file: a.zip'
	printf '2026-05-01T00:00:01Z redeemed AAAA 1/3 a.zip\n' >"$home/log"
	try --until 2026-01-31 --html
	is "$shell: before the first download: a whole page" "$status$err $(tail -n 1 "$tmp/out")" '0 </html>'
	try --until 2026-01-31
	like "$shell: the same as text" "$out" '31 January 2026 +to +31 January 2026|2026-01-31 +to +2026-01-31'
	try --since 2999-01-01 --html
	is "$shell: a day to come: a whole page" "$status$err $(tail -n 1 "$tmp/out")" '0 </html>'
	for option in --since --until -H; do
		try "$option" ''
		is "$shell: $option without a value" "$status$out" 2
	done
}

shop()
{
	new_home
	record AAAA 'uses: 0' 'limit: 3' 'file: a.zip' 'note: batch 1'
	record BBBB 'uses: 2' 'limit: 3' 'file: a.zip' 'file: b <i>/' 'note: batch 1' 'link: x'
	printf 'uses: 1\r\nlimit: 1\r\nfile: a.zip\r\nnote: say "hi", now\r\n    \r\n' >"$home/codes/CCCC"
	record DDDD 'uses: 1' 'limit: 9' 'file: b <i>/' 'expires: 2001-01-31'
	record EEEE 'uses: 2' 'limit: 0' 'file: b <i>/' 'revoked: 3' 'expires: 2999-01-31'
	record FFFF 'uses: 7' 'limit: 3' 'file: c' "last: 2026-01-01T00:00:00Z" "$(printf '%400s' '')"
	record format.txt 'uses: 1' 'limit: 3' 'file: not a code'
	record TORN 'uses: 1' 'lim'
	: >"$home/codes/EMPTY"
	record gggg 'uses: 1' 'limit: 3' 'file: d.zip'
	record notes 'no record'
	record TWICE 'uses: 1' 'uses: 0' 'limit: 3' 'file: a.zip'
	record HUGE 'uses: 1000000' 'limit: 3' 'file: a.zip'
	record LONG 'uses: 1' 'limit: 3' 'file: a.zip' "note: $(printf '%04090d' 0)"
	printf '\000\377\001binary' >"$home/codes/BINARY"
	ln -s AAAA "$home/codes/SYMLINK"
	mkdir "$home/codes/FOLDER"
	mkfifo "$home/codes/FIFO"
	today=$(date -u +%Y-%m-%d)
	for line in "${today}T00:00:01Z redeemed BBBB 1/3 a.zip" \
		"${today}T00:00:01Z again BBBB 1/3 a.zip" "${today}T00:00:01Z redeemed BBBB 2/3 redeemed" \
		"${today}T00:00:01Z redeemed DOCTOR0123456789ABCDEF0123456789ABCDEF 1/3 x" \
		'2001-01-01T00:00:00Z redeemed AAAA 1/3 a.zip' 'torn redeemed' ''; do
		printf '%s\n' "$line"
	done >"$home/log"
}

counts()
{
	shop
	try --csv
	is "$shell: a table" "$status $err" '0 '
	printf '%s\r\n' 'kind,name,codes,redeemed,uses,left' 'total,,6,5,13,4' 'expired,,1,1,1,0' \
		'revoked,,1,1,2,0' 'broken,,9,,,' 'broken,BINARY: not plain text: save it as UTF-8 instead of UTF-16,1,,,' \
		'broken,EMPTY: uses: is required,1,,,' 'broken,FIFO: not a file,1,,,' \
		'broken,FOLDER: not a file,1,,,' \
		'broken,HUGE: line 1: uses: not a number up to 999999,1,,,' \
		'broken,LONG: longer than 4096 bytes,1,,,' 'broken,SYMLINK: not a file,1,,,' \
		'broken,TORN: limit: is required,1,,,' \
		'broken,TWICE: line 2: uses: is set twice,1,,,' 'misnamed,gggg,1,,,' \
		'behind,"AAAA: 0 here, 1 in the log",1,,,' 'file,c,1,1,7,0' 'file,b <i>/,3,3,5,1' \
		'file,a.zip,3,2,3,4' 'note,,3,3,10,0' 'note,batch 1,2,1,2,4' \
		'note,"say ""hi"", now",1,1,1,0' "day,$today,,,2," >"$tmp/wanted"
	head -n 23 "$tmp/out" >"$tmp/head"
	ok "$shell: that adds up by hand" cmp "$tmp/head" "$tmp/wanted"
	is "$shell: with the last thirty days" "$(sed -n 's/^day,\([^,]*\),.*/\1/p' "$tmp/out")" \
		"$(for ago in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29; do
			date -u -d "@$(($(date -u -d "$today" +%s) - ago * 86400))" +%Y-%m-%d
		done)"
	is "$shell: and nothing after them" "$(wc -l <"$tmp/out")" 52
}

terminal()
{
	shop
	record ABCD 'uses: 1' 'limit: 3' 'file: a.zip' \
		'note: ein überaus länglicher Name für eine größere Lieferung Hüllen'
	try
	is "$shell: a page for the terminal" "$status $err" '0 '
	like "$shell: says how many were redeemed" "$out" '^Redeemed +6  86 %$'
	like "$shell: how many are expired" "$out" '^Expired +1 '
	like "$shell: revoked" "$out" '^Revoked +1 '
	like "$shell: and broken" "$out" '^Broken +9 '
	like "$shell: with the reason, and how many share it" "$out" '^ +3  not a file$'
	like "$shell: and their names" "$out" '^ +FIFO, FOLDER, SYMLINK$'
	like "$shell: a code that a backup has set back" "$out" 'AAAA: 0 here, 1 in the log'
	like "$shell: a file that the program would not find" "$out" '^  gggg$'
	like "$shell: what each file has" "$out" '^a\.zip +4 +3 +4 +6$'
	like "$shell: and each note" "$out" '^batch 1 +2 +1 +2 +4$'
	like "$shell: today's bar is the longest" "$out" '#{58} 2$'
	is "$shell: a bar for each of thirty days" \
		"$(printf '%s\n' "$out" | grep -Ec '^[ 0-9]{2} [A-Z][a-z]{2}  (#+ )?[0-9]+$')" 30
	is "$shell: in eighty columns" "$(LC_ALL=C.UTF-8 wc -L <"$tmp/out" | tr -d ' ')" 80
	ok "$shell: a long name is cut between letters" iconv -f UTF-8 -t UTF-8 "$tmp/out"
}

browser()
{
	shop
	try --html
	is "$shell: a page for a browser" "$status $err" '0 '
	like "$shell: with thirty days" "$(grep -c '<rect class="full" x=' "$tmp/out")" '^30$'
	like "$shell: today's is the highest" "$out" 'x="291" y="0.00" width="8" height="100.00"'
	like "$shell: a day tells its number" "$out" '<title>[0-9]+ [A-Z][a-z]+: 2</title>'
	like "$shell: names are escaped" "$out" '>b &lt;i&gt;/<'
	like "$shell: notes too" "$out" '>say &quot;hi&quot;, now<'
	like "$shell: bars are in proportion" "$out" \
		'width="71.43%" height="100%"/>.*x="71.43%" width="14.29%"'
	like "$shell: there is a dark dress" "$out" 'prefers-color-scheme: dark'
	unlike "$shell: it takes nothing from elsewhere" "$out" 'https?:|src=|@import|url\(|<script|<link'
	unlike "$shell: and tells no code" "$out" 'AAAA|BBBB|CCCC|DDDD'
}

misused()
{
	try "$@"
	is "$shell: misuse: $*" "$status$out" 2
}

# By hand: the log is what counts, and the records say of which file and note a code is.
periods()
{
	new_home
	record AAAA 'uses: 3' 'limit: 3' 'file: a.zip' 'note: one'
	record BBBB 'uses: 1' 'limit: 3' 'file: b.zip' 'note: two'
	record DOCTOR2026 'uses: 1' 'limit: 3' 'file: b.zip' 'note: two'
	printf '%s\n' '2026-01-31T23:59:59Z redeemed AAAA 1/3 a.zip' \
		'2026-02-01T00:00:00Z redeemed AAAA 2/3 a.zip' \
		'2026-02-14T12:00:00Z redeemed AAAA 3/3 a.zip' \
		'2026-02-28T23:59:59Z redeemed BBBB 1/3 b.zip' \
		'2026-03-01T00:00:00Z redeemed DOCTOR2026 1/3 b.zip' >"$home/log"
	try --since 2026-02-01 --until 2026-02-28 --csv
	is "$shell: of a period only its downloads count" \
		"$(grep -E '^(total|file|note)' "$tmp/out" | tr -d '\r' | tr '\n' ' ')" \
		'total,,3,2,3,4 file,a.zip,1,1,2,0 file,b.zip,2,1,1,4 note,one,1,1,2,0 note,two,2,1,1,4 '
	is "$shell: and only its days" "$(sed -n 's/^day,//p' "$tmp/out" | sed -n '1p;$p' |
		tr -d '\r' | tr '\n' ' ') $(grep -c ^day "$tmp/out")" '2026-02-28,,,1, 2026-02-01,,,1,  28'
	try --since=2026-03-01 --until=2026-03-01 --csv
	like "$shell: a code of the owner that begins with DOCTOR counts" "$out" '^day,2026-03-01,,,1,'
	try --since 2026-01-01 --until 2026-12-31
	like "$shell: a year is drawn by month" "$out" '^Feb 2026  #{58} 3'
	is "$shell: which are twelve" "$(grep -c ' 2026  ' "$tmp/out")" 12
	try --until 2026-02-10 --csv
	is "$shell: without a beginning it begins with the log" \
		"$(grep ^day "$tmp/out" | tail -n 1 | tr -d '\r')" 'day,2026-01-31,,,1,'
	misused --since 2026-02-30
	misused --until x
	misused --since 2026-02-02 --until 2026-02-01
	misused --since
}

# What a record or the log says does not reach the terminal as it is.
control_characters()
{
	new_home
	printf 'uses: 0\nlimit: 3\nfile: a\033]0;x\007.zip\nnote: b\302\2332Jc\177d\n' >"$home/codes/AAAA"
	for form in '' --csv --html; do
		try ${form:+"$form"}
		ok "$shell: no control character in ${form:-text}" sh -c \
			"! tr -d '\\011\\012\\015' <'$tmp/out' | grep -q '[[:cntrl:]]' &&
			! grep -q \"\$(printf '\\302\\233')\" '$tmp/out'"
		like "$shell: but the rest, in ${form:-text}" "$out" 'b\?2Jc\?d'
	done
}

# The last day is over where the shop is, whatever the shell's zone.
time_zones()
{
	new_home
	for zone in Pacific/Kiritimati Etc/GMT+12 ''; do
		day=$(TZ=$zone date +%Y-%m-%d)
		[ "$zone" ] || day=$(env -u TZ date +%Y-%m-%d)
		printf 'timezone: %s\n' "$zone" >"$home/settings"
		[ "$zone" ] || : >"$home/settings"
		record AAAA 'uses: 0' 'limit: 3' 'file: a.zip' "expires: $day"
		for shell_zone in Etc/GMT+12 Pacific/Kiritimati; do
			TZ=$shell_zone
			export TZ
			try --csv
			unset TZ
			is "$shell: valid on its last day in ${zone:-the zone of the system} ($shell_zone)" \
				"$(grep -c ^expired "$tmp/out")" 0
		done
	done
	record AAAA 'uses: 0' 'limit: 3' 'file: a.zip' 'expires: 2001-01-01'
	try --csv
	is "$shell: and expired after it" "$(grep -c ^expired "$tmp/out")" 1
	record AAAA 'uses: 0' 'limit: 3' 'file: a.zip' 'from: 2999-01-01'
	try
	like "$shell: what is for later is told apart" "$out" '^Not yet +1 '
}

numbers()
{
	new_home
	i=1000
	while [ "$i" -lt 2200 ]; do
		printf 'uses: %d\nlimit: 1000\nfile: a.zip\n' "$((i == 1000))" >"$home/codes/C$i"
		i=$((i + 1))
	done
	printf 'address: https://label.example/cgi-bin/redeem.cgi\n' >"$home/settings"
	try
	like "$shell: thousands are separated" "$out" '^Left +1,199,999$'
	like "$shell: under one per cent is not none" "$out" '^Redeemed +1  under 1 %$'
	like "$shell: the shop has a name" "$out" '^Downloads of label.example,'
}

few_and_many()
{
	new_home
	try
	is "$shell: no code, no log" "$status $err" '0 '
	like "$shell: is a report as well" "$out" '^Codes +0$'
	try --html
	like "$shell: on the page too" "$status$out" 'None in the last 30 days'
	i=0
	while [ "$i" -lt 5021 ]; do
		printf 'uses: 0\nlimit: 1\nfile: a.zip\nnote: for number %d\n' "$((i % 25))" \
			>"$home/codes/C$((100000 + i))"
		i=$((i + 1))
	done
	try
	like "$shell: of many notes the first" "$out" '^and 5 more'
	try --csv
	is "$shell: the table has all" "$(grep -c '^note,' "$tmp/out")" 25
	script -qec "sh '$top/tools/report' -H '$home' >'$tmp/out'" "$tmp/typescript" >/dev/null </dev/null
	like "$shell: a terminal sees how far it is" "$(cat "$tmp/typescript")" '5000 codes'
	like "$shell: while the report goes elsewhere" "$(cat "$tmp/out")" '^Codes +5,021$'
}

wrong_use()
{
	try --pdf
	is "$shell: an option there is none of" "$status$out" 2
	try codes
	is "$shell: an argument" "$status$out" 2
	try -h
	is "$shell: -h is help, on stdout" "$status $(head -c 7 "$tmp/out")$err" '0 report '
	home=$tmp/nowhere
	try
	is "$shell: no home" "$status$out" 1
}

for shell in dash busybox; do
	use_shell "$shell"
	counts
	empty_periods
	terminal
	browser
	periods
	control_characters
	time_zones
	numbers
	few_and_many
	wrong_use
done

finish

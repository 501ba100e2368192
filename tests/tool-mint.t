#!/bin/sh
# mint makes sound codes, never touches one that is there, and refuses to sell
# what the program could not.

. "${0%/*}/lib.sh"
need dash busybox script perl

mint()
{
	sh "$top/tools/mint" -H "$home" "$@"
}

# Runs mint; $out, $err and $status tell what came of it.
try()
{
	status=0
	mint "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	out=$(cat "$tmp/out")
	err=$(cat "$tmp/err")
}

new_home()
{
	home=$tmp/$shell
	rm -rf "$home"
	mkdir -p "$home/codes" "$home/files/flac/bonus"
	for made in song.zip 'two words.zip' flac/1.flac flac/2.flac flac/bonus/3.flac; do
		printf 'music\n' >"$home/files/$made"
	done
	printf 'secret\n' >"$home/secret.zip"
}

count_codes()
{
	set -- "$home"/codes/*
	[ -e "$1" ] || shift
	printf '%s\n' "$#"
}

# The codes on stdin whose Luhn sum is wrong. Here the sum goes over the check
# character too and must be a multiple of 32.
bad_checks()
{
	tr -d - | awk '
	{
		sum = 0
		for (i = length($0); i > 0; i--) {
			v = index("0123456789ABCDEFGHJKMNPQRSTVWXYZ", substr($0, i, 1)) - 1
			if ((length($0) - i) % 2) {
				v = v + v
				if (v > 31)
					v = v - 31
			}
			sum += v
		}
		if (sum % 32)
			print
	}'
}

is 'the sum in this test accepts the contract'"'"'s example' \
	"$(printf '7K3M-9QXA-2FTF\n' | bad_checks)" ''
is 'and refuses it with one letter changed' \
	"$(printf '7K3M-9QXB-2FTF\n' | bad_checks)" 7K3M9QXB2FTF

codes_are_sound()
{
	new_home
	try -n 2000 song.zip
	is "$shell: 2000 codes" "$status $(sort -u "$tmp/out" | wc -l) $(count_codes)" '0 2000 2000'
	is "$shell: nothing is said about it" "$err" ''
	is "$shell: in fours, in Crockford's alphabet" \
		"$(grep -Evc '^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$' "$tmp/out")" 0
	is "$shell: with a right check character" "$(bad_checks <"$tmp/out" | wc -l)" 0
	is "$shell: each has the file of its name" \
		"$(tr -d - <"$tmp/out" | sort)" "$(ls "$home/codes")"
	# Of 2000 x 11 letters each of the 32 comes 687 times, give or take 26.
	is "$shell: no letter is likelier than another" "$(tr -d - <"$tmp/out" | cut -c1-11 |
		fold -w1 | sort | uniq -c | awk '$1 > 515 && $1 < 860' | wc -l)" 32
	# The last letter drawn must not depend on how many codes were asked for.
	is "$shell: and none in any place" "$(for i in 1 2 3 4 5 6 7 8 9 10 11; do
		tr -d - <"$tmp/out" | cut -c"$i" | sort -u | wc -l
	done | sort -u)" 32
}

records()
{
	new_home
	try song.zip
	printf 'uses: 0\nlimit: 3\nfile: song.zip\n%127s\n' '' >"$tmp/wanted"
	ok "$shell: a plain record" cmp "$tmp/wanted" "$home/codes/$(printf '%s' "$out" | tr -d -)"
	is "$shell: that only the owner can read" "$(find "$home/codes" -type f ! -perm 600)" ''

	today=$(date +%Y-%m-%d)
	try -l 999999 -x "$today" -t 'Größe "M" & <L>' 'two words.zip' flac
	printf 'uses: 0\nlimit: 999999\nfile: two words.zip\nfile: flac/\nexpires: %s\nnote: %s\n%127s\n' \
		"$today" 'Größe "M" & <L>' '' >"$tmp/wanted"
	ok "$shell: a record with everything" \
		cmp "$tmp/wanted" "$home/codes/$(printf '%s' "$out" | tr -d -)"
	like "$shell: folders in a folder are not offered, and it says so" "$err" 'flac/bonus.*not offered'

	chmod 0770 "$home/codes"
	try song.zip
	is "$shell: of a group's codes the group can write each" \
		"$(find "$home/codes" -type f -perm 660)" "$home/codes/$(printf '%s' "$out" | tr -d -)"
}

hand_made()
{
	new_home
	try -c 'flemish-2026' song.zip
	is "$shell: a hand-made code is stored folded and printed in capitals" \
		"$status $out $(ls "$home/codes")" '0 FLEMISH2026 F1EM1SH2026'
	before=$(cat "$home/codes/F1EM1SH2026")
	like "$shell: and the record has it as it is printed" "$before" '^code: FLEMISH2026$'
	try -l 9 -c 'FLEMISH 2O26' song.zip
	is "$shell: one that is there already is an error, however it is spelt" "$status $out" '1 '
	like "$shell: and says so" "$err" 'FLEMISH2O26'
	is "$shell: and is as it was" "$(cat "$home/codes/F1EM1SH2026")" "$before"
	printf 'uses: 0\nlimit: 1\nfile: song.zip\n' >"$home/codes/OLDSTYLE"
	try -c oldstyle song.zip
	is "$shell: also where its file is named as it is typed" "$status $(count_codes)" '1 2'
	rm "$home/codes/OLDSTYLE"
	try -c ABC123 song.zip
	unlike "$shell: what folding leaves alone needs no line" \
		"$(cat "$home/codes/ABC123")" '^code'
	try -c 'twelve-letter' song.zip
	is "$shell: twelve letters whose check does not fit are refused" "$status $out" '2 '
	like "$shell: with the reason" "$err" 'check character'
	try -c 7k3m-9qxa-2ftf song.zip
	is "$shell: but not where it fits" "$status $out" '0 7K3M9QXA2FTF'
	sixteen=abcdefghijklmnop
	try -c "$sixteen$sixteen$sixteen$sixteen" song.zip
	is "$shell: it may have 64 letters" "$status" 0
	for bad in abc '' '-- --' "$sixteen$sixteen$sixteen${sixteen}q" 'MÜNCHEN1'; do
		try -c "$bad" song.zip
		is "$shell: $bad is no code" "$status $out" '2 '
	done
	for odd in 12345678 12E10 JAN2026 2MAR26; do
		try -c "$odd" song.zip
		like "$shell: $odd is made, with a warning" "$status $err" '^0 .*spreadsheet'
	done
	try -n 2 -c ABCDE song.zip
	is "$shell: no two of one name" "$status" 2
	is "$shell: nothing else was made" "$(count_codes)" 8
}

# Codes from elsewhere: all of them, or none.
from_a_list()
{
	new_home
	printf '\357\273\277OLD-0001;what\r\n"old 0002",x\r\n\r\nHELLO\342\200\22377\r\n' >"$tmp/list"
	try -c - song.zip <"$tmp/list"
	is "$shell: codes of a list, from Windows" "$status $out$err" '0 OLD0001
OLD0002
HELLO77'
	is "$shell: each has its record" "$(cd "$home/codes" && echo *)" '01D0001 01D0002 HE11077'
	for bad in 'NEW1|ABC|line 2.*4 letters' 'NEW1|NEWI|same as .NEW1' 'NEW1|OLD-0002|already' \
		'NEW1|K\0303\0226LN11|could not type' 'NEW1|NEW1|same' \
		'NEW1|ABCDEFGHJKMN|check character' '\0377\0376N|x|UTF-16'; do
		IFS='|' read -r first second why <<-END
		$bad
		END
		printf '%b\n' "$first" "$second" >"$tmp/list"
		try -c - song.zip <"$tmp/list"
		is "$shell: one bad code ($why), and none is made" "$((status != 0)) $out$(count_codes)" '1 3'
		like "$shell: and it says which" "$err" "$why"
	done
	printf 'code,url\nFROMCSV1,https://x\n' | try -c - song.zip
	is "$shell: a heading is no code" "$(cat "$tmp/out")" FROMCSV1
	try -c - song.zip </dev/null
	is "$shell: an empty list is an error" "$status$out" 1
	# one is there by the time it is made
	awk 'BEGIN { for (i = 100000; i < 100300; i++) print "LIST" i }' >"$tmp/list"
	before=$(count_codes)
	: >"$home/codes/.stop"
	ln -s nowhere "$home/codes/11ST100299"
	try -c - song.zip <"$tmp/list"
	is "$shell: none is left where the last cannot be made" "$status$out $(count_codes)" \
		"1 $((before + 1))"
}

more_options()
{
	new_home
	try song.zip -n 2 -t note flac -l 5
	is "$shell: options may stand anywhere" \
		"$status $(cat "$home"/codes/* | sort | uniq -c | awk '{ $1 = $1; print }' | tr '\n' ' ')" \
		'0 2 2 file: flac/ 2 file: song.zip 2 limit: 5 2 note: note 2 uses: 0 '
	try -f 2099-01-15 -x 2099-12-31 -c FROM1 -- song.zip
	is "$shell: from stands before expires" "$(sed -n '4,5p' "$home/codes/FR0M1")" \
		'from: 2099-01-15
expires: 2099-12-31'
	try -f 2099-01-15 -x 2099-01-14 song.zip
	is "$shell: but not after it" "$status$out" 2
	printf '<html><!-- redeem --></html>\n' >"$home/page.html"
	try -p page.html -c PAGE1 song.zip
	is "$shell: a page of its own" "$status $(grep ^page "$home/codes/PAGE1")" '0 page: page.html'
	printf 'no marker\n' >"$home/none.html"
	printf '<!-- redeem -->\377\n' >"$home/latin.html"
	{
		printf '<!-- redeem -->\n'
		head -c 66000 /dev/zero | tr '\0' x
	} >"$home/large.html"
	for bad in none.html latin.html large.html missing.html ../page.html /page.html; do
		try -p "$bad" song.zip
		is "$shell: $bad is no page" "$status$out $(wc -l <"$tmp/err")" '1 1'
	done

	umask 022
	try -n 3 -o "$tmp/$shell.list" song.zip
	is "$shell: -o writes a list that only its owner can read" \
		"$status$out $(wc -l <"$tmp/$shell.list") $(stat -c %a "$tmp/$shell.list")" '0 3 600'
	cp "$tmp/$shell.list" "$tmp/list"
	before=$(count_codes)
	try -n 3 -o "$tmp/$shell.list" song.zip
	is "$shell: and never over one" "$status$out $(count_codes)" "1 $before"
	ok "$shell: which stays as it is" cmp "$tmp/list" "$tmp/$shell.list"

	try -n 4 -d "$tmp/$shell.upload" song.zip
	is "$shell: -d puts the records into a new folder, and nothing else" \
		"$(printf '%s\n' "$out" | tr -d - | sort)" "$(ls -A "$tmp/$shell.upload")"
	is "$shell: none into codes" "$(count_codes)" "$before"
	try -d "$tmp/$shell.upload" song.zip
	is "$shell: an old folder will not do" "$status$out" 1
}

warnings()
{
	new_home
	: >"$home/files/empty.zip"
	try empty.zip
	is "$shell: an empty file is refused" "$status $(wc -l <"$tmp/err")" '1 1'
	chmod 600 "$home/files/song.zip"
	try song.zip
	like "$shell: a file that the server cannot read is made with a warning" "$status $err" \
		"^0 .*may not be allowed to read .*song.zip.*chmod o\\+r"
	chmod 644 "$home/files/song.zip"
	chmod 700 "$home/files/flac"
	try flac
	like "$shell: so is one in a closed folder" "$status $err" 'chmod o\+x .*flac'
	printf '\357\273\277delivery: cgi\r\n' >"$home/settings"
	try flac
	unlike "$shell: not where the program sends it" "$err" 'chmod'
	printf 'delivery: secdownload\nalgorithm: md5\n' >"$home/settings"
	try song.zip
	is "$shell: md5 signs such a name" "$status $err" '0 '
	try flac
	is "$shell: but none that ends in a hexadecimal digit, as flac does" "$status$out" 1
	like "$shell: and it says what to do" "$err" '1\.flac .*algorithm: hmac-sha256'
	rm "$home/settings"
	printf 'music\n' >"$home/files/Demo.SQL"
	printf 'music\n' >"$home/files/demo.sql.zip"
	try song.zip Demo.SQL
	like "$shell: a name that firewalls refuse is taken, with a warning" "$status $err" \
		'^0 .*firewall .*Demo\.SQL: pack it in a \.zip'
	try demo.sql.zip
	is "$shell: not if it is packed" "$status $err" '0 '
	chmod 755 "$home/files/flac"
	try flac
	like "$shell: it says what a folder offers" "$err" 'flac/ offers 2 files: 1.flac, 2.flac$'
	cp "$home/files/song.zip" "$home/files/flac/$(printf 'Icon\r')"
	for left in Thumbs.db desktop.ini .DS_Store 3.flac.part 3.flac~ 3.flac.filepart; do
		printf 'x\n' >"$home/files/flac/$left"
	done
	try flac
	like "$shell: what systems leave there is in nobody's way" "$status $err" \
		'flac/ offers 2 files: 1.flac, 2.flac$'
	mkdir "$home/files/many"
	i=0
	while [ "$i" -lt 257 ]; do
		printf 'x\n' >"$home/files/many/$i.mp3"
		i=$((i + 1))
	done
	try many
	is "$shell: 257 files are too many" "$status$out" 1
	rm "$home/files/many/0.mp3"
	try many
	is "$shell: 256 are not" "$status" 0
	printf 'x\n' >"$home/files/$(printf 'caf\351.zip')"
	try "$(printf 'caf\351.zip')"
	is "$shell: a name that is not UTF-8 is refused" "$status$out" 1
	like "$shell: and says so" "$err" 'caf\?\.zip .*not UTF-8'
	mkdir "$home/files/$(printf 'caf\351')"
	printf 'x\n' >"$home/files/$(printf 'caf\351')/1.zip"
	try "$(printf 'caf\351')"
	is "$shell: so is that of a folder" "$status$out" 1
	printf 'x\n' >"$home/files/$(printf 'Be\314\201la C\314\247.zip')"
	try "$(printf 'B\303\251la \303\207.zip')"
	is "$shell: a name that a Mac has spelt in its way is found" \
		"$status $(grep -l "file: $(printf 'Be\314\201la C\314\247.zip')" "$home"/codes/* | wc -l)" '0 1'
	try "$(printf 'B\303\250la \303\207.zip')"
	is "$shell: another letter is another name" "$status$out" 1
}

# By root, in a home that is another's, the codes are his.
as_root()
{
	[ "$(id -u)" = 0 ] || return 0
	new_home
	chown -R 12345:54321 "$home"
	try -n 2 song.zip
	like "$shell: by root, in another's home: a warning" "$status $err" '^0 .*another user, and you are root'
	is "$shell: the codes are his" "$(stat -c '%u:%g %a' "$home"/codes/* | sort -u)" '12345:54321 600'
}

# Whoever is killed leaves no half of a record.
killed()
{
	new_home
	TMPDIR=$tmp setsid sh "$top/tools/mint" -H "$home" -n 100000 song.zip >"$tmp/out" 2>"$tmp/err" &
	await 20 [ -s "$tmp/out" ]
	perl -e 'kill "KILL", -$ARGV[0]' $!
	wait $! 2>/dev/null || :
	is "$shell: killed, it leaves only whole records" \
		"$(find "$home/codes" -maxdepth 1 -type f ! -size "$((8 + 9 + 15 + 128))c")" ''
	new_home
	status=0
	sh -c 'mkdir "$1/codes/.mint.$$" && exec sh "$2/tools/mint" -H "$1" song.zip' \
		mint "$home" "$top" >"$tmp/out" 2>"$tmp/err" || status=$?
	is "$shell: what one with the same number has left is in nobody's way" \
		"$status $(wc -l <"$tmp/out")$(cat "$tmp/err")" '0 1'
}

full_disk()
{
	[ "$(id -u)" = 0 ] || return 0
	new_home
	mkdir "$tmp/$shell.disk"
	mount -t tmpfs -o size=40k,nr_inodes=1k tmpfs "$tmp/$shell.disk" 2>/dev/null || return 0
	at_end "umount '$tmp/$shell.disk'"
	mkdir "$tmp/$shell.disk/codes"
	rm -r "$home/codes"
	ln -s "$tmp/$shell.disk/codes" "$home/codes"
	try -n 500 song.zip
	told=$(printf '%s\n' "$out" | wc -l)
	is "$shell: a full disk ends it, with those that were made" "$status $(count_codes)" "1 $told"
	like "$shell: and it says how many" "$err" "$told of 500"
}

never_overwrites()
{
	new_home
	printf 'sold\n' >"$home/codes/000000000000"
	# Chance would take ages, so this one test replaces it: the first draw is zeros.
	# In a copy of mint, for a shell may have an od of its own, whatever the path.
	rm -rf "$tmp/loaded"
	cp -R "$top/tools" "$tmp/loaded"
	sed "s,^	od -An,	'$tmp/loaded-od' -An," "$top/tools/mint" >"$tmp/loaded/mint"
	cat >"$tmp/loaded-od" <<-END
		#!/bin/sh
		rm "$tmp/zeros" 2>/dev/null || exec od "\$@"
		printf '0 0 0 0 0 0 0 0 0 0 0\n'
	END
	chmod +x "$tmp/loaded-od"
	: >"$tmp/zeros"
	status=0
	out=$(sh "$tmp/loaded/mint" -H "$home" song.zip) || status=$?
	is "$shell: a code drawn twice is drawn again" \
		"$status $(count_codes) $(cat "$home/codes/000000000000")" '0 2 sold'
	unlike "$shell: and the other one printed" "$out" '^(0000-0000-0000)?$'
	ok "$shell: (the draw was the loaded one)" [ ! -e "$tmp/zeros" ]
	printf '#!/bin/sh\n' >"$tmp/loaded-od"
	status=0
	out=$(sh "$tmp/loaded/mint" -H "$home" song.zip 2>"$tmp/err") || status=$?
	is "$shell: without random bytes none is made" "$status $out $(count_codes)" '1  2'
	like "$shell: and it says so" "$(cat "$tmp/err")" 'no random bytes'
}

refuses_numbers()
{
	new_home
	while read -r option value; do
		try "$option" "$value" song.zip
		is "$shell: $option $value is misuse, and says so" "$status $(grep -c mint "$tmp/err")" '2 2'
	done <<-'END'
		-n 0
		-n -1
		-n 1x
		-n 1000000
		-l 0
		-l 1000000
		-l three
		-x 2027-02-29
		-x 2027-13-01
		-x 2027-04-31
		-x 2027-00-10
		-x 2027-01-00
		-x 2100-02-29
		-x 01.02.2030
		-x 2020-01-01
		-x 20300-01-01
		-z now
	END
	try -t "two
lines" song.zip
	is "$shell: so is a note of two lines" "$status" 2
	try
	is "$shell: and no file" "$status" 2
	try -n
	is "$shell: an option without its value" "$status" 2
	is "$shell: none of these made a code" "$(count_codes)" 0
	try -x 2096-02-29 song.zip
	is "$shell: a leap day is a day" "$status" 0
	try -h
	is "$shell: -h is help, on stdout" "$status $(head -c 5 "$tmp/out")$err" '0 mint '
}

refused_files()
{
	new_home
	mkdir "$home/files/empty" "$home/files/hidden" "$home/files/scripts" "$home/files/links" \
		"$home/files/.private" "$home/files/x"
	printf 'x\n' >"$home/files/hidden/.ds_store"
	printf 'x\n' >"$home/files/scripts/song.PHP.mp3"
	printf 'x\n' >"$home/files/.private/song.mp3"
	printf 'x\n' >"$home/files/ends in a blank "
	printf 'x\n' >"$home/files/x/song.zip"
	ln -s ../song.zip "$home/files/links/song.zip"
	ln -s song.zip "$home/files/link.zip"
	ln -s nowhere "$home/files/dangling.zip"
	ln -s ../.. "$home/files/way-out"
	mkfifo "$home/files/pipe"
	for bad in missing.zip ../secret.zip flac/../song.zip "$home/secret.zip" / . .. '' .private \
		.private/song.mp3 hidden empty scripts links link.zip dangling.zip way-out \
		way-out/secret.zip pipe 'ends in a blank ' "$home/files" "new
line"; do
		try "$bad"
		is "$shell: '$(printf '%s' "$bad" | tr '\n' '?')' is refused in one line" \
			"$status $(wc -l <"$tmp/err")" '1 1'
	done
	for ending in php PHP php3 php8 phps phtml phar pht cgi fcgi fpl pl py pyc rb sh shtml shtm \
		stm asp aspx jsp jspx cfm lua php.zip cgi.en; do
		printf 'x\n' >"$home/files/song.$ending"
		try "song.$ending"
		is "$shell: song.$ending is refused" "$status" 1
	done
	for ending in html zip mp3 phpx php9 shx 7z cgi-zip; do
		printf 'x\n' >"$home/files/song.$ending"
		try "song.$ending"
		is "$shell: song.$ending is not" "$status" 0
		rm "$home/codes/$(printf '%s' "$out" | tr -d -)"
	done
	try song.zip x/song.zip
	is "$shell: two files of one name are refused" "$status" 1
	try song.zip missing.zip
	is "$shell: one bad file is enough" "$status" 1
	try -t "$(printf '%04000d' 0)" song.zip
	is "$shell: a record that could grow too long is refused" "$status" 1
	is "$shell: none of these made a code" "$(count_codes)" 0
	try -t "$(printf '%03900d' 0)" song.zip
	is "$shell: a long one is not" "$status" 0
	rm -r "$home/files"
	try song.zip
	is "$shell: no folder files" "$status" 1
}

ways_to_name_a_file()
{
	new_home
	for given in "$home/files/flac" "$home/files/flac/" flac flac/ ./flac; do
		(cd "$home/files" && mint -c FLAC "$given" >/dev/null 2>&1)
		is "$shell: a folder as ${given#"$tmp"}" "$(grep ^file "$home/codes/F1AC")" 'file: flac/'
		rm "$home/codes/F1AC"
	done
	(cd "$home" && mint -c CURRENT files/song.zip >/dev/null)
	is "$shell: a file as seen from the current directory" "$(grep ^file "$home/codes/CURRENT")" \
		'file: song.zip'
}

ways_to_call()
{
	new_home
	mkdir -p "$tmp/$shell-checkout/tools" "$tmp/$shell-checkout/codes" "$tmp/$shell-checkout/files"
	cp "$top/tools/mint" "$top"/tools/.[a-z]* "$tmp/$shell-checkout/tools/"
	printf 'x\n' >"$tmp/$shell-checkout/files/here.zip"
	(cd "$tmp/$shell-checkout/tools" && sh mint -c FIRST here.zip >/dev/null)
	(cd / && env PATH="$tmp/$shell-checkout/tools:$PATH" mint -c SECOND here.zip >/dev/null)
	is "$shell: the checkout is the home" "$(ls "$tmp/$shell-checkout/codes")" "F1RST
SEC0ND"
	(cd / && REDEEM_HOME=$home sh "$tmp/$shell-checkout/tools/mint" -c THIRD song.zip >/dev/null)
	is "$shell: but REDEEM_HOME goes before it" "$(ls "$home/codes")" TH1RD
	(cd / && REDEEM_HOME=/nowhere sh "$tmp/$shell-checkout/tools/mint" -H "$home" -c FOURTH \
		song.zip >/dev/null)
	is "$shell: and -H before that" "$(ls "$home/codes")" "F0URTH
TH1RD"
	home=$tmp/nowhere
	try song.zip
	is "$shell: no such home" "$status" 1
}

cut_short()
{
	new_home
	status=0
	mint song.zip >/dev/full 2>/dev/null || status=$?
	is "$shell: a code that cannot be told is taken back" "$status $(count_codes)" '1 0'
	rm -f "$tmp/pipe"
	mkfifo "$tmp/pipe"
	exec 4<>"$tmp/pipe"
	exec 5>"$tmp/pipe"
	exec 4<&-
	status=0
	mint song.zip >&5 2>"$tmp/err" || status=$?
	exec 5>&-
	is "$shell: so is one that nobody reads, and it says so" \
		"$status $(count_codes) $(wc -l <"$tmp/err")" '1 0 1'

	stopped_by 'a signal' ''
	stopped_by 'one to all its processes' -
}

# stopped_by WHAT [-]: by a signal to mint, or to the group of its processes
stopped_by()
{
	new_home
	setsid sh "$top/tools/mint" -H "$home" -n 100000 song.zip >"$tmp/out" 2>"$tmp/err" &
	await 20 [ -s "$tmp/out" ]
	kill -s TERM -- "$2$!"
	status=0
	wait $! || status=$?
	is "$shell: stopped by $1 it fails" "$status" 1
	like "$shell: and says how far it came" "$(cat "$tmp/err")" \
		"stopped after $(count_codes) of 100000"
	is "$shell: and has told every code that it made" \
		"$(tr -d - <"$tmp/out" | sort)" "$(ls "$home/codes")"
	is "$shell: and each is whole" \
		"$(find "$home/codes" -type f ! -size "$((8 + 9 + 15 + 128))c")" ''
}

talk()
{
	new_home
	script -qec "sh '$top/tools/mint' -H '$home' -n 2500 song.zip >'$tmp/out'" "$tmp/typescript" \
		>/dev/null </dev/null
	like "$shell: a terminal sees how far it is" "$(cat "$tmp/typescript")" '2000 of 2500 codes'
	is "$shell: while the codes go elsewhere" "$(grep -c '^....-....-....$' "$tmp/out")" 2500
}

# Lists as spreadsheets write them, and what an unset variable leaves.
more_lists()
{
	new_home
	printf 'SHOP2026\rSHOP2027\rSHOP2028\r' >"$tmp/list"
	try -c - song.zip <"$tmp/list"
	is "$shell: ends of line of a Mac" "$status $(count_codes)" '0 3'
	printf 'Code\r\nGAMMA2026\r\n' >"$tmp/list"
	try -c - song.zip <"$tmp/list"
	is "$shell: a heading is no code" "$status $(printf '%s' "$out" | tr '\n' ' ')" '0 GAMMA2026'
	printf 'code\n' >"$tmp/list"
	try -c - song.zip <"$tmp/list"
	is "$shell: alone it is one" "$status $out" '0 CODE'
	new_home
	try -c "$(printf 'FLEMISH\n2026')" song.zip
	is "$shell: one code has one line" "$status" 2
	for option in n l f x t p c o d H; do
		try "-$option" '' song.zip
		is "$shell: -$option without a value" "$status" 2
	done
	try -f 1937-01-15 song.zip
	is "$shell: a day before 1970" "$status" 2
	is "$shell: none of these made a code" "$(count_codes)" 0
}

# The last day is over when it is over where the settings say.
last_day()
{
	new_home
	for zone in Etc/GMT-14 Etc/GMT+12; do
		printf 'timezone: %s\n' "$zone" >"$home/settings"
		today=$(TZ=$zone date +%Y-%m-%d)
		try -x "$today" song.zip
		is "$shell: $zone: today" "$status" 0
		try -x "$(TZ=$zone date -d "@$(($(date +%s) - 86400))" +%Y-%m-%d)" song.zip
		like "$shell: $zone: yesterday" "$status $err" '^2 mint: -x [0-9-]*: that day is over'
	done
}

# Pages that the program would refuse.
more_pages()
{
	new_home
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		printf '<!-- redeem -->\n'
	done >"$home/page.html"
	try -p page.html song.zip
	is "$shell: sixteen markers" "$status" 0
	printf '<!-- redeem-title -->' >>"$home/page.html"
	try -p page.html song.zip
	is "$shell: seventeen" "$status" 1
	printf '<!-- redeem -->\0' >"$home/page.html"
	try -p page.html song.zip
	is "$shell: a zero byte" "$status" 1
	printf '<!-- redeem -->' >"$home/blank "
	try -p 'blank ' song.zip
	is "$shell: a name with a blank at its end" "$status" 1
}

for shell in dash busybox; do
	use_shell "$shell"
	more_lists
	last_day
	more_pages
	codes_are_sound
	records
	hand_made
	from_a_list
	more_options
	warnings
	as_root
	killed
	full_disk
	never_overwrites
	refuses_numbers
	refused_files
	ways_to_name_a_file
	ways_to_call
	cut_short
	talk
done

finish

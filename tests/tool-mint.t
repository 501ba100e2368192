#!/bin/sh
# mint makes sound codes, never touches one that is there, and refuses to sell
# what the program could not.

. "${0%/*}/lib.sh"
need dash busybox script

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
	is "$shell: a hand-made code is stored and printed in capitals" \
		"$status $out $(ls "$home/codes")" '0 FLEMISH2026 FLEMISH2026'
	before=$(cat "$home/codes/FLEMISH2026")
	try -l 9 -c 'FLEMISH 2026' song.zip
	is "$shell: one that is there already is an error" "$status $out" '1 '
	like "$shell: and says so" "$err" 'FLEMISH2026'
	is "$shell: and is as it was" "$(cat "$home/codes/FLEMISH2026")" "$before"
	try -c 'twelve-letter' song.zip
	is "$shell: of twelve letters it is not split up" "$out" TWELVELETTER
	sixteen=abcdefghijklmnop
	try -c "$sixteen$sixteen$sixteen$sixteen" song.zip
	is "$shell: it may have 64 letters" "$status" 0
	for bad in abc '' '-- --' "$sixteen$sixteen$sixteen${sixteen}q"; do
		try -c "$bad" song.zip
		is "$shell: $bad is no code" "$status" 2
	done
	try -n 2 -c ABCDE song.zip
	is "$shell: no two of one name" "$status" 2
	is "$shell: nothing else was made" "$(count_codes)" 3
}

never_overwrites()
{
	new_home
	printf 'sold\n' >"$home/codes/000000000000"
	# Chance would take ages, so this one test replaces it: the first draw is zeros.
	mkdir -p "$tmp/loaded"
	cat >"$tmp/loaded/od" <<-END
		#!/bin/sh
		rm "$tmp/zeros" 2>/dev/null || PATH=\${PATH#*:} exec od "\$@"
		printf '0 0 0 0 0 0 0 0 0 0 0\n'
	END
	chmod +x "$tmp/loaded/od"
	: >"$tmp/zeros"
	PATH=$tmp/loaded:$PATH
	try song.zip
	PATH=${PATH#*:}
	is "$shell: a code drawn twice is drawn again" \
		"$status $(count_codes) $(cat "$home/codes/000000000000")" '0 2 sold'
	unlike "$shell: and the other one printed" "$out" '^(0000-0000-0000)?$'
	ok "$shell: (the draw was the loaded one)" [ ! -e "$tmp/zeros" ]
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
	try song.zip -n
	is "$shell: an option after the files is taken for a file" "$status" 1
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
		is "$shell: a folder as ${given#"$tmp"}" "$(grep ^file "$home/codes/FLAC")" 'file: flac/'
		rm "$home/codes/FLAC"
	done
	(cd "$home" && mint -c CURRENT files/song.zip >/dev/null)
	is "$shell: a file as seen from the current directory" "$(grep ^file "$home/codes/CURRENT")" \
		'file: song.zip'
}

ways_to_call()
{
	new_home
	mkdir -p "$tmp/$shell-checkout/tools" "$tmp/$shell-checkout/codes" "$tmp/$shell-checkout/files"
	cp "$top/tools/.common.sh" "$top/tools/mint" "$tmp/$shell-checkout/tools/"
	printf 'x\n' >"$tmp/$shell-checkout/files/here.zip"
	(cd "$tmp/$shell-checkout/tools" && sh mint -c FIRST here.zip >/dev/null)
	(cd / && env PATH="$tmp/$shell-checkout/tools:$PATH" mint -c SECOND here.zip >/dev/null)
	is "$shell: the checkout is the home" "$(ls "$tmp/$shell-checkout/codes")" "FIRST
SECOND"
	(cd / && REDEEM_HOME=$home sh "$tmp/$shell-checkout/tools/mint" -c THIRD song.zip >/dev/null)
	is "$shell: but REDEEM_HOME goes before it" "$(ls "$home/codes")" THIRD
	(cd / && REDEEM_HOME=/nowhere sh "$tmp/$shell-checkout/tools/mint" -H "$home" -c FOURTH \
		song.zip >/dev/null)
	is "$shell: and -H before that" "$(ls "$home/codes")" "FOURTH
THIRD"
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

	new_home
	sh "$top/tools/mint" -H "$home" -n 100000 song.zip >"$tmp/out" 2>"$tmp/err" &
	await 20 [ -s "$tmp/out" ]
	kill -TERM $!
	status=0
	wait $! || status=$?
	is "$shell: stopped by a signal it fails" "$status" 1
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

for shell in dash busybox; do
	use_shell "$shell"
	codes_are_sound
	records
	hand_made
	never_overwrites
	refuses_numbers
	refused_files
	ways_to_name_a_file
	ways_to_call
	cut_short
	talk
done

finish

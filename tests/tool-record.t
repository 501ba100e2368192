#!/bin/sh
# Program and tools agree on every record: whether it is one, how many downloads are
# left, whether its last day is over, its first day, and the line that is at fault. Over
# the corpus and over thousands of mutations of it, with every awk that is here. Days are
# those of the shop, in whatever time zone a shell is.

. "${0%/*}/lib.sh"
need cc perl

# Another seed, or more of them: SEED=7 COUNT=100000 tests/tool-record.t
: "${SEED:=20261125}" "${COUNT:=4000}"

home=$tmp/home
mkdir -p "$home/codes" "$home/files"
cc -std=c99 -D_FILE_OFFSET_BITS=64 -O1 -w -DREDEEM_NO_MAIN -o "$tmp/records" "$top/tests/records.c"

# The corpus, by number; then mutations: a byte flipped, a piece taken out, doubled or
# moved, words that mean something put in, two records joined.
perl - "$SEED" "$COUNT" "$home/codes" "$top"/tests/corpus/record/* <<'END'
my ($seed, $count, $out, @files) = @ARGV;
srand($seed);
my @seeds = map { open(my $f, '<:raw', $_) or die; local $/; my $text = <$f>; $text // '' } @files;
push @seeds, "uses: 1\nlimit: 3\nfile: a.zip\nfrom: 2027-01-15\nexpires: 2027-12-31\npage: p.html\n" .
	"code: FLEMISH2026\nnote: b\n" . ' ' x 127 . "\n";
my @words = ("uses: ", "limit: ", "file: ", "expires: ", "from: ", "page: ", "code: ", "\n", "\r\n",
	"\r", ":", " ", "\t", "\0", "\1", "\xef\xbb\xbf", "0", "000000000", "999999", "1000000",
	"2026-11-23", "2027-02-29", "2028-02-29", "1969-12-31", "9999-12-31", "-", "\xff", "x",
	"\x0b", "\x0c", "\n\n", " : ", "uses:", "Uses: 1\n", ' ' x 4000, "note: " . 'n' x 3900 . "\n");
my $n = 0;
sub put
{
	open(my $f, '>:raw', sprintf('%s/R%06d', $out, $n++)) or die;
	print $f $_[0];
	close($f) or die;
}
put($_) for @seeds;
for (1 .. $count) {
	my $text = $seeds[rand @seeds];
	for (0 .. rand 3) {
		my $at = int rand(length($text) + 1);
		my $kind = int rand 7;
		if ($kind == 0) {
			substr($text, $at, 1, chr(int rand 256)) if $at < length $text;
		} elsif ($kind == 1) {
			substr($text, $at, int rand 12, '');
		} elsif ($kind == 2) {
			substr($text, $at, 0, $words[rand @words]);
		} elsif ($kind == 3) {
			substr($text, $at, 0, substr($text, int rand(length($text) + 1), int rand 40));
		} elsif ($kind == 4) {
			$text .= $seeds[rand @seeds];
		} elsif ($kind == 5) {
			my @lines = split /(?<=\n)/, $text;
			@lines = sort { rand() <=> .5 } @lines;
			$text = join '', @lines;
		} else {
			$text = ' ' x int(rand 3) . $text;
			$text = substr($text, 0, 4095 + int rand 4) if length $text > 4096;
		}
	}
	put($text);
}
END
(cd "$home/codes" && ls) >"$tmp/names"

# Programs count days by a clock; here it is given to both.
day=2026-11-23
"$tmp/records" "$home" "$(printf '%s' "$day" | tr -d -)" <"$tmp/names" | sort >"$tmp/program"

cat >"$tmp/tools" <<'END'
. "$top/tools/.common.sh"
find_home "$home"
today=$day
export today codes
each_record '
function record(name,    from) {
	if (refused != "") {
		print name " broken " refused_at
		return
	}
	from = is["from"]
	gsub(/-/, "", from)
	print name " record " left() " " (has_expired() ? "past" : "open") " " from + 0
}
function done() { }'
END
# .common.sh is beside whoever reads it
mkdir "$tmp/tools.d"
cp "$top"/tools/.[a-z]* "$tmp/tools.d/"
mv "$tmp/tools" "$tmp/tools.d/judge"
export top home day

is 'every file was judged by the program' "$(wc -l <"$tmp/program")" "$(wc -l <"$tmp/names")"
ok 'some hundreds of them are records' [ "$(grep -c ' record ' "$tmp/program")" -gt 300 ]
ok 'and some hundreds are not' [ "$(grep -c ' broken ' "$tmp/program")" -gt 300 ]
mkdir "$tmp/awks"
for awk in mawk gawk original-awk 'busybox'; do
	command -v "$awk" >/dev/null || continue
	ln -sfn "$(command -v "$awk")" "$tmp/awks/awk"
	PATH=$tmp/awks:$PATH sh "$tmp/tools.d/judge" 2>"$tmp/complaint" | sort >"$tmp/told"
	ok "$awk agrees with the program on each" diff "$tmp/program" "$tmp/told"
	is "$awk complains of nothing" "$(cat "$tmp/complaint")" ''
done

# Nowhere is a day earlier over than at UTC+14, nowhere later than at UTC-12: when a day
# has just begun there, it is over here.
shop_stock
ln -s "$cgi/.htredeem" "$shop/home/settings"
day=$(TZ=LATE12 date +%Y-%m-%d)
code PAST1111 'uses: 0' 'limit: 3' 'file: first-light.zip' "expires: $day"
code SOON1111 'uses: 0' 'limit: 3' 'file: first-light.zip' "from: $(date -u -d "$day 1 day" +%Y-%m-%d)"

# on_days NAME PROGRAM CODE REPORT: what program and tools say of both, each in a shell
# that is in another zone
on_days()
{
	for shell_zone in LATE12 EARLY-14; do
		post past1111 TZ="$shell_zone"
		said=$(status)
		post soon1111 TZ="$shell_zone"
		is "$1: the program ($shell_zone)" "$said $(status)" "$2"
		is "$1: code ($shell_zone)" "$(for one in PAST1111 SOON1111; do
			TZ=$shell_zone sh "$top/tools/code" -H "$shop/home" "$one" |
				grep -Eo 'works until|expired after|not before|since'
		done | tr '\n' ' ')" "$3"
		is "$1: report ($shell_zone)" "$(TZ=$shell_zone sh "$top/tools/report" -H "$shop/home" --csv |
			grep -Eo '^(expired|early)' | tr '\n' ' ')" "$4"
	done
}
for line in 'LATE12|303 403|works until not before |early ' \
	'EARLY-14|410 303|expired after since |expired '; do
	zone=${line%%|*}
	rest=${line#*|}
	settings "home: $shop/home" "secure: $shop/public_html/secure" "timezone: $zone"
	code PAST1111 'uses: 0' 'limit: 3' 'file: first-light.zip' "expires: $day"
	on_days "the shop at $zone" "${rest%%|*}" "$(printf '%s' "$rest" | cut -d '|' -f 2)" "${rest##*|}"
done
finish

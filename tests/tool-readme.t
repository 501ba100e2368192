#!/bin/sh
# README keeps what it says: the owner's commands work as they are printed, one
# after the other, in a checkout that is the home; each setting is told; each line
# for a server is one that a test runs a server with; the contents are the headings.
. "${0%/*}/lib.sh"

home=$tmp/home
mkdir -p "$home/codes" "$home/files" "$tmp/secure/27000000/0123456789abcdef0123456789abcdef"
printf '# redeem 1.0\n' >"$tmp/secure/.htaccess"
cp -R "$top/tools" "$home/tools"
printf 'music\n' >"$home/first-light.zip"
mkdir "$home/first-light"
printf 'music\n' >"$home/first-light/1 Intro.flac"
printf '<h1>First Light</h1><!-- redeem -->\n' >"$home/first-light.html"
printf 'uses: 1\nlimit: 3\nfile: first-light.zip\n' >"$home/codes/7K3M9QXA2FTF"
printf '2026-11-23T20:56:01Z redeemed 7K3M9QXA2FTF 1/3 first-light.zip\n' >"$home/log"
printf '%s\n' "home: $home" "secure: $tmp/secure" \
	'address: https://your.site/cgi-bin/redeem.cgi' >"$tmp/settings"
ln -s "$tmp/settings" "$home/settings"
one=$home/codes/7K3M9QXA2FTF

in_home()
{
	(cd "$home" && unset REDEEM_HOME REDEEM_CONF && sh -eu "$tmp/command")
}

# with KEY VALUE: how many records have this line.
with()
{
	grep -lx "$1: $2" "$home"/codes/????????* | wc -l
}

# What COMMAND has to have done.
effect()
{
	case $1 in
	*codes.txt\ first-light.zip)
		is 'so many codes' "$(sort -u "$home/codes.txt" | wc -l)" 500
		is 'only for the owner' "$(stat -c %a "$home/codes.txt")" 600
		is 'with the note' "$(with note 'sleeve batch 2')" 500
		;;
	*box.txt\ first-light) is 'codes for the folder' "$(with file first-light/)" 50 ;;
	*cards.html)
		is 'a card for each' "$(grep -o '[0-9A-Z]\{4\}-[0-9A-Z]\{4\}-[0-9A-Z]\{4\}' "$home/cards.html" |
			sort -u | comm -12 - "$tmp/sorted" | wc -l)" 500
		;;
	*cards.csv) is 'a line for each' "$(grep -c 'https://your.site/cgi-bin/redeem.cgi?code=' "$home/cards.csv")" 500 ;;
	*FLEMISH*) is 'as often as said' "$(value limit "$home/codes/F1EM1SH2026")" 100 ;;
	*january.txt*)
		is 'from that day on' "$(with from 2037-01-15)" 500
		is 'with their page' "$(with page pages/first-light.html)" 500
		;;
	*2037-02-01) is 'the day has moved' "$(with from 2037-02-01)" 500 ;;
	*7k3m-9qxa-2ftf) like 'how it stands' "$said" '2 of 3 downloads left' ;;
	*--history) like 'its days' "$said" '2026-11-23' ;;
	*--reset) is 'no use is left counted' "$(value uses "$one")" 0 ;;
	*--limit*) is 'five downloads' "$(value limit "$one")" 5 ;;
	*--expires*) is 'its last day' "$(value expires "$one")" 2037-12-31 ;;
	*--revoke) is 'no download any more' "$(value limit "$one")" 0 ;;
	*--restore) is 'five again' "$(value limit "$one")" 5 ;;
	*--list*) is 'the list again' "$(sort -u "$home/again.txt" | cmp - "$tmp/sorted" && printf same)" same ;;
	*tools/report) like 'in the terminal' "$said" '1,?05[0-9]' ;;
	*report.csv) like 'as a table' "$(cat "$home/report.csv")" '^kind,name,codes' ;;
	*report.html) like 'as a page' "$(cat "$home/report.html")" '<svg' ;;
	*sweep) ok 'expired links are gone' test ! -e "$tmp/secure/27000000" ;;
	*first-light.zip\ -n) is 'nothing has changed yet' "$(with file first-lihgt.zip)" 500 ;;
	*--file*) is 'the right file' "$(with file first-lihgt.zip) $(with file first-light.zip)" '0 1002' ;;
	*--undo) is 'the wrong one again' "$(with file first-lihgt.zip)" 500 ;;
	*tar\ cf*) like 'the copy has the codes' "$(tar tf "$home/backup.tar")" '^codes/7K3M9QXA2FTF$' ;;
	*log.backup) ok 'the log, apart' cmp "$home/log" "$home/log.backup" ;;
	*tar\ xf*) is 'as it was in the copy' "$(value uses "$one")" 0 ;;
	*--from-log) is 'as the log has it' "$(value uses "$one")" 2 ;;
	mkdir*pages) ok 'there is a place for pages' test -d "$home/pages" ;;
	*cp\ first-light.* | *cp\ -R*) ok 'copied' true ;;
	*) ok "a test looks at: $1" false ;;
	esac
}

# What has to be so before COMMAND.
before()
{
	case $1 in
	*--file*-n)
		grep -l 'batch 2' "$home"/codes/* | xargs sed -i 's/^file: .*/file: first-lihgt.zip/'
		cp "$home/files/first-light.zip" "$home/files/first-lihgt.zip"
		;;
	*tar\ xf*)
		sed -i 's/^uses: .*/uses: 2/' "$one"
		printf '2026-11-24T20:56:01Z redeemed 7K3M9QXA2FTF 2/5 first-light.zip\n' >>"$home/log"
		;;
	esac
}

for title in 'Sell a release' 'A release that comes out in January' 'The days after' \
	'500 cards with the wrong file' 'Upgrade, back up, move, leave'; do
	readme_commands "$title" | grep -vx -e make -e 'tools/setup .*' >"$tmp/commands"
	ok "$title: there are commands" test -s "$tmp/commands"
	while IFS= read -r command <&3; do
		before "$command"
		printf '%s\n' "$command" >"$tmp/command"
		ok "$command" in_home
		said=$(cat "$tmp/.ok")
		[ ! -e "$home/codes.txt" ] || sort -u "$home/codes.txt" >"$tmp/sorted"
		effect "$command"
	done 3<"$tmp/commands"
done

# the table of settings in redeem.c, and what README tells of
sed -n '/^static const struct key keys/,/^};/s/.*\.name = "\([a-z0-9-]*\)".*/\1/p' \
	"$top/redeem.c" >"$tmp/keys"
ok 'there are settings' test "$(wc -l <"$tmp/keys")" -ge 20
while IFS= read -r key; do
	like "the setting $key" "$(cat "$top/README")" "^    $key  +[^ ]"
done <"$tmp/keys"

awk '
	/^Other servers$/ { on = 1 }
	/^When one machine/ { on = 0 }
	on && /^(lighttpd|nginx|busybox|Apache).*:$/' "$top/README" >"$tmp/titles"
ok 'there are lines for servers' test "$(wc -l <"$tmp/titles")" -ge 6
while IFS= read -r title; do
	ok "$title" grep -Fqr --include='*.t' --include='servers.sh' "'$title'" "$top/tests"
done <"$tmp/titles"

# the contents, without what is said of each, against the headings
awk 'on && /^Try it$/ { exit } /^    Try it/ { on = 1 } on && NF' "$top/README" |
	sed 's/^ *//; s/  .*//' | grep -v '^For the ' >"$tmp/contents"
awk '/^---/ { print before } { before = $0 }' "$top/README" >"$tmp/headings"
ok 'the contents are the headings' diff "$tmp/contents" "$tmp/headings"
finish

#!/bin/sh
# Every command of README's section "The owner's day" works as it is printed, in
# a checkout that is the home.
. "${0%/*}/lib.sh"

home=$tmp/home
mkdir -p "$home/codes" "$home/files" "$tmp/secure/1000/aaaa"
cp -R "$top/tools" "$home/tools"
printf 'music\n' >"$home/files/first-light.zip"
printf 'uses: 1\nlimit: 3\nfile: first-light.zip\n' >"$home/codes/7K3M9QXA2FTF"
printf '2026-11-23T20:56:01Z redeemed 7K3M9QXA2FTF 1/3 first-light.zip\n' >"$home/log"
printf 'home: %s\nsecure: %s\n' "$home" "$tmp/secure" >"$tmp/settings"
ln -s "$tmp/settings" "$home/settings"

# the section's commands, a line each: joined where a line ends in a backslash
awk '
	/^The owner.s day$/ { on = 1 }
	/^Set it up by hand$/ { on = 0 }
	on && /^    / {
		sub(/^ +/, " ")
		line = line $0
		if (!sub(/\\$/, "", line)) {
			print line
			line = ""
		}
	}' "$top/README" >"$tmp/commands"
ok 'there are commands' test "$(wc -l <"$tmp/commands")" -ge 12

in_home()
{
	(cd "$home" && unset REDEEM_HOME REDEEM_CONF && sh -eu "$tmp/command")
}

while IFS= read -r command; do
	printf '%s\n' "$command" >"$tmp/command"
	ok "$command" in_home
	case $command in
	*mint*) is 'so many codes' "$(sort -u "$home/codes.txt" | wc -l)" 500 ;;
	*cards.html*) is 'so many cards' "$(grep -o '[0-9A-Z]\{4\}-[0-9A-Z]\{4\}-[0-9A-Z]\{4\}' "$home/cards.html" |
		sort -u | comm -12 - "$tmp/sorted" | wc -l)" 500 ;;
	*--reset) is 'no use is left counted' "$(value uses "$home/codes/7K3M9QXA2FTF")" 0 ;;
	*--limit*) is 'five downloads' "$(value limit "$home/codes/7K3M9QXA2FTF")" 5 ;;
	*--revoke) is 'no download any more' "$(value limit "$home/codes/7K3M9QXA2FTF")" 0 ;;
	*--restore) is 'five again' "$(value limit "$home/codes/7K3M9QXA2FTF")" 5 ;;
	*sweep) ok 'expired links are gone' test ! -e "$tmp/secure/1000" ;;
	*tar*) like 'the copy has the codes' "$(tar tf "$home/backup.tar")" '^codes/7K3M9QXA2FTF$' ;;
	esac
	sort -u "$home/codes.txt" >"$tmp/sorted"
done <"$tmp/commands"
finish

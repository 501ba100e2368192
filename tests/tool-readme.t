#!/bin/sh
# Every command of README's section "The owner's day" works as it is printed, in
# a checkout that is the home. Each setting is told there, and each line for a server
# is one that a test runs a server with.
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

# the table of settings in redeem.c, and what README tells of
sed -n '/^static const struct key keys/,/^};/s/^ *{"\([a-z0-9-]*\)", KIND.*/\1/p' \
	"$top/redeem.c" >"$tmp/keys"
ok 'there are settings' test "$(wc -l <"$tmp/keys")" -ge 20
while IFS= read -r key; do
	like "the setting $key" "$(cat "$top/README")" "^    $key  +[^ ]"
done <"$tmp/keys"

awk '
	/^Other servers$/ { on = 1 }
	/^When one machine/ { on = 0 }
	on && /^(lighttpd|nginx|busybox).*:$/' "$top/README" >"$tmp/titles"
ok 'there are lines for servers' test "$(wc -l <"$tmp/titles")" -ge 6
while IFS= read -r title; do
	ok "$title" grep -Fqr --include='*.t' --include='servers.sh' "'$title'" "$top/tests"
done <"$tmp/titles"
finish

#!/bin/sh
# sweep removes what has expired and nothing else, and says how many. [S14]
. "${0%/*}/lib.sh"
need dash busybox setpriv

shop_stock
secure=$shop/public_html/secure
ln -s "$cgi/.htredeem" "$shop/home/settings"
now=$(($(date +%s) / 60))
rules='# redeem 1.1
RewriteEngine On
RewriteRule ^ - [F]'
printf '%s\n' "$rules" >"$secure/.htaccess"
a=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
b=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
c=cccccccccccccccccccccccccccccccc
d=0123456789abcdef0123456789abcdef
old=27000000
newline='
'

# link BUCKET NAME: a link's folder as the program makes it
link()
{
	mkdir -p "$secure/$1/$2"
	printf 'rules\n' >"$secure/$1/$2/.htaccess"
	ln -s "$shop/home/files/first-light.zip" "$secure/$1/$2/first-light.zip"
}

for shell in dash busybox; do
	use_shell "$shell"
	link $old $a
	link $old .$b
	link "$((now - 1))" $c
	link "$((now + 2))" $d
	link 12345678901 $a
	mkdir -p "$secure/not-a-bucket/x" "$tmp/outside/y"
	printf x >"$tmp/outside/y/kept"
	ln -sfn "$tmp/outside" "$secure/27000009"
	ln -sfn "$tmp/outside" "$secure/$old/$d"
	is "$shell: it says how many" "$("$top/tools/sweep" -H "$shop/home")" 4
	ok "$shell: an old bucket is gone" test ! -e "$secure/$old"
	ok "$shell: the bucket of the last minute, too" test ! -e "$secure/$((now - 1))"
	ok "$shell: a live link stays" test -L "$secure/$((now + 2))/$d/first-light.zip"
	ok "$shell: with its rules" test -e "$secure/$((now + 2))/$d/.htaccess"
	ok "$shell: what is no minute stays" test -d "$secure/12345678901/$a"
	ok "$shell: other folders stay" test -d "$secure/not-a-bucket/x"
	ok "$shell: nothing is followed" test -e "$tmp/outside/y/kept"
	ok "$shell: what is sold stays" test -e "$shop/home/files/first-light.zip"
	is "$shell: nothing to do" "$("$top/tools/sweep" -H "$shop/home")" 0
	is "$shell: the home by REDEEM_HOME" "$(REDEEM_HOME=$shop/home "$top/tools/sweep")" 0
	is "$shell: settings by REDEEM_CONF" "$(REDEEM_CONF=$cgi/.htredeem "$top/tools/sweep")" 0
	is "$shell: no settings" "$(REDEEM_CONF=$tmp/none "$top/tools/sweep" 2>/dev/null || printf '%s' "$?")" 1
	is "$shell: misused" "$("$top/tools/sweep" -x 2>/dev/null || printf '%s' "$?")" 2
	like "$shell: help" "$("$top/tools/sweep" -h)" '^sweep '
	rm -rf "$secure/12345678901" "${secure:?}/$((now + 2))"

	# the pages that list several files, where links are no folders
	lists=$shop/home/lists
	mkdir -p "$lists/$old" "$lists/$((now - 1))" "$lists/$((now + 2))"
	for page in "$old/$a" "$((now - 1))/$b" "$((now + 2))/$c"; do
		printf 'page\n' >"$lists/$page"
	done
	link $old $a
	is "$shell: lists and links that an earlier delivery left" \
		"$("$top/tools/sweep" -H "$shop/home")" 3
	is "$shell: a live list stays" "$(find "$lists" -type f)" "$lists/$((now + 2))/$c"
	mkdir "$lists/$old"
	printf 'page\n' >"$lists/$old/$a"
	settings "home: $shop/home" 'delivery: cgi'
	is "$shell: no secure is needed where links are no folders" \
		"$("$top/tools/sweep" -H "$shop/home")" 1
	ok "$shell: that bucket is gone" test ! -e "$lists/$old"
	rm -r "$lists"
	is "$shell: nor a folder of lists" "$("$top/tools/sweep" -H "$shop/home")" 0
	# places that begin where the settings are
	settings 'home: ../home' 'secure: ../public_html/secure'
	mkdir -p "$lists/$old"
	printf 'page\n' >"$lists/$old/$a"
	link $old $a
	is "$shell: relative folders" "$(cd / && "$top/tools/sweep" -H "$shop/home")" 2
	settings 'home: ../home' 'delivery: cgi'
	mkdir -p "$lists/$old"
	printf 'page\n' >"$lists/$old/$a"
	is "$shell: a relative home" "$(cd / && "$top/tools/sweep" -H "$shop/home")" 1
	rm -rf "$lists"
	settings "home: $shop/home" 'delivery: cgi' "secure: $shop/gone"
	is "$shell: nor a folder secure that another delivery had" \
		"$("$top/tools/sweep" -H "$shop/home")" 0
	settings "home: $shop/home"
	is "$shell: no secure where it is needed" \
		"$("$top/tools/sweep" -H "$shop/home" 2>/dev/null || printf '%s' "$?")" 1
	settings "home: $shop/home" "secure: $secure"
done

# only what is ours goes
use_shell dash
press=$shop/public_html/press
mkdir -p "$press/2024/$a" "$press/$old/$a"
printf 'photo\n' >"$press/2024/$a/photo.jpg"
printf 'photo\n' >"$press/$old/$a/photo.jpg"
settings "home: $shop/home" "secure: $press"
ok 'a folder of the owner: refused' sh -c "! '$top/tools/sweep' -H '$shop/home' 2>'$tmp/complaint'"
like 'a folder of the owner: why' "$(cat "$tmp/complaint")" 'press is no folder for links'
ok 'a folder of the owner: nothing is removed' test -e "$press/$old/$a/photo.jpg"
settings "home: $shop/home" "secure: $secure"
# and in a folder of ours
for bucket in 1 12 123 1234 12345 123456 1234567 26297279 $((now + 5)) 123456789; do
	link "$bucket" $a
done
link 26297280 $a
link $old $a
link $old "${a}a"
link $old "${a%?}"
link $old AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
printf 'mine\n' >"$secure/$old/notes.txt"
mkdir "$tmp/elsewhere"
mkdir "$tmp/elsewhere/$a"
printf 'kept\n' >"$tmp/elsewhere/$a/kept"
ln -s "$tmp/elsewhere" "$secure/27000001"
mkdir "$secure/27000002"
ln -s "$tmp/elsewhere/$a" "$secure/27000002/$b"
is 'ours and others: how many' "$("$top/tools/sweep" -H "$shop/home")" 3
for kept in 1/$a 1234567/$a 26297279/$a "$((now + 5))/$a" 123456789/$a "$old/${a}a" "$old/${a%?}" \
	$old/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; do
	ok "ours and others: $kept stays" test -L "$secure/$kept/first-light.zip"
done
ok 'ours and others: a note stays' test -e "$secure/$old/notes.txt"
ok 'ours and others: nothing behind a link goes' test -e "$tmp/elsewhere/$a/kept"
ok 'ours and others: the first minute of 2020 goes' test ! -e "$secure/26297280"
rm -rf "${secure:?}"/[0-9]*

# rules of 1.0 are ours, others are not
printf 'RewriteEngine On\nRewriteRule ^ - [F]\nErrorDocument 403 "<!DOCTYPE html>x"\n' >"$secure/.htaccess"
link $old $a
is 'rules of version 1.0' "$("$top/tools/sweep" -H "$shop/home")" 1
printf 'RewriteEngine On\nRewriteRule ^ - [F]\nOptions -Indexes\n' >"$secure/.htaccess"
link $old $a
ok 'rules of somebody else: refused' sh -c "! '$top/tools/sweep' -H '$shop/home' 2>/dev/null"
ok 'rules of somebody else: all stays' test -e "$secure/$old/$a/.htaccess"
printf '%s\n' "$rules" >"$secure/.htaccess"

# what cannot be removed keeps its rules, and stops nothing else; names may be odd
rm -rf "${secure:?}/$old"
for shell in dash busybox; do
	use_shell "$shell"
	link 27000003 $a
	mkdir "$secure/27000003/$a/folder"
	link 27000003 $b
	printf 'page\n' >"$secure/27000003/$c"
	link 27000003 $d
	# a line of its name alone would be the rules
	mkdir "$secure/27000003/$d/.htaccess$newline."
	odd=aaaaaaaa111111111111111111111111
	link 27000004 $odd
	for name in "it's a \"song\" \\ of 5 %.zip" '-rf' '*' "a${newline}b" ' blanks ' '..zip' 'ü' \
		".htaccess${newline}"; do
		printf x >"$secure/27000004/$odd/$name"
	done
	"$top/tools/sweep" -H "$shop/home" >"$tmp/said" 2>"$tmp/complaint" && status=0 || status=$?
	is "$shell: two that stay: exit status" "$status" 1
	is "$shell: two that stay: how many went" "$(cat "$tmp/said")" 3
	like "$shell: two that stay: how many did not" "$(cat "$tmp/complaint")" ': 2 expired links'
	is "$shell: two that stay: with their rules" \
		"$(cd "$secure/27000003" && find . -type f | sort | tr '\n' ' ')" \
		"./$d/.htaccess ./$a/.htaccess "
	ok "$shell: two that stay: another bucket goes" test ! -e "$secure/27000004"
	rm -rf "$secure/27000003"
done

# a folder in which nothing can be seen may have files still: its rules stay
use_shell dash
cp -R "$top/tools" "$tmp/tools"
link $old $a
link $old $b
chmod 755 "$secure" "$tmp/tools"
shop_own
chmod 300 "$secure/$old/$a"
as_owner=
[ "$(id -u)" != 0 ] || as_owner="setpriv --reuid $shop_user --regid $shop_user --clear-groups"
$as_owner "$tmp/tools/sweep" -H "$shop/home" >"$tmp/said" 2>"$tmp/complaint" && status=0 || status=$?
is 'a folder that cannot be read: exit status' "$status $(cat "$tmp/said")" '1 1'
ok 'a folder that cannot be read: its rules stay' test -e "$secure/$old/$a/.htaccess"
rm -rf "${secure:?}/$old"

# more buckets than are done in one step
(cd "$secure" && seq 27000000 27001002 | sed "s,\$,/$a," | xargs mkdir -p)
is 'many buckets: how many' "$("$top/tools/sweep" -H "$shop/home")" 1003
is 'many buckets: all go' "$(cd "$secure" && find . -name '2*')" ''

# a link is never without its rules while it has a file: stop the sweep at each removal
use_shell dash
rm_order=$tmp/order
mkdir "$tmp/slow"
cat >"$tmp/slow/rm" <<END
#!/bin/sh
for name in $secure/$old/$a/.htaccess $secure/$old/$a/first-light.zip; do
	[ ! -L "\$name" ] && [ ! -e "\$name" ] || printf '%s ' "\${name##*/}"
done >"$rm_order.now"
[ ! -s "$rm_order.now" ] || printf '%s\n' "\$(cat "$rm_order.now")" >>"$rm_order"
exec $(command -v rm) "\$@"
END
chmod +x "$tmp/slow/rm"
link $old $a
PATH=$tmp/slow:$PATH "$top/tools/sweep" -H "$shop/home" >/dev/null
is 'the file goes before the rules' "$(tr '\n' '|' <"$rm_order")" \
	'.htaccess first-light.zip |.htaccess |'
finish

#!/bin/sh
# sweep removes what has expired and nothing else, and says how many. [S14]
. "${0%/*}/lib.sh"

shop_stock
secure=$shop/public_html/secure
ln -s "$cgi/.htredeem" "$shop/home/settings"
now=$(($(date +%s) / 60))

# link BUCKET NAME: a link's folder as the program makes it
link()
{
	mkdir -p "$secure/$1/$2"
	printf 'rules\n' >"$secure/$1/$2/.htaccess"
	ln -s "$shop/home/files/first-light.zip" "$secure/$1/$2/first-light.zip"
}

for shell in dash busybox; do
	use_shell "$shell"
	link 1000 aaaa
	link 1000 .bbbb
	link "$((now - 1))" cccc
	link "$((now + 2))" dddd
	link 12345678901 eeee
	mkdir -p "$secure/not-a-bucket/x" "$tmp/outside/y"
	printf x >"$tmp/outside/y/kept"
	ln -sfn "$tmp/outside" "$secure/999"
	ln -sfn "$tmp/outside" "$secure/1000/link"
	is "$shell: it says how many" "$("$top/tools/sweep" -H "$shop/home")" 4
	ok "$shell: an old bucket is gone" test ! -e "$secure/1000"
	ok "$shell: the bucket of the last minute, too" test ! -e "$secure/$((now - 1))"
	ok "$shell: a live link stays" test -L "$secure/$((now + 2))/dddd/first-light.zip"
	ok "$shell: with its rules" test -e "$secure/$((now + 2))/dddd/.htaccess"
	ok "$shell: what is no minute stays" test -d "$secure/12345678901/eeee"
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
	mkdir -p "$lists/1000" "$lists/$((now - 1))" "$lists/$((now + 2))"
	for page in "1000/aaaa" "$((now - 1))/bbbb" "$((now + 2))/cccc"; do
		printf 'page\n' >"$lists/$page"
	done
	link 1000 aaaa
	is "$shell: lists and links that an earlier delivery left" \
		"$("$top/tools/sweep" -H "$shop/home")" 3
	is "$shell: a live list stays" "$(find "$lists" -type f)" "$lists/$((now + 2))/cccc"
	mkdir "$lists/1000"
	printf 'page\n' >"$lists/1000/aaaa"
	settings "home: $shop/home" 'delivery: cgi'
	is "$shell: no secure is needed where links are no folders" \
		"$("$top/tools/sweep" -H "$shop/home")" 1
	ok "$shell: that bucket is gone" test ! -e "$lists/1000"
	rm -r "$lists"
	is "$shell: nor a folder of lists" "$("$top/tools/sweep" -H "$shop/home")" 0
	settings "home: $shop/home" 'delivery: cgi' "secure: $shop/gone"
	is "$shell: nor a folder secure that another delivery had" \
		"$("$top/tools/sweep" -H "$shop/home")" 0
	settings "home: $shop/home"
	is "$shell: no secure where it is needed" \
		"$("$top/tools/sweep" -H "$shop/home" 2>/dev/null || printf '%s' "$?")" 1
	settings "home: $shop/home" "secure: $secure"
done

# a link is never without its rules while it has a file: stop the sweep at each removal
use_shell dash
rm_order=$tmp/order
mkdir "$tmp/slow"
cat >"$tmp/slow/rm" <<END
#!/bin/sh
for name in $secure/1000/aaaa/.htaccess $secure/1000/aaaa/first-light.zip; do
	[ ! -L "\$name" ] && [ ! -e "\$name" ] || printf '%s ' "\${name##*/}"
done >>"$rm_order"
printf '\n' >>"$rm_order"
exec $(command -v rm) "\$@"
END
chmod +x "$tmp/slow/rm"
link 1000 aaaa
PATH=$tmp/slow:$PATH "$top/tools/sweep" -H "$shop/home" >/dev/null
is 'the file goes before the rules' "$(tr '\n' '|' <"$rm_order")" \
	'.htaccess first-light.zip |.htaccess |'
finish

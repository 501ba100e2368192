#!/bin/sh
# Which folder is taken for links, and what in it is ever removed: only what is ours,
# by the one rule that program, --check and tools share. [S14]
. "${0%/*}/lib.sh"
need strace

shop_stock
secure=$shop/public_html/secure
minute=$(($(date +%s) / 60))

# state FOLDER: all that is in it, with what is in the files
state()
{
	(cd "$1" && find . | sort && find . -type f -exec cat {} +)
}

# taken_as_not_ours NAME [WHY]: what a buyer is told, and whether --check agrees
taken_as_not_ours()
{
	before=$(state "$secure")
	code REFUSED1
	post refused1
	is "$1: not set up" "$(status) $(outcome) $(value uses "$code_file")" '500 not-set-up 0'
	like "$1: why" "$(cat "$tmp/complaint")" "^redeem: secure: $secure.*${2:-for links alone}\$"
	checked=0
	(cd "$cgi" && ./redeem.cgi --check) >"$tmp/check" 2>&1 || checked=$?
	is "$1: --check" "$checked" 1
	is "$1: nothing is written" "$(state "$secure")" "$before"
}

taken()
{
	code TAKEN1
	post taken1
	is "$1: is taken" "$(status)" 303
	like "$1: and refuses" "$(head -n 3 "$secure/.htaccess" | tr '\n' ' ')" \
		'^# redeem [0-9.]+ RewriteEngine On '
}

# empty_secure: as setup makes it
empty_secure()
{
	rm -rf "$secure"
	mkdir -m 755 "$secure"
	shop_own
}

# a folder that is somebody else's
printf 'Welcome\n' >"$secure/index.html"
shop_own
taken_as_not_ours 'a web site'
empty_secure
mkdir -p "$secure/press/2024/photos"
shop_own
taken_as_not_ours 'a folder of press photos'
empty_secure
printf 'RewriteEngine On\nRewriteRule . /index.php [L]\n' >"$secure/.htaccess"
shop_own
taken_as_not_ours 'rules of somebody else'
printf '# redeemed\nRewriteEngine On\n' >"$secure/.htaccess"
taken_as_not_ours 'rules with almost our mark'
printf '# redeem \nRewriteEngine On\n' >"$secure/.htaccess"
taken_as_not_ours 'a mark without a version'
printf 'RewriteEngine On\nRewriteRule ^ - [F]\nRewriteRule x y\n' >"$secure/.htaccess"
taken_as_not_ours 'rules that begin as those of version 1.0'
: >"$secure/.htaccess"
taken_as_not_ours 'empty rules'
rm "$secure/.htaccess"
ln -s "$tmp/none" "$secure/.htaccess"
taken_as_not_ours 'rules that are a symbolic link' '/.htaccess: .*'
empty_secure
: >"$secure/$((minute + 2))"
shop_own
taken_as_not_ours 'a file that is named as a bucket'

# a folder that is ours, or may be
empty_secure
taken 'an empty folder'
empty_secure
mkdir -p "$secure/$((minute + 2))/.$(random_hex 16)"
shop_own
taken 'a folder in which a first link was begun'
empty_secure
printf 'RewriteEngine On\nRewriteRule ^ - [F]\n' >"$secure/.htaccess"
shop_own
taken 'a folder of version 1.0'
printf 'RewriteEngine On\nRewriteRule ^ - [F]\nErrorDocument 403 "<!DOCTYPE html><html>"\n' \
	>"$secure/.htaccess"
mkdir -p "$secure/press"
taken 'a folder of version 1.0, with a page, and a folder beside the links'
printf '# redeem 0.9\nRewriteEngine Off\n' >"$secure/.htaccess"
old=$(stat -c %i "$secure/.htaccess")
taken 'a folder of another version'
like 'whose rules are renewed' "$(cat "$secure/.htaccess")" '^RewriteRule \^ - \[F\]$'
ok 'by rename' test "$(stat -c %i "$secure/.htaccess")" != "$old"
current=$(stat -c '%i %Z' "$secure/.htaccess")
taken 'a folder of this version'
is 'whose rules are left as they are' "$(stat -c '%i %Z' "$secure/.htaccess")" "$current"

# one rule for program and tools
by_tools()
{
	sh -c '. "$1/tools/.links.sh" && is_our_rules "$2" && echo ours' tools "$top" "$secure/.htaccess"
}
by_program()
{
	(cd "$cgi" && ./redeem.cgi --check) 2>&1 | grep -q '^WRONG  secure' || echo ours
}
old_rules='RewriteEngine On\nRewriteRule ^ - [F]'
page='ErrorDocument 403 "<!DOCTYPE html>'
long=$(printf '%07000d' 0)
while IFS='|' read -r verdict rules; do
	# shellcheck disable=SC2059
	printf "$rules" >"$secure/.htaccess"
	is "$(printf '%.60s' "$rules"): the program: ${verdict:-not ours}" "$(by_program)" "$verdict"
	is "$(printf '%.60s' "$rules"): the tools" "$(by_tools)" "$verdict"
done <<-END
	ours|# redeem 1.0\n
	ours|# redeem 12\r\nRewriteEngine On\n
	ours|# redeem 1.0
	|# redeem 2026 campaign: rules of mine\nDeny from all\n
	|# redeem 1.1beta\n
	|# redeem 1..\n
	|# redeem \n
	|# redeemed 1.0\n
	|\n# redeem 1.0\n
	ours|$old_rules\n
	ours|$old_rules
	ours|$old_rules\n$page"\n
	ours|$old_rules\n$page$long"\n
	ours|$old_rules\n$page"
	|$old_rules\n$page"\nRequire all granted\n
	|$old_rules\n$page$long"\nRequire all granted\n
	|$old_rules\n\n
	|$old_rules\nErrorDocument 403 "Go away"\n
	|$old_rules \n
	|RewriteEngine On\n
END
# and for a folder without rules: is there nothing, or what an interrupted first link left
claimed_by_tools()
{
	sh -c '. "$1/tools/.links.sh" && is_our_secure "$2" && echo ours' tools "$top" "$secure"
}
while IFS='|' read -r verdict inside; do
	empty_secure
	for name in $inside; do
		case $name in
		*/) mkdir -p "$secure/$name" ;;
		*) : >"$secure/$name" ;;
		esac
	done
	is "${inside:-nothing} inside: the tools: ${verdict:-not ours}" "$(claimed_by_tools)" "$verdict"
	is "${inside:-nothing} inside: the program" "$(by_program)" "$verdict"
done <<-END
	ours|
	ours|$minute/
	ours|26297280/.$(random_hex 16)/ $minute/
	|26297279/
	|20240101/
	|$minute
	|$minute/ .hidden
	|$minute/ ..x/
	|$minute/ press/
END
printf '# redeem 0.9\n' >"$secure/.htaccess"

# what looks like a bucket, or like a link, and is none
hex=$(random_hex 16)
elsewhere=$tmp/elsewhere
mkdir -p "$elsewhere/$hex"
chmod -R 777 "$elsewhere"
keep="press/2024/poster.jpg 2024/x 20240101/x 1000/$hex/x 026300000/$hex/x 26297279/$hex/x
	$((minute + 9))/$hex/x 26300000/notes 26300000/$hex.txt 26300000/x$hex 26300000/..$hex
	26300000/${hex%?} 26300000/${hex}0 26300000/$(printf '%s' "${hex%??}Aa")
	26300000/upper/x"
for path in $keep; do
	mkdir -p "$secure/${path%/*}"
	printf x >"$secure/$path"
done
ln -s "$elsewhere" "$secure/26300002"
mkdir -p "$secure/26300000/$hex" "$secure/26300000/.$hex" "$secure/26297280/$hex" \
	"$secure/$((minute - 1))/$hex"
shop_own
settings "home: $shop/home" "secure: $secure" 'grace: 0'
code SWEEP1 'uses: 0' 'limit: 900' 'file: first-light.zip'
gone()
{
	post sweep1
	[ ! -e "$secure/26300000/$hex" ] && [ ! -e "$secure/26300000/.$hex" ] &&
		[ ! -e "$secure/26297280" ] && [ ! -e "$secure/$((minute - 1))" ]
}
ok 'what is ours and over is removed' await 60 gone
for _ in 1 2 3 4 5; do
	post sweep1
done
for path in $keep; do
	ok "stays: $(printf '%s' "$path" | sed "s/$hex/HEX/")" test -e "$secure/$path"
done
ok 'stays: what a symbolic link leads to' test -d "$elsewhere/$hex"

# What is asked for below secure: the buckets and links that are tried, in their order.
tried()
{
	post sweep1 "$(command -v strace)" -qq -o "$tmp/trace" -e trace=openat || :
	sed -n 's/.*"\(2631[0-9]*\)".*/\1/p; s/.*"\([0-9a-f]\{32\}\)".*/\1/p' "$tmp/trace"
}
first_of_many()
{
	rounds=0
	while [ "$rounds" -lt 12 ]; do
		rounds=$((rounds + 1))
		tried | sed 1q
	done
}
# a folder in a link is not ours, so the link stays
rm -rf "$secure"/26[0-9]*
for i in 0 1 2 3 4 5 6 7; do
	mkdir -p "$secure/2631000$i/$(random_hex 16)/folder"
done
shop_own
ok 'redemptions begin at different buckets' test "$(first_of_many | sort -u | wc -l)" -gt 1
rm -r "$secure"/2631000?
for i in 1 2 3 4; do
	mkdir -p "$secure/26310000/$(random_hex 16)/folder"
done
shop_own
find "$secure/26310000" -mindepth 1 -maxdepth 1 | sed 's,.*/,,' >"$tmp/links"
is 'one link that cannot be removed ends the work on its bucket' \
	"$(tried | grep -cxFf "$tmp/links")" 1
rm -r "$secure/26310000"

# the same below home/lists
settings_cgi
mkdir -p "$shop/home/lists/26300000/folder" "$shop/home/lists/2024"
printf x >"$shop/home/lists/26300000/$hex"
printf x >"$shop/home/lists/26300000/notes.html"
printf x >"$shop/home/lists/2024/$hex"
shop_own
code LIST1 'uses: 0' 'limit: 900' 'file: first-light.zip'
page_gone()
{
	post list1
	[ ! -e "$shop/home/lists/26300000/$hex" ]
}
ok 'a page that is over is removed' await 60 page_gone
for path in 26300000/folder 26300000/notes.html "2024/$hex"; do
	ok "stays below lists: ${path%%"$hex"}" test -e "$shop/home/lists/$path"
done
finish

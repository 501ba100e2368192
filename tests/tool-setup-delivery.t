#!/bin/sh
# setup -y: a shop of each delivery, from a clone to a song; what is there already
# stays, but for the delivery.
. "${0%/*}/lib.sh"
test_all_only 'needs lighttpd'
. "$top/tests/servers.sh"
need lighttpd curl dash busybox setpriv

shop_stock
who=$shop_user
setpriv=$(command -v setpriv)
# a checkout as `make` leaves it, in a place that is no user's
clone=$shop/redeem
rm -rf "$cgi/redeem.cgi" "$cgi/.htredeem" "${shop:?}/home" "$shop/public_html/secure"
mkdir -p "$clone/codes"
cp -R "$top/tools" "$clone"
cp "$REDEEM_PROGRAM" "$clone/redeem"
cp "$top/codes/.htaccess" "$top/codes/format.txt" "$clone/codes"
# where README's lines look for the files
ln -s redeem "$shop/home"
cp "$top/tools/secdownload.lua" "$shop/secdownload.lua"
chmod 644 "$shop/secdownload.lua"
shop_own
conf=$cgi/.htredeem
serve lighttpd_with 'lighttpd, for cgi:' 'lighttpd, for secdownload, moreover:'
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi

owner()
{
	if [ "$(id -u)" = 0 ]; then
		"$setpriv" --reuid "$who" --regid "$who" --clear-groups -- "$@"
	else
		"$@"
	fi
}

setup()
{
	status=0
	(cd / && owner env HOME="${user_home:-$shop}" sh "$clone/tools/setup" -u "$form" "$@") \
		>"$tmp/said" 2>"$tmp/complaint" || status=$?
	said=$(cat "$tmp/said")
}

# sale NAME: a code that is minted now leads to the song
sale()
{
	minted=$(owner sh "$clone/tools/mint" song.zip)
	is "$1: a code redeems" "$(fetch -d "code=$minted" "$form")" 303
	is "$1: its page opens" "$(fetch "http://127.0.0.1:$port$(led_to)")" 200
	linked=$(address song.zip "$(cat "$tmp/body")")
	is "$1: its link serves" "$(fetch "http://127.0.0.1:$port$linked"; cat "$tmp/body")" '200music'
}

mode()
{
	stat -c %a "$conf"
}

for shell in dash busybox; do
	use_shell "$shell"
	rm -rf "$conf" "$clone/settings" "$clone/files" "$clone/lists" "$clone/log"
	setup -n -y cgi -c "$cgi"
	is "$shell: -n: exit status" "$status" 0
	like "$shell: -n: what it would do" "$said" '^would write ~/cgi-bin/.htredeem, mode 0600$'
	unlike "$shell: -n: nothing of secure" "$said" secure
	ok "$shell: -n: nothing is done" test ! -e "$conf"
	setup -y cgi -c "$cgi"
	is "$shell: cgi: exit status" "$status" 0
	is "$shell: cgi: doctor is content" "$(tail -n 1 "$tmp/said")" 'all is well'
	# as an editor of Windows leaves them, delivery first; and with a folder of another
	# delivery's that is gone
	{
		printf '\357\273\277'
		grep '^delivery' "$conf"
		grep -v '^delivery' "$conf"
	} >"$tmp/conf"
	cp "$conf" "$tmp/was"
	cat "$tmp/conf" >"$conf"
	setup -y cgi -c "$cgi"
	is "$shell: a byte order mark: nothing to do" "$status $(cksum <"$conf")" "0 $(cksum <"$tmp/conf")"
	sed -i 's/delivery: cgi$/delivery: apache/' "$conf"
	printf 'secure: %s\n' "$shop/public_html/secure" >>"$conf"
	setup -y cgi -c "$cgi"
	is "$shell: and a change before all" "$status $(grep -c 'delivery: ' "$conf") $(head -c 3 "$conf" | od -An -tx1)" \
		'0 1  ef bb bf'
	cat "$tmp/was" >"$conf"
	is "$shell: cgi: the settings" "$(sed 's/^key: [0-9a-f]\{64\}$/key: KEY/' "$conf")" \
		"home: $clone
delivery: cgi
key: KEY
address: $form"
	is "$shell: cgi: lengths are trusted" "$(cat "$cgi/.htaccess")" 'SetEnv ap_trust_cgilike_cl 1
SetEnv no-gzip 1
SetEnv no-brotli 1'
	is "$shell: cgi: hidden" "$(mode)" 600
	is "$shell: cgi: lists" "$(stat -c %a "$clone/lists")" 700
	first_key=${first_key:-$(value key "$conf")}
	[ "$shell" = dash ] || ok 'each shop has a key of its own' \
		test "$first_key" != "$(value key "$conf")"
done
PATH=$usual_path:/usr/sbin:/sbin
printf music >"$clone/files/song.zip"
chmod 644 "$clone/files/song.zip"
shop_own
sale cgi
before=$(cat "$conf")
for again in '' '-y cgi'; do
	[ -z "$again" ] || set -- -y cgi
	setup -c "$cgi" "$@"
	is "again $again: exit status" "$status" 0
	is "again $again: nothing to do" "$(sed -n 1p "$tmp/said")" \
		'all is as it should be: nothing to do'
	is "again $again: the settings stay" "$(cat "$conf")" "$before"
done

# another delivery: the owner's other lines stay, and the old key for the way back
printf '# my own\nwindow: 60' >>"$conf"
# lines of the owner's round those of setup
{
	printf 'SetEnv MINE 1\nSetEnv ap_trust_cgilike_cl 1\n'
	cat "$cgi/.htaccess"
	printf 'SetEnv ap_trust_cgilike_cl 1\nSetEnv no-gzip 1'
} >"$tmp/htaccess"
cp "$tmp/htaccess" "$cgi/.htaccess"
shop_own
chmod 644 "$conf"
setup -c "$cgi" -y secdownload
is 'secdownload: exit status' "$status" 0
is 'secdownload: it is said' "$(grep -c '^make secdownload the delivery in ~/cgi-bin/.htredeem' "$tmp/said")" 1
is 'secdownload: the settings' "$(sed 's/^\(key\|secret\): [0-9a-f]\{64\}$/\1: KEY/' "$conf")" \
	"home: $clone
key: KEY
address: $form
# my own
window: 60
delivery: secdownload
prefix: /dl
secret: KEY"
is 'secdownload: lengths are not trusted any more' "$(cat "$cgi/.htaccess")" \
	'SetEnv MINE 1
SetEnv ap_trust_cgilike_cl 1
SetEnv ap_trust_cgilike_cl 1
SetEnv no-gzip 1'
is 'secdownload: which is said' "$(grep -c '^take the three lines .* out of ~/cgi-bin/.htaccess' "$tmp/said")" 1
is 'secdownload: hidden' "$(mode)" 600
is 'secdownload: doctor is content' "$(tail -n 1 "$tmp/said")" 'all is well'
sale secdownload
before=$(cat "$conf")
setup -c "$cgi" -y secdownload
is 'secdownload again: nothing to do' "$(sed -n 1p "$tmp/said")" \
	'all is as it should be: nothing to do'
is 'secdownload again: the settings stay' "$(cat "$conf")" "$before"

# s3: what only the owner knows is left to fill in
setup -c "$cgi" -y s3
is 's3: exit status' "$status" 1
like 's3: what to do' "$(cat "$tmp/complaint")" 'fill in the lines of s3 in ~/cgi-bin/.htredeem'
is 's3: the lines' "$(grep -c '^s3-\(endpoint\|region\|bucket\|key\|secret\):$' "$conf")" 5
is 's3: nothing is served meanwhile' "$(fetch "$form"; sed -n 's/.*data-outcome="\([a-z-]*\)".*/\1/p' "$tmp/body")" \
	500not-set-up
cp -p "$conf" "$tmp/unfilled"
setup -c "$cgi" -y secdownload
is 's3, thought better of: exit status' "$status" 0
is 's3, thought better of: the settings' "$(sort "$conf")" "$(printf '%s\n' "$before" | sort)"
cp -p "$tmp/unfilled" "$conf"
sed -i 's,^s3-endpoint:,& http://127.0.0.1:9,; s,^s3-[a-z]*:$,& filled-in,' "$conf"
before=$(cat "$conf")
setup -c "$cgi" -y s3
is 's3, filled in: the settings stay' "$(cat "$conf")" "$before"
like 's3, filled in: doctor asks the store' "$said" '^WRONG  link .*nobody answers at http://127.0.0.1:9/filled-in/song.zip'

# and back to links of Apache's, which needs a web site
user_home=$clone
setup -n -c "$cgi" -y cgi
is 'cgi without a web site: exit status' "$status" 0
setup -c "$cgi" -y apache
is 'apache: without a web site: exit status' "$status" 1
like 'apache: without a web site: why' "$(cat "$tmp/complaint")" 'name the web site with -d'
user_home=
printf 'SetEnv ap_trust_cgilike_cl 1\nSetEnv no-gzip 1\nSetEnv no-brotli 1\n' >"$cgi/.htaccess"
shop_own
setup -n -c "$cgi" -d "$shop/public_html" -y apache
like 'apache: -n: the three lines for cgi' "$said" '^would take the three lines .* out of'
ok 'apache: -n: stay' test -e "$cgi/.htaccess"
setup -c "$cgi" -d "$shop/public_html" -y apache
ok 'apache: no .htaccess is left of them' test ! -e "$cgi/.htaccess"
like 'apache: links are no folder of lighttpd' "$said" '^WRONG  rules'
is 'apache: the settings' "$(value delivery "$conf") $(value secure "$conf")" \
	"apache $shop/public_html/secure"

setup -y tape
is 'a delivery that there is not: exit status' "$status" 2
setup -c "$cgi" -y cgi -s "$shop/public_html/links"
is '-s with another delivery: exit status' "$status" 2

# where the program runs as another user: shared with a group
if [ "$(id -u)" = 0 ]; then
	setup_by_root()
	{
		status=0
		sh "$clone/tools/setup" -u "$form" -c "$cgi" "$@" >"$tmp/said" 2>"$tmp/complaint" ||
			status=$?
		said=$(cat "$tmp/said")
	}
	chown -R root: "$clone" "$cgi"
	rm -rf "$conf" "$clone/lists" "$clone/settings"
	setup_by_root -y cgi -g www-data
	is '-g: exit status' "$status" 0
	is '-g: doctor is content' "$(tail -n 1 "$tmp/said")" 'all is well'
	is '-g: the settings' "$(stat -c '%a %G' "$conf")" '640 www-data'
	is '-g: lists' "$(stat -c '%a %G' "$clone/lists")" '2770 www-data'
	for name in a b; do
		printf '%s' "$name" >"$clone/files/$name.zip"
	done
	minted=$("$clone/tools/mint" a.zip b.zip)
	is '-g: several files' "$(fetch -d "code=$minted" "$form")" 303
	is '-g: their page' "$(fetch "http://127.0.0.1:$port$(led_to)")" 200
	page=$(find "$clone/lists" -type f)
	is '-g: which the owner can sweep' "$(stat -c '%a %U %G' "${page%/*}")" '2771 www-data www-data'
	setup_by_root -y secdownload
	is '-g: secdownload: exit status' "$status" 0
	is '-g: secdownload: doctor is content' "$(tail -n 1 "$tmp/said")" 'all is well'
	is '-g: secdownload: the settings' "$(stat -c '%a %G' "$conf")" '640 www-data'
fi
finish

#!/bin/sh
# From a clone to a song on the cheap host: make, setup, mint, and the form. Then
# what setup does a second time, and for a program that runs as another user.
. "${0%/*}/lib.sh"
test_all_only 'needs suexec'
. "$top/tests/doctor.sh"
need apache2 curl make cc setpriv dash busybox

place_cheap
shop=$place
cgi=$shop/public_html/cgi-bin
who=label
clone=$shop/redeem
mkdir -p "$cgi" "$clone"
chmod 711 "$shop"
chmod 755 "$shop/public_html"
# as hosts make it, and suexec does not like it
chmod 775 "$cgi"
(cd "$top" && cp -R Makefile README redeem.c codes tests tools .gitignore "$clone")
find "$clone/codes" -type f ! -name '*.*' -exec rm -- {} +
chown -R label: "$shop"
host apache_cheap

# owner COMMAND...: at the owner's prompt, in the clone
owner()
{
	(cd "$clone" && umask 022 && as_user env HOME="$shop" "$@")
}

setup()
{
	status=0
	said=$(owner sh tools/setup -u "$form" "$@" 2>"$tmp/complaint") || status=$?
}

# The song's address, of that of the page that a code leads to
song_beside()
{
	printf '%s' "${1%/*}/first-light.zip?${1##*\?}"
}

# mode and owner of each NAME below the shop
modes()
{
	for name in "$@"; do
		stat -c "%a %U:%G" "$shop/$name"
	done | tr '\n' ' '
}

use_shell dash
setup
is 'before make: exit status' "$status" 1
ok 'make' owner make
setup
is 'setup: exit status' "$status" 0
like 'setup: the program finds all well' "$said" '^ok     secure '
is 'setup: doctor has the last word' "$(printf '%s\n' "$said" | tail -n 1)" 'all is well'
is 'setup: nothing is complained of' "$(cat "$tmp/complaint")" ''
is 'setup: no line is longer than 80 columns' \
	"$(printf '%s\n' "$said" | grep -v ^ok | grep '.\{81\}')" ''
is 'modes of folders' "$(modes redeem redeem/codes redeem/files public_html/secure public_html/cgi-bin)" \
	'711 label:label 700 label:label 755 label:label 711 label:label 755 label:label '
is 'modes of files' "$(modes redeem/log public_html/cgi-bin/.htredeem \
	public_html/cgi-bin/redeem.cgi public_html/secure/.htaccess redeem/codes/.htaccess)" \
	'600 label:label 600 label:label 755 label:label 644 label:label 644 label:label '
is 'settings' "$(cat "$cgi/.htredeem")" "home: $clone
secure: $shop/public_html/secure
address: $form"
is 'home/settings' "$(readlink "$clone/settings")" "$cgi/.htredeem"
like 'secure: late buyers are led back' "$(cat "$shop/public_html/secure/.htaccess")" \
	'^ErrorDocument 403 .*action=\\"/cgi-bin/redeem.cgi'

# a song is sold
head -c 200000 /dev/urandom >"$clone/files/first-light.zip"
chown label: "$clone/files/first-light.zip"
chmod 644 "$clone/files/first-light.zip"
minted=$(owner sh tools/mint -n 2 first-light.zip)
song=$(printf '%s\n' "$minted" | sed -n 1p)
is 'a minted code is redeemed' "$(fetch -d "code=$song" "$form")" 303
link=$(led_to)
is 'its page opens' "$(fetch "http://127.0.0.1:$port$link")" 200
is 'the song comes' "$(fetch "http://127.0.0.1:$port$(song_beside "$link")")" 200
ok 'byte for byte' cmp "$tmp/body" "$clone/files/first-light.zip"

# twice
lasting()
{
	find "$shop" -path "$shop/redeem/codes" -prune -o -path '*/secure/*' ! -name .htaccess -prune -o \
		! -name log -type f -exec stat -c '%n %i %a %U %Y' {} + | sort
	cksum "$clone"/codes/*
}
before=$(lasting)
setup
is 'twice: exit status' "$status" 0
is 'twice: says so' "$(printf '%s\n' "$said" | sed -n 1p)" 'all is as it should be: nothing to do'
is 'twice: nothing is changed' "$(lasting)" "$before"

use_shell busybox
# what was spoiled is mended; settings and codes are the owner's
printf 'window: 60\n# my own\n' >>"$cgi/.htredeem"
settings_before=$(cat "$cgi/.htredeem")
codes_before=$(cksum "$clone"/codes/*)
chmod 777 "$clone/codes"
chmod 666 "$cgi/.htredeem"
chmod 777 "$cgi"
printf 'old' >"$cgi/redeem.cgi"
rm "$clone/settings"
setup
is 'spoiled: exit status' "$status" 0
is 'spoiled: four modes and a link' "$(printf '%s\n' "$said" | grep -Ec '^(give|take|copy|link) ')" 5
is 'spoiled: modes' "$(modes redeem/codes public_html/cgi-bin public_html/cgi-bin/.htredeem)" \
	'700 label:label 755 label:label 600 label:label '
ok 'spoiled: the program' cmp "$clone/redeem" "$cgi/redeem.cgi"
is 'settings stay' "$(cat "$cgi/.htredeem")" "$settings_before"
is 'codes stay' "$(cksum "$clone"/codes/*)" "$codes_before"

# no suexec: the program is www-data's
amend='/[sS]uexec/d; s/SymLinksIfOwnerMatch/FollowSymLinks/'
host apache_cheap
setup -g www-data
is 'a group of others: exit status' "$status" 1
like 'a group of others: why' "$(cat "$tmp/complaint")" 'not in the group www-data'
groups=label,www-data
owner mkdir -m 711 "$shop/public_html/secure/99999999"
setup -g www-data
is '-g: exit status' "$status" 0
is '-g: doctor is content' "$(printf '%s\n' "$said" | tail -n 1)" 'all is well'
is '-g: modes of folders' "$(modes redeem redeem/codes redeem/files public_html/secure)" \
	'751 label:www-data 2770 label:www-data 755 label:label 2771 label:www-data '
is '-g: modes of files' "$(modes redeem/log redeem/attempts public_html/cgi-bin/.htredeem)" \
	'660 label:www-data 660 label:www-data 640 label:www-data '
is '-g: links that were there' "$(modes public_html/secure/99999999)" '2771 label:www-data '
like '-g: codes that were there' "$said" '^give 2 codes mode 0660, group www-data$'
minted=$(owner sh tools/mint first-light.zip)
for name in "$minted" "$song"; do
	file=$(printf '%s' "$name" | tr -d -)
	is "-g: mode of $name" "$(modes "redeem/codes/$file")" '660 label:www-data '
	is "-g: $name is redeemed" "$(fetch -d "code=$name" "$form")" 303
	link=$(led_to)
	is "-g: the song comes" "$(fetch "http://127.0.0.1:$port$(song_beside "$link")")" 200
	ok '-g: byte for byte' cmp "$tmp/body" "$clone/files/first-light.zip"
done
is '-g: failed tries are counted' "$(fetch -d code=NOSUCHCODE1 "$form"; stat -c %s "$clone/attempts" | grep -c '^0$' || :)" 4040
is '-g: it is logged' "$(grep -Ec "(redeemed|again) $file" "$clone/log")" 2
setup
is 'again without -g: exit status' "$status" 0
is 'again without -g: the group stays' "$(printf '%s\n' "$said" | sed -n 1p)" \
	'all is as it should be: nothing to do'
finish

#!/bin/sh
# setup finds the places of a host, refuses what it cannot do well, and does
# nothing with -n.
. "${0%/*}/lib.sh"
need dash busybox

# A checkout as `make` leaves it, in a user's folder with a web site.
user=$tmp/user
checkout=$user/redeem-1.0
mkdir -p "$checkout/codes" "$user/public_html/cgi-bin"
cp -R "$top/tools" "$checkout"
cp "$REDEEM_PROGRAM" "$checkout/redeem"
cp "$top/codes/.htaccess" "$top/codes/format.txt" "$checkout/codes"
url=https://label.example/cgi-bin/redeem.cgi
HOME=$user
export HOME

# setup ARGUMENT...: its lines in $said, complaints in $complaint
setup()
{
	status=0
	said=$(sh "$checkout/tools/setup" "$@" 2>"$tmp/complaint") || status=$?
	complaint=$(cat "$tmp/complaint")
}

# all that can be seen of each file, and the bytes of small ones
everything()
{
	find "$user" -exec ls -ldi {} + | LC_ALL=C sort
	cksum "$user"/public_html/cgi-bin/* "$user"/public_html/cgi-bin/.h* 2>/dev/null || :
}

for shell in dash busybox; do
	use_shell "$shell"
	before=$(everything)
	setup -n -u "$url"
	is "$shell: -n: exit status" "$status" 0
	is "$shell: -n: nothing is done" "$(everything)" "$before"
	unlike "$shell: -n: each line says would" "$said" '^(w[^o]|[^w])'
	for line in 'give ~/redeem-1.0/codes mode 0700' \
		'make the folder ~/redeem-1.0/files, mode 0755' \
		'write ~/redeem-1.0/log, mode 0600' \
		'make the folder ~/public_html/secure, mode 0711' \
		'write ~/public_html/secure/.htaccess' \
		'write ~/public_html/cgi-bin/.htredeem, mode 0600' \
		'link ~/redeem-1.0/settings to ~/public_html/cgi-bin/.htredeem' \
		'copy ~/redeem-1.0/redeem to ~/public_html/cgi-bin/redeem.cgi, mode 0755'; do
		like "$shell: -n: $line" "$said" "^would $line\$"
	done
done
PATH=$usual_path

# misused
setup
is 'no -u: exit status' "$status" 2
for bad in label.example/cgi-bin/redeem.cgi https://label.example/ 'https://label.example/a b' \
	'https://label.example/redeem.cgi?x=1' https://label.example/cgi-bin/.htredeem ftp://l/x; do
	setup -u "$bad"
	is "$bad: exit status" "$status" 2
done
setup -u "$url" -x
is 'no such option: exit status' "$status" 2
setup -h
is '-h: exit status' "$status" 0

# setup_refuses NAME PATTERN ARGUMENT...: exit status 1, the reason, and nothing done
setup_refuses()
{
	name=$1
	pattern=$2
	shift 2
	before=$(everything)
	setup -u "$url" "$@"
	is "$name: exit status" "$status" 1
	like "$name: why" "$complaint" "$pattern"
	is "$name: nothing is done" "$(everything)" "$before"
}

mv "$checkout/redeem" "$tmp/redeem"
setup_refuses 'not built' 'run .make. in'
mv "$tmp/redeem" "$checkout/redeem"
setup_refuses 'no such group' 'no group no-such-group' -g no-such-group
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$tmp" "$user"
	ok 'a group of others: refused' sh -c "! setpriv --reuid 65534 --regid 65534 \
		--clear-groups '$checkout/tools/setup' -n -u '$url' -g daemon 2>'$tmp/complaint'"
	like 'a group of others: why' "$(cat "$tmp/complaint")" 'not in the group daemon.*suexec'
	ok 'the home of another: refused' sh -c "! setpriv --reuid 65534 --regid 65534 \
		--clear-groups '$checkout/tools/setup' -n -u '$url' 2>'$tmp/complaint'"
	like 'the home of another: why' "$(cat "$tmp/complaint")" 'belongs to another user'
fi

mkdir "$user/public_html/secure"
printf 'ours\n' >"$user/public_html/secure/index.html"
setup_refuses 'a secure that is used' 'has other things in it.*-s'
mkdir "$user/public_html/press" "$user/public_html/press/2024"
printf 'photo\n' >"$user/public_html/press/2024/photo.jpg"
setup_refuses 'a folder of years' 'has other things in it.*-s' -s "$user/public_html/press"
setup_refuses 'the web site itself' 'not in the web site' -s "$user/public_html"
printf 'secure: %s\nhome: %s\n' "$user/public_html/press" "$checkout" >"$user/public_html/cgi-bin/.htredeem"
setup_refuses 'a folder of years, in the settings' 'has other things in it.*-s'
rm -r "$user/public_html/press" "$user/public_html/cgi-bin/.htredeem"
setup -n -u "$url" -s "$user/public_html/links"
like '-s: another secure' "$said" '^would make the folder ~/public_html/links'
rm -r "$user/public_html/secure"
setup_refuses '-s outside the web site' 'not in the web site' -s "$user/links"
setup_refuses '-d that is not there' 'no folder' -d "$user/nowhere"

# which web site
mkdir -p "$user/htdocs"
setup_refuses 'two web sites' 'which is the web site.*-d'
setup -n -u "$url" -d "$user/public_html"
is '-d: exit status' "$status" 0
rmdir "$user/htdocs"
ln -s public_html "$user/www"
setup -n -u "$url"
is 'two names of one web site: exit status' "$status" 0
rm "$user/www"

# which folder of programs
mkdir "$user/cgi-bin"
setup_refuses 'two folders of programs' 'which is for programs.*-c'
setup -n -u "$url" -c "$user/cgi-bin"
like '-c' "$said" ' to ~/cgi-bin/redeem.cgi, mode 0755$'
rmdir "$user/public_html/cgi-bin"
mv "$user/public_html" "$user/www"
setup -n -u "$url"
like 'www, and cgi-bin beside it' "$said" '^would write ~/cgi-bin/.htredeem'
like 'www, and cgi-bin beside it: secure' "$said" '^would make the folder ~/www/secure'
rmdir "$user/cgi-bin"
setup_refuses 'no folder of programs' 'no cgi-bin.*-c'
rmdir "$user/www"
setup_refuses 'no web site' 'name the web site with -d'

# which home; the other end of a set-up is wrong, but there is none: no server
mkdir -p "$user/public_html/cgi-bin"
mv "$checkout" "$user/public_html/checkout"
checkout=$user/public_html/checkout
setup -n -u "$url"
like 'a checkout in the web site: another home' "$said" '^would make the folder ~/redeem, mode 0711$'
mv "$checkout" "$user/checkout"
checkout=$user/checkout
setup -n -u "$url" -H "$user/shop"
like '-H' "$said" '^would make the folder ~/shop/codes, mode 0700$'
REDEEM_HOME=$user/other
export REDEEM_HOME
setup -n -u "$url"
like 'REDEEM_HOME' "$said" '^would make the folder ~/other/codes'
unset REDEEM_HOME

# settings as they are to be for addresses of other forms
for_address()
{
	setup -u "http://127.0.0.1:9$1" -H "$user/shop"
	conf=$(cat "$user/public_html/cgi-bin/.htredeem")
	rm -rf "$user/shop" "$user/public_html/secure" "$user/public_html/cgi-bin/.htredeem"
	is "$1" "$(printf '%s\n' "$conf" | sed -n 's/^url: //p')" "$2"
	ok "$1: the program" test -x "$user/public_html/cgi-bin/${1##*/}"
	rm -f "$user/public_html/cgi-bin/${1##*/}"
}
mkdir -p "$user/public_html/cgi-bin"
for_address /cgi-bin/redeem.cgi ''
for_address /~label/cgi-bin/code.cgi /~label/secure
for_address /shop/cgi-bin/redeem /shop/secure

# a home in the web site is as closed as .htaccess can make it
setup -u "$url" -H "$user/public_html/shop"
like 'a home in the web site: is said' "$complaint" 'only .htaccess to keep people out'
ok 'a home in the web site: has rules' cmp "$top/codes/.htaccess" "$user/public_html/shop/.htaccess"
ok 'and codes as well' cmp "$top/codes/.htaccess" "$user/public_html/shop/codes/.htaccess"

# the other tools in the checkout find that home, and where it went
count()
{
	sh "$checkout/tools/report" --csv | tr -d '\r' | sed -n 's/^total,,\([0-9]*\),.*/\1/p'
}
cp "$checkout/redeem" "$user/public_html/shop/files/a.zip"
sh "$checkout/tools/mint" -n 2 a.zip >"$tmp/codes"
is 'a home elsewhere: codes go there' "$(find "$user/public_html/shop/codes" -name '????????????' | wc -l)" 2
is 'a home elsewhere: is counted' "$(count)" 2
is 'a home elsewhere: -H goes before it' "$(sh "$checkout/tools/report" -H "$checkout" --csv |
	grep -c '^total,,0,')" 1
is 'a home elsewhere: what names it has no secret' "$(cat "$checkout/settings")" \
	"home: $user/public_html/shop"
cp "$checkout/settings" "$tmp/pointer"
mkdir -p "$user/other/codes"
printf 'home: %s\n' "$user/other" >"$checkout/settings"
setup -u "$url"
is 'the home of another shop: stays' "$(cat "$checkout/settings")" "home: $user/other"
like 'the home of another shop: what to do' "$complaint" "export REDEEM_HOME='$user/public_html/shop'"
rm -r "$user/other"
setup -n -u "$url"
like 'a home that is gone' "$said" '^would write ~/checkout/settings'
rm "$checkout/settings"
ln -s "$user/public_html/cgi-bin/.htredeem" "$checkout/settings"
is 'a home that moved, by the settings: is counted' "$(count)" 2
cp "$user/public_html/cgi-bin/.htredeem" "$tmp/good"
sed 's,^home: .*,home: ../shop,' "$tmp/good" >"$user/public_html/cgi-bin/.htredeem"
is 'a home that is named from there: is counted' "$(count)" 2
cp "$tmp/good" "$user/public_html/cgi-bin/.htredeem"
mv "$tmp/pointer" "$checkout/settings"
mv "$user/public_html/cgi-bin/.htredeem" "$tmp/good"
setup -n -u "$url"
unlike 'settings that are gone: no second home' "$said" '^would (make|link|write) .*~/checkout'
setup -n -u "$url" -H "$checkout"
like 'the checkout becomes the home' "$said" '^would link ~/checkout/settings to '
mv "$tmp/good" "$user/public_html/cgi-bin/.htredeem"

# a slip in the name of the program
cp "$checkout/redeem" "$user/public_html/cgi-bin/redeem.cgi"
setup_refuses 'a slip in -u' 'program of this shop is ~/public_html/cgi-bin/redeem.cgi already' \
	-u https://label.example/cgi-bin/reedem.cgi
like 'a slip in -u: what to say' "$complaint" '^    https://label.example/cgi-bin/redeem.cgi$'
mv "$user/public_html/cgi-bin/redeem.cgi" "$user/public_html/cgi-bin/music.cgi"
setup -n -u https://label.example/cgi-bin/music.cgi
is 'a program that was renamed: exit status' "$status" 0
mv "$user/public_html/cgi-bin/music.cgi" "$tmp/music.cgi"
printf '#!/bin/sh\n' >"$user/public_html/cgi-bin/guestbook.cgi"
chmod 755 "$user/public_html/cgi-bin/guestbook.cgi"
setup -n -u "$url"
is 'a program of somebody else: exit status' "$status" 0
rm "$user/public_html/cgi-bin/guestbook.cgi"
mv "$tmp/music.cgi" "$user/public_html/cgi-bin/redeem.cgi"

# settings that are there say where the shop is
setup -n -u "$url"
is 'again without -H: exit status' "$status" 0
is 'again without -H: nothing to do' "$(printf '%s\n' "$said" | sed -n 1p)" \
	'all is as it should be: nothing to do'
settings=$user/public_html/cgi-bin/.htredeem
cp "$settings" "$tmp/good"
sed 's,^home: .*,&x,' "$tmp/good" >"$settings"
setup_refuses 'a slip in home' "$settings names a home that is not there: .*shopx has no folder codes"
like 'a slip in home: what to change' "$complaint" '^    home: /'
like 'a slip in home: or to take away' "$complaint" "^    mv '?$settings'? "
printf 'colour: red\n' >>"$settings"
cp "$tmp/good" "$settings"
printf 'colour: red\n' >>"$settings"
setup_refuses 'an unknown setting' 'WRONG *settings.*'
like 'an unknown setting: the program says which' "$complaint" 'colour'
cp "$tmp/good" "$settings"
mkdir "$user/elsewhere"
REDEEM_CONF=$user/elsewhere/redeem.conf
export REDEEM_CONF
setup -n -u "$url" -H "$user/elsewhere" -s "$user/public_html/links"
like 'REDEEM_CONF: settings are written there' "$said" '^would write ~/elsewhere/redeem.conf, mode 0600$'
unset REDEEM_CONF
rmdir "$user/elsewhere"
setup_refuses 'another -H' 'names another home' -H "$user/shop"
setup_refuses 'another -s' 'names another secure' -s "$user/public_html/links"
finish

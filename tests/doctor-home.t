#!/bin/sh
# doctor on homes that show too much, or too little: what is for sale in the web
# site, files that Apache cannot read, codes that the program cannot change.
. "${0%/*}/lib.sh"
test_all_only 'needs suexec'
. "$top/tests/doctor.sh"
need apache2 curl setpriv

shop_stock
who=$shop_user
host apache_stock

# the home in the web site
mv "$shop/home" "$shop/public_html/shop"
chmod 755 "$shop/public_html/shop"
mkdir "$shop/home"
inside=$shop/public_html/shop
settings "home: $inside" "secure: $shop/public_html/secure"
# too long for what asks for all places at once
yes '2027-01-15T12:00:00Z used-up 7K3M9QXA2FTF 3/3' | head -n 120000 >"$inside/log"
shop_own
faulty 'home in the web site' '^ok     link' \
	"^WRONG  hidden +codes can be read at .*:$port/shop/codes/DOCTOR" \
	"^WRONG  hidden +a list of all codes .*/shop/codes/\$" \
	"^WRONG  hidden +files for sale .*/shop/files/doctor" \
	"^WRONG  hidden +the log can be read at .*:$port/shop/log" \
	"^ +mv ~/public_html/shop ~/shop\$" "^ +home: $shop/shop\$"
cp "$top/codes/.htaccess" "$inside/codes/.htaccess"
shop_own
doctor
unlike 'home in the web site: codes with their .htaccess' "$said" 'codes can be read'
like 'home in the web site: the files still' "$said" '^WRONG  hidden +files for sale'
cp "$top/codes/.htaccess" "$inside/.htaccess"
shop_own
healthy 'home in the web site: .htaccess for all of it, as advised'
rm "$inside/.htaccess"
rmdir "$shop/home"
mv "$inside" "$shop/shop"
settings "home: $shop/shop" "secure: $shop/public_html/secure"
shop_own
healthy 'home moved, as advised'
mv "$shop/shop" "$shop/home"
settings "home: $shop/home" "secure: $shop/public_html/secure"
shop_own

# settings that the server shows
mkdir "$shop/public_html/bin"
cp "$cgi/redeem.cgi" "$cgi/.htredeem" "$shop/public_html/bin"
chmod 644 "$shop/public_html/bin/.htredeem"
amend="/<Directory .*public_html>/i <Directory $shop/public_html/bin>\nOptions +ExecCGI\nAddHandler cgi-script .cgi\n</Directory>"
host apache_stock
form=http://127.0.0.1:$port/bin/redeem.cgi
faulty 'settings' "^WRONG  hidden +settings can be read at .*:$port/bin/.htredeem" \
	'^ +RewriteEngine On$' '^ +RewriteRule .*ht - \[F\]$'
printf 'RewriteEngine On\nRewriteRule (^|/)\\.ht - [F]\n' >"$shop/public_html/bin/.htaccess"
doctor
is 'settings refused, as advised' "$status" 0
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi

# files that Apache cannot read, as it is of another user than the owner
if [ "$(id -u)" != 0 ]; then
	finish
fi
shop_cheap
who=label
amend=
host apache_cheap
chmod 600 "$shop/home/files/first-light.zip"
faulty 'a file that Apache cannot read' '^ok     link' \
	'^WRONG  files .*first-light.zip cannot be read by the server' \
	'^ +chmod a\+r ~/home/files/first-light.zip$'
chmod 644 "$shop/home/files/first-light.zip"
chmod 700 "$shop/home"
faulty 'a home that Apache cannot pass' '^ok     code' '^ok     rules' \
	'^WRONG  link .*refused \(403\)' '^ +chmod o\+x ~/home$'
chmod 711 "$shop/home"
healthy 'a home that Apache can pass, as advised'

# codes of a user that the program does not run as
code OLD11111
chown root: "$code_file"
faulty 'codes of another user' '^WRONG  code .*1 other codes' '^ +chown label CODE'
rm "$code_file"

# no suexec: the program runs as www-data
amend='/[sS]uexec/d'
host apache_cheap
faulty 'a program that cannot change the codes' \
	'^WRONG  code .*cannot redeem a code: not-set-up, 500' '^ +tools/setup -g GROUP' \
	'^-      link' '^ok     rules'
finish

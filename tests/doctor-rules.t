#!/bin/sh
# doctor on servers that do not obey the rules of .htaccess.
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
. "$top/tests/doctor.sh"
need apache2 curl setpriv

shop_stock
who=$shop_user

# Apache's own default: the rules are not looked at, and all links stay open
amend="s/AllowOverride All/AllowOverride None/"
host apache_stock
faulty 'AllowOverride None' '^ok     code' '^WRONG  link .*comes compressed \(gzip\)' '^ok     range' \
	'^WRONG  rules .*not look at .htaccess' '^ +delivery: cgi$' \
	"^ +<Directory $shop/public_html/secure>\$" '^ +AllowOverride FileInfo$' \
	'^WRONG  secret .*wrong secret is let in \(200\)' '^WRONG  window .*is let in \(200\)' \
	'^WRONG  listing .*with the secret in them'
amend="$amend
	/<Directory .*cgi-bin>/i <Directory $shop/public_html/secure>\nAllowOverride FileInfo\n</Directory>"
host apache_stock
healthy 'AllowOverride FileInfo, as advised'

# no kind of symbolic link, which forbids rewriting, too
amend='s/Options Indexes FollowSymLinks/Options Indexes/'
host apache_stock
faulty 'no symbolic links' '^ok     code' \
	'^WRONG  rules .*neither rules nor symbolic links' '^ +Options \+SymLinksIfOwnerMatch$' \
	'^ +delivery: cgi$' '^WRONG  link .*refused \(403\)'
printf 'Options +SymLinksIfOwnerMatch\n' >"$shop/public_html/.htaccess"
healthy 'symbolic links, as advised'
rm "$shop/public_html/.htaccess"

amend='/mod_rewrite/d'
host apache_stock
faulty 'no mod_rewrite' '^ok     code' '^WRONG  rules .*500 .*no mod_rewrite' \
	'^ +delivery: cgi$' '^ +a2enmod rewrite$' '^WRONG  link .*refused \(500\)'

amend='s/AllowOverride All/AllowOverride Limit/'
host apache_stock
faulty 'no FileInfo' '^WRONG  rules .*500 .*no FileInfo' '^ +AllowOverride FileInfo$'

# rules that somebody relaxed: what doctor proves of links is proved of the file
amend=
host apache_stock
sed 1q "$shop/public_html/secure/.htaccess" >"$tmp/first"
cat "$tmp/first" >"$shop/public_html/secure/.htaccess"
faulty 'secure forbids nothing' '^ok     rules' '^ok     secret' \
	'^WRONG  listing .*secure/ is shown \(200\)' "^ +echo '# redeem 0' > .*/secure/.htaccess\$"
printf '# redeem 0\n' >"$shop/public_html/secure/.htaccess"
doctor
healthy 'the rules of secure written anew, as advised'

# no parts of a file
amend='/DocumentRoot/a MaxRanges none'
host apache_stock
faulty 'no ranges' '^ok     link' '^WRONG  range .*no parts of a file \(200\)' '^ +MaxRanges none$'

# files that are changed on their way
amend="/<Directory .*public_html>/i LoadModule substitute_module $modules/mod_substitute.so\n<Location /secure>\nAddOutputFilterByType SUBSTITUTE application/octet-stream application/zip\nSubstitute s/[0-9]/x/q\n</Location>"
host apache_stock
faulty 'other bytes' '^WRONG  link .*other bytes' '^-      range'
amend=
host apache_stock

# secure is not where the settings say
settings "home: $shop/home" "secure: $shop/public_html/secure" 'url: /shop/secure'
shop_own
faulty 'another address' '^WRONG  rules .*/shop/secure is not .*404' '^ +url: /secure$'
finish

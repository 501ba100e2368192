#!/bin/sh
# doctor looks at the headers of a link, at rules from above, and at a server that
# obeys only a part of .htaccess.
. "${0%/*}/lib.sh"
. "$top/tests/doctor.sh"
need apache2 curl setpriv

shop_stock
who=$shop_user
site=$shop/public_html/.htaccess

host apache_stock
printf 'RewriteEngine On\nRewriteOptions InheritDown\n' >"$site"
healthy 'InheritDown'
printf '<FilesMatch "\\.zip$">\nHeader set Cache-Control "public, max-age=9"\n</FilesMatch>\n' >"$site"
healthy 'headers of the site above'
rm "$site"

cat >"$tmp/more.conf" <<END
LoadModule expires_module $modules/mod_expires.so
<Location /secure>
Header set Cache-Control "public, max-age=31536000"
Header set Expires "Thu, 01 Jan 2037 00:00:00 GMT"
</Location>
END
host apache_stock
faulty 'headers of the server' '^ok     link' \
	'^WRONG  headers +a link has the foreign header cache-control: public, max-age=31536000' \
	'private, no-store' '^WRONG  headers +a link has the foreign header Expires'
: >"$tmp/more.conf"

# obeys rewriting only, as OpenLiteSpeed does
amend='s/AllowOverride All/AllowOverride None Nonfatal=All\nAllowOverrideList RewriteEngine RewriteCond RewriteRule RewriteOptions <IfModule <IfVersion <Files <FilesMatch/'
host apache_stock
faulty 'a part of the lines only' '^ok     rules' '^WRONG  rules .*bare page \(403\)' 'OpenLiteSpeed' \
	'^ +delivery: cgi$'
finish

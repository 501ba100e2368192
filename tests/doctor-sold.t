#!/bin/sh
# doctor tries what is sold, by each extension and odd name, and says which the server
# treats otherwise than doctor's own probe.
. "${0%/*}/lib.sh"
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
test_all_only "needs nginx"
need apache2 nginx curl setpriv

shop_stock
who=$shop_user
mkdir "$shop/home/files/ep"
for name in ep/01.mp3 ep/02.mp3 'ep/a, b & c [live].flac' ep/ep.tgz ep/ep.pdf; do
	head -c 5000 /dev/urandom >"$shop/home/files/$name"
done
chmod -R a+rX "$shop/home/files"
code AAAA1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'file: ep/'
shop_own
links="home: $shop/home
secure: $shop/public_html/secure"
site=$shop/public_html/.htaccess

host apache_stock
healthy 'five kinds'
like 'five kinds: said' "$said" '^ok     files .*5 kinds'

printf '<FilesMatch "\\.(mp3|flac)$">\nRequire all denied\n</FilesMatch>\n' >"$site"
faulty 'a kind that is denied' '^ok     link' '^WRONG  files +ep/01.mp3 is refused to a buyer \(403\)' \
	'line 1 of ~/public_html/.htaccess' '^ +<FilesMatch .*mp3'
printf 'RedirectMatch 403 ,\n' >"$site"
faulty 'names with commas' '^ok     link' '^WRONG  files +ep/a, b & c .*refused to a buyer \(403\)' \
	"^ +mv '?.*ep/a, b & c \[live\].flac' .*ep/a-b-c-live-.flac"
unlike 'names with commas: no other' "$said" '^WRONG  files +ep/01'

# what a link's rules stand against
printf 'AddEncoding x-gzip .gz .tgz\n' >"$site"
healthy 'archives that are called encoded'
rm "$site"
cat >"$tmp/more.conf" <<END
LoadModule brotli_module $modules/mod_brotli.so
<Location />
SetOutputFilter BROTLI_COMPRESS;DEFLATE
</Location>
END
host apache_stock
healthy 'all is compressed'

# an nginx in front that sends some kinds itself, or changes what is sent
: >"$tmp/more.conf"
host apache_stock
behind=$port
apache=$server
in_front()
{
	cat <<-END | nginx_conf >"$tmp/nginx.conf"
	$1
	location / { proxy_pass http://127.0.0.1:$behind; }
	END
	exec setsid nginx -c "$tmp/nginx.conf" -p "$tmp"
}
between="proxy_pass http://127.0.0.1:$behind;"
serve in_front "location ~ \\.pdf\$ { $between proxy_set_header Range ''; }"
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
faulty 'a kind without parts' '^ok     link' '^ok     range' '^WRONG  files +ep/ep.pdf has no parts \(200\)'
stop "$server"
serve in_front "location ~ \\.mp3\$ { $between gzip on; gzip_types *; gzip_min_length 1; }"
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
faulty 'a kind that is compressed' '^ok     link' '^WRONG  files +ep/01.mp3 comes compressed'
stop "$server"
serve in_front "location ~ \\.mp3\$ { $between proxy_set_header Range bytes=0-2499; }"
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
faulty 'a kind of which a half comes' '^ok     link' '^WRONG  files +ep/01.mp3 '
stop "$server"
serve in_front "location ~ \\.mp3\$ { set \$part ''; if (\$http_range) { set \$part bytes=0-63; }
	$between proxy_set_header Range \$part; }"
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
faulty 'a kind that ends otherwise' '^ok     link' \
	'^WRONG  files +ep/01.mp3 has other bytes at its end'
stop "$server"
serve in_front 'location ~ \.(mp3|ogg|wav)$ { }'
form=http://127.0.0.1:$port/cgi-bin/redeem.cgi
faulty 'nginx in front' '^ok     secret' '^WRONG  files +ep/01.mp3 opens WITHOUT the secret \(200\)' \
	'^ +delivery: cgi$'
stop "$server"
server=$apache

# a protection against hotlinks, where the program sends
settings_cgi
shop_own
cat >"$tmp/more.conf" <<END
SetEnv no-gzip 1
SetEnv ap_trust_cgilike_cl 1
<Directory $shop/cgi-bin>
Options +FollowSymLinks
RewriteEngine On
RewriteCond %{HTTP_REFERER} !^http://127.0.0.1
RewriteRule \\.(mp3|jpg)\$ - [F,NC]
</Directory>
END
host apache_stock
faulty 'hotlinks' '^ok     link' '^WRONG  files +ep/01.mp3 is refused to a buyer \(403\)' 'hotlink'

# what is broken is named, with how many codes share it
: >"$tmp/more.conf"
printf '%s\n' "$links" >"$cgi/.htredeem"
shop_own
host apache_stock
code BBBB1111 'uses: x' 'limit: 3' 'file: first-light.zip'
code BBBB2222 'uses: 0' 'limit: 3' 'file: gone.zip'
code BBBB3333 'uses: 0' 'limit: 3' 'file: gone.zip'
code BBBB4444 'uses: 0' 'limit: 3' 'file: first-light.zip'
code bbbb5555
printf '2026-11-23T20:56:01Z redeemed BBBB4444 2/3 first-light.zip\n' >>"$shop/home/log"
shop_own
faulty 'broken codes' '^WRONG  codes +BBBB1111 cannot be redeemed: line 1: ' \
	'^WRONG  codes +2 codes cannot be redeemed, such as BBBB[23].*line 3: gone.zip is not in' \
	'^WRONG  codes +bbbb5555 cannot be redeemed: its name has small letters.*rename' \
	'^WRONG  codes +1 codes have fewer uses' 'BBBB4444 has 0, the log counted 2'
finish

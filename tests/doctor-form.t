#!/bin/sh
# doctor where there is no form: no server, no program, one that is sent instead of
# run, another address, settings that do not hold.
. "${0%/*}/lib.sh"
. "$top/tests/doctor.sh"
need apache2 curl setpriv

shop_stock
who=$shop_user
amend='/DocumentRoot/a Redirect /moved/ /cgi-bin/'
host apache_stock
right=$form

form=${right%.cgi}.pl
faulty 'no program' '^WRONG  form .*404' '^ +There is no program at this address'
form=${right%/cgi-bin/*}/moved/redeem.cgi
faulty 'another address' '^WRONG  form .*leads elsewhere \(302\)' '/cgi-bin/redeem.cgi$'
cp "$cgi/redeem.cgi" "$shop/public_html/redeem.cgi"
form=${right%/cgi-bin/*}/redeem.cgi
faulty 'a program that is sent' '^WRONG  form .*200' '^ +Options \+ExecCGI$' \
	'^ +AddHandler cgi-script .cgi$'
form=$right
chmod 644 "$cgi/redeem.cgi"
faulty 'a program that may not be run' '^WRONG  form .*(refuses the form|no form, but).*(403|500)' \
	'^ +chmod 755 ~/cgi-bin/redeem.cgi ~/cgi-bin$'
chmod 755 "$cgi/redeem.cgi"
printf 'page: missing.html\n' >>"$cgi/.htredeem"
faulty 'settings that do not hold' '^WRONG  form .*not set up \(500\)' \
	'^ +WRONG +page' 'missing.html'
settings "home: $shop/home" "secure: $shop/public_html/secure"
shop_own
healthy 'all of it mended'

# forms that cannot be sent, or not be seen
cat >"$tmp/more.conf" <<END
<Location /cgi-bin>
<LimitExcept GET>
Require all denied
</LimitExcept>
</Location>
END
host apache_stock
faulty 'POST is refused' '^ok     form' '^WRONG  code .*refuses POST \(403\)' '^ +<LimitExcept GET>$'
cat >"$tmp/more.conf" <<END
LoadModule auth_basic_module $modules/mod_auth_basic.so
LoadModule authn_file_module $modules/mod_authn_file.so
LoadModule authz_user_module $modules/mod_authz_user.so
<Location /cgi-bin>
AuthType Basic
AuthName shop
AuthUserFile /dev/null
Require valid-user
</Location>
END
host apache_stock
faulty 'a password' '^WRONG  form .*password is asked for \(401\)'
cat >"$tmp/more.conf" <<END
SetEnvIfNoCase User-Agent "^(curl|Wget|\$)" robot
<Location /cgi-bin>
<RequireAll>
Require all granted
Require not env robot
</RequireAll>
</Location>
END
host apache_stock
healthy 'a block on tools, not on browsers'
: >"$tmp/more.conf"
host apache_stock
right=http://127.0.0.1:$port/cgi-bin/redeem.cgi
form=http://no-such-host.invalid/cgi-bin/redeem.cgi
faulty 'no such name' '^WRONG  form .*nobody answers' 'no machine of the name|name no-such-host.invalid'
form=https://127.0.0.1:$port/cgi-bin/redeem.cgi
faulty 'https where there is none' '^WRONG  form .*nobody answers' 'no encrypted connection'
form=$right

# the program has other settings than doctor
cp "$cgi/.htredeem" "$tmp/conf"
chmod 644 "$tmp/conf"
mkdir -p "$shop/other/codes" "$shop/other/files"
settings "home: $shop/other" "secure: $shop/public_html/secure"
shop_own
conf=$tmp/conf
faulty 'another home' '^WRONG  code .*does not find a code that is in this home \(404\)'
conf=
settings "home: $shop/home" "secure: $shop/public_html/secure"
shop_own

stop "$server"
server=
faulty 'no server' '^WRONG  form .*nobody answers'
finish

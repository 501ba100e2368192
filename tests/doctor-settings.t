#!/bin/sh
# doctor on servers that send settings to anybody who asks, key and all: civetweb and
# h2o. Its advice is theirs, and cures it. uwsgi sends none, but ends slow downloads.
. "${0%/*}/lib.sh"
test_all_only 'needs civetweb, h2o and uwsgi'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need civetweb h2o uwsgi curl setpriv

proofs=13

# deliver: the shop's settings, with a new key
deliver()
{
	settings "home: $shop/home" 'delivery: cgi' "key: $(random_hex 32)"
	chmod 600 "${settings_at:-$cgi/.htredeem}"
	shop_own
}

# sends_settings NAME ADVICE
sends_settings()
{
	settings_at=
	conf=
	deliver
	amend='/REDEEM_CONF/d; /setenv:/d'
	host "${1}_run"
	faulty "$1" '^ok     link' '^ok     range' \
		"^WRONG  hidden +settings can be read at .*:$port/cgi-bin/.htredeem" \
		'^ +mv ~/([a-z_]*/)?cgi-bin/.htredeem ~/home/redeem.conf$' \
		"^ +REDEEM_CONF=$shop/home/redeem.conf tools/setup -u $form\$" "$2"
	advised=$said
	mv "$cgi/.htredeem" "$shop/home/redeem.conf"
	settings_at=$shop/home/redeem.conf
	conf=$settings_at
	amend=
	host "${1}_run"
	healthy "$1, as advised"
}

shop_busybox
who=$shop_user
sends_settings civetweb "^ +cgi_environment REDEEM_CONF=$shop/home/redeem.conf\$"
rm -rf "$shop"
shop_stock
sends_settings h2o "^ +setenv: [{] REDEEM_CONF: \"$shop/home/redeem.conf\" [}]\$"
unlike 'h2o: nothing is said of Apache' "$advised" 'Rewrite|In the file .htaccess'

settings_at=
conf=
deliver
host uwsgi_run
slow=8
proofs=14
healthy uwsgi
amend='/timeout/d'
host uwsgi_run
faulty 'uwsgi without its timeouts' '^WRONG  long .*more than 8 seconds breaks off'
finish

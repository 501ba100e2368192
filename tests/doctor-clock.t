#!/bin/sh
# doctor where Apache lives in another time zone than the program, or its clock is
# wrong; the line that is advised mends it.
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
. "$top/tests/doctor.sh"
need apache2 curl setpriv

shop_stock
who=$shop_user

# away NAME ZONE PATTERN LINE: Apache in ZONE, the program in UTC
away()
{
	# SetEnv reaches the program only
	amend='/cgi-bin\/ /a SetEnv TZ UTC0'
	TZ=$2
	export TZ
	host apache_stock
	unset TZ
	settings "home: $shop/home" "secure: $shop/public_html/secure"
	shop_own
	faulty "$1" '^ok     rules' "^WRONG  clock +the server's time is $3 the program's" \
		"^ +timezone: $4\$" '^WRONG  link .*refused \(403\)'
	like "$1: the line can be copied" "$said" '^ +timezone: <'
	[ "$2" != JST-9 ] || [ ! -e /usr/share/zoneinfo/Asia/Tokyo ] ||
		like "$1: the name of the zone is offered" "$said" 'Asia/Tokyo'
	advised=$(sed -n 's/^ *\(timezone: .*\)/\1/p' "$tmp/said")
	settings "home: $shop/home" "secure: $shop/public_html/secure" "$advised"
	shop_own
	healthy "$1, as advised"
}
away 'Tokyo' JST-9 '9:00 h ahead of' '<\+09>-9'
away 'New York in winter' EST5 '5:00 h behind' '<-05>5'
away 'Nepal' NPT-5:45 '5:45 h ahead of' '<\+0545>-5:45'
away 'Newfoundland' NST3:30 '3:30 h behind' '<-0330>3:30'

# the settings name a zone that is not Apache's
settings "home: $shop/home" "secure: $shop/public_html/secure" 'timezone: JST-9'
shop_own
faulty 'another zone in the settings' '^WRONG  clock .*12:30 h behind' \
	'^ +timezone: <-0330>3:30$'

# a clock that is wrong, not a zone: TZ rules can have seconds
amend='/cgi-bin\/ /a SetEnv TZ UTC0'
TZ=FAST-0:03:20
export TZ
host apache_stock
unset TZ
settings "home: $shop/home" "secure: $shop/public_html/secure"
shop_own
faulty 'a wrong clock' "^WRONG  clock .*(199|200|201) s ahead of the program's" 'NTP'
unlike 'a wrong clock: no zone is advised' "$said" 'timezone:'
finish

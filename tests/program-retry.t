#!/bin/sh
# A download that broke off costs its buyer nothing: the same browser gets its link
# again for a day, and a link that was given again stays free while it is open. Who
# else has the code pays, and nobody can go on for ever. [S8] [S16]
. "${0%/*}/lib.sh"

shop_stock
secure=$shop/public_html/secure
limited()
{
	settings "home: $shop/home" "secure: $secure" "$@"
}

# instant SECONDS: of the epoch, as records have it
instant()
{
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# used AGE LEFT [LINE...]: the code RETRY111, a use of which was counted AGE seconds
# ago; its link has so many left. One of three, unless the lines say otherwise.
secret=fedcba9876543210fedcba9876543210
used()
{
	now=$(date +%s)
	last=$(instant $((now - $1)))
	end=$(instant $((now + $2)))
	shift 2
	[ "$#" -gt 0 ] || set -- 'uses: 1' 'limit: 3'
	code RETRY111 'file: first-light.zip' "last: $last" \
		"link: $end 0123456789abcdef0123456789abcdef $secret" "$@"
}

# the name of the cookie of a code
name=redeem-$(printf RETRY111 | sha256sum | cut -c 1-16)
# with SECRET [ARGUMENT...]: posts the code with that cookie, and another beside it
with()
{
	cookie="other=1; $name=$1"
	shift
	post retry111 HTTP_COOKIE="$cookie" "$@"
}

# the secret of the cookie that the last answer sets
given()
{
	sed -n "s/^Set-Cookie: $name=\([0-9a-f]*\);.*/\1/p" "$tmp/answer"
}

counted()
{
	value uses "$code_file"
}

used 3600 -3400
with $secret
is 'an hour later, the same browser: a link' "$(status)" 303
is 'it is free' "$(counted)" 1
is 'the last use is as it was' "$(value last "$code_file")" "$last"
like 'the log says so' "$(tail -n 1 "$shop/home/log")" ' again RETRY111 1/3 first-light.zip$'
is 'link and cookie are new, with one secret' "$(given)" "$(value link "$code_file" | cut -d ' ' -f 3)"
unlike 'not the old one' "$(given)" "$secret"
new=$(given)
with "$new"
is 'once more: the same link' "$(status) $(counted) $(given)" "303 1 $new"
with $secret
is 'and in its window for whoever has the code' "$(status) $(counted) $(given)" "303 1 $new"

used 3600 -3400
post retry111
is 'another browser pays' "$(status) $(counted)" '303 2'
for wrong in "${secret%?}1" "${secret}0" "${secret%?}" FEDCBA9876543210FEDCBA9876543210 ''; do
	used 3600 -3400
	with "$wrong"
	is "a cookie '$wrong' pays" "$(status) $(counted)" '303 2'
done
used 3600 -3400
post retry111 HTTP_COOKIE="x$name=$secret; redeem-0123456789abcdef=$secret; $secret"
is 'so does one of another code' "$(status) $(counted)" '303 2'
used 3600 -3400
post retry111 HTTP_COOKIE="$name=0; $name=$secret"
is 'of two by one name, either will do' "$(status) $(counted)" '303 1'

used 86390 -3400
with $secret
is 'nearly a day later: free' "$(counted)" 1
used 86410 -3400
with $secret
is 'a day later: counted' "$(status) $(counted)" '303 2'
used 3600 -3400 'uses: 3' 'limit: 3' 'expires: 2001-12-31'
with $secret
is 'the last use of a code that has expired since: free' "$(status) $(counted)" '303 3'
used 10 110 'uses: 1' 'limit: 0'
with $secret
is 'a revoked code: not' "$(status) $(outcome)" '410 used-up'
limited 'retry: 60' 'grace: 0'
used 50 -10
with $secret
is 'retry: 60, of which 10 are left' "$(counted)" 1
used 70 -10
with $secret
is 'retry: 60, and 70 are over' "$(counted)" 2
limited 'retry: 0' 'grace: 0'
used 10 -5
with $secret
is 'retry: 0: never' "$(status) $(counted) $(given)" '303 2 '

# A link that was given again, later than its use: free while it is open, for anybody.
limited
used 100 -1
post retry111
is 'given again within the grace' "$(status) $(counted)" '303 1'
made=$(value link "$code_file")
sed -i "s/^last: .*/last: $(instant $((now - 200)))/" "$code_file"
shop_own
post retry111
is 'it is free past it, too, while it is open' "$(status) $(counted)" '303 1'
is 'the same link, no new one' "$(value link "$code_file")" "$made"
used 300 -1
post retry111
is 'closed: counted' "$(status) $(counted)" '303 2'
limited 'grace: 0'
used 60 60
post retry111
is 'not the link of the use itself, with grace: 0' "$(status) $(counted)" '303 2'
finish

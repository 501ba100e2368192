#!/bin/sh
# doctor --code: from outside, with one real code and without a home.
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
. "$top/tests/doctor.sh"
need apache2 curl

shop_stock
who=$shop_user
mkdir "$tmp/empty"

# outside NAME CODE WORD...: its lines in $said, its exit status in $status
outside()
{
	status=0
	said=$(cd "$tmp/empty" && env -u REDEEM_CONF HOME="$tmp/empty" \
		sh "$tmp/tools/doctor" --window 20 "$@" "$form" 2>"$tmp/complaint") || status=$?
}

settings "home: $shop/home" "secure: $shop/public_html/secure" 'window: 20'
shop_own
host apache_stock
code AAAA1111
outside --code aaaa-1111
is 'a good shop: exit status' "$status" 0
for proof in form code link secret range listing hidden window; do
	like "a good shop: $proof" "$said" "^ok     $proof "
done
is 'a good shop: no complaint' "$(cat "$tmp/complaint")" ''
is 'a good shop: one use is spent' "$(value uses "$shop/home/codes/AAAA1111")" 1
printf 'aaaa1111\n' >"$tmp/typed"
outside --code NOSUCHCODE1
is 'no such code: exit status' "$status" 1
like 'no such code: said' "$said" '^WRONG  code .*unknown, 404'

amend='s/AllowOverride All/AllowOverride None/'
cp -R "$shop/home" "$shop/public_html/redeem"
code AAAA2222
shop_own
host apache_stock
outside --code AAAA2222
is 'no .htaccess: exit status' "$status" 1
like 'no .htaccess: the secret' "$said" '^WRONG  secret .*let in \(200\)'
like 'no .htaccess: the window' "$said" '^WRONG  window .*still open'
like 'a home in the web site' "$said" '^WRONG  hidden +a list of files for sale'
finish

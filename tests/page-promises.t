#!/bin/sh
# What a page promises beside its words: how a single file starts, the cookie that
# remembers a use, the way to the label, the code's own design, and that of the owner
# round a link that is over.
. "${0%/*}/lib.sh"

shop_stock
base()
{
	settings "home: $shop/home" "secure: $shop/public_html/secure" "$@"
}

body()
{
	sed '1,/^\r*$/d' "$tmp/answer"
}

answer_header()
{
	sed '/^\r*$/q' "$tmp/answer" | sed -n "s/^$1: //p" | tr -d '\r'
}

# The page, and the rules, of the link that the last answer gives.
opened()
{
	cat "$shop/public_html$(location | sed 's/?.*//')"
}

# start: page
base 'start: page'
code ONE11111
post one11111
like 'start: page: the link leads to a page' "$(location)" \
	'^/secure/[0-9]+/[0-9a-f]{32}/downloads\.html\?[0-9a-f]{32}$'
secret=$(location | sed 's/.*?//')
is 'start: page: it starts the file in its head' \
	"$(opened | sed -n '/<head>/,/<style>/p' | grep -c "^<meta http-equiv=\"refresh\" content=\"0;url=first-light.zip?$secret\">\$")" 1
is 'start: page: and nowhere else' "$(opened | grep -c http-equiv)" 1
is 'start: page: it has the file' "$(opened | sed -n 's/^<li><a href="\([^"]*\)">.*/\1/p')" \
	"first-light.zip?$secret"
like 'start: page: until when a new try is free' "$(opened)" \
	'<span id="redeem-retry">If a download breaks off, .*costs nothing'
unlike 'start: page: no script' "$(opened)" '<script'
base
sed -i '/^start:/d' "$cgi/.htredeem"
code ONE11112
post one11112
like 'by default: the same' "$(location)" '/downloads\.html\?'
base 'start: file'
code ONE11113
post one11113
like 'start: file: the link is the file' "$(location)" '/first-light\.zip\?[0-9a-f]{32}$'
base 'retry: 0' 'start: page'
code ONE11114
post one11114
unlike 'retry: 0: nothing is promised' "$(opened)" 'redeem-retry'
base 'start: page'
code ONE11116
post one11116 'SCRIPT_NAME=/cgi-bin/first light.cgi'
unlike 'an address that no cookie can be for: no cookie' "$(cat "$tmp/answer")" '^Set-Cookie:'
unlike 'and no promise' "$(opened)" 'redeem-retry'

# in a design without the marker for the head, and in one with it
printf '<html><head><title>x</title></head><body><!-- redeem --></body></html>' \
	>"$shop/home/own.html"
base 'start: page' 'page: own.html'
code ONE11115
post one11115
is "owner's page without the marker: it starts, too" "$(opened | grep -c 'http-equiv="refresh"')" 1
printf '<html><head><!-- redeem-head --><title>x</title></head><body><!-- redeem --></body></html>' \
	>"$shop/home/own.html"
code ONE11116
post one11116
like "owner's page with it: from the head" "$(opened)" '^<html><head><meta http-equiv="refresh"'
is "owner's page with it: once" "$(opened | grep -c http-equiv)" 1

# the cookie (RFC 6265)
cookie()
{
	answer_header Set-Cookie
}
name=redeem-$(printf C00K1E11 | sha256sum | cut -c 1-16)
base 'retry: 3600'
code C00K1E11
code=cookie-11 # the name that is stored, as somebody may read it
post "$code"
is 'the cookie' "$(cookie)" \
	"$name=$(location | sed 's/.*?//'); Max-Age=3600; Path=/cgi-bin/redeem.cgi; HttpOnly; SameSite=Strict"
post "$code"
is 'the second click renews it' "$(cookie)" \
	"$name=$(location | sed 's/.*?//'); Max-Age=3600; Path=/cgi-bin/redeem.cgi; HttpOnly; SameSite=Strict"
post "$code" HTTPS=on
like 'over HTTPS' "$(cookie)" '; SameSite=Strict; Secure$'
base 'address: https://label.example/shop/redeem'
post "$code"
like 'behind a proxy that speaks HTTPS' "$(cookie)" \
	'; Max-Age=86400; Path=/shop/redeem; HttpOnly; SameSite=Strict; Secure$'
base 'address: https://label.example/'
code ROOT1111
post root1111
like 'a closed link has its form, even where that is the root' "$(closed_page)" ' action="/"'
base 'retry: 0'
post "$code"
is 'retry: 0: none' "$(status) $(cookie)" '303 '
base
for typed in x 7k3m9qxa2ftg nosuchcode; do
	post "$typed"
	is "no link, no cookie: $typed" "$(cookie)" ''
done
cgi REQUEST_METHOD=GET QUERY_STRING="code=$code" </dev/null
is 'nor with a form that is filled in' "$(cookie)" ''

# the form's address
base 'address: https://label.example/shop/redeem'
cgi REQUEST_METHOD=GET </dev/null
like 'address: the form posts there' "$(body)" '<form [^>]*action="/shop/redeem"'
code ONE11117
post one11117
like 'address: and so does that of a link that is over' "$(closed_page)" \
	'<form [^>]*action="/shop/redeem"'

# the label is asked first
code USED1111 'uses: 3' 'limit: 3' 'file: first-light.zip'
code LATE1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'expires: 2024-02-29'
code SOON1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'from: 2099-03-01'
code HALF1111 'uses: 0'
asking='used1111 late1111 soon1111 half1111'
for contact in 'mailto:post@label.example' 'https://label.example/help?a=1&amp;b=%27'; do
	given=$(printf '%s' "${contact#mailto:}" | sed 's/&amp;/\&/')
	base "contact: $given"
	for typed in $asking; do
		post "$typed"
		is "contact: $given: $typed: contact, then form" \
			"$(body | sed '/<style>/,/<\/style>/d' | grep -oE 'id="redeem-contact"|class="redeem-second"' | tr '\n' ' ')" \
			'id="redeem-contact" class="redeem-second" '
		is "contact: $given: $typed: the link" \
			"$(body | sed -n 's/.*<a id="redeem-contact" href="\([^"]*\)".*/\1/p')" "$contact"
	done
	post 7k3m9qxa2ftg
	unlike "contact: $given: not for what the buyer can mend" \
		"$(body | sed '/<style>/,/<\/style>/d')" 'redeem-(contact|second)'
done
base
post used1111
unlike 'without a contact: no way to it' "$(body | sed '/<style>/,/<\/style>/d')" redeem-contact

# the code's own design round all that its buyer sees
printf '<title><!-- redeem-title --></title><!-- redeem-head --><p>The release<!-- redeem --></p>' \
	>"$shop/home/release.html"
printf '<title>The shop</title><!-- redeem -->' >"$shop/home/own.html"
base 'page: own.html' 'start: page'
for name in USED1111 LATE1111 SOON1111; do
	printf 'page: release.html\n' >>"$shop/home/codes/$name"
	post "$name"
	like "page of a record: $name" "$(body)" '<p>The release<div id="redeem"'
done
code WITH1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'page: release.html'
post with1111
like 'page of a record: its files' "$(opened)" '<p>The release<div id="redeem"'
like 'page of a record: its link that is over' "$(closed_page)" \
	'^<title>This link is closed</title><p>The release<div id="redeem"'
post nosuchcode
like 'page of a record: not for others' "$(body)" '<title>The shop</title>'
code AWAY1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'page: away.html'
post away1111
like 'page of a record that is not there: that of the settings' "$(opened)" '<title>The shop</title>'
like 'page of a record that is not there: is said' "$(cat "$tmp/complaint")" 'away\.html: page: '

base 'page: own.html' 'start: page'
code PATH1111 'uses: 0' 'limit: 3' 'file: first-light.zip' "page: $shop/home/release.html"
post path1111
like 'page of a record that is no path below the home: that of the settings' "$(opened)" \
	'<title>The shop</title>'
like 'and is said' "$(cat "$tmp/complaint")" 'release\.html: page: must be a path below the home'

# What a folder says whose link is gone is for all, whoever was the first.
base 'page: own.html' 'start: page' 'language: de'
rm -rf "$shop/public_html/secure"
mkdir -m 711 "$shop/public_html/secure"
shop_own
code WITH1112 'uses: 0' 'limit: 3' 'file: first-light.zip' 'page: release.html'
post with1112 HTTP_ACCEPT_LANGUAGE=es
like 'the first buyer has a page of her own' "$(closed_page)" '<p>The release<div id="redeem" lang="es">'
like 'and all have that of the settings' "$(cat "$shop/public_html/secure/.htaccess")" \
	'<title>The shop</title><div id=..redeem.. lang=..de..>'

# Links say no more than that folder does not say already.
emptied()
{
	rm -rf "$shop/public_html/secure"
	mkdir -m 711 "$shop/public_html/secure"
	shop_own
}
said_by_link()
{
	grep -c '^ErrorDocument' "$shop/public_html$(location | sed 's,/[^/]*$,,')/.htaccess"
}
base 'grace: 0'
emptied
code ALIKE111 'uses: 0' 'limit: 99' 'file: first-light.zip'
post alike111
renewed=$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess")
while read -r said lang action; do
	post alike111 HTTP_ACCEPT_LANGUAGE="$lang" SCRIPT_NAME="$action"
	is "$lang $action: pages in the link" "$(said_by_link)" "$said"
	like "$lang $action: its language" "$(closed_page)" "<html lang=\"$lang\">"
	like "$lang $action: the way back" "$(closed_page)" " action=\"$action\""
done <<-'END'
	0 en /cgi-bin/redeem.cgi
	1 fr /cgi-bin/redeem.cgi
	1 en /cgi-bin/redeem
	0 en /cgi-bin/redeem.cgi
END
is 'none of these writes the rules of the folder' \
	"$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess")" "$renewed"
emptied
post alike111 HTTP_ACCEPT_LANGUAGE=fr
post alike111 HTTP_ACCEPT_LANGUAGE=en
is 'after a first buyer who reads French: pages in the link' "$(said_by_link)" 0
like 'after a first buyer who reads French: the language' "$(closed_page)" '<html lang="en">'
renewed=$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess")
code ALIKE112 'uses: 0' 'limit: 9' 'file: first-light.zip' 'page: release.html'
post alike112
is 'a page of the code: it is in the link' "$(said_by_link)" 1
base 'grace: 0' 'page: own.html'
post alike111
is 'a page of the settings: it is in the link' "$(said_by_link)" 1
like 'a page of the settings' "$(closed_page)" '<title>The shop</title>'
is 'nor do these' "$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess")" "$renewed"
emptied
post alike111
base 'grace: 0'
post alike111
is 'after a page of the settings, the built-in one' "$(said_by_link)" 1
like 'the built-in one' "$(closed_page)" '<div class="sleeve">'

# A folder whose page leads nowhere has it from whoever does not know the form.
base 'grace: 0'
emptied
checked()
{
	(cd "$cgi" && env SCRIPT_NAME="$1" ./redeem.cgi --check) >"$tmp/check" 2>&1 || cat "$tmp/check"
	shop_own
}
is 'a check that does not know the form' "$(checked '')" ''
unlike 'its page has no form' "$(grep '^ErrorDocument' "$shop/public_html/secure/.htaccess")" '<form'
post alike111
like 'the first redemption adds the form' \
	"$(grep '^ErrorDocument' "$shop/public_html/secure/.htaccess")" '<form .*action=.+/cgi-bin/redeem.cgi'
post alike111
is 'and is followed' "$(said_by_link)" 0
emptied
is 'a check that knows it' "$(checked /cgi-bin/redeem.cgi)" ''
post alike111
is 'is followed at once' "$(said_by_link)" 0
# one of a page that has changed since
sed -i 's/^# page [0-9]* /# page 0 /' "$shop/public_html/secure/.htaccess"
post alike111
is 'the first redemption renews an old page' \
	"$(grep -c '^# page [1-9]' "$shop/public_html/secure/.htaccess")" 1
# where nothing leads to the form, it is not tried again and again
emptied
for _ in 1 2; do
	renewed=$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess" 2>/dev/null || :)
	post alike111 SCRIPT_NAME='/cgi-bin/first light.cgi'
done
is 'a form that no link can lead to' "$(status) $(said_by_link)" '303 1'
is 'a form that no link can lead to: the rules stay' \
	"$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess")" "$renewed"
# where it takes more than a line to say what the page depends on
long=/cgi-bin/$(printf '%0150d' 0)
emptied
post alike111 SCRIPT_NAME="$long"
renewed=$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess")
post alike111 SCRIPT_NAME="$long"
is 'a long address: in each link' "$(said_by_link)" 1
is 'a long address: and the rules of the folder stay' \
	"$(stat -c '%i %Z' "$shop/public_html/secure/.htaccess")" "$renewed"

# the owner's design round a link that is over: where Apache can hold it
head -c 7900 /dev/zero | tr '\0' x >"$tmp/long"
for unfit in "$(cat "$tmp/long")" 'a\b' '100%{x}'; do
	printf '<title>Own</title><p>%s</p><!-- redeem -->' "$unfit" >"$shop/home/own.html"
	base 'page: own.html'
	code OVER1111
	post over1111
	like "a design that Apache cannot hold, $(printf '%.9s' "$unfit"): the built-in one" \
		"$(closed_page)" '<div class="sleeve">.*<form '
done
printf '<title>Own "ö"</title>\n<p>90%% off</p><!-- redeem -->' >"$shop/home/own.html"
code OVER1112
post over1112
like 'a design that Apache can hold' "$(closed_page)" \
	'^<title>Own "&#246;"</title> <p>90% off</p><div id="redeem" lang="en">.*<form '

# where forms lead
base
cgi REQUEST_METHOD=GET </dev/null
like 'the built-in page has no form to others' "$(answer_header Content-Security-Policy)" "; form-action 'self'\$"
base 'page: own.html'
cgi REQUEST_METHOD=GET </dev/null
unlike "the owner's may" "$(answer_header Content-Security-Policy)" 'form-action'
like 'but has no scripts either' "$(answer_header Content-Security-Policy)" "script-src 'none'"

# a shop that could not take a code says so at once
base
mv "$shop/home" "$shop/away"
cgi REQUEST_METHOD=GET </dev/null
is 'no home: the form says so' "$(status) $(outcome)" '500 not-set-up'
mv "$shop/away" "$shop/home"
mv "$shop/public_html/secure" "$shop/away"
cgi REQUEST_METHOD=GET </dev/null
is 'no secure: the form says so' "$(status) $(outcome)" '500 not-set-up'
mv "$shop/away" "$shop/public_html/secure"
cgi REQUEST_METHOD=GET HTTP_ACCEPT_LANGUAGE=de_DE </dev/null
like 'de_DE is German' "$(body)" '<html lang="de">'
finish

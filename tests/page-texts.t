#!/bin/sh
# What the buyer reads: every outcome in every language, in the built-in page and
# in the owner's design, and what stands round the sentences.
. "${0%/*}/lib.sh"
test_all_only 'needs tidy and lynx'
need apache2 curl tidy lynx

shop_stock
base_settings()
{
	settings "home: $shop/home" "secure: $shop/public_html/secure" 'timezone: CET-1CEST,M3.5.0,M10.5.0/3' "$@"
}

# Each way to get a page; "$@" goes to the program: the language, mostly.
give_form()
{
	cgi REQUEST_METHOD=GET "$@" </dev/null
}

give_empty()
{
	post 'a' "$@"
}

give_mistyped()
{
	post 7k3m-9qxa-2ftg "$@"
}

give_unknown()
{
	post 0000-0000-0000 "$@"
}

# 21:05 in winter, an hour later than in UTC
give_used_up()
{
	code USED1111 'uses: 3' 'limit: 3' 'file: first-light.zip' 'last: 2026-01-31T20:05:06Z'
	post USED1111 "$@"
}

give_expired()
{
	code LATE1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'expires: 2024-02-29'
	post LATE1111 "$@"
}

give_not_yet()
{
	code SOON1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'from: 2099-03-01'
	post SOON1111 "$@"
}

give_broken()
{
	code HALF1111 'uses: 0'
	post HALF1111 "$@"
}

give_bad_request()
{
	post 7k3m "$@" CONTENT_TYPE=text/plain
}

# the body of the request breaks off
give_cut_off()
{
	post 7k3m "$@" CONTENT_LENGTH=999
}

give_slow_down()
{
	base_settings 'tries: 1'
	post NOSUCHCODE "$@" REMOTE_ADDR=192.0.2.1
	post NOSUCHCODE "$@" REMOTE_ADDR=192.0.2.1
	rm "$shop/home/attempts"
	base_settings
}

# No link can be made: a file stands where its minute's folder would.
give_try_again()
{
	code ONE11111
	post ONE11111 # after which the folder of links is known as ours
	rm -rf "$shop/public_html/secure"/[0-9]*
	code BUSY1111
	minute=$(($(date +%s) / 60))
	for ahead in 0 1 2 3 4; do
		: >"$shop/public_html/secure/$((minute + ahead))"
	done
	post BUSY1111 "$@"
	find "$shop/public_html/secure" -type f -name '[0-9]*' -exec rm {} +
}

give_not_set_up()
{
	mv "$shop/home" "$shop/away"
	post 7k3m-9qxa-2ftf "$@"
	mv "$shop/away" "$shop/home"
}

# What is read is the page that the link opens.
give_list()
{
	code_of_list=$1
	shift
	post "$code_of_list" "$@"
	opened=$shop/public_html$(location | sed 's/?.*//')
	{
		printf 'Status: 200 OK\n\n'
		cat "$opened"
	} >"$tmp/answer"
}

give_files()
{
	code MANY1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'file: second.flac'
	give_list MANY1111 "$@"
}

give_started()
{
	base_settings 'start: page' ${started_also:+"$started_also"}
	code ONE11111
	give_list ONE11111 "$@"
	base_settings
}

# The page of a link that is over, or that lacks its secret, as Apache reads it.
give_link_closed()
{
	code ONE11111
	post ONE11111 "$@"
	closed_page >"$tmp/page"
	{
		printf 'Status: 403\n\n'
		cat "$tmp/page"
	} >"$tmp/answer"
}

printf 'flac\n' >"$shop/home/files/second.flac"
chmod 644 "$shop/home/files/second.flac"
shop_own

# Outcome, language, some words of its sentence.
words()
{
	cat <<-'END'
	form	en	enter the code from your card
	form	fr	Saisissez le code
	form	de	gib den Code
	form	nl	Vul de code
	form	es	Escribe el código
	empty	en	not complete
	empty	fr	est incomplet
	empty	de	ist unvollständig
	empty	nl	niet volledig
	empty	es	está incompleto
	mistyped	en	mistyped
	mistyped	fr	faute de frappe
	mistyped	de	Tippfehler
	mistyped	nl	tikfout
	mistyped	es	carácter equivocado
	unknown	en	don’t recognise this code
	unknown	fr	ne connaissons pas ce code
	unknown	de	kennen wir nicht
	unknown	nl	kennen we niet
	unknown	es	No reconocemos este código
	used_up	en	the last one on 31 January 2026 at 21:05
	used_up	fr	le dernier le 31 janvier 2026 à 21 h 05
	used_up	de	der letzte am 31. Januar 2026 um 21:05 Uhr
	used_up	nl	de laatste op 31 januari 2026 om 21.05 uur
	used_up	es	la última el 31 de enero de 2026 a las 21:05
	expired	en	last day was 29 February 2024
	expired	fr	jusqu’au 29 février 2024
	expired	de	bis zum 29. Februar 2024
	expired	nl	tot en met 29 februari 2024
	expired	es	hasta el 29 de febrero de 2024
	not_yet	en	work from 1 March 2099
	not_yet	fr	à partir du 1er mars 2099
	not_yet	de	ab dem 1. März 2099
	not_yet	nl	vanaf 1 maart 2099
	not_yet	es	a partir del 1 de marzo de 2099
	broken	en	Please tell the label
	broken	fr	Prévenez le label
	broken	de	sag dem Label Bescheid
	broken	nl	Laat het aan het label weten
	broken	es	Avisa al sello
	bad_request	en	use this form
	bad_request	fr	Utilisez ce formulaire
	bad_request	de	nimm dieses Formular
	bad_request	nl	Gebruik dit formulier
	bad_request	es	Usa este formulario
	slow_down	en	wait 10 minutes
	slow_down	fr	Attendez 10 minutes
	slow_down	de	warte 10 Minuten
	slow_down	nl	Wacht 10 minuten
	slow_down	es	Espera 10 minutos
	try_again	en	No download was lost
	try_again	fr	Aucun téléchargement n’est perdu
	try_again	de	kein Download verloren
	try_again	nl	geen download kwijt
	try_again	es	No has perdido ninguna descarga
	not_set_up	en	not ready yet
	not_set_up	fr	pas encore prêt
	not_set_up	de	noch nicht alles bereit
	not_set_up	nl	Nog niet alles staat klaar
	not_set_up	es	aún no está lista
	files	en	your code has 2 downloads left
	files	fr	il vous reste 2 téléchargements
	files	de	bleiben dir mit deinem Code 2 Downloads
	files	nl	heeft je code nog 2 downloads
	files	es	te quedan 2 descargas
	started	en	has started\. If it hasn’t, tap the file
	started	fr	a commencé\. Sinon, touchez le fichier
	started	de	hat begonnen\. Wenn nicht, tippe die Datei an
	started	nl	is begonnen\. Zo niet, tik dan op het bestand
	started	es	ha empezado\. Si no, toca el archivo
	link_closed	en	only work for a short time
	link_closed	fr	que peu de temps
	link_closed	de	nur für kurze Zeit
	link_closed	nl	werkt maar kort
	link_closed	es	durante poco tiempo
	END
}

page()
{
	sed '1,/^$/d' "$tmp/answer"
}

# Numbers of characters as the characters: only the refusal's page has them.
readable()
{
	page | perl -pe 's/&#(\d+);/my $c = chr $1; utf8::encode($c); $c/ge'
}

# Two attributes are newer than tidy.
is_html()
{
	complaints=$(page | tidy -q -e 2>&1 | grep -vE 'autoc(apitalize|orrect)' || :)
	printf '%s\n' "$complaints"
	[ -z "$complaints" ]
}

sensible()
{
	is "$1: the page says its language" "$(page | grep -oE '<html lang="[a-z]*' | tr -d '"')" \
		"<html lang=$3"
	like "$1: the sentence" "$(readable)" "$4"
	told=$(printf '%s' "$2" | tr _ -)
	[ "$told" != started ] || told=files
	like "$1: the outcome" "$(page)" "<p data-outcome=\"$told\">"
	ok "$1: less than 10 KiB" test "$(page | wc -c)" -lt 10240
	unlike "$1: no script" "$(page)" '<script|javascript:| on[a-z]+='
	ok "$1: is HTML" is_html
	case $2 in
	files | started | link_closed) ;;
	*)
		like "$1: Content-Language" "$(cat "$tmp/answer")" "^Content-Language: $3$"
		like "$1: Vary" "$(cat "$tmp/answer")" '^Vary: Accept-Language$'
		;;
	esac
}

base_settings
words >"$tmp/words"
while IFS='	' read -r outcome language sentence; do
	"give_$outcome" HTTP_ACCEPT_LANGUAGE="$language-XX,zz;q=0.9"
	sensible "$outcome in $language" "$outcome" "$language" "$sentence"
done <"$tmp/words"
is 'every outcome was seen in five languages' "$(wc -l <"$tmp/words")" 75

# Words that natives of each language asked for.
while IFS='	' read -r outcome language sentence; do
	"give_$outcome" HTTP_ACCEPT_LANGUAGE="$language"
	like "$outcome in $language: $sentence" "$(readable)" "$sentence"
done <<'END'
form	en	Capitals, spaces and dashes don’t matter
files	en	begun by then will finish
used_up	fr	<title>Code épuisé</title>
try_again	fr	momentanément saturé
expired	de	ist abgelaufen
slow_down	de	deine Verbindung
cut_off	nl	niet volledig aangekomen
try_again	es	mucha actividad
expired	es	ha caducado
used_up	es	escribe al sello discográfico
END

# The language of the settings is for those who ask for none of ours.
base_settings 'language: nl'
give_form
like 'nothing asked for: the language of the settings' "$(page)" '<html lang="nl">'
give_form HTTP_ACCEPT_LANGUAGE='ja,*;q=0.5'
like 'nor anything of ours' "$(page)" '<html lang="nl">'
give_form HTTP_ACCEPT_LANGUAGE='en;q=0.2,fr;q=0.4'
like 'the greatest weight wins' "$(page)" '<html lang="fr">'
base_settings 'language: xx'
give_form
is 'a language that is not there is an error' "$(outcome)" not-set-up
like 'which is named' "$(cat "$tmp/complaint")" '.htredeem:4: language: must be en, fr, de, nl or es'
base_settings

# What the form says to phones, and to those who hear it.
input()
{
	page | tr '\n' ' ' | grep -o '<input[^>]*>'
}

give_form HTTP_ACCEPT_LANGUAGE=en
for attribute in 'name="code"' 'id="redeem-code"' 'autocapitalize="characters"' \
	'autocorrect="off"' 'spellcheck="false"' 'autocomplete="off"' \
	autofocus required; do
	like "the field: $attribute" "$(input)" " ${attribute}[ >]"
done
unlike 'nothing in the field looks typed that is not' "$(input)" placeholder
unlike 'nothing is wrong yet' "$(page | sed '/<style>/,/<\/style>/d')" 'aria-invalid|role="alert"'
like 'the field has a label' "$(page)" '<label for="redeem-code">'
described=$(input | sed -n 's/.*aria-describedby="\([^"]*\)".*/\1/p')
is 'it is described by message and hint' "$described" 'redeem-message redeem-hint'
for id in $described; do
	is "$id is there once" "$(page | grep -c "id=\"$id\"")" 1
done
cgi REQUEST_METHOD=GET QUERY_STRING='code=7K3M-9QXA-2FTF' </dev/null
like 'a code from a card: only the button is left' "$(page)" '<button [^>]*autofocus'
unlike 'the field has no focus then' "$(input)" autofocus
give_mistyped
like 'a mistyped code is kept' "$(input)" 'value="7k3m-9qxa-2ftg"'
like 'it is marked' "$(input)" 'aria-invalid="true"'
for what in empty unknown; do
	"give_$what" HTTP_ACCEPT_LANGUAGE=en
	like "so is what is $what" "$(input)" 'aria-invalid="true"'
done
post "$(printf '%05000d' 0)"
is 'a text that is far too long' "$(status) $(outcome)" '413 bad-request'
like 'is marked, too' "$(input)" 'aria-invalid="true"'
for what in expired not_yet broken bad_request try_again slow_down; do
	"give_$what" HTTP_ACCEPT_LANGUAGE=en
	unlike "the field is not wrong: $what" "$(input)" aria-invalid
done
give_mistyped HTTP_ACCEPT_LANGUAGE=en
like 'the message is told at once' "$(page)" '<div id="redeem-message" role="alert">'
give_used_up HTTP_ACCEPT_LANGUAGE=en
unlike 'a code that is used up is not mistyped' "$(input)" aria-invalid
code USED1111 'uses: 3' 'limit: 3' 'file: first-light.zip'
post USED1111
like 'used up, and nobody knows when' "$(page)" 'have been used\. If'
give_slow_down HTTP_ACCEPT_LANGUAGE=en
wait=$(sed -n 's/^Retry-After: //p' "$tmp/answer")
is 'as many minutes as Retry-After has seconds' \
	"$(page | sed -n 's/.* wait \([0-9]*\) minutes.*/\1/p')" "$(((wait + 59) / 60))"

# The list of files.
give_files HTTP_ACCEPT_LANGUAGE=en
is 'each file is one link' "$(page | grep -c '<li><a href="[^"]*">.*</a></li>')" 2
unlike 'whose closed page a browser shows' "$(page | grep '<a ')" ' download[ >=]'
is 'with name and size' "$(page | sed -n 's/.*<li><a [^>]*>\([^<]*\)<span class="redeem-size">\([^<]*\)<.*/\1\2/p')" \
	'first-light.zip 300&nbsp;kB
second.flac 5&nbsp;B'
unlike 'none of several starts by itself' "$(page)" 'http-equiv'
end=$(value link "$code_file" | sed 's/ .*//')
is 'until when, for machines' "$(page | sed -n 's/.*<time datetime="\([^"]*\)">.*/\1/p')" "$end"
is 'and for people, by their clock, without seconds' \
	"$(page | sed -n 's/.*<time[^>]*>\([^<]*\)<.*/\1/p')" \
	"$(TZ=CET-1CEST,M3.5.0,M10.5.0/3 date -d "$end" '+%H:%M')"
like 'and how long that is' "$(page)" 'works for 2 minutes'
like 'what has begun goes on' "$(page)" 'begun by then will finish'
is 'no more is counted than once' "$(value uses "$code_file")" 1
code MANY1111 'uses: 2' 'limit: 3' 'file: first-light.zip' 'file: second.flac'
post MANY1111
like 'the last download is called so' "$(cat "$shop/public_html$(location | sed 's/?.*//')")" \
	'This is the last download'
base_settings 'window: 59'
give_files
like 'a window of less than a minute' "$(page)" 'works for less than a minute'
base_settings 'window: 60'
give_files
like 'of a minute' "$(page)" 'works for one minute'
base_settings

# The names that README promises to the owner's style are those in the pages: all
# of them, and no others.
base_settings 'contact: post@label.example'
for outcome in form used_up files started; do
	started_also='contact: post@label.example'
	"give_$outcome"
	page
done | sed -n '/<div id="redeem"/,/^<\/div>$/p' | grep -oE '(id|class)="redeem[^"]*"' | sed 's/id="/#/; s/class="/./; s/"//' |
	sort -u >"$tmp/names"
sed -n "/^The buyer's pages/,/^What is kept/p" "$top/README" |
	grep -oE '[#.]redeem(-[a-z]+)*' | grep -vFx '.redeem' | sort -u >"$tmp/promised"
is 'README has the names in the pages' "$(cat "$tmp/promised")" "$(cat "$tmp/names")"
for outcome in $(cut -f 1 "$tmp/words" | grep -v started | sort -u | tr _ -); do
	ok "and the outcome $outcome" grep -qF "\"$outcome\"" "$top/README"
done

# The owner's design.
cat >"$shop/home/own.html" <<-'END'
	<!DOCTYPE html>
	<html lang="<!-- redeem-lang -->">
	<head><title><!-- redeem-title --> | Our label</title></head>
	<body><h1><!-- redeem-title --></h1>
	<!-- redeem -->
	<p>Below: <!-- redeem-title -->, <!-- redeemed -->.</p></body>
	</html>
END
chmod 644 "$shop/home/own.html"
base_settings 'page: own.html'
for outcome in form mistyped used_up; do
	"give_$outcome" HTTP_ACCEPT_LANGUAGE=de
	case $outcome in
	form) wanted='Dein Download' ;;
	used_up) wanted='Kein Download mehr' ;;
	*) wanted='Prüfe deinen Code' ;;
	esac
	like "own page, $outcome: title" "$(page)" "<title>$wanted [|] Our label</title>"
	like "own page, $outcome: language" "$(page)" '<html lang="de">'
	is "own page, $outcome: above, below" "$(page | grep -c "$wanted")" 3
	like "own page, $outcome: other comments stay" "$(page)" '<!-- redeemed -->'
	unlike "own page, $outcome: no marker is left" "$(page)" '<!-- redeem(-title|-lang)? -->'
	is "own page, $outcome: the message stands in the design" \
		"$(page | sed -n '/<h1>/,/<p>Below/p' | grep -c data-outcome)" 1
done
# without its home, the shop has no page of its own
give_not_set_up HTTP_ACCEPT_LANGUAGE=de
like 'own page gone with the home: the built-in one' "$(page)" '<h1>Noch kein Download</h1>'
give_files HTTP_ACCEPT_LANGUAGE=fr
like 'own page, list of files: title' "$(page)" '<title>Vos fichiers [|] Our label</title>'
like 'own page, list of files: the names for the style' "$(page)" '<ul id="redeem-files">'
base_settings 'page: /nowhere.html'
give_form
is 'a page that is not there is an error' "$(outcome)" not-set-up
printf '<!-- redeem-title --><!-- redeem-lang -->' >"$shop/home/own.html"
base_settings 'page: own.html'
give_form
is 'so is one without the marker' "$(outcome)" not-set-up
base_settings

# The longest address that a program may have leaves room for the page of a link
# that is over, in each language.
address=/$(head -c 1022 /dev/zero | tr '\0' a)
for language in en fr de nl es; do
	give_link_closed SCRIPT_NAME="$address" HTTP_ACCEPT_LANGUAGE="$language"
	like "a long address, $language: the way back" "$(page)" " action=\"$address\">"
done

# In a text browser: all that matters, in its order.
give_mistyped HTTP_ACCEPT_LANGUAGE=en
page >"$tmp/page.html"
lynx -dump -nolist -width=72 "$tmp/page.html" >"$tmp/text"
is 'lynx: title, message, label, hint' \
	"$(grep -oE 'Check your code|mistyped|Your code|Capitals' "$tmp/text" | tr '\n' ',')" \
	'Check your code,mistyped,Your code,Capitals,'
unlike 'lynx: nothing of the style' "$(cat "$tmp/text")" '[{}]'
give_files HTTP_ACCEPT_LANGUAGE=en
page >"$tmp/page.html"
lynx -dump -nolist -width=72 "$tmp/page.html" >"$tmp/text"
like 'lynx: a file and its size' "$(cat "$tmp/text")" '\* first-light.zip 300.{1,2}kB'

# On a server: the form that README gives for any page, a list of files that is
# loaded again, and the page of a link that is over.
awk '/^ *<form method="post"/ { on = 1 } on { print } on && /<\/form>/ { exit }' \
	"$top/README" >"$shop/public_html/shop.html"
chmod 644 "$shop/public_html/shop.html"
settings "home: $shop/home" "secure: $shop/public_html/secure"
shop_own
serve apache_stock
base=http://127.0.0.1:$port
is 'the label has a page of its own' "$(fetch "$base/shop.html")" 200
action=$(sed -n 's/.*<form method="post" action="\([^"]*\)">.*/\1/p' "$tmp/body")
field=$(sed -n 's/.*<input [^>]* name="\([^"]*\)".*/\1/p' "$tmp/body")
code PLAIN111
is 'its form is taken' "$(fetch --data-urlencode "$field= plain-111 " "$base$action")" 303
is 'and leads to the file' "$(fetch "$base$(led_to)")" 200
ok 'which is the right one' cmp "$tmp/body" "$shop/home/files/first-light.zip"
code MANY1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'file: second.flac'
is 'several files: a list' "$(fetch -d code=MANY1111 "$base$action")" 303
list=$(led_to)
for time in first second third; do
	is "it opens, the $time time" "$(fetch "$base$list")" 200
	like "as a page, the $time time" "$(cat "$tmp/headers")" '^Content-Type: text/html; charset=utf-8'
done
is 'and counts once' "$(value uses "$code_file")" 1
code ONE11111
is 'a link' "$(fetch -d code=ONE11111 -H 'Accept-Language: es' "$base$action")" 303
link=$(led_to)
is 'without its secret' "$(fetch "$base${link%\?*}")" 403
like 'the page says what to do' "$(cat "$tmp/body")" '<html lang="es">.*escribe de nuevo tu c&#243;digo'
back=$(sed -n 's/.*<form [^>]*action="\([^"]*\)".*/\1/p' "$tmp/body")
is 'and has the form' "$(fetch -d 'code=ONE1-1111' "$base$back")" 303
is 'which leads to the same link' "$(led_to)" "$link"
finish

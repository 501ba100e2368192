# What the tests share that run the program under strace; sourced after lib.sh.
#
#   inject=CALL:signal=SIGKILL:when=N   dies as it enters its Nth CALL
#   inject=CALL:error=EIO:when=N        the Nth CALL is not done, and says EIO
#   inject=CALL:retval=1:when=N         the Nth CALL is not done, and says 1
#
# A scenario is a function scenario_NAME that sets a shop out in which the code
# AAAA1111 is to be redeemed: $uses is what the record must say in the end,
# $sold are the files that the link must open, $delivery is how, and what links
# have on the disk is in buckets in the folder $buckets.

need strace
strace=$(command -v strace)
"$strace" -o /dev/null true 2>/dev/null ||
	skip_all 'strace is not allowed to trace here'

room=$(printf '%127s' '')
old_token=0123456789abcdef0123456789abcdef
nl='
'

# use_shop DIR: makes a shop there, with small files, so that checks are quick.
use_shop()
{
	shop_make "$1" cgi-bin "$(id -un)"
	secure=$shop/public_html/secure
	mkdir "$shop/home/files/flac"
	for file in first-light.zip flac/1.flac flac/2.flac; do
		printf '%s\n' "$file" >"$shop/home/files/$file"
	done
}

# A code as mint leaves it, with room for the lines that come.
minted()
{
	uses=1
	code AAAA1111 'uses: 0' 'limit: 3' "$@" "$room"
}

scenario_first()
{
	minted 'file: first-light.zip'
}

# Made by hand and without room: the file has to grow.
scenario_grown()
{
	uses=1
	code AAAA1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'note: kept'
}

# The last use of a code, with old links to sweep; secure has been used before.
scenario_later()
{
	code BBBB2222
	post BBBB2222
	rm -rf "${secure:?}"/*
	mkdir -p "$secure/26300000/$old_token" "$secure/26300001/.$old_token"
	printf 'RewriteEngine On\n' >"$secure/26300000/$old_token/.htaccess"
	ln -s "$shop/home/files/first-light.zip" "$secure/26300000/$old_token/a.zip"
	ln -s "$shop/home/files/first-light.zip" "$secure/26300000/$old_token/z.zip"
	uses=3
	code AAAA1111 'uses: 2' 'last: 2020-01-01T00:00:00Z' \
		"link: 2020-01-01T00:02:00Z $old_token $old_token" \
		'limit: 3' 'file: first-light.zip'
}

# A page that lists the files, too.
scenario_several()
{
	sold='first-light.zip flac/1.flac flac/2.flac'
	minted 'file: first-light.zip' 'file: flac/'
}

scenario_hard()
{
	printf 'links: hard\n' >>"$cgi/.htredeem"
	minted 'file: first-light.zip'
}

# The second click, when half of the window is over: another link, free.
scenario_free()
{
	uses=1
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	code AAAA1111 'uses: 1' 'limit: 3' 'file: first-light.zip' "last: $now" \
		"link: $now $old_token $old_token"
}

# The second click at once: the same link.
scenario_again()
{
	minted 'file: first-light.zip'
	post AAAA1111
}

by_cgi()
{
	delivery=cgi
	buckets=$shop/home/lists
	settings_cgi
}

# One file, signed for: nothing is on the disk but the record.
scenario_signed()
{
	by_cgi
	minted 'file: first-light.zip'
}

# Several: the program keeps the page that lists them.
scenario_listed()
{
	by_cgi
	sold='first-light.zip flac/1.flac flac/2.flac'
	minted 'file: first-light.zip' 'file: flac/'
}

# The second click of each, at once; there are old pages to sweep.
scenario_resigned()
{
	scenario_signed
	post AAAA1111
}

scenario_relisted()
{
	scenario_listed
	post AAAA1111
	mkdir -p "$buckets/26300000"
	printf 'page\n' >"$buckets/26300000/$old_token"
	printf 'page\n' >"$buckets/26300000/${old_token%?}e"
}

# set_out SCENARIO: everything anew; $old is then the record.
set_out()
{
	rm -rf "$shop/home/log" "$shop/home/codes" "$shop/home/lists" "$secure"
	mkdir "$shop/home/codes" "$secure"
	settings "home: $shop/home" "secure: $secure"
	sold=first-light.zip
	delivery=apache
	buckets=$secure
	"scenario_$1"
	code_file=$shop/home/codes/AAAA1111
	old=$(cat "$code_file")
	printf '%s\n' "$1" >>"$tmp/tried"
}

# What is in the folder of buckets, and in each of them.
kept()
{
	[ ! -d "$buckets" ] || (cd "$buckets" && find . -path './*' ! -path './*/*/*' | sort)
}

# All links that have something there, hidden and not.
links()
{
	kept | sed -n '/\/.*\//p'
}

# traced STRACE-OPTION...: posts the code, under strace.
traced()
{
	post AAAA1111 "$strace" -o "$tmp/trace" "$@" 2>/dev/null
}

# The calls of the last trace, each with its number among its like: CALL:N.
calls()
{
	awk -F '(' '/^[a-z0-9_]+\(/ { print $1 ":" ++n[$1] }' "$tmp/trace"
}

# The rules of the link in DIRECTORY with SECRET, without what differs by link. Where
# they have no page, it is that of the folder above, as Apache reads them.
rules()
{
	sed "s/$2/SECRET/;s/[<>][0-9]\{14\}/TIME/" "$1/.htaccess"
	grep -q '^ErrorDocument' "$1/.htaccess" || grep '^ErrorDocument' "$secure/.htaccess"
}

# PAGE, of several files, without what differs by link: where it leads, how long
# it is open, and until when it may be had again.
plain_page()
{
	printf '%s\n' "$1" | sed 's,"/cgi-bin/redeem.cgi/[0-9]*/[0-9a-f]*/,"/SIGNED/,
		s,for [^<]*<time .*</time>,TIME,
		s/before [0-9]* [A-Z][a-z]* [0-9]*, [0-9:]*: that/before TIME: that/'
}

# Sets $told from the last answer, and $link, what it has in $buckets, if anything.
link_told()
{
	told=$(location)
	link=
	"${delivery}_told"
}

# Sets $link_dir and $secret, too.
apache_told()
{
	link=${told#/secure/}
	link=${link%/*}
	link_dir=$secure/$link
	secret=${told#*\?}
}

cgi_told()
{
	end=$(printf '%s\n' "$told" |
		sed -n 's,^/cgi-bin/redeem.cgi/\([1-9][0-9]*\)/.*/downloads.html$,\1,p')
	[ -n "$end" ] || return 0
	link=${told%/*}
	link=$((end / 60))/${link##*/}
}

# reference SCENARIO: traces one redemption that nothing disturbs; its calls
# are then in the trace, its rules in $link_rules and $secure_rules, its page in
# $list.
reference()
{
	set_out "$1"
	traced -qq
	link_told
	"${delivery}_reference"
}

apache_reference()
{
	link_rules=$(rules "$link_dir" "$secret")
	secure_rules=$(cat "$secure/.htaccess")
}

cgi_reference()
{
	list=$(plain_page "$(sent "$told")")
}

# is_whole TEXT WANTED LOST: is TEXT what is WANTED? Where strace said that a byte is
# written and did not write it, LOST is not empty, and TEXT may lack its first one.
is_whole()
{
	[ "$1" = "$2" ] || { [ -n "$3" ] && [ "$1" = "${2#?}" ]; }
}

# given CASE WHEN [LOST]: the last answer gave a link: is it in order, and one use
# counted in all? LOST: as for is_whole.
given()
{
	if [ "$(status)" != 303 ]; then
		blame "$1" "$2: $(status) $(outcome) $(cat "$tmp/complaint")"
		return
	fi
	[ "$(value uses "$code_file")" = "$uses" ] ||
		blame "$1" "$2: a link, but uses: $(value uses "$code_file")"
	link_told
	"${delivery}_given" "$1" "$2" "${3:-}"
}

apache_given()
{
	is_whole "$(rules "$link_dir" "$secret")" "$link_rules" "$3" ||
		blame "$1" "$2: the rules of the link are not whole"
	is_whole "$(cat "$secure/.htaccess")" "$secure_rules" "$3" ||
		blame "$1" "$2: the rules of secure are not whole"
	for file in $sold; do
		cmp -s "$link_dir/${file##*/}" "$shop/home/files/$file" ||
			blame "$1" "$2: the link does not open $file"
	done
	[ "$sold" = first-light.zip ] ||
		[ "$(grep -c "^<li>.*$secret" "$link_dir/downloads.html")" = 3 ] ||
		blame "$1" "$2: the page does not list the files"
}

cgi_given()
{
	if [ "$sold" = first-light.zip ]; then
		opens "$1" "$2" "$told" "$sold"
		return
	fi
	opened=$(sent "$told")
	is_whole "$(plain_page "$opened")" "$list" "$3" ||
		blame "$1" "$2: the page is not whole"
	for file in $sold; do
		opens "$1" "$2" "$(address "$file" "$opened")" "$file"
	done
}

# opens CASE WHEN PATH FILE: does PATH, a link that comes back to the program, send
# FILE?
opens()
{
	sent "$3" | cmp -s - "$shop/home/files/$4" || blame "$1" "$2: the link does not open $4"
}

# [S4]: is the record what it was, but for blanks at its end?
record_kept()
{
	new=$(cat "$code_file")
	case $new in
	"$old"*) ;;
	*) return 1 ;;
	esac
	case ${new#"$old"} in
	*[!\ "$nl"]*) return 1 ;;
	esac
}

# [S7]: does each directory that opens a file have rules? At no instant may one
# stand there without.
guarded()
{
	for dir in "$secure"/*/* "$secure"/*/.[!.]*; do
		for file in "$dir"/*; do
			[ ! -e "$file" ] || [ -s "$dir/.htaccess" ] || return 1
		done
	done
}

# [S14]: the window passes, which renaming stands for: the sweep looks at the
# name of a bucket, the minute in which its links end, and at nothing else. Then
# another code for the same is redeemed, a few times for each removes two links,
# and only its link may be there. swept CASE.
swept()
{
	minute=26310000
	for bucket in "$buckets"/*; do
		[ ! -d "$bucket" ] || mv "$bucket" "$buckets/$minute"
		minute=$((minute + 1))
	done
	{
		printf 'uses: 0\nlimit: 1\n'
		for file in $sold; do
			printf 'file: %s\n' "$file"
		done
	} >"$shop/home/codes/CCCC3333"
	for _ in 1 2 3 4; do
		post CCCC3333
		link_told
		got="$(status)$nl$(kept)"
		wanted=$(
			printf '303\n'
			[ "$delivery" != apache ] || printf './.htaccess\n'
			[ -z "$link" ] || printf '%s\n' "./${link%/*}" "./$link"
		)
		[ "${got%"$nl"}" != "$wanted" ] || return 0
	done
	blame "$1" "left: $got"
}

# each_case CASES COMMAND...: runs COMMAND with each of CASES, one a line, as its last
# argument; two workers do so at once, each with a shop of its own. Sets $wrongs to
# what was wrong, $count to the number of cases, which is added to $tried.
each_case()
{
	cases=$1
	shift
	for worker in 1 2; do
		(work "$worker" "$(printf '%s\n' "$cases" |
			awk -v "worker=$worker" 'NR % 2 == worker - 1')" "$@") &
	done
	wait
	wrongs=$(cat "$tmp/1/wrong" "$tmp/2/wrong")
	count=$(cat "$tmp/1/tried" "$tmp/2/tried" | wc -l)
	[ "$count" = "$(printf '%s\n' "$cases" | wc -l)" ] ||
		wrongs="$wrongs${nl}not all cases were tried"
	tried=$((tried + count))
}

# work WORKER CASES COMMAND...: what one of them does.
work()
{
	trap - EXIT
	tmp=$tmp/$1
	: >"$tmp/wrong"
	: >"$tmp/tried"
	shop=$tmp/shop
	cgi=$shop/cgi-bin
	secure=$shop/public_html/secure
	share=$2
	shift 2
	for each in $share; do
		"$@" "$each"
	done
}

# blame CASE WHY: in a worker: CASE has failed.
blame()
{
	printf '%s: %s\n' "$1" "$2" >>"$tmp/wrong"
}

chmod 711 "$tmp"
for worker in 1 2; do
	mkdir "$tmp/$worker"
	use_shop "$tmp/$worker/shop"
done
use_shop "$tmp/shop"
tried=0

#!/bin/sh
# An editor puts another file in the place of a code's, as `sed -i` does, while the
# program counts a use in the old one: it notices before the buyer is told, takes
# its link back and starts over with the file that is there. [S2] [S4]
. "${0%/*}/lib.sh"
. "$top/tests/strace.sh"

shop_stock
secure=$shop/public_html/secure

# stopped_at CALL: posts SAME1111 and stops the program after that call, with the
# lock held
stopped_at()
{
	rm -rf "$secure" "$tmp/trace"
	mkdir "$secure"
	post same1111 "$strace" -o "$tmp/trace" -e inject="$1":signal=SIGSTOP:when=1 &
	poster=$!
	await 30 grep -qs 'stopped by SIGSTOP' "$tmp/trace"
}

# It goes on, and answers.
go_on()
{
	kill -CONT "$(running)"
	wait "$poster"
}

# edited SED-SCRIPT: what `sed -i` does to a record
edited()
{
	sed "$1" "$code_file" >"$tmp/edited"
}

replace()
{
	chmod 600 "$tmp/edited"
	[ "$(id -u)" != 0 ] || chown "$shop_user:" "$tmp/edited"
	mv "$tmp/edited" "$code_file"
}

link_count()
{
	find "$secure" -name first-light.zip | wc -l
}

# the link of the last answer, on the disk
told()
{
	location | sed "s,^/secure/,$secure/,; s,?.*,,"
}

# The editor has read the old file before the use was counted in it.
code SAME1111
edited 's/limit: 3/limit: 5/'
ok 'the program has written its record' stopped_at pwrite64
replace
go_on
is 'the buyer gets a link' "$(status)" 303
is 'which is counted in the new file' "$(value uses "$code_file") $(value limit "$code_file")" '1 5'
is 'the link that was not told is gone' "$(link_count)" 1
ok 'the other is there' test -e "$(told)"
is 'the log has one line' "$(cut -d ' ' -f 2- "$shop/home/log")" \
	'redeemed SAME1111 1/5 first-light.zip'
is 'nothing is complained of' "$(cat "$tmp/complaint")" ''

# It has read the file after that: the use is in its copy already.
code SAME1111
ok 'the program has written again' stopped_at pwrite64
edited 's/limit: 3/limit: 5/'
replace
go_on
is 'a copy that has the use: a link' "$(status)" 303
is 'it is not counted twice' "$(value uses "$code_file") $(value limit "$code_file")" '1 5'
is 'there is one link' "$(link_count)" 1
ok 'that of the answer' test -e "$(told)"

# What comes now has no use left, or is no code any more.
code SAME1111
edited 's/uses: 0/uses: 3/'
ok 'the program has written once more' stopped_at pwrite64
replace
go_on
is 'a new file that is used up' "$(status) $(outcome)" '410 used-up'
is 'leaves no link' "$(link_count)" 0
code SAME1111
ok 'and once more' stopped_at pwrite64
rm "$code_file"
go_on
is 'no file: unknown' "$(status) $(outcome)" '404 unknown'
is 'no link' "$(link_count)" 0

# The page of the old file is not that of the new one.
printf '<html><body>OLD<!-- redeem --></body></html>' >"$shop/home/old.html"
settings "home: $shop/home" "secure: $secure" 'start: page'
code SAME1111 'uses: 0' 'limit: 3' 'file: first-light.zip' 'page: old.html'
edited '/^page:/d'
ok 'the program has written a code with a page' stopped_at pwrite64
replace
go_on
is 'a page is not kept' "$(status) $(find "$secure" -name downloads.html -exec grep -c OLD {} +)" '303 0'
settings "home: $shop/home" "secure: $secure"

# At no other instant either.
for call in flock fstat openat mkdirat symlinkat renameat fdatasync; do
	code SAME1111
	edited 's/limit: 3/limit: 5/'
	if ! stopped_at "$call"; then
		wait "$poster" || :
		continue # this machine has another word for it
	fi
	replace
	go_on
	is "replaced after $call" "$(status) $(value uses "$code_file") $(value limit "$code_file") $(link_count)" \
		'303 1 5 1'
done
finish

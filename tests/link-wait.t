#!/bin/sh
# A code that somebody else has locked is given up after ten seconds, in each way
# that Apache has of running programs, and none of them is left waiting. Under a
# threaded MPM mod_cgi starts programs with all signals blocked, the alarm, too. [S2]
. "${0%/*}/lib.sh"
need apache2 curl flock env

# apache_with MPM MODULE: the stock host with these, all of its files apart
apache_with()
{
	tmp=$tmp/$1-$2
	mkdir -p "$tmp"
	chmod 711 "$tmp"
	amend="s/mpm_event/mpm_$1/g; s/cgid_module/$2_module/; s/mod_cgid/mod_$2/"
	[ "$2" = cgid ] || amend="$amend; /^ScriptSock/d"
	apache_stock
}

is_running()
{
	[ -n "$(running)" ]
}

none_running()
{
	! is_running
}

shop_stock
code HELD1111
exec 9<>"$code_file"
hosts='prefork:cgi worker:cgi event:cgi event:cgid'
for host in $hosts; do
	serve apache_with "${host%:*}" "${host#*:}" 9>&-
	eval "port_${host%:*}_${host#*:}=$port"
done
flock 9
for host in $hosts; do
	eval "port=\$port_${host%:*}_${host#*:}"
	curl -s --max-time 60 -w '%{http_code} %{time_total}\n' -d code=HELD1111 \
		"http://127.0.0.1:$port/cgi-bin/redeem.cgi" >"$tmp/$host.answer" 9>&- &
	asking="${asking:-} $!"
done
# the same without a server
post HELD1111 "$(command -v timeout)" 30 "$(command -v env)" --block-signal=ALRM 9>&- &
asking="$asking $!"
ok 'the program waits for the lock' await 10 is_running
# one by one, for `wait` would wait for the servers, too
for one in $asking; do
	wait "$one" || :
done
for host in $hosts; do
	read -r got took <<-END
	$(tail -n 1 "$tmp/$host.answer")
	END
	is "$host: status" "$got" 503
	like "$host: outcome" "$(cat "$tmp/$host.answer")" 'data-outcome="try-again"'
	ok "$host: after ten seconds" test "${took%%[!0-9]*}" -ge 9 -a "${took%%[!0-9]*}" -lt 20
done
ok 'none is left' await 5 none_running
is 'nothing is counted' "$(value uses "$code_file")" 0

is 'the alarm blocked: given up, too' "$(status) $(outcome)" '503 try-again'
flock -u 9
post HELD1111 "$(command -v env)" --block-signal=ALRM
is 'and served where nobody has the lock' "$(status) $(value uses "$code_file")" '303 1'
finish

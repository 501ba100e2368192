#!/bin/sh
# README's "A host without a shell", line by line: an archive unpacked at home, a
# real FTP server as the only way to the host, and a buyer at its Apache.
. "${0%/*}/lib.sh"
test_all_only 'needs vsftpd, lftp and suexec'
PATH=$PATH:/usr/sbin:/sbin
need apache2 curl vsftpd lftp

place_cheap
shop=$place
cgi=$place/public_html/cgi-bin
chmod 711 "$place"
mkdir "$place/public_html"
chmod 755 "$place/public_html"
chown label: "$place/public_html"
serve apache_cheap
web=$port

# vsftpd looks into a user's own home first, and tests/install makes label none
label_home=$(awk -F : '$1 == "label" { print $6 }' /etc/passwd)
if [ ! -e "$label_home" ]; then
	mkdir "$label_home"
	at_end "rmdir -- '$label_home'"
fi

# any password will do for label, at this server alone
pam=redeem-test-$(random_hex 8)
printf 'auth required pam_permit.so\naccount required pam_permit.so\n' >"/etc/pam.d/$pam"
at_end "rm -f /etc/pam.d/$pam"
ftp_server()
{
	mkdir -p "$tmp/empty"
	cat >"$tmp/vsftpd.conf" <<-END
	listen=YES
	listen_address=127.0.0.1
	listen_port=$port
	anonymous_enable=NO
	local_enable=YES
	write_enable=YES
	local_umask=022
	local_root=$place
	check_shell=NO
	pam_service_name=$pam
	secure_chroot_dir=$tmp/empty
	seccomp_sandbox=NO
	background=NO
	END
	exec setsid vsftpd "$tmp/vsftpd.conf"
}

# As lib.sh has it, but for FTP.
answers()
{
	curl -s -o /dev/null --max-time 5 "ftp://label:x@127.0.0.1:$port/"
}
serve ftp_server

laptop=$tmp/laptop
mkdir -p "$laptop/codes" "$laptop/files" "$laptop/copy/codes"
cp -R "$top/tools" "$laptop/tools"
cp "$REDEEM_PROGRAM" "$laptop/redeem"
head -c 300000 /dev/urandom >"$laptop/first-light.zip"
chmod 644 "$laptop/first-light.zip"

# block N: the Nth block of lines to type in that section.
block()
{
	awk -v wanted="$1" '
		/^---/ { on = before == "A host without a shell" }
		on && /^    / {
			if (before == "")
				number++
			if (number == wanted)
				print substr($0, 5)
		}
		{ before = $0 }' "$top/README"
}

at_home()
{
	(cd "$laptop" && unset REDEEM_HOME REDEEM_CONF && sh -eu)
}

# What is typed into lftp; it is opened by a line of README or of ours.
ftp()
{
	{
		printf 'set cmd:fail-exit yes\nset net:max-retries 1\nset net:timeout 20\n'
		printf 'open -u label,x -p %s 127.0.0.1\n' "$port"
		sed '/^lftp /d'
	} >"$tmp/typed"
	(cd "$laptop" && HOME=$tmp lftp -f "$tmp/typed")
}

block 1 >"$tmp/block"
ok 'codes are minted into a folder of their own' at_home <"$tmp/block"
is 'so many' "$(find "$laptop/new" -type f | wc -l)" 500
is 'and as many in the list' "$(wc -l <"$laptop/codes.txt")" 500
is 'none in codes' "$(ls "$laptop/codes")" ''
block 2 >"$tmp/block"
ok 'the settings' at_home <"$tmp/block"
block 3 >"$tmp/block"
like 'a line opens lftp' "$(cat "$tmp/block")" '^lftp '
ok 'all is uploaded' ftp <"$tmp/block"
is 'the program may be run' "$(stat -c %a "$cgi/redeem.cgi")" 755
is 'nobody else lists the codes' "$(stat -c %a "$place/shop/codes")" 700
is 'a record each' "$(find "$place/shop/codes" -type f | wc -l)" 500

first=$(head -n 1 "$laptop/codes.txt")
second=$(sed -n 2p "$laptop/codes.txt")
url=http://127.0.0.1:$web/cgi-bin/redeem.cgi
is 'the form' "$(fetch "$url")" 200
block 4 | sed "s/7K3M-9QXA-2FTF/$first/; s,https://your.site/cgi-bin/redeem.cgi,$url," >"$tmp/block"
ok 'doctor has nothing to say' at_home <"$tmp/block"
is 'it has cost a download' "$(value uses "$place/shop/codes/$(printf '%s' "$first" | tr -d -)")" 1
is 'a buyer comes' "$(fetch -d "code=$second" "$url")" 303

block 5 | sed -n '/^mirror\|^get/p' >"$tmp/block"
ok 'codes and log are fetched' ftp <"$tmp/block"
block 5 | sed "/^mirror/d; /^get/d; s/7k3m-9qxa-2ftf/$second/" >"$tmp/block"
ok 'report and code work on the copy' at_home <"$tmp/block"
like 'the buyer is in it' "$(cat "$tmp/.ok")" '2 of 3 downloads left'

(cd "$laptop" && tools/mint -n 3 -d more -o more.txt first-light.zip >/dev/null)
printf 'mirror -R more shop/codes\n' >"$tmp/block"
ok 'new codes are uploaded later' ftp <"$tmp/block"
is 'beside the others' "$(find "$place/shop/codes" -type f | wc -l)" 503
is 'whose uses are what they were' \
	"$(value uses "$place/shop/codes/$(printf '%s' "$second" | tr -d -)")" 1

# what the error log has where home is wrong
printf 'home: ../../shpo\nsecure: ../secure\n' >"$laptop/.htredeem"
printf 'put .htredeem -o public_html/cgi-bin/.htredeem\n' >"$tmp/block"
ok 'a typo in home' ftp <"$tmp/block"
is 'the form says so' "$(fetch "$url")" 500
like 'as not set up' "$(cat "$tmp/body")" 'data-outcome="not-set-up"'
like 'and the error log what --check calls wrong' "$(cat "$tmp/error.log")" 'WRONG +home'
finish

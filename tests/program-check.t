#!/bin/sh
# What --check says of each delivery, of secrets in the settings, and of codes on
# NFS: of which this machine has none, so strace says it of the file system here.
. "${0%/*}/lib.sh"
need strace

shop_stock
key=$(random_hex 32)
check()
{
	checked=0
	(cd "$cgi" && "$@" ./redeem.cgi --check) >"$tmp/check" 2>&1 || checked=$?
}

# delivery LINE...: settings with secrets in them.
delivery()
{
	settings "home: $shop/home" "$@"
	chmod 600 "$cgi/.htredeem"
}

well()
{
	check env
	is "$1: all is well" "$checked" 0
	like "$1: is named" "$(cat "$tmp/check")" "^ok     delivery  $1\$"
	like "$1: its pages" "$(cat "$tmp/check")" "^ok     lists .*$shop/home/lists"
	unlike "$1: the clock of Apache is nothing to it" "$(cat "$tmp/check")" '%\{TIME\}'
	ok "$1: nothing is left behind" test ! -e "$shop/home/lists" -a ! -e "$shop/home/log"
}

wrong()
{
	check env
	is "$1: exit status" "$checked" 1
	like "$1: is said" "$(cat "$tmp/check")" "$2"
}

delivery 'delivery: cgi' "key: $key"
well cgi
mkdir "$shop/home/lists"
check env
ok 'a folder of lists that is there stays' test -d "$shop/home/lists"
is 'and is empty' "$(ls -A "$shop/home/lists")" ''
rmdir "$shop/home/lists"
printf x >"$shop/home/lists"
wrong 'lists that cannot be kept' '^WRONG  lists .*cannot be kept'
rm "$shop/home/lists"
delivery 'delivery: cgi'
wrong 'no key' 'htredeem: key: is required'
delivery 'delivery: cgi' 'key: too-short'
wrong 'a short key' 'htredeem:3: key: must have at least 32 characters'
delivery 'delivery: cgi' "key: $key" 'handoff: X-Accel-Redirect'
wrong 'X-Accel-Redirect to nowhere' 'htredeem: handoff-prefix: is required'
delivery 'delivery: secdownload' 'prefix: /dl' "secret: $key" 'algorithm: md5'
well secdownload
delivery 'delivery: secdownload' "secret: $key"
wrong 'no prefix' 'htredeem: prefix: is required'
delivery 'delivery: s3' 's3-endpoint: http://127.0.0.1:9' 's3-region: r' 's3-bucket: b' \
	's3-key: k' "s3-secret: $key"
well s3
delivery 'delivery: s3' 's3-endpoint: http://127.0.0.1:9' 's3-region: r' 's3-bucket: b' 's3-key: k'
wrong 'no secret' 'htredeem: s3-secret: is required'

# signals that stay as they were end a program half-way, so it says so
delivery "secure: $shop/public_html/secure"
check "$(command -v strace)" -qq -o /dev/null -e trace=rt_sigaction \
	-e inject=rt_sigaction:error=EINVAL:when=1
like 'a signal that cannot be ignored' "$(cat "$tmp/check")" '^redeem: signals: Invalid argument$'

# Nobody waits for who writes into a pipe in the place of a folder.
for folder in home/codes home public_html/secure; do
	mv "$shop/$folder" "$tmp/aside"
	mkfifo "$shop/$folder"
	checked=0
	(cd "$cgi" && timeout 20 ./redeem.cgi --check) >"$tmp/check" 2>&1 || checked=$?
	is "$folder is a pipe: --check" "$checked" 1
	code PIPE1111 2>/dev/null || :
	(cd "$cgi" && printf code=PIPE1111 | timeout 20 env -i GATEWAY_INTERFACE=CGI/1.1 \
		SCRIPT_NAME=/cgi-bin/redeem.cgi REQUEST_METHOD=POST CONTENT_LENGTH=13 \
		CONTENT_TYPE=application/x-www-form-urlencoded ./redeem.cgi) >"$tmp/answer" 2>"$tmp/complaint" ||
		printf 'late\n' >"$tmp/answer"
	like "$folder is a pipe: a buyer" "$(status)" '^50[03]$'
	rm "$shop/$folder"
	mv "$tmp/aside" "$shop/$folder"
done

# [S16]: secrets that others can read; without secrets everybody may
form_says()
{
	cgi REQUEST_METHOD=GET </dev/null
	outcome
}
delivery 'delivery: cgi' "key: $key"
is 'secrets: hidden' "$(form_says)" form
chmod 640 "$cgi/.htredeem"
is 'secrets: of a group' "$(form_says)" form
for mode in 604 602 644; do
	chmod "$mode" "$cgi/.htredeem"
	is "secrets: mode $mode" "$(form_says)" not-set-up
	like "secrets: mode $mode: why" "$(cat "$tmp/complaint")" 'others can read the secrets.*chmod o-rwx'
	unlike "secrets: mode $mode: not told" "$(cat "$tmp/complaint" "$tmp/answer")" "$key"
done
settings "home: $shop/home" "secure: $shop/public_html/secure" "s3-token: $key"
is 'a secret of another delivery' "$(form_says)" not-set-up
settings "home: $shop/home" "secure: $shop/public_html/secure"
is 'no secrets: open to all' "$(form_says)" form

# Codes on NFS. Its options are read from the process's own table of mounts, here
# the true one, in which this file system has none that are wrong, and then one
# that a mount namespace puts in its place; -D keeps the process what it is.
poke='inject=statfs,fstatfs:poke_exit=@arg2=69690000'
strace=$(command -v strace)

# what it tries is for the owner alone while it is there
delivery "secure: $shop/public_html/secure"
check "$strace" -o "$tmp/trace" -e trace=access,faccessat,faccessat2
like 'what is sold must be there to read and to enter' "$(cat "$tmp/trace")" '"files", R_OK\|X_OK'
check "$strace" -o "$tmp/trace" -e trace=open,openat
sed -n "s/.*, \"\(codes[^\"]*\)\",.*O_CREAT.*, \([0-7]*\)) .*/\1 \2/p" "$tmp/trace" >"$tmp/made"
is 'a code is tried with the mode of a code' "$(cat "$tmp/made")" 'codes/.check 0600'
on_nfs()
{
	"$strace" -o "$tmp/trace" -e "$poke" "$@"
}
mounted_with()
{
	mounted_as "$(stat -c '%Hd:%Ld' "$shop/home/codes")" "$@"
}
mounted_as()
{
	device=$1
	shift
	case $options in
	*vers=*) ;;
	*) options=vers=3,$options ;;
	esac
	printf '9 1 %s / /x rw shared:4 - nfs host:/x rw,%s,timeo=600\n' "$device" "$options" \
		>"$tmp/mounts"
	unshare -m sh "$tmp/with-mounts" "$tmp/mounts" \
		"$strace" -D -o "$tmp/trace" -e "$poke" "$@"
}
cat >"$tmp/with-mounts" <<'END'
mount --bind "$1" "/proc/$$/mountinfo"
shift
exec "$@"
END
delivery 'delivery: cgi' "key: $key"
check env
unlike 'not on NFS: no word of it' "$(cat "$tmp/check")" NFS
check on_nfs
is 'NFS with locks on the server' "$checked" 0
like 'which is said' "$(cat "$tmp/check")" '^ok     locks .*NFS, with locks on the server'
if [ "$(id -u)" = 0 ]; then
	options=local_lock=none
	check mounted_with
	is 'NFS, local_lock=none' "$checked" 0
	like 'which is old: advice' "$(cat "$tmp/check")" '^advice locks .*with vers=4.1 or 4.2'
	like 'what the server must do: advice' "$(cat "$tmp/check")" '^advice locks .*export it with sync'
	for options in local_lock=none,vers=4.1 local_lock=none,vers=4.2; do
		version=${options##*,}
		check mounted_with
		is "NFS, $version" "$checked" 0
		unlike "NFS, $version: no advice to mount it otherwise" "$(cat "$tmp/check")" 'with vers='
	done
	options=local_lock=none,vers=4.0
	check mounted_with
	like 'NFS 4.0: advice' "$(cat "$tmp/check")" '^advice locks .*with vers=4.1 or 4.2'
	for options in local_lock=none,soft softerr,local_lock=none; do
		check mounted_with
		is "NFS, $options: exit status" "$checked" 1
		like "NFS, $options: is said" "$(cat "$tmp/check")" '^WRONG  locks .*NFS.*uses are lost.*not soft'
		unlike "NFS, $options: and it is not all well" "$(cat "$tmp/check")" '^ok     locks'
	done
	for options in nolock local_lock=flock local_lock=all; do
		check mounted_with
		is "NFS, $options: exit status" "$checked" 1
		like "NFS, $options: is said" "$(cat "$tmp/check")" '^WRONG  locks .*NFS.*do not see locks'
	done
	options=nolock
	check mounted_as 9:9
	like 'NFS, and a table without it' "$(cat "$tmp/check")" \
		'^WRONG  locks .*how it is mounted cannot be seen'

	# the kernel gives a table of many mounts a page at a time
	cat >"$tmp/many-mounts" <<-'END'
	for number in 1 2 3 4 5 6 7 8; do
		for letter in a b c d e f g h; do
			mkdir -p "$1/$number$letter"
			mount -t tmpfs none "$1/$number$letter"
		done
	done
	mount -t tmpfs none "$2"
	shift 2
	exec "$@"
	END
	check unshare -m sh "$tmp/many-mounts" "$tmp/mountpoints" "$shop/home/codes" \
		"$strace" -o "$tmp/trace" -e "$poke"
	like 'NFS, the last of many mounts' "$(cat "$tmp/check")" \
		'^ok     locks .*NFS, with locks on the server'
fi
finish

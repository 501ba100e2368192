#!/bin/busybox sh
# The first program of the machine that scale-nfs.t boots: a server of NFS and two
# hosts, each a client of its own in namespaces of its own, that share a home. Says
# "TAP ok NAME" or "TAP not ok NAME: WHY" for each promise, and "TAP end".

set -u
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /srv /mnt /var/lib/nfs /etc
/bin/busybox --install -s /bin
PATH=/usr/bin:/bin
LD_LIBRARY_PATH=/lib
export PATH LD_LIBRARY_PATH

# is NAME GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then
		printf '\nTAP ok %s\n' "$1"
	else
		printf '\nTAP not ok %s: got %s, wanted %s\n' "$1" "$2" "$3"
	fi
}

# Waits until COMMAND succeeds, two minutes at most.
await()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		usleep 100000
	done
}

boot()
{
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs devtmpfs /dev
	mount -t tmpfs tmpfs /tmp
	mount -t tmpfs tmpfs /srv
	for module in /modules/*.ko; do
		insmod "$module"
	done
	hostname server
	/usr/bin/ip link set lo up
}

serve()
{
	mkdir -p /srv/home/codes /srv/home/files
	printf 'music\n' >/srv/home/files/first-light.zip
	printf 'more\n' >/srv/home/files/second.zip
	chmod 644 /srv/home/files/*
	mount -t nfsd nfsd /proc/fs/nfsd
	mkdir -p /var/lib/nfs/v4recovery
	: >/var/lib/nfs/etab
	: >/var/lib/nfs/rmtab
	rpc.mountd --no-udp -N 3
	exportfs -i -o rw,sync,fsid=0,no_root_squash,no_subtree_check,insecure '*:/srv'
	rpc.nfsd -N 3 -U 4
	printf 'Y\n' >/proc/fs/nfsd/v4_end_grace
}

# host N: a host in namespaces of its own, and a wire to the server. The hostname is
# what the server knows it by.
host()
{
	unshare -n -m -u sh -c 'echo $$ >/run/host-'"$1"'; exec sleep 100000' &
	await test -s "/run/host-$1"
	/usr/bin/ip link add "to-$1" type veth peer name wire netns "$(cat "/run/host-$1")"
	/usr/bin/ip address add "10.0.$1.1/24" dev "to-$1"
	/usr/bin/ip link set "to-$1" up
	on "$1" hostname "host-$1"
	on "$1" /usr/bin/ip link set lo up
	on "$1" /usr/bin/ip address add "10.0.$1.2/24" dev wire
	on "$1" /usr/bin/ip link set wire up
}

# on N COMMAND...: runs it on host N.
on()
{
	of=$(cat "/run/host-$1")
	shift
	nsenter -t "$of" -n -m -u "$@"
}

mount_all()
{
	for n in 1 2; do
		on "$n" umount /mnt 2>/dev/null
		on "$n" mount.nfs "10.0.$n.1:/" /mnt -o "vers=$1,hard"
	done
}

settings()
{
	printf '%s\n' 'home: /mnt/home' 'delivery: cgi' \
		'key: 0123456789abcdef0123456789abcdef' 'tries: 0' "$@" >/tmp/settings
	chmod 600 /tmp/settings
}

# code NAME USES LIMIT [FILE...]
code()
{
	made=$1
	{
		printf 'uses: %s\nlimit: %s\n' "$2" "$3"
		shift 3
		printf 'file: %s\n' "${@:-first-light.zip}"
		printf '%400s\n' ' '
	} >"/srv/home/codes/$made"
	chmod 600 "/srv/home/codes/$made"
}

# buyer CODE OUT: one who sends CODE to the host that this runs on.
cat >/bin/buyer <<'END'
#!/bin/sh
printf 'code=%s' "$1" | env -i GATEWAY_INTERFACE=CGI/1.1 SCRIPT_NAME=/r.cgi \
	REDEEM_CONF=/tmp/settings REQUEST_METHOD=POST CONTENT_LENGTH=$((5 + ${#1})) \
	CONTENT_TYPE=application/x-www-form-urlencoded REMOTE_ADDR=192.0.2.1 \
	/bin/redeem >"$2" 2>"$2.error"
END
# crowd N CODE: sixty of them at once, for host N.
cat >/bin/crowd <<'END'
#!/bin/sh
i=0
while [ "$i" -lt 60 ]; do
	i=$((i + 1))
	case $2 in
	EACH) code=HOST$1BUYER$((100 + i)) ;;
	*) code=$2 ;;
	esac
	buyer "$code" "/tmp/out/$1-$i" &
done
wait
END
chmod 755 /bin/buyer /bin/crowd

# crowds CODE: 120 buyers of it, half of them on each host.
crowds()
{
	rm -rf /tmp/out
	mkdir /tmp/out
	on 1 crowd 1 "$1" &
	first=$!
	on 2 crowd 2 "$1"
	wait "$first"
}

links()
{
	grep -l '^Status: 303' /tmp/out/* | grep -vc error
}

value()
{
	sed -n "s/^$1: *//p" "/srv/home/codes/$2"
}

# limits VERSION LIMIT...: never more than the limit, whichever host a buyer meets.
limits()
{
	version=$1
	shift
	mount_all "$version"
	settings 'grace: 0' 'retry: 0'
	for limit in "$@"; do
		code "LIMIT$limit" 0 "$limit"
		crowds "LIMIT$limit"
		is "NFS $version: 120 buyers on two hosts, limit $limit: links" "$(links)" "$limit"
		is "NFS $version: and as many uses" "$(value uses "LIMIT$limit")" "$limit"
	done
}

# No line is lost or torn where both hosts write the log.
logs()
{
	rm -f /srv/home/log
	for n in 1 2; do
		i=0
		while [ "$i" -lt 60 ]; do
			i=$((i + 1))
			code "HOST${n}BUYER$((100 + i))" 0 1
		done
	done
	crowds EACH
	is '120 buyers of 120 codes: links' "$(links)" 120
	is 'the log has a line for each' "$(grep -cE \
		'^[0-9-]*T[0-9:]*Z redeemed HOST[12]BUYER[0-9]* 1/1 first-light.zip$' /srv/home/log)" 120
	is 'and nothing else' "$(wc -l </srv/home/log)" 120
}

# What one host gives, the other knows.
two_hosts()
{
	settings
	code TWICE1111 0 3 first-light.zip second.zip
	mkdir -p /tmp/out
	on 1 buyer TWICE1111 /tmp/out/first
	on 2 buyer TWICE1111 /tmp/out/second
	is 'the second click, on the other host, gives the same link' \
		"$(grep '^Location' /tmp/out/second)" "$(grep '^Location' /tmp/out/first)"
	is 'for one use' "$(value uses TWICE1111)" 1
	path=$(sed -n 's,^Location: /r.cgi,,p' /tmp/out/first)
	on 2 env -i GATEWAY_INTERFACE=CGI/1.1 SCRIPT_NAME=/r.cgi REDEEM_CONF=/tmp/settings \
		REQUEST_METHOD=GET PATH_INFO="$path" /bin/redeem >/tmp/out/list 2>/tmp/out/error
	is 'the other host shows the page of the link' "$(grep -c 'href=.*zip' /tmp/out/list)" 2
}

# held N CODE: a shell on host N has the lock of CODE until /tmp/let-go is there.
held()
{
	rm -f /tmp/held /tmp/let-go
	on "$1" flock "/mnt/home/codes/$2" sh -c \
		': >/tmp/held; until [ -e /tmp/let-go ]; do usleep 50000; done' &
	holder=$!
	await test -e /tmp/held
}

# waiting CODE: has a buyer opened the file of CODE, to lock it?
waiting()
{
	for one in /proc/[0-9]*; do
		case $(cat "$one/comm") in
		redeem) ;;
		*) continue ;;
		esac
		for open in "$one"/fd/*; do
			case $(readlink "$open") in
			*/codes/"$1") return 0 ;;
			esac
		done
	done 2>/dev/null
	return 1
}

# The path is what counts: who has waited for a file that is no longer there starts
# over. $1: how an editor puts the new file there.
replaced()
{
	code MOVED1111 0 3
	settings
	held 1 MOVED1111
	on 2 buyer MOVED1111 /tmp/out/moved &
	buyer=$!
	await waiting MOVED1111
	cp /srv/home/codes/MOVED1111 /tmp/new
	sed -i 's/^limit: .*/limit: 9/' /tmp/new
	"$1"
	: >/tmp/let-go
	wait "$holder" "$buyer"
	is "$2: a link" "$(grep -c '^Status: 303' /tmp/out/moved)" 1
	is "$2: counted in the new file" "$(value uses MOVED1111) of $(value limit MOVED1111)" '1 of 9'
}

by_rename_on_the_host()
{
	on 1 cp /tmp/new /mnt/home/codes/.new
	on 1 mv /mnt/home/codes/.new /mnt/home/codes/MOVED1111
}

# the server itself: the other hosts' handles are stale (ESTALE)
by_rename_on_the_server()
{
	cp /tmp/new /srv/home/codes/.new
	mv /srv/home/codes/.new /srv/home/codes/MOVED1111
}

# Expired links go, whoever sweeps; what is not ours stays.
sweeps()
{
	settings 'grace: 0'
	rm -rf /srv/home/lists
	i=0
	while [ "$i" -lt 40 ]; do
		i=$((i + 1))
		mkdir -p /srv/home/lists/$((27000000 + i))
		: >"/srv/home/lists/$((27000000 + i))/0123456789abcdef0123456789abcdef"
	done
	mkdir -p /srv/home/lists/press/2024
	: >/srv/home/lists/press/2024/mine
	code SWEEP1111 0 999
	crowds SWEEP1111
	is 'all expired links are gone' "$(find /srv/home/lists -maxdepth 1 -name '27*' | wc -l)" 0
	is 'the owner'\''s folder is not' "$(ls /srv/home/lists/press/2024)" mine
	is 'nobody was told to come again' "$(grep -l '^Status: 5' /tmp/out/* | wc -l)" 0
}

main()
{
	boot
	serve
	host 1
	host 2
	limits 4.2 1 3 7
	logs
	two_hosts
	replaced by_rename_on_the_host 'an editor on one host, a buyer on the other'
	replaced by_rename_on_the_server 'an editor on the server'
	sweeps
	limits 4.1 3
	printf '\nTAP end\n'
}

main
poweroff -f

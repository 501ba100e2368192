#!/bin/sh
# doctor finds nothing wrong with a stock and a cheap host, under each shell and
# with each client, and removes what it made even when it is stopped.
. "${0%/*}/lib.sh"
test_all_only 'needs wget, and suexec'
. "$top/tests/doctor.sh"
need apache2 curl dash busybox wget setpriv

shop_stock
who=$shop_user
host apache_stock
healthy 'stock'

use_shell dash
healthy 'dash'
without curl
healthy 'wget'
without wget curl
doctor
is 'no client: exit status' "$status" 1
like 'no client: it is said' "$(cat "$tmp/complaint")" 'no curl and no wget'
path=

use_shell busybox
healthy 'busybox sh'
rm -f "$tmp/bin-busybox/curl"
without curl wget
path=$tmp/bin-busybox:$path
proofs=14
healthy 'wget of busybox'
like 'wget of busybox: what it cannot show' "$said" '^note   errors +not tried'
proofs=15
PATH=$usual_path
path=

# by root, too, the probes are the owner's
if [ "$(id -u)" = 0 ]; then
	who=root
	healthy 'root'
	who=$shop_user
fi

# stopped by a signal between two requests; the client waits for it here
mkfifo "$tmp/pause"
: >"$tmp/pid"
chmod 666 "$tmp/pause" "$tmp/pid"
mkdir "$tmp/slow"
# its own number, which is doctor's afterwards
cat >"$tmp/named" <<'END'
echo "$$" >"$1"
exec sh "$2" "$3"
END
cat >"$tmp/slow/curl" <<END
#!/bin/sh
if ls "$shop/home/codes" | grep -q DOCTOR; then
	read -r line <"$tmp/pause"
fi
exec $(command -v curl) "\$@"
END
chmod 755 "$tmp/slow/curl" "$tmp/slow"
before=$(inventory)
path=$tmp/slow:$PATH
(
	exec 3>"$tmp/pause" # waits for the reader
	inventory >"$tmp/meanwhile"
	kill -TERM "$(cat "$tmp/pid")"
	printf 'go\n' >&3
) &
signaller=$!
status=0
(cd / && as_user env HOME="$shop" REDEEM_CONF="$cgi/.htredeem" PATH="$path" sh "$tmp/named" "$tmp/pid" "$tmp/tools/doctor" "$form") \
	>"$tmp/said" 2>"$tmp/complaint" || status=$?
wait "$signaller"
path=
is 'stopped: exit status' "$status" 143
like 'stopped: there was something to remove' "$(cat "$tmp/meanwhile")" DOCTOR
is 'stopped: nothing is left' "$(inventory)" "$(swept)"

is 'misused: exit status' "$(sh "$tmp/tools/doctor" 2>/dev/null || printf '%s' "$?")" 2
is 'no address: exit status' \
	"$(sh "$tmp/tools/doctor" label.example 2>/dev/null || printf '%s' "$?")" 2
like '-h: exit status and text' "$(sh "$tmp/tools/doctor" -h)" '^doctor .*URL'

if [ "$(id -u)" != 0 ]; then
	finish
fi
shop_cheap
who=label
host apache_cheap
healthy 'cheap'
TZ=Asia/Kathmandu
export TZ
host apache_cheap
healthy 'cheap, where server and program have a zone of their own'
finish

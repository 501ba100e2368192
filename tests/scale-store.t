#!/bin/sh
# A real object store, OpenStack Swift with s3api, opens what the program signs and
# refuses all else; doctor says why; and it signs as botocore does, Amazon's library.
. "${0%/*}/lib.sh"
test_all_only 'needs OpenStack Swift and botocore'
. "$top/tests/doctor.sh"
need apache2 cc curl aria2c swift-account-server swift-container-server swift-object-server \
	swift-proxy-server /usr/bin/python3
/usr/bin/python3 -c 'import botocore' 2>/dev/null || skip_all 'python3-botocore is not installed'
store=$tmp/swift
mkdir -p "$store/devices/one"
region=eu-central-1
key=label:shop
secret=$(random_hex 16)
/usr/bin/python3 -c "import os; os.setxattr('$store', 'user.test', b'1')" 2>/dev/null ||
	skip_all "Swift needs extended attributes, which $tmp has not"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

# For serve: one of Swift's servers, in one process, with what stands on stdin.
swift_run()
{
	{
		cat <<-END
		[DEFAULT]
		bind_ip = 127.0.0.1
		bind_port = $port
		bind_timeout = 1
		workers = 0
		user = $(id -un)
		swift_dir = $store
		devices = $store/devices
		mount_check = false
		END
		cat
	} >"$store/$1.conf"
	exec setsid "swift-$1-server" "$store/$1.conf" -v
}

swift_holds()
{
	swift_run "$1" <<-END
	[pipeline:main]
	pipeline = $1-server
	[app:$1-server]
	use = egg:swift#$1
	END
}

# Swift can do without memcached.
swift_answers()
{
	swift_run proxy <<-END
	[pipeline:main]
	pipeline = catch_errors gatekeeper cache s3api tempauth slo dlo proxy-server
	[filter:catch_errors]
	use = egg:swift#catch_errors
	[filter:gatekeeper]
	use = egg:swift#gatekeeper
	[filter:cache]
	use = egg:swift#memcache
	memcache_servers = 127.0.0.1:1
	[filter:s3api]
	use = egg:swift#s3api
	location = $region
	storage_domain = s3.store.test
	[filter:tempauth]
	use = egg:swift#tempauth
	user_label_shop = $secret .admin
	[filter:slo]
	use = egg:swift#slo
	[filter:dlo]
	use = egg:swift#dlo
	[app:proxy-server]
	use = egg:swift#proxy
	account_autocreate = true
	END
}

# A ring says which server has what: here one has all of its kind.
set --
for kind in account container object; do
	serve swift_holds "$kind"
	set -- "$@" "$store/$kind.ring.gz" "$port"
done
/usr/bin/python3 - "$@" <<-'END' || bail_out 'no rings'
	import sys
	from swift.common.ring import RingBuilder
	for path, port in zip(sys.argv[1::2], sys.argv[2::2]):
	    ring = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
	    ring.add_dev({'region': 1, 'zone': 1, 'weight': 1, 'device': 'one',
	                  'ip': '127.0.0.1', 'port': int(port)})
	    ring.rebalance()
	    ring.get_ring().save(path)
END
serve swift_answers
endpoint=http://127.0.0.1:$port
virtual=http://s3.store.test:$port
no_proxy=$no_proxy,store.test,localhost
resolve=label.s3.store.test:$port:127.0.0.1

# What is for sale is in the bucket; here are names and sizes.
shop_stock
who=$shop_user
bucket=$tmp/bucket
mkdir -p "$bucket/odd" "$shop/home/files/odd"
mv "$shop/home/files/first-light.zip" "$bucket"
file=$bucket/first-light.zip
{
	cat <<-'END'
	a b.zip
	a  b.zip
	a+b.zip
	a%20b.zip
	%41.zip
	%.zip
	100% & #1?.zip
	it's.zip
	"quoted".zip
	`tick`.zip
	x (1) [2] {3}.zip
	a!b.zip
	a*b.zip
	a~b.zip
	~a.zip
	a;b.zip
	a:b.zip
	a,b.zip
	a=b&c=d.zip
	a@b.zip
	$HOME.zip
	a^b.zip
	a|b.zip
	a\b.zip
	a<b>.zip
	-a.zip
	_.zip
	a...zip
	UPPER lower.ZIP
	versions
	für Élise.zip
	夜の歌.zip
	Ночь.zip
	🎵.zip
	END
	# the same letter in both ways that Unicode has, NFC and NFD
	printf 'M\303\274ller.zip\nMu\314\210ller.zip\n'
	# as long as a name can be
	printf '%0122d.zip\n' 0 | sed 's/0/ü/g'
} >"$tmp/names"
is 'odd names' "$(wc -l <"$tmp/names")" 37
while IFS= read -r name; do
	printf 'bytes of %s' "$name" >"$bucket/odd/$name"
done <"$tmp/names"
(cd "$bucket" && find . -type f) | while IFS= read -r name; do
	size=$(wc -c <"$bucket/$name")
	truncate -s "$size" "$shop/home/files/$name"
done
chmod -R a+rX "$shop/home/files"
ok 'a bucket is made and filled' /usr/bin/python3 "$top/tests/s3.py" put \
	"$endpoint" "$region" "$key" "$secret" label "$bucket"

serve apache_stock
base=http://127.0.0.1:$port
form=$base/cgi-bin/redeem.cgi

# deliver LINE...: the settings; these lines stand for those of the same key
deliver()
{
	settings "home: $shop/home" 'delivery: s3' 's3-bucket: label' "s3-key: $key" "$@"
	for line in "s3-endpoint: $endpoint" "s3-region: $region" "s3-secret: $secret"; do
		grep -q "^${line%%:*}:" "$cgi/.htredeem" || printf '%s\n' "$line" >>"$cgi/.htredeem"
	done
	chmod 600 "$cgi/.htredeem"
	shop_own
}

# buy NAME: redeems a code for it. Sets $link to where that leads to, in the shop.
buy()
{
	code STORE1 'uses: 0' 'limit: 3' "file: $1"
	fetch -d code=STORE1 "$form" >"$tmp/status"
	link=$base$(led_to)
}

# tap NAME: the same, and sets $link to the address that the program signs.
tap()
{
	buy "$1"
	fetch "$link" >"$tmp/status"
	link=$(led_to)
}

# opens_all STYLE: each file of a folder, as the links on its page lead to it
opens_all()
{
	buy odd/
	fetch "$link" >"$tmp/status"
	sed -n "s,^<li><a href=\"\([^\"]*\)\">.*,$base\1,p" "$tmp/body" >"$tmp/links"
	while IFS= read -r each; do
		printf '%s %s\n' "$(fetch -L --resolve "$resolve" "$each")" "$(head -n 1 "$tmp/body")"
	done <"$tmp/links" | sort >"$tmp/opened"
	is "$1: each odd name opens its own" "$(cat "$tmp/opened")" \
		"$(sed 's/^/200 bytes of /' "$tmp/names" | sort)"
}

deliver "s3-endpoint: $virtual" 's3-style: virtual'
tap first-light.zip
like 'virtual: the bucket is in the host' "$link" "^http://label.s3.store.test:[0-9]+/first-"
is 'virtual: a file' "$(fetch --resolve "$resolve" "$link")" 200
ok 'virtual: the exact bytes' cmp "$tmp/body" "$file"
opens_all virtual
deliver 's3-prefix: odd'
truncate -s 7 "$shop/home/files/a b.zip"
tap 'a b.zip'
is 'a prefix' "$(fetch "$link"; cat "$tmp/body")" '200bytes of a b.zip'
rm "$shop/home/files/a b.zip"
deliver
opens_all path

# a client that knows RFC 6266, as browsers do, keeps each under its very name
aria2c -q -d "$tmp/saved" -i "$tmp/links" --connect-timeout 30 || :
ok 'each is saved under its name' diff -r "$bucket/odd" "$tmp/saved"

# parts
tap first-light.zip
like 'path: the bucket is in the path' "$link" "^$endpoint/label/first-light.zip[?]"
is 'path: a file' "$(fetch "$link")" 200
ok 'path: the exact bytes' cmp "$tmp/body" "$file"
is 'a part' "$(fetch -r 1000-1999 "$link")" 206
ok 'the exact part' sh -c "tail -c +1001 '$file' | head -c 1000 | cmp - '$tmp/body'"
head -c 123456 "$file" >"$tmp/half"
ok 'a download that broke off goes on' curl -s -f --max-time 30 -C - -o "$tmp/half" "$link"
ok 'and is whole' cmp "$tmp/half" "$file"

# changed HOW SED: what was not signed is refused
changed()
{
	not_served "$1" '40[03]' "$(printf '%s' "$link" | sed "$2")"
}
changed 'another signature' 's,X-Amz-Signature=,&#,; s,#0,1,; s,#.,0,; s,#,,'
changed 'another file' 's,/first-light.zip?,/odd/_.zip?,'
changed 'another second' 's,X-Amz-Date=[0-9]*T[0-9]*,&#,; s,0#,1,; s,[1-9]#,0,'
changed 'for longer' 's,X-Amz-Expires=60,&0,'
changed 'to be shown' 's,content-disposition=attachment,content-disposition=inline,'
changed 'of another key' 's,Credential=label,Credential=label2,'
changed 'without a signature' 's,&X-Amz-Signature=.*,,'
changed 'without anything' 's,?.*,,'
not_served 'HEAD, which nobody signed' 403 -I "$link"
is 'the address itself still opens' "$(fetch "$link")" 200

# settings that are wrong
deliver 's3-region: us-east-1'
tap first-light.zip
not_served 'another region' 400 "$link"
faulty 'another region, to doctor' '^WRONG  link .*the right signature \(Auth[A-Za-z]*, 400\)' \
	"^ +s3-region: $region\$"
deliver "s3-secret: $(random_hex 16)"
tap first-light.zip
not_served 'another secret' 403 "$link"
deliver "s3-endpoint: http://LocalHost:${endpoint##*:}" 's3-style: virtual'
faulty 'a style that the store has not, to doctor' '^WRONG  link .*\(NoSuchBucket, 404\)' \
	's3-style: path'
deliver
proofs=12
healthy 'a store, to doctor'

# signed SECONDS: prints an address that was signed so many seconds ago, for a minute
signed()
{
	REDEEM_CONF=$cgi/.htredeem "$tmp/presign" "$(($(date +%s) - $1))" 60 \
		first-light.zip first-light.zip
}
cc -std=c99 -D_FILE_OFFSET_BITS=64 -O1 -w -DREDEEM_NO_MAIN -o "$tmp/presign" "$top/tests/presign.c"
is 'half a minute old' "$(fetch "$(signed 30)")" 200
not_served 'older than a minute' 403 "$(signed 61)"

# the same links as another program signs
figure 'random links to a store, as botocore signs them' "$(/usr/bin/python3 \
	"$top/tests/s3.py" compare "$tmp/presign" "$tmp" "$(random_hex 4)" 500)"
finish

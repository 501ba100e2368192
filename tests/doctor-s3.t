#!/bin/sh
# doctor where an object store checks the links: it has files for sale, and none of
# doctor's own.
. "${0%/*}/lib.sh"
test_all_only 'needs node, for the object store'
. "$top/tests/doctor.sh"
. "$top/tests/servers.sh"
need apache2 curl wget busybox node setpriv

proofs=12
key=S3RVER
secret=S3RVER
bucket=label
deliver()
{
	settings "home: $shop/home" 'delivery: s3' "s3-endpoint: http://127.0.0.1:$store" \
		's3-region: us-east-1' "s3-bucket: $bucket" "s3-key: $key" "s3-secret: $secret" "$@"
	chmod 600 "$cgi/.htredeem"
	shop_own
}

shop_stock
who=$shop_user
serve s3rver_run
store=$port
private=$server
server=
amend='s/AllowOverride All/AllowOverride None/'
host apache_stock
deliver
rm "$shop/home/files/first-light.zip"
before=$(inventory)
doctor
is 'nothing for sale: exit status' "$status" 1
like 'nothing for sale: why' "$(cat "$tmp/complaint")" 'nothing for sale yet'
is 'nothing for sale: nothing is left' "$(inventory)" "$(swept)"

mkdir "$shop/home/files/flac"
head -c 1234 /dev/urandom >"$tmp/small"
truncate -s 1234 "$shop/home/files/flac/01 für Élise.flac"
truncate -s 300M "$shop/home/files/album.zip"
chmod -R a+rX "$shop/home/files"
shop_own
object=http://127.0.0.1:$store/label/flac/01%20f%C3%BCr%20%C3%89lise.flac
faulty 'a file that is not in the bucket' '^ok     code' \
	'^WRONG  link .*store refuses the right signature \(NoSuchKey, 404\)' \
	'put flac/01 für Élise.flac there'
curl -s -f -T "$tmp/small" "$object"
healthy 'a private bucket'
without curl
healthy 'a private bucket, with wget'
path=
use_shell busybox
path=$tmp/bin-busybox
# its wget does not show the page for a broken code
proofs=11
healthy 'a private bucket, with busybox alone'
proofs=12
PATH=$usual_path:/usr/sbin:/sbin
path=
deliver 's3-token: FwoGZXIv+YXdzE/Fg=='
healthy 'a session'
deliver

truncate -s 1235 "$shop/home/files/flac/01 für Élise.flac"
faulty 'another size' '^WRONG  link .*has 1234 bytes in the bucket, and 1235 here' \
	'^ +truncate -s 1234 '
truncate -s 1234 "$shop/home/files/flac/01 für Élise.flac"
secret=wrong
deliver
faulty 'another secret' '^WRONG  link .*\(SignatureDoesNotMatch, 403\)' 's3-secret or s3-region'
secret=S3RVER
key=OTHER
deliver
faulty 'another key' '^WRONG  link .*\(InvalidAccessKeyId, 403\)' 'does not know s3-key'
key=S3RVER
bucket=other
deliver
faulty 'another bucket' '^WRONG  link .*\(NoSuchBucket, 404\)' '^ +s3-bucket: NAME$'
bucket=label
deliver

stop "$private"
faulty 'no store' '^WRONG  link .*nobody answers at' '^ +s3-endpoint: https://HOST$'
shop_server=$server
public=yes
serve s3rver_run
store=$port
server=$shop_server
deliver
faulty 'a public bucket' '^ok     link' '^WRONG  secret .*no secret at all is let in \(200\)' \
	'^ +The bucket must be private|must be private'
finish

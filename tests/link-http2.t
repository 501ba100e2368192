#!/bin/sh
# Links over HTTP/2, as browsers have it: in TLS, on the stock Apache with mod_http2.
. "${0%/*}/lib.sh"
test_all_only 'needs openssl'
. "$top/tests/servers.sh"
need apache2 curl openssl

shop_stock
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
	-addext subjectAltName=IP:127.0.0.1 -keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>"$tmp/openssl.log" ||
	bail_out 'no certificate'
cat >"$tmp/more.conf" <<END
LoadModule socache_shmcb_module $modules/mod_socache_shmcb.so
LoadModule ssl_module $modules/mod_ssl.so
LoadModule http2_module $modules/mod_http2.so
SSLEngine On
SSLCertificateFile $tmp/cert.pem
SSLCertificateKeyFile $tmp/key.pem
Protocols h2 http/1.1
END
serve apache_stock
scheme=https
# curl trusts this one, and so does doctor's
chmod 644 "$tmp/cert.pem"
CURL_CA_BUNDLE=$tmp/cert.pem
export CURL_CA_BUNDLE
is 'it is HTTP/2' "$(curl -s -o "$tmp/body" -w '%{http_version}' "https://127.0.0.1:$port/")" 2
. "$top/tests/link.sh"

. "$top/tests/doctor.sh"
who=$shop_user
path=
healthy 'doctor'
finish

#!/bin/sh
# doctor says why nobody answers, whichever client is there: a name that nobody knows, no
# server, no https, a bad certificate, a server that hangs up, one that is too slow.
. "${0%/*}/lib.sh"
test_all_only 'needs openssl and wget'
. "$top/tests/doctor.sh"
need apache2 curl wget openssl perl setpriv

shop_stock
who=$shop_user
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=label.example \
	-keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>"$tmp/openssl.log" ||
	bail_out 'no certificate'

# silent drops|slow: for serve, a server that hangs up on each request, or says nothing;
# to await it, it answers those that ask for nothing but /.
silent()
{
	exec perl -MIO::Socket::INET -e '
	my $listening = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[1],
		Listen => 9, ReuseAddr => 1) or die;
	my @open;
	while (my $client = $listening->accept) {
		my $line = <$client> // "";
		if ($line =~ m{^GET / }) {
			print $client "HTTP/1.0 200 OK\r\n\r\n";
		} elsif ($ARGV[0] eq "slow") {
			push @open, $client;
		}
	}' "$1" "$port"
}

# The clients, but less patient: in $tmp/PROGRAM.
without curl
no_curl=$path
for client in curl:--max-time wget:-T; do
	program=${client%:*}
	mkdir "$tmp/$program"
	printf '#!/bin/sh\nexec %s "$@" %s 2\n' "$(command -v "$program")" "${client#*:}" \
		>"$tmp/$program/$program"
	chmod 755 "$tmp/$program" "$tmp/$program/$program"
done

# unanswered SITE PATTERN: what doctor says, with curl and with wget
unanswered()
{
	form=$1/cgi-bin/redeem.cgi
	path=$tmp/curl:$PATH
	faulty "curl, $1" '^WRONG  form .*nobody answers' "$2"
	path=$tmp/wget:$no_curl
	faulty "wget, $1" '^WRONG  form .*nobody answers' "$2"
}

unanswered http://no-such-host.invalid 'no machine of the name'
serve silent drops
unanswered "http://127.0.0.1:$port" 'hung up without an answer'
serve silent slow
unanswered "http://127.0.0.1:$port" 'took longer than a minute'
host apache_stock
unanswered "https://127.0.0.1:$port" 'no encrypted connection'
stop "$server"
unanswered "http://127.0.0.1:$port" 'no server listens'
cat >"$tmp/more.conf" <<END
LoadModule socache_shmcb_module $modules/mod_socache_shmcb.so
LoadModule ssl_module $modules/mod_ssl.so
SSLEngine On
SSLCertificateFile $tmp/cert.pem
SSLCertificateKeyFile $tmp/key.pem
END
serve apache_stock
unanswered "https://127.0.0.1:$port" 'certificate of .* is not valid'
finish

#!/usr/bin/perl
# hostile-server.pl PORT HOME CANARY: an HTTP server that answers doctor with what is
# meant to deceive it. The first part of the form's path says which deceit:
# /NAME/redeem.cgi. All other requests are answered as that one wants it.

use strict;
use warnings;
use IO::Socket::INET;

my ($port, $home, $canary) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port,
    Listen => 32, ReuseAddr => 1) or die "port $port: $!\n";
$SIG{PIPE} = 'IGNORE';

my $name = 'none';
my $codes = 0;
my $minute = int(time / 60);
my ($past, $future) = ($minute - 10, $minute + 12);
my $token = '0123456789abcdef' x 2;
my $command = "\$(touch $canary)";
my $back = "`touch $canary`";
my $escape = "\e[31m\e]0;title\a\x9b2J\b";

# Where a code leads to.
my %location = (
    'past-up' => "/secure/$past/../../home/codes/x",
    'future-up' => "/secure/$future/../../home/files/x",
    'token-up' => "/secure/$future/$token/../../../home/codes/x?$token",
    'bucket-up' => "/secure/../home/codes/x?$token",
    'encoded-up' => "/secure/$future/%2e%2e/%2e%2e/home/x?$token",
    'glob' => "/secure/*/*/*?*",
    'glob-past' => "/secure/$past/*",
    'short-bucket' => "/secure/1/$token/doctor.zip?$token",
    'long-bucket' => '/secure/' . '9' x 30 . "/$token/doctor.zip?$token",
    'command' => "/secure/$future/$command/x?$token",
    'backquote' => "/secure/$future/$back/x?$token",
    'escape' => "/secure/$future/$token/$escape?$token",
    'absolute' => "/etc/passwd?$token",
    'other-host' => "http://127.0.0.1:1/secure/$future/$token/x?$token",
    'file' => "file:///etc/passwd",
    'long' => '/secure/' . 'a/' x 100000,
    'newline' => "/secure/$future/$token/a\n b?$token",
    'quote' => "/secure/$future/$token/\"\noutput = \"$home/codes/q\"?$token",
    'signed' => "/signed/redeem.cgi/a[$command]/" . 'a' x 64 . "/$token/downloads.html",
    'signed-up' => '/signed-up/redeem.cgi/1700000000/' . 'a' x 64 . '/../downloads.html',
    'home' => "/secure/$future/$token/downloads.html?$token",
);

# Where the rule that tells the time leads to.
my %clock = (
    'clock-command' => "/x?1+code[$command]",
    'clock-array' => "%s?1+a[$command]0000000",
    'clock-digits' => '%s?' . '9' x 5000,
    'clock-letters' => '%s?2026112520560a',
    'clock-zero' => '%s?00000000000000',
    'clock-month' => '%s?20269925205601',
    'clock-octal' => '%s?08080808080808',
    'clock-escape' => "%s?20261125$escape",
    'clock-other' => '/other?20261125205601',
);

my $form = '<form id="redeem-form" method="post" action="%s"><p data-outcome="form">';

sub send_all
{
	my ($client, $status, $headers, $body) = @_;

	print $client "HTTP/1.1 $status\r\n$headers",
	    "Content-Length: ", length($body), "\r\nConnection: close\r\n\r\n", $body;
}

sub answer_form
{
	my ($client, $path) = @_;
	my $page = sprintf($form, $path);

	if ($name eq 'status') {
		send_all($client, "200$command OK", '', $page);
	} elsif ($name eq 'status-escape') {
		send_all($client, "2${escape}00 OK", '', $page);
	} elsif ($name eq 'redirect-escape') {
		send_all($client, '302 Found', "Location: http://x/$escape$command\r\n", '');
	} elsif ($name eq 'action') {
		send_all($client, '200 OK', '', sprintf($form, "/$escape$command"));
	} elsif ($name eq 'outcome') {
		send_all($client, '200 OK', '', "<p data-outcome=\"form$escape\">$command");
	} elsif ($name eq 'outcomes') {
		send_all($client, '200 OK', '', "<p data-outcome=\"form\">\n" x 50000);
	} elsif ($name eq 'endless') {
		print $client "HTTP/1.1 200 OK\r\n\r\n";
		print $client 'x' x 65536 or last for 1 .. 4000;
	} elsif ($name eq 'headers') {
		print $client "HTTP/1.1 200 OK\r\n", "X-$escape: $command\r\n" x 20000, "\r\n$page";
	} elsif ($name eq 'no-http') {
		print $client "$escape$command\r\n\r\n";
	} else {
		send_all($client, '200 OK', "Server: Apache$escape$command\r\n", $page);
	}
}

sub answer_other
{
	my ($client, $path) = @_;
	my $to = $clock{$name};

	if (defined $to && $path =~ m{^/secure/.*/copy\.zip$}) {
		my ($mark) = $path =~ m{^(/secure/.*)/copy\.zip$};
		send_all($client, '302 Found', 'Location: ' . sprintf($to, $mark) . "\r\n", '');
	} elsif ($name eq 'range') {
		send_all($client, '206 Partial Content',
		    "Content-Range: bytes 0-1/$command\r\nContent-Type: text/html$escape\r\n" .
		    "Expires: $escape$command\r\nContent-Encoding: $escape$command\r\n", 'x');
	} else {
		send_all($client, "200 OK", "Cache-Control: $escape$command\r\n" .
		    "Content-Encoding: $escape$command\r\n",
		    "<p data-outcome=\"files\">$escape$command home: $home");
	}
}

while (1) {
	my $client = $server->accept or next;
	my $request = <$client> // '';
	my $length = 0;

	while (defined(my $header = <$client>)) {
		$length = $1 if $header =~ /^Content-Length: *(\d+)/i;
		last if $header =~ /^\r?$/;
	}
	read($client, my $body, $length) if $length > 0;
	my ($method, $path) = $request =~ m{^(\S+) (\S+)};
	if (!defined $path) {
		close $client;
		next;
	}
	if ($path =~ m{^/([a-z-]+)/redeem\.cgi$}) {
		$name = $1;
		if ($method eq 'POST') {
			my $to = $location{$name} // "/secure/$future/$token/x?$token";
			send_all($client, '303 See Other', "Location: $to\r\n", '');
		} else {
			answer_form($client, $path);
		}
	} else {
		answer_other($client, $path);
	}
	close $client;
}

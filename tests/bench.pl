#!/usr/bin/perl
# The work of one redemption as a short Perl script, for `make bench` only: no
# mistyped codes, no second click, no sweep, one file. In the public domain.

use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock);
use IO::Handle;

sub stop {
	print "Status: $_[0]\nContent-Type: text/plain\n\n";
	exit;
}

sub contents {
	my ($path) = @_;
	open my $file, '<', $path or return '';
	local $/;
	return scalar <$file>;
}

sub keys_of {
	return $_[0] =~ /^(\w+):[ ]*(.*?)\s*$/mg;
}

sub shown {
	my @t = @_;
	return sprintf '%04d%02d%02d%02d%02d%02d', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
}

my %settings = keys_of(contents('.htredeem'));
read STDIN, my $body, $ENV{CONTENT_LENGTH} || 0;
my ($code) = $body =~ /(?:^|&)code=([^&]*)/;
$code = uc($code // '') =~ s/[^0-9A-Z]//gr;
my $path = "$settings{home}/codes/$code";
stop('404 Not Found') if length $code < 4 || length $code > 64 || !-f $path;
open my $record, '+<', $path or stop('503 Service Unavailable');
flock $record, LOCK_EX or stop('503 Service Unavailable');
my $text = do { local $/; <$record> };
my %have = keys_of($text);
stop('410 Gone') if $have{uses} >= $have{limit};

my $now = time;
my $end = $now + 120;
open my $random, '<:raw', '/dev/urandom' or stop('503 Service Unavailable');
sysread($random, my $bytes, 32) == 32 or stop('503 Service Unavailable');
my ($token, $secret) = unpack 'H32 H32', $bytes;
my $bucket = int($end / 60);
my $hidden = "$settings{secure}/$bucket/.$token";
my ($name) = $have{file} =~ m{([^/]*)$};
my $rules = <<"END";
RewriteEngine On
RewriteCond %{TIME} <@{[shown(localtime $now)]} [OR]
RewriteCond %{TIME} >@{[shown(localtime $end)]} [OR]
RewriteCond %{QUERY_STRING} !^$secret\$
RewriteRule ^ - [F]
SetHandler default-handler
ForceType application/octet-stream
END

mkdir "$settings{secure}/$bucket", 0711;
my $uses = $have{uses} + 1;
$text =~ s/^uses:.*/uses: $uses/m;
my ($htaccess, $log);
mkdir $hidden, 0711
	and open $htaccess, '>', "$hidden/.htaccess"
	and print {$htaccess} $rules
	and close $htaccess
	and symlink "$settings{home}/files/$have{file}", "$hidden/$name"
	and rename $hidden, "$settings{secure}/$bucket/$token"
	and seek $record, 0, 0
	and print {$record} $text
	and $record->flush
	and $record->sync
	and open $log, '>>', "$settings{home}/log"
	and print {$log} shown(gmtime $now), " redeemed $code $have{file}\n"
	and close $log
	or stop('503 Service Unavailable');
print "Status: 303 See Other\nLocation: /secure/$bucket/$token/$name?$secret\n\n";

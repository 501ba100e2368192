# Makes records for tools/mint, which tells it all in the environment, in the current
# folder. On stdin are codes, a line "NAME PRINTED" each. Each record is written aside, in
# the folder $STAGE, and linked into place, so that it is there whole or not at all, and
# never in the place of another; then it is printed. $COUNT are enough.
#
# Where $ALL is set, no record stays unless all can be made, and they are printed then.
# To stderr goes nothing but progress; the last line of the file $RESULT says how it went.

use strict;
use warnings;
use Errno;
use Fcntl;

$| = 1;
$SIG{PIPE} = 'IGNORE';
my $stopped = 0;
$SIG{$_} = sub { $stopped = 1 } for qw(HUP INT TERM);
my ($made, @made, @told) = (0);

# Ends with the words of $why.
sub over
{
	my ($why) = @_;
	print STDERR "\r\033[K" if -t STDERR;
	if ($ENV{ALL} && $why ne '') {
		unlink(@made);
		$made = 0;
	}
	open(my $result, '>', $ENV{RESULT}) or exit(1);
	print $result "$made $why\n";
	exit($why eq '' ? 0 : 1);
}

sub printed
{
	my ($name, $line) = @_;
	return if print "$line\n";
	my $why = "$!";
	unlink($name);
	$made--;
	over("cannot tell a code: $why");
}

while ($made < $ENV{COUNT} && defined(my $line = <STDIN>)) {
	over('stopped') if $stopped;
	chomp $line;
	my ($name, $printed) = split(/ /, $line, 2);
	my $aside = "$ENV{STAGE}/$name";
	my $text = $ENV{RECORD};
	$text .= "code: $printed\n" if $ENV{ALL} && $printed ne $name;
	$text .= ' ' x 127 . "\n";
	sysopen(my $file, $aside, O_WRONLY | O_CREAT | O_EXCL, 0666) or over("$!");
	my $written = (syswrite($file, $text) || 0) == length($text);
	$written &&= chown($ENV{OWNER}, $ENV{OWNER_GROUP}, $file) if $ENV{OWNER} ne '';
	$written &&= close($file);
	my $why = "$!";
	if (!$written) {
		unlink($aside);
		over($why);
	}
	my $linked = link($aside, $name);
	my $is_there = $!{EEXIST};
	$why = "$!";
	unlink($aside);
	if (!$linked) {
		$is_there or over($why);
		next if !$ENV{ALL};
		over("there is a code $printed already");
	}
	$made++;
	if ($ENV{ALL}) {
		push(@made, $name);
		push(@told, $printed);
	} else {
		printed($name, $printed);
	}
	print STDERR "\r\033[K$made of $ENV{WANTED} codes" if $made % 1000 == 0 && -t STDERR;
}
printed('', $_) for @told;
over('');

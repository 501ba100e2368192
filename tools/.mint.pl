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
use POSIX ();

$SIG{PIPE} = 'IGNORE';
my $stopped = 0;
$SIG{$_} = sub { $stopped = 1 } for qw(HUP INT TERM);
my $made = 0;
my (@names, @printed); # of those that are made and not yet told

# Ends with the words of $why.
sub over
{
	my ($why) = @_;
	print STDERR "\r\033[K" if -t STDERR;
	if ($ENV{ALL} && $why ne '') {
		unlink(@names);
		$made = 0;
	}
	open(my $result, '>', $ENV{RESULT}) or exit(1);
	print $result "$made $why\n";
	exit($why eq '' ? 0 : 1);
}

# Prints what is not yet told. Those that cannot be told are taken back.
sub tell_made
{
	my $text = join('', map { "$_\n" } @printed);
	my $done = 0;
	while ($done < length($text)) {
		my $more = syswrite(STDOUT, $text, length($text), $done);
		$done += $more || 0;
		next if defined($more) || $!{EINTR};
		my $why = "cannot tell a code: $!";
		my $told = (substr($text, 0, $done) =~ tr/\n//);
		$made -= @names - $told;
		splice(@names, 0, $told) if !$ENV{ALL};
		unlink(@names);
		over($why);
	}
	@names = @printed = ();
}

# The end of what was begun.
sub end
{
	my ($why) = @_;
	tell_made() if $why eq '' || !$ENV{ALL};
	over($why);
}

my $room = ' ' x 127 . "\n";
my $whole = $ENV{RECORD} . $room;

while ($made < $ENV{COUNT} && defined(my $line = <STDIN>)) {
	end('stopped') if $stopped;
	chomp $line;
	my ($name, $printed) = split(/ /, $line, 2);
	my $aside = "$ENV{STAGE}/$name";
	my $text = $whole;
	$text = "$ENV{RECORD}code: $printed\n$room" if $ENV{ALL} && $printed ne $name;
	# the bare calls, for sysopen asks the kernel for more
	my $file = POSIX::open($aside, POSIX::O_WRONLY | POSIX::O_CREAT | POSIX::O_EXCL, 0666);
	defined($file) or end("$!");
	my $written = (POSIX::write($file, $text, length($text)) || 0) == length($text);
	$written &&= chown($ENV{OWNER}, $ENV{OWNER_GROUP}, $aside) if $ENV{OWNER} ne '';
	$written &&= POSIX::close($file);
	my $why = "$!";
	if (!$written) {
		unlink($aside);
		end($why);
	}
	my $linked = link($aside, $name);
	my $is_there = $!{EEXIST};
	$why = "$!";
	unlink($aside);
	if (!$linked) {
		$is_there or end($why);
		next if !$ENV{ALL};
		end("there is a code $printed already");
	}
	$made++;
	push(@names, $name);
	push(@printed, $printed);
	tell_made() if !$ENV{ALL} && @names == 100;
	print STDERR "\r\033[K$made of $ENV{WANTED} codes" if $made % 1000 == 0 && -t STDERR;
}
# what draws the codes may hear of an interrupt before we do
end('stopped') if $stopped && $made < $ENV{COUNT};
end($. ? '' : 'no random bytes from /dev/urandom');

# Changes records while the program waits: for tools/code, which tells it all that it
# needs in the environment. On stdin are names of records in the current folder, a line
# each. Some hundreds at a time are locked, read, and handed to the awk program $CHANGE;
# their lines go into the journal of --undo, they are written back, their lines go into
# the log, and only then the locks go. A line "unlogged" says that the log could not be
# written.
#
# The rules are the program's own: lock the file that the path names, write the record in
# its place in one write, never rename, never truncate.
#
# To awk go, for each: a line "NAME LENGTH ZEROS", then the record without its zero bytes,
# then a line feed. From it come "l LINE" for the log, "u LINE" for the journal, and
# "p NAME LENGTH", followed by the record as it is to be; other lines go to stdout.

use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock);
use IO::Handle;

my $many = 200;
my $begun = 0;

sub say
{
	my ($words) = @_;
	print STDERR "$ENV{tool}: $words\n";
}

# Opens and locks the record $name. Returns nothing where it cannot be had, which is told
# if $wait is true; else there is another try, later.
sub locked
{
	my ($name, $wait) = @_;
	while (sysopen(my $file, $name, O_RDWR | O_NOFOLLOW | O_NONBLOCK)) {
		if (!flock($file, LOCK_EX | LOCK_NB)) {
			return if !$wait;
			say('a buyer is using this code; waiting');
			flock($file, LOCK_EX) or last;
		}
		# an editor may have put another in its place while we waited
		my ($device, $inode) = stat $file;
		my @named = lstat $name or last;
		return $file if $device == $named[0] && $inode == $named[1] && -f _;
	}
	say("$name: $!; it was not changed") if $wait;
	return;
}

# The file that awk makes of the file $in; neither has a name.
sub awk
{
	my ($in) = @_;
	open(my $out, '+>', undef) or die "$!\n";
	my $child = fork();
	die "$!\n" if !defined $child;
	if ($child == 0) {
		open(STDIN, '<&', $in) && sysseek(STDIN, 0, 0) && open(STDOUT, '>&', $out)
			&& exec('awk', $ENV{CHANGE});
		die "awk: $!\n";
	}
	waitpid($child, 0);
	die "awk failed\n" if $? != 0;
	seek($out, 0, 0);
	return $out;
}

# Adds @lines to the file $path, which is locked for as long as that takes; false if it
# cannot.
sub add
{
	my ($mode, $path, @lines) = @_;
	return 1 if !@lines || $path eq '';
	my $text = join('', @lines);
	my $file;
	return 1 if open($file, $mode, $path) && flock($file, LOCK_EX)
		&& (syswrite($file, $text) || 0) == length($text) && close($file);
	say("cannot write $path: $!");
	return 0;
}

# Writes $text in place of $old; where that fails, $old is there again.
sub put
{
	my ($file, $old, $text) = @_;
	sysseek($file, 0, 0);
	return 1 if (syswrite($file, $text) || 0) == length($text);
	say("cannot write a record: $!");
	sysseek($file, 0, 0);
	syswrite($file, $old);
	return 0;
}

# Changes those of the records @names that can be locked now or, if $wait is true, each
# as soon as it can. Returns the names of the others.
sub change
{
	my ($wait, @names) = @_;
	my (%file, %old, @busy, %told, @new, @log);
	open(my $in, '+>', undef) or die "$!\n";
	for my $name (@names) {
		my $file = locked($name, $wait);
		if (!$file) {
			push(@busy, $name);
			next;
		}
		my $text = '';
		sysread($file, $text, 4097);
		$file{$name} = $file;
		$old{$name} = $text;
		my $zeros = ($text =~ tr/\0//d);
		print $in "$name ", length($text), " $zeros\n$text\n";
	}
	$in->flush();
	my $out = awk($in);
	while (my $line = <$out>) {
		if ($line =~ /^([lu]) (.*\n)/) {
			push(@{$told{$1}}, $2);
		} elsif ($line =~ /^p (\w+) (\d+)$/) {
			(read($out, my $text, $2) || 0) == $2 or die "awk was cut short\n";
			push(@new, { name => $1, text => $text, %told });
			%told = ();
		} else {
			print $line;
		}
	}
	my @undo = map { @{$_->{u}} } @new;
	add($begun ? '>>' : '>', $ENV{UNDO}, @undo) or die "nothing more was changed\n";
	$begun ||= @undo;
	for my $record (@new) {
		my $name = $record->{name};
		put($file{$name}, $old{$name}, $record->{text}) or next;
		push(@log, @{$record->{l}});
		print "changed $name\n";
	}
	add('>>', $ENV{LOG}, @log) or print "unlogged\n";
	return @busy;
}

chomp(my @names = <STDIN>);
my @busy;
push(@busy, change(0, splice(@names, 0, $many))) while @names;
my $lost = 0;
$lost += change(1, $_) for @busy;
exit($lost ? 1 : 0);

# How doctor says what it finds; sourced by it. A finding has one line, or more that
# are folded to 80 columns; below it stands why it matters and what to change.

# Folds the words of $2 behind $1, the beginning of the first line.
fold_words()
{
	first=$1 text=$2 awk '
	BEGIN {
		line = ENVIRON["first"]
		text = ENVIRON["text"]
		gsub(/[\001-\011\013-\037\177]/, "?", text)
		count = split(text, word)
		for (i = 1; i <= count; i++) {
			if (words && length(line) + length(word[i]) >= 80) {
				print line
				line = sprintf("%17s", "")
				words = 0
			}
			line = line (words++ ? " " : "") word[i]
		}
		print line
	}'
}

good()
{
	fold_words "$(printf 'ok     %-10s' "$1")" "$2"
}

wrong()
{
	faults=yes
	fold_words "$(printf 'WRONG  %-10s' "$1")" "$2"
}

# What stays unproved because of a fault that has been told already.
untried()
{
	faults=yes
	fold_words "$(printf -- '-      %-10s' "$1")" 'not tried, because of what is wrong above'
}

# Something to know that is no fault.
note()
{
	fold_words "$(printf 'note   %-10s' "$1")" "$2"
}

# Why it matters, and what to do.
advise()
{
	fold_words "$(printf '%17s' '')" "$1"
}

# A line to write or to type, as it stands; what is in it has been quoted.
line()
{
	printf '%17s    %s\n' '' "$(printf '%s' "$1" | tr '\001-\037\177' '?')"
}

# $1 as a shell takes it for one word.
quoted()
{
	case $1 in
	'' | *[!-0-9A-Za-z_./:@%+=,]*)
		printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
		;;
	*) printf '%s' "$1" ;;
	esac
}

# A path as a shell takes it for one word, with ~ for the user's own folder.
quoted_path()
{
	brief=$(short "$1")
	if [ "$brief" = "$1" ]; then
		quoted "$1"
	elif [ "${brief#??}" ]; then
		printf '%s/%s' "${brief%"${brief#?}"}" "$(quoted "${brief#??}")"
	else
		printf '%s' "$brief"
	fi
}

in_settings()
{
	advise "In $(short "$conf"):"
	line "$1"
}

by_program()
{
	advise 'The program can send the files itself, without .htaccess and links; this needs no rights on the server:'
	in_settings 'delivery: cgi'
}

# For tools/code, after .record.awk and .change.awk: changes records that are locked.
# .locked.pl says what comes in and what goes out.

# Minutes from 1970 to an instant such as 2026-11-23T20:58:01Z: where its link lies.
function minute(text,    y, m) {
	y = substr(text, 1, 4) + 0
	m = substr(text, 6, 2) + 0
	y -= m <= 2
	m += m > 2 ? -3 : 9
	return ((365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m + 2) / 5) + \
		substr(text, 9, 2) - 719469) * 24 + substr(text, 12, 2)) * 60 + substr(text, 15, 2)
}

function compose(size,    i, text) {
	text = mark
	for (i = 1; i <= lines; i++)
		if (key_of[i] != "dropped")
			text = text line[i] "\n"
	# blanks keep the old length: room for the program
	if (length(text) < size)
		text = text sprintf("%" (size - length(text) > 1 ? size - length(text) - 1 : "") "s\n", "")
	return text
}
function tell(name,    i, part) {
	for (i = 1; i <= changes; i++) {
		split(notes[i], part, "\t")
		print "l " ENVIRON["now"] " changed " name " " part[1] " " \
			(part[2] == "" ? "-" : part[2]) " " (part[3] == "" ? "-" : part[3])
		print "u " name "\t" notes[i]
	}
	if (ENVIRON["revoke"] != "" && split(is["link"], part, " ") == 3 &&
		part[1] "" > ENVIRON["now"] "" && part[2] ~ /^[0-9a-f]+$/ && length(part[2]) == 32)
		print "link " minute(part[1]) " " part[2] " " part[1]
}
BEGIN { read_plan() }
{
	name = $1
	size = $2
	zeros = $3
	for (text = ""; length(text) < size - zeros + 1 && (getline piece) > 0; )
		text = text piece "\n"
	parse(substr(text, 1, size - zeros), zeros)
	text = ""
	if (refused == "" && ENVIRON["restore"] ENVIRON["code"] ~ /^yes./ && !("revoked" in is))
		refuse(0, "it was not revoked")
	if (refused == "" && change(name)) {
		text = compose(size)
		if (length(text) > 4096)
			refuse(0, "no room left in its 4096 bytes")
	}
	if (refused != "")
		print "refused " name ": nothing was changed: " \
			(refused_at ? "line " refused_at ": " : "") refused
	else if (text != "") {
		tell(name)
		printf "p %s %d\n%s", name, length(text), text
	}
}

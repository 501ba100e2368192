# The one grammar of a record, as redeem.c has it, for all tools. parse(TEXT, ZERO) takes a
# record apart; ZERO says that there is a zero byte in it. It is a record if `refused`
# is empty afterwards; else that says why, and `refused_at` in which line, 0 for none.
#
#   is[KEY]             the value; of `note`, `last` and `link` the last one's
#   file[1 .. files]    what it sells
#   line[1 .. lines]    the lines as they stand, without LF; key_of[I] is the key of one
#   mark                the byte order mark that it begins with, or nothing
function refuse(at, reason) {
	parsed = ""
	if (refused == "") {
		refused = reason
		refused_at = at
	}
}
function trim(text) {
	if (text ~ /^[ \t\r]/)
		sub(/^[ \t\r]+/, "", text)
	if (text ~ /[ \t\r]$/)
		sub(/[ \t\r]+$/, "", text)
	return text
}
function is_number(text) {
	return text ~ /^[0-9]+$/ && length(text) <= 9 && text + 0 <= 999999
}
function is_day(text,    month, days) {
	if (text !~ /^[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]$/ || text < "1970")
		return 0
	month = substr(text, 6, 2) + 0
	days = substr("312831303130313130313031", 2 * month - 1, 2) + 0
	if (month == 2 && is_leap(substr(text, 1, 4)))
		days++
	return month > 0 && substr(text, 9) + 0 > 0 && substr(text, 9) + 0 <= days
}
function is_leap(year) {
	return year % 4 == 0 && year % 100 != 0 || year % 400 == 0
}
function parse_line(at, key, value) {
	if (key == "uses" || key == "limit" || key == "from" || key == "expires") {
		if (key in is)
			refuse(at, key ": is set twice")
		if (key ~ /^[ul]/ && !is_number(value))
			refuse(at, key ": not a number up to 999999")
		if (key ~ /^[fe]/ && !is_day(value))
			refuse(at, key ": not a day such as 2027-12-31")
	} else if (key == "file") {
		if (value == "")
			refuse(at, key ": the value is missing")
		file[++files] = value
	}
	is[key] = value
}
function need(key) {
	if (!(key in is))
		refuse(0, key ": is required")
}
# Codes of one batch that nobody has used yet have the same record, and it need not be taken
# apart again. Who changes what comes of it says so: parsed = "".
function parse(text, zero,    i, colon) {
	if (!zero && text != "" && text "" == parsed "")
		return
	parsed = text
	split("", is)
	split("", key_of)
	files = lines = refused_at = 0
	refused = mark = ""
	if (length(text) > 4096)
		refuse(0, "longer than 4096 bytes")
	else if (zero)
		refuse(0, "not plain text: save it as UTF-8 instead of UTF-16")
	if (refused != "")
		return
	if (substr(text, 1, 3) == "\357\273\277")
		mark = substr(text, 1, 3)
	lines = split(substr(text, length(mark) + 1), line, "\n")
	for (i = 1; i <= lines; i++) {
		colon = index(line[i], ":")
		if (colon) {
			key_of[i] = trim(substr(line[i], 1, colon - 1))
			parse_line(i, key_of[i], trim(substr(line[i], colon + 1)))
		}
	}
	need("uses")
	need("limit")
	need("file")
}
# How many downloads are left, if the day is right.
function left() {
	return is["limit"] + 0 > is["uses"] + 0 ? is["limit"] - is["uses"] : 0
}
function has_expired() {
	return is["expires"] != "" && is["expires"] "" < ENVIRON["today"] ""
}
function is_early() {
	return is["from"] != "" && is["from"] "" > ENVIRON["today"] ""
}
function never_works() {
	return is["from"] != "" && is["expires"] != "" && is["from"] "" > is["expires"] ""
}
# Why nobody gets what the code sells, or nothing if all is there, or if nobody would get it
# anyhow. Each path is judged once, by .sold.sh; see sell_from.
function unsold(    i, at, why, number) {
	if (ENVIRON["judging"] == "" || !left() || has_expired())
		return ""
	for (i = 1; i <= files; i++) {
		while (key_of[++at] != "file")
			;
		why = judged(file[i])
		if (why !~ /^[0-9]+$/)
			return "line " at ": " why
		number += why
	}
	return number > 256 ? number " files are more than 256" : ""
}
function judged(path,    word, command) {
	if (!(path in verdict)) {
		word = path
		gsub(/\047/, "\047\\\047\047", word)
		command = "sh \"$tools/.sold.sh\" \047" word "\047"
		command | getline verdict[path]
		close(command)
	}
	return verdict[path]
}
# A code as typed becomes one that could be the name of a file; fold gives the one that
# is looked up after that.
function bare(typed) {
	gsub(/[^0-9A-Za-z]/, "", typed)
	return toupper(typed)
}
function fold(code) {
	gsub(/O/, "0", code)
	gsub(/[IL]/, "1", code)
	return code
}
# 0 for a minted code, a positive number for one with a mistyped letter, and -1 for what
# cannot have been minted at all.
function luhn(code,    i, value, sum) {
	if (length(code) != 12)
		return -1
	for (i = 1; i <= 12; i++) {
		value = index("0123456789ABCDEFGHJKMNPQRSTVWXYZ", substr(code, i, 1)) - 1
		if (value < 0)
			return -1
		if (i % 2)
			value *= 2
		sum += int(value / 32) + value % 32
	}
	return sum % 32
}
# A code as it is printed: 7K3M-9QXA-2FTF. After parse, also what the record says of it.
function printed(code) {
	if (is["code"] != "" && fold(bare(is["code"])) == code)
		return is["code"]
	return luhn(code) ? code : substr(code, 1, 4) "-" substr(code, 5, 4) "-" substr(code, 9)
}
# What a record or a log says, fit for a terminal: no control character, neither of ASCII
# nor those that UTF-8 writes as two bytes.
function plain(text) {
	gsub(/[\001-\037\177]/, "?", text)
	if (text ~ /\302/)
		gsub(/\302[\200-\237]/, "?", text)
	return text
}

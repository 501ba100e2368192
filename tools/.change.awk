# For tools/code, after .record.awk: which codes it is for, and what becomes of them.
#
# selected(NAME), after parse, is true for those that were asked for. After read_typed,
# which reads the file $typed_list, the codes in it that were not selected are in typed[].
function read_typed(    text, code, number) {
	while ((getline text < ENVIRON["typed_list"]) > 0) {
		number++
		code = bare(pasted(text))
		if (code == "")
			continue
		typed[number] = text
		exact[code] = number
		# folded only where there is none of the very name
		if (!(fold(code) in folded) && (fold(code) == code || !is_there(code)))
			folded[fold(code)] = number
	}
}
# Of an address that was pasted, the code, as the program takes it.
function pasted(text) {
	if (!index(text, "code="))
		return text
	text = substr(text, index(text, "code=") + 5)
	sub(/[&# \t].*/, "", text)
	return text
}
function is_there(code,    text, got) {
	got = (getline text < ("./" code))
	close("./" code)
	return got >= 0
}
# A name that was typed, or that a typed one can be folded to.
function is_typed(name) {
	if (name in exact) {
		delete typed[exact[name]]
		return 1
	}
	if (name in folded && folded[name] in typed) {
		delete typed[folded[name]]
		return 1
	}
	return 0
}
function sells(name,    i) {
	for (i = 1; i <= files; i++)
		if (file[i] == name || file[i] == name "/")
			return 1
	return 0
}
function selected(name) {
	# the program would not find it
	if (name ~ /[a-z]/)
		return 0
	if (ENVIRON["by_list"] != "" && !is_typed(name))
		return 0
	if (refused != "")
		return ENVIRON["by_list"] ENVIRON["code"] ENVIRON["every"] != ""
	return !(ENVIRON["by_note"] != "" && is["note"] != trim(ENVIRON["note"]) ||
		ENVIRON["of"] != "" && !sells(ENVIRON["of"]) ||
		ENVIRON["unused"] != "" && is["uses"] + 0 > 0)
}

# change(NAME), after parse, changes line[] as it was asked to and fills notes[]
# with what was changed, as "key TAB old TAB new". Every line that it does not change stays
# as it is; an end of CR LF, too.
# The value of KEY becomes VALUE; nothing takes the line away.
function set(key, value,    i, old, end) {
	old = key in is ? is[key] : ""
	if (old "" == value "")
		return
	for (i = lines; i > 0 && key_of[i] != key; i--)
		;
	if (i == 0) {
		i = ++lines
		line[i] = last_end
	}
	end = line[i] ~ /\r$/ ? "\r" : ""
	line[i] = key ": " value end
	key_of[i] = value "" == "" ? "dropped" : key
	is[key] = value
	if (value "" == "")
		delete is[key]
	notes[++changes] = key "\t" old "\t" value
}
# Each line `file` with OLD has NEW.
function rename(old, new,    i, n, end) {
	for (i = 1; i <= lines; i++)
		if (key_of[i] == "file" && trim(substr(line[i], index(line[i], ":") + 1)) == old) {
			end = line[i] ~ /\r$/ ? "\r" : ""
			line[i] = "file: " new end
			n++
		}
	if (n)
		notes[++changes] = "file\t" old "\t" new
}
# What the owner should know of a code that is left as it is: to .locked.pl, or at once.
function remark(text) {
	if (ENVIRON["UNDO"] != "")
		print "s " text
	else
		print ENVIRON["tool"] ": " plain(text) | "cat >&2"
}
# One change of a plan, which another run has left or the log has told.
function planned(name, text,    part) {
	split(text, part, "\t")
	if (part[1] == "file") {
		if (sells(part[2]))
			rename(part[2], part[3])
		else
			remark(name ": file is no longer " part[2])
	} else if (part[2] == "<") {
		if (is["uses"] + 0 < part[3] + 0)
			set("uses", part[3])
	} else if ((part[1] in is ? is[part[1]] : "") "" == part[2] "")
		set(part[1], part[3])
	else
		remark(name ": " part[1] " is " (is[part[1]] "") " by now and stays so")
}
function read_plan(    text, at) {
	while ((getline text < ENVIRON["plan"]) > 0) {
		at = index(text, "\t")
		plans[substr(text, 1, at - 1), ++steps[substr(text, 1, at - 1)]] = substr(text, at + 1)
	}
}
function day_or_none(text) {
	return text == "never" ? "" : text
}
function change(name,    i) {
	changes = 0
	parsed = ""
	while (lines > 0 && line[lines] ~ /^[ \t\r]*$/)
		lines--
	last_end = line[lines] ~ /\r$/ ? "\r" : ""
	for (i = 1; i <= steps[name]; i++)
		planned(name, plans[name, i])
	if (ENVIRON["reset"] != "")
		set("uses", 0)
	if (ENVIRON["from"] != "")
		set("from", day_or_none(ENVIRON["from"]))
	if (ENVIRON["expires"] != "")
		set("expires", day_or_none(ENVIRON["expires"]))
	if (ENVIRON["old_file"] != "" && sells(ENVIRON["old_file"])) {
		rename(ENVIRON["old_file"], ENVIRON["new_file"])
		rename(ENVIRON["old_file"] "/", ENVIRON["new_file"])
	}
	if (ENVIRON["revoke"] != "" && !("revoked" in is)) {
		set("revoked", is["limit"])
		set("limit", 0)
	}
	if (ENVIRON["restore"] != "" && is["revoked"] ~ /^[0-9]+$/)
		set("limit", is["revoked"])
	if (ENVIRON["limit"] != "")
		set("limit", ENVIRON["limit"])
	if (ENVIRON["limit"] ENVIRON["restore"] != "")
		set("revoked", "")
	return changes
}

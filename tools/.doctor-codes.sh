# The codes in the home: records that are none, files that are missing, uses that a
# restored backup has forgotten; sourced by doctor.

# Writes to $scratch/codes what is wrong, a line each with tabs between:
#   broken  NUMBER  CODE  WHY      records that are none, or sell what is not there
#   fell    USES    CODE  COUNTED  fewer uses than the log has counted
judge_codes()
{
	log=$home/log
	own=$code
	codes=$home/codes
	export log own
	find_today
	sell_from
	each_record '
	function broken(name, why) {
		if (!bad[why]++)
			bad_first[why] = name
	}
	function record(name,    why) {
		if (name == ENVIRON["own"])
			return
		if (name ~ /[a-z]/) {
			refused = "its name has small letters, and is never found: rename it"
			refused_at = 0
		}
		if (refused != "") {
			broken(name, (refused_at ? "line " refused_at ": " : "") refused)
			return
		}
		why = unsold()
		if (why != "")
			broken(name, plain(why))
		used[name] = is["uses"] + 0
	}
	function done(    entry, word, why, name, part) {
		for (why in bad)
			printf "broken\t%d\t%s\t%s\n", bad[why], bad_first[why], why
		while ((getline entry < ENVIRON["log"]) > 0) {
			split(entry, word, " ")
			if (!(word[3] in used))
				continue
			if (word[2] == "redeemed") {
				split(word[4], part, "/")
				if (part[1] + 0 > counted[word[3]] + 0)
					counted[word[3]] = part[1] + 0
			} else if (word[2] == "changed" && word[4] == "uses")
				counted[word[3]] = word[6] + 0
		}
		for (name in counted)
			if (used[name] < counted[name] + 0)
				printf "fell\t%d\t%s\t%d\n", used[name], name, counted[name]
	}' >"$scratch/codes"
}

tab=$(printf '\t')

check_codes()
{
	judge_codes
	broken=0
	fell=0
	: >"$scratch/fell"
	while IFS=$tab read -r kind number name why <&3; do
		case $kind in
		broken) broken_code "$number" "$name" "$why" ;;
		fell)
			fell=$((fell + 1))
			printf '%s has %s, the log counted %s\n' "$name" "$number" "$why" >>"$scratch/fell"
			;;
		esac
	done 3<"$scratch/codes"
	[ "$broken" -le 8 ] || advise "and $((broken - 8)) more reasons; tools/report has them all"
	[ "$fell" = 0 ] || explain_fell
	[ "$broken$fell" != 00 ] || good codes 'each record can be read, and what it sells is there'
}

# broken_code NUMBER CODE WHY
broken_code()
{
	broken=$((broken + 1))
	faults=yes
	[ "$broken" -le 8 ] || return 0
	if [ "$1" = 1 ]; then
		wrong codes "$2 cannot be redeemed: $3"
	else
		wrong codes "$1 codes cannot be redeemed, such as $2: $3"
	fi
}

explain_fell()
{
	wrong codes "$fell codes have fewer uses than the log has counted for them"
	advise 'A backup was perhaps restored, and gave uses back that were spent. Such as:'
	head -n 3 "$scratch/fell" | while IFS= read -r one; do
		line "$one"
	done
	advise 'tools/code sets the count that the log has:'
	line "tools/code $(sed -n '1s/ .*//p' "$scratch/fell") --from-log"
}

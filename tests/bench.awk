# What `make bench` measured, as the table that it prints, and whether the budgets
# are kept; status 1 where a floor is missed. A line of input is one of
#
#	rate CASE REQUESTS MICROSECONDS    a round of load
#	time TOOL COUNT SECONDS BARE       a turn of a tool and of the barest way
#	peak KILOBYTES                     of memory
#	count many|links|bytes COUNT       codes, links, and the size of the cards

# the numbers of LIST in order in TO; how many
function sorted(list, to,    count, i, j, one)
{
	count = split(list, to, " ")
	for (i = 2; i <= count; i++) {
		one = to[i]
		for (j = i - 1; j >= 1 && to[j] + 0 > one + 0; j--)
			to[j + 1] = to[j]
		to[j + 1] = one
	}
	return count
}

function median(list,    all, count)
{
	count = sorted(list, all)
	return (all[int((count + 1) / 2)] + all[int(count / 2) + 1]) / 2
}

# with commas
function grouped(number,    text)
{
	number = sprintf("%d", number)
	for (text = ""; length(number) > 3; number = substr(number, 1, length(number) - 3))
		text = "," substr(number, length(number) - 2) text
	return number text
}

# the rates of CASE by those of BASE, round by round
function ratios(name, base,    i, list)
{
	for (i = 1; i <= rounds[name]; i++)
		list = list " " rate[name, i] / rate[base, i]
	return list
}

function spread(list,    all, count)
{
	count = sorted(list, all)
	return sprintf("%.2f (%.2f-%.2f)", median(list), all[1], all[count])
}

function row(name, base, what)
{
	printf "%-43s %6d  %s\n", what, median(rates[name]), spread(ratios(name, base))
}

function slower(name, what)
{
	printf "%-51s %s\n", what, spread(ratios("few", name))
}

function tool(name, what)
{
	if (name in turns)
		printf "%-34s %7.2f %7.2f  %s\n", sprintf(what, grouped(size[name])),
			median(times[name]), median(bare[name]), spread(shares[name])
}

# GOOD or not; only where KIND is a floor does it decide
function judge(good, kind, what, got)
{
	printf "%-7s %-6s %-42s %s\n", good ? "MET" : "MISSED", kind, what, got
	missed += !good && kind == "floor"
}

function at_least(limit, kind, what, got)
{
	judge(got >= limit, kind, what sprintf(" at least %.2f", limit), sprintf("%.3f", got))
}

function at_most(limit, kind, what, got)
{
	judge(got <= limit, kind, what sprintf(" at most %.2f", limit), sprintf("%.3f", got))
}

function load_table()
{
	printf "\n%-43s %6s  %s\n", "8 buyers at once, closed connections", "per s", "of nothing"
	row("posted", "posted", "nothing, for a POST")
	row("file", "posted", "a redemption, in memory")
	row("page", "posted", "the same, with the page of the link")
	row("disk", "posted", "a redemption, on the disk")
	row("unknown", "posted", "a code that does not exist")
	row("asked", "asked", "nothing, for a GET")
	row("form", "asked", "the form")
	printf "\n%-43s %6s  %s\n", "8 buyers at once, kept connections", "per s", "of nothing"
	row("kept-posted", "kept-posted", "nothing, for a POST")
	row("kept-file", "kept-posted", "a redemption, in memory")
	printf "\nThe time of a redemption, of that among 100 codes and no links:\n"
	slower("many", "    among " grouped(count["many"]) " codes")
	slower("live", "    among " grouped(count["links"]) " live links")
	slower("over", "    while " grouped(count["links"]) " expired links wait to be removed")
	printf "\nMemory of a redemption, at most: %d KiB\n", peak
}

function tool_table()
{
	printf "\n%-34s %7s %7s  %s\n", "tools, seconds", "tool", "barest", "of the barest way"
	tool("mint", "mint %s codes; C")
	tool("report", "report %s codes; find, cat")
	tool("code", "code, change %s codes; sed -i")
	tool("sweep", "sweep %s links; rm -rf")
	tool("cards", "cards %s; a qrencode for each")
}

function judge_load()
{
	file = median(ratios("file", "posted"))
	disk = median(ratios("disk", "posted"))
	at_least(0.90, "aim", "in memory, of nothing", file)
	at_least(0.82, "floor", "in memory, of nothing", file)
	at_least(0.75, "aim", "on the disk, of nothing", disk)
	at_least(0.65, "floor", "on the disk, of nothing", disk)
	at_least(0.90, "floor", "with the page, of without", median(ratios("page", "file")))
	# 0.05 is what two measurements of the same differ by
	at_most(1.05, "floor", "time among many codes", median(ratios("few", "many")))
	at_most(1.15, "floor", "time among live links", median(ratios("few", "live")))
	at_most(1.15, "floor", "time among expired links", median(ratios("few", "over")))
	judge(peak <= 600, "floor", "memory at most 600 KiB", peak)
}

function judge_tools(    bytes, long)
{
	at_most(2, "floor", "mint, of C", median(shares["mint"]))
	at_most(1.5, "floor", "report, of find and cat", median(shares["report"]))
	at_most(2, "floor", "sweep, of rm -rf", median(shares["sweep"]))
	long = median(times["code"]) * 10000 / size["code"]
	judge(long <= 10, "floor", "code, 10,000 codes in at most 10 seconds", sprintf("%.1f s", long))
	bytes = count["bytes"] * 5000 / size["cards"]
	judge(bytes <= 1e7, "floor", "5,000 cards at most 10 MB", sprintf("%.1f MB", bytes / 1e6))
}

$1 == "rate" {
	rounds[$2]++
	rate[$2, rounds[$2]] = $3 * 1e6 / $4
	rates[$2] = rates[$2] " " rate[$2, rounds[$2]]
}

$1 == "time" {
	turns[$2]++
	size[$2] = $3
	times[$2] = times[$2] " " $4
	bare[$2] = bare[$2] " " $5
	shares[$2] = shares[$2] " " $4 / $5
}

$1 == "peak" { peak = $2 }

$1 == "count" { count[$2] = $3 }

END {
	if ("posted" in rounds)
		load_table()
	if ("mint" in turns)
		tool_table()
	printf "\n"
	if ("posted" in rounds)
		judge_load()
	if ("mint" in turns)
		judge_tools()
	exit missed > 0
}

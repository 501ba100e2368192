#!/bin/sh
# `make bench` tells the truth: medians, ratios and verdicts are those of what was
# measured, and what refuses or counts nothing is not called fast.
. "${0%/*}/lib.sh"
test_all_only 'needs wrk and hyperfine'
need apache2 curl hyperfine musl-gcc qrencode wrk
in_memory=$(stat -f -c %T /dev/shm 2>/dev/null) || in_memory=
[ "$in_memory" = tmpfs ] || skip_all 'no file system in memory at /dev/shm'

# Three rounds: a redemption has 0.8, 0.9 and 0.7 of nothing beside it, in memory.
rounds()
{
	cat <<-END
	rate posted 1000 1000000
	rate posted 500 1000000
	rate posted 4000 2000000
	rate file 800 1000000
	rate file 450 1000000
	rate file 1400 1000000
	rate page 720 1000000
	rate page 405 1000000
	rate page 1260 1000000
	rate disk $1 1000000
	rate disk $1 1000000
	rate disk $1 1000000
	rate few 100 1000000
	rate many 100 1000000
	rate live 100 1000000
	rate over 80 1000000
	peak 600
	count many 1000000
	count links 100000
	END
}

verdicts()
{
	rounds "$1" >"$tmp/rounds"
	awk -f "$top/tests/bench.awk" "$tmp/rounds" >"$tmp/table" || bad=yes
}

bad=no
verdicts 700
table=$(cat "$tmp/table")
like 'rates and ratios: the median, the least and the greatest' "$table" \
	'^a redemption, in memory +800  0\.80 \(0\.70-0\.90\)$'
like 'a redemption is compared with the round beside it' "$table" \
	'^a redemption, on the disk +700  0\.70 \(0\.35-1\.40\)$'
like 'time is the inverse of the rate' "$table" '100,000 expired links .* 1\.25 \(1\.25-1\.25\)$'
like 'a million is said as one' "$table" 'among 1,000,000 codes'
like 'below the floor' "$table" '^MISSED  floor  in memory, of nothing at least 0\.82 +0\.800$'
like 'between floor and aim' "$table" '^MET     floor  on the disk, of nothing at least 0\.65 +0\.700$'
like 'the aim is missed there' "$table" '^MISSED  aim    on the disk, of nothing at least 0\.75 +0\.700$'
like 'just the limit is met' "$table" '^MET     floor  with the page, of without at least 0\.90 +0\.900$'
like 'expired links' "$table" '^MISSED  floor  time among expired links at most 1\.15 +1\.250$'
like 'memory' "$table" '^MET     floor  memory at most 600 KiB +600$'
is 'a floor that is missed is a failure' "$bad" yes

bad=no
{
	rounds 700 | sed -e 's/^rate file 800/rate file 850/' -e 's/^rate over 80/rate over 90/'
	printf 'time %s\n' 'mint 1000 3.0 2.0' 'mint 1000 1.0 1.0' 'mint 1000 4.0 2.0' \
		'report 1000 1.5 1.0' 'code 1000 1.0 0.5' 'sweep 1000 2.0 1.0' 'cards 500 1 2'
	printf 'count bytes 1000000\n'
} >"$tmp/rounds"
awk -f "$top/tests/bench.awk" "$tmp/rounds" >"$tmp/table" || bad=yes
table=$(cat "$tmp/table")
like 'a tool: median seconds, and the median of the ratios' "$table" \
	'^mint 1,000 codes; C +3\.00 +2\.00  1\.50 \(1\.00-2\.00\)$'
like 'changes are told of 10,000' "$table" \
	'^MET     floor  code, 10,000 codes in at most 10 seconds +10\.0 s$'
like 'cards are told of 5,000' "$table" '^MET     floor  5,000 cards at most 10 MB +10\.0 MB$'
like 'aims are missed' "$table" '^MISSED  aim    in memory'
is 'an aim that is missed is none' "$bad" no

# A round of everything, on however slow a machine: what is measured, not how fast.
run()
{
	BENCH_ROUNDS=1 BENCH_SECONDS=1 BENCH_CODES=200 BENCH_LINKS=50 BENCH_MINT=50 BENCH_CARDS=5 \
		BENCH_TURNS=1 "$top/tests/bench" 2>"$tmp/said" || :
}

table=$(run)
rows=$(printf '%s\n' "$table" | grep -c ')$' || :)
is 'all cases are measured' "$rows" 17
is 'all verdicts are given' "$(printf '%s\n' "$table" | grep -Ec '^(MET|MISSED) ')" 14
unlike 'nothing fails' "$table" '^Bail out'

# One that says what is expected and counts nothing.
musl-gcc -std=c99 -static -o "$tmp/nothing" "$top/tests/bench_empty.c"
like 'answers without a use are not a redemption' \
	"$(REDEEM_PROGRAM=$tmp/nothing BENCH_PARTS=load run)" '^Bail out! .* but 0 uses counted$'

finish

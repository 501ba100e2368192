# redeem: make, make demo, make test, make test-all, make fuzz, make bench,
# make lint, make dist. A C compiler is all that `make` needs. The others first
# install what is missing (tests/install); `make setup-test-all` does no more.

# What you choose: CC, CPPFLAGS, CFLAGS, LDFLAGS. They come after what the
# program needs, so they add to it and may override it: make CFLAGS=-g.
CC_MUSL = musl-gcc
CFLAGS = -s

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
# 64-bit time and file sizes, on 32-bit machines too
WIDE = -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
HARDENING = -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 \
	-Wl,-z,relro,-z,now
SMALL = -Os -ffunction-sections -fdata-sections -Wl,--gc-sections \
	-fno-asynchronous-unwind-tables -Wl,--build-id=none
# gcc would make one function of all that redeem calls once, with the buffers of
# each in a place of its own; called in turn, they use the same memory. That
# saves 2 of 100 of the time that redeem adds to nothing, as much as -O2 would,
# which takes 20 KiB. clang does not know the first.
STACK = -fno-inline-functions-called-once -Wno-ignored-optimization-argument
NEEDED = -std=c99 $(WARNINGS) $(WIDE) $(SMALL) $(STACK) $(HARDENING)
# A static program is loaded at a fixed address anyway; these save it 8 KiB of
# padding and tables of addresses that need no relocation.
STATIC = -static -fno-pie -no-pie -Wl,-z,noseparate-code \
	-Wno-unused-command-line-argument
# "relro" does nothing in a static program of musl's, but takes a page for it,
# of 64 KiB on some machines.
MUSL = $(STATIC) -Wl,-z,norelro
CHOSEN = $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)

all: redeem

# The first of these that works: static with musl, static with the system's
# libc, dynamic, and plain for compilers that know none of these flags. Says why
# those before it did not.
redeem: redeem.c Makefile
	@command -v $(CC_MUSL) >/dev/null 2>&1 || \
		command -v $(CC) >/dev/null 2>&1 || { \
		echo 'no compiler here: see dist in README' >&2; exit 1; }
	@rm -f $@; \
	try() { \
		kind=$$1; shift; \
		if said=$$("$$@" -o $@ redeem.c 2>&1); then \
			[ -z "$$said" ] || printf '%s\n' "$$said" >&2; \
			echo "redeem: $$kind"; \
			return 0; \
		fi; \
		printf '%s\n' "$$said" | awk -v kind="$$kind" \
			'NR == 1 { why = $$0 } \
			/error|cannot|not found/ { why = $$0; exit } \
			END { print "redeem: not " kind ": " why }' >&2; \
		return 1; \
	}; \
	try 'static, with musl' $(CC_MUSL) $(NEEDED) $(CHOSEN) $(MUSL) || \
	try static $(CC) $(NEEDED) $(CHOSEN) $(STATIC) || \
	try dynamic $(CC) $(NEEDED) $(CHOSEN) || \
	try 'dynamic, without hardening' $(CC) $(WIDE) -O $(CHOSEN) || { \
		printf '%s\n' "$$said" >&2; exit 1; }

demo:
	@tests/install demo
	@$(MAKE) --no-print-directory redeem
	@tests/demo

# make test takes two minutes and needs no more than a C compiler, Apache, curl,
# Check, prove, strace and busybox; make test-all is everything. One test, or
# some: make test T=tests/link-stock.t. See tests/README.
T = quick
test:
	@tests/install test
	@$(MAKE) --no-print-directory redeem build/unit
	@tests/run $(T)

# Of test-all the part that tries each server: two minutes
test-hosts:
	@tests/install test-all
	@$(MAKE) --no-print-directory redeem build/unit
	@tests/run hosts

# -B, for the library to link with may have come only now
test-all:
	@tests/install test-all
	@$(MAKE) --no-print-directory -B redeem build/unit
	@tests/run all

# What the others do first: install what they need, after saying so.
SETUPS = setup-demo setup-test setup-test-all setup-dist setup-fuzz \
	setup-bench setup-lint
$(SETUPS):
	@tests/install $(@:setup-%=%)

# A debugger's build, for the tests
DEBUG = -std=c99 $(WARNINGS) $(WIDE) -O1 -g -fno-omit-frame-pointer \
	$(CPPFLAGS) $(LDFLAGS)

build/unit: tests/unit.c redeem.c Makefile
	@mkdir -p build
	$(CC) $(DEBUG) -DREDEEM_NO_MAIN -o $@ tests/unit.c \
		$$(pkg-config --cflags --libs check)

# For machines without a compiler: dist/redeem-VERSION-ARCHITECTURE.tar.gz
dist:
	@tests/install dist
	@tests/dist

# The programs in these, and unit tests to go with each.
build/dist/%/redeem: redeem.c Makefile
	@mkdir -p $(@D)
	build/musl/$*/bin/musl-gcc $(NEEDED) -s $(MUSL) -o $@ redeem.c

build/dist/%/unit: tests/unit.c tests/shim/check.h redeem.c Makefile
	@mkdir -p $(@D)
	build/musl/$*/bin/musl-gcc -std=c99 $(WARNINGS) -Werror $(WIDE) -O1 \
		-static -DREDEEM_NO_MAIN -Itests/shim -o $@ tests/unit.c

# For tests/proof-sanitized.t: builds that check each access to memory, and one
# for valgrind, which needs the system's malloc.
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
build/redeem-sanitized: redeem.c Makefile
	@mkdir -p build
	$(CC) $(DEBUG) $(SANITIZE) -o $@ redeem.c

build/unit-sanitized: tests/unit.c redeem.c Makefile
	@mkdir -p build
	$(CC) $(DEBUG) $(SANITIZE) -DREDEEM_NO_MAIN -o $@ tests/unit.c \
		$$(pkg-config --cflags --libs check)

build/redeem-debug: redeem.c Makefile
	@mkdir -p build
	$(CC) $(DEBUG) -o $@ redeem.c

# with clang's libFuzzer
FUZZERS = build/fuzz_request build/fuzz_record build/fuzz_settings \
	build/fuzz_link build/fuzz_redeem

build/fuzz_%: tests/fuzz_%.c tests/fuzz.h redeem.c Makefile
	@mkdir -p build
	clang -std=c99 $(WARNINGS) $(WIDE) -g -O2 -DREDEEM_NO_MAIN \
		-fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -o $@ $<

# The same harnesses without it: they run what is in tests/corpus, and no more.
REPLAYS = $(FUZZERS:build/fuzz_%=build/replay_%)

replays: $(REPLAYS)

build/replay_%: tests/fuzz_%.c tests/fuzz.h tests/replay.h redeem.c Makefile
	@mkdir -p build
	$(CC) -std=c99 $(WARNINGS) $(WIDE) -g -DREDEEM_NO_MAIN -DFUZZ_REPLAY \
		-o $@ $<

# FUZZ_SECONDS=0: until it is interrupted, or has done FUZZ_RUNS each, with
# inputs of FUZZ_LENGTH bytes at most
FUZZ_SECONDS = 0
FUZZ_RUNS = -1
FUZZ_LENGTH =
fuzz:
	@tests/install fuzz
	@$(MAKE) --no-print-directory $(FUZZERS)
	@FUZZ_LENGTH=$(FUZZ_LENGTH) \
		tests/fuzz build $(FUZZ_SECONDS) $(FUZZ_RUNS)

# Breaks redeem.c in COUNT places, one at a time, and looks which breaks no test
# notices; SEED says in which. MUTANT_SECONDS=0: however long it takes. JOBS of
# them at once. Or with the tests T only.
SEED = 1
COUNT = 200
MUTANT_SECONDS = 0
JOBS = 1
mutants:
	@tests/install test
	@JOBS=$(JOBS) tests/mutants $(SEED) $(COUNT) $(MUTANT_SECONDS) $(T)

# on a machine that does nothing else, and has not just removed many files
bench:
	@tests/install bench
	@$(MAKE) --no-print-directory -B redeem
	@tests/bench

lint:
	@tests/install lint
	@tests/lint

clean:
	rm -rf redeem build dist

.PHONY: all demo test test-hosts test-all $(SETUPS) dist replays fuzz mutants \
	bench lint clean

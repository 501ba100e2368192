# redeem: make, make demo, make test, make fuzz, make bench, make lint, make dist.
# A C compiler is all that `make` needs; the others install what they need, or
# say what to install.

CC_MUSL = musl-gcc
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
HARDENING = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now
SMALL = -Os -ffunction-sections -fdata-sections -Wl,--gc-sections \
	-fno-asynchronous-unwind-tables -Wl,--build-id=none -s
# A static program has one place in memory anyway; with these it has 8 KiB less
# of padding, and tables of addresses that need no relocation.
STATIC = -static -fno-pie -no-pie -Wl,-z,noseparate-code
# 64-bit time and file sizes on 32-bit machines, too
WIDE = -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
CFLAGS = -std=c99 $(WARNINGS) $(WIDE) $(SMALL) $(HARDENING)

all: redeem

# The first that works: static with musl, static with the system's libc,
# dynamic, and for compilers that know none of these flags, plain.
redeem: redeem.c Makefile
	@rm -f $@
	@if command -v $(CC_MUSL) >/dev/null 2>&1 && \
		$(CC_MUSL) $(CFLAGS) $(STATIC) -o $@ redeem.c; then \
		echo "redeem: static, with musl"; \
	elif $(CC) $(CFLAGS) $(STATIC) -o $@ redeem.c 2>/dev/null; then \
		echo "redeem: static"; \
	elif $(CC) $(CFLAGS) -o $@ redeem.c 2>/dev/null; then \
		echo "redeem: dynamic"; \
	else \
		$(CC) $(WIDE) -O -o $@ redeem.c && \
		echo "redeem: dynamic, without hardening"; \
	fi

demo:
	@tests/install demo
	@$(MAKE) --no-print-directory redeem
	@tests/demo

test:
	@tests/install test
	@$(MAKE) --no-print-directory redeem build/unit
	@build/unit 2>build/unit.log || { cat build/unit.log; exit 1; }
	@prove --timer -j2 tests/*.t

build/unit: tests/unit.c redeem.c Makefile
	@mkdir -p build
	$(CC) -std=c99 $(WARNINGS) $(WIDE) -g -DREDEEM_NO_MAIN \
		-o $@ tests/unit.c $$(pkg-config --cflags --libs check)

# For machines without a compiler: dist/redeem-VERSION-ARCHITECTURE.tar.gz
dist:
	@tests/install dist
	@tests/dist

# The programs in these, and unit tests to go with each. "relro" does nothing in
# a static program of musl's, but where pages may have 64 KiB it fills one.
build/dist/%/redeem: redeem.c Makefile
	@mkdir -p $(@D)
	build/musl/$*/bin/musl-gcc $(CFLAGS) $(STATIC) -Wl,-z,norelro \
		-o $@ redeem.c

build/dist/%/unit: tests/unit.c tests/shim/check.h redeem.c Makefile
	@mkdir -p $(@D)
	build/musl/$*/bin/musl-gcc -std=c99 $(WARNINGS) -Werror $(WIDE) -O1 \
		-static -DREDEEM_NO_MAIN -Itests/shim -o $@ tests/unit.c

# For tests/proof-sanitized.t: what looks at each access to memory, and what valgrind
# can look into, which needs the system's malloc.
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
DEBUG = -std=c99 $(WARNINGS) $(WIDE) -O1 -g -fno-omit-frame-pointer

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

# FUZZ_SECONDS=0: until it is interrupted
FUZZ_SECONDS = 0
fuzz:
	@tests/install fuzz
	@$(MAKE) --no-print-directory $(FUZZERS)
	@tests/fuzz build $(FUZZ_SECONDS)

# on a machine that does nothing else, and has not just removed many files
bench:
	@tests/install bench
	@$(MAKE) --no-print-directory redeem
	@tests/bench

lint:
	@tests/install lint
	@tests/lint

clean:
	rm -rf redeem build dist

.PHONY: all demo test dist replays fuzz bench lint clean

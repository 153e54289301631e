# The parsers against libFuzzer, with address and undefined-behaviour checks: each test/fuzz/X.c is linked with the pure C files of
# the floor `types` (those without the backend's header). FUZZ_SECONDS is for each; what it finds is kept in out/fuzz/X, where
# the next run starts from it; seeds are in test/fuzz/X.corpus.
.PHONY: fuzz

FUZZ_SECONDS ?= 60
FUZZ_CC      ?= clang-14
FUZZ_FLAGS    = -g -O1 -Wall -Wextra -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Isrc
FUZZ_SOURCES  = $(shell grep -L '"postgres.h"' src/types/*.c)
FUZZERS       = $(sort $(basename $(notdir $(wildcard test/fuzz/*.c))))

fuzz: $(patsubst %,fuzz-%,$(FUZZERS))

fuzz-%: test/fuzz/%.c
	@mkdir -p out/fuzz/$*
	$(FUZZ_CC) $(FUZZ_FLAGS) $< $(FUZZ_SOURCES) -o out/fuzz/$*.run
	out/fuzz/$*.run -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix=out/fuzz/$*/ out/fuzz/$* $(wildcard test/fuzz/$*.corpus)

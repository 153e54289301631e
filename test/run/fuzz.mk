# The parsers against libFuzzer, with address and undefined-behaviour checks: test/fuzz/X.c is linked with the pure C files it
# includes headers of (and theirs); anything it finds is kept in out/fuzz/X. FUZZ_SECONDS is for each.
.PHONY: fuzz

FUZZ_SECONDS ?= 60
FUZZ_CC      ?= clang-14
FUZZ_FLAGS    = -g -O1 -Wall -Wextra -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Isrc
FUZZ_PURE     = checkdigit identifier_tables identifier_check identifier_epc amount_parse
FUZZ_SOURCES  = $(wildcard $(patsubst %,src/types/%.c,$(FUZZ_PURE)))
FUZZERS       = $(sort $(basename $(notdir $(wildcard test/fuzz/*.c))))

fuzz: $(patsubst %,fuzz-%,$(FUZZERS))

fuzz-%: test/fuzz/%.c
	@mkdir -p out/fuzz/$*
	$(FUZZ_CC) $(FUZZ_FLAGS) $< $(FUZZ_SOURCES) -o out/fuzz/$*.run
	out/fuzz/$*.run -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix=out/fuzz/$*/ out/fuzz/$* $(wildcard test/fuzz/$*.corpus)

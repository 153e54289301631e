# The workshop. Every target works in a copy under /tmp, as root or not, and needs neither a server nor an earlier build.
.PHONY: demo test bench asan coverage lint docs soak

WORKSHOP = exec env PG_CONFIG='$(PG_CONFIG)' bash test/run/stage.sh

# A story from order to payout, told by psql; KEEP=1 leaves the server running.
demo:
	@export KEEP='$(KEEP)'; $(WORKSHOP) build test/run/demo.sh

test:
	@$(WORKSHOP) test test/run/suite.sh

# The suite on a build with address and undefined-behaviour checks.
asan:
	@$(WORKSHOP) asan test/run/asan.sh

coverage:
	@$(WORKSHOP) coverage test/run/coverage.sh

# Warnings as errors, static analysis, house rules, catalog rules.
lint:
	@$(WORKSHOP) lint test/run/lint.sh

# doc/reference.md from the catalog's comments.
docs:
	@$(WORKSHOP) build test/run/docs.sh
	@mkdir -p doc && mv -f out/reference.md doc/reference.md

bench:
	@$(WORKSHOP) build bench/run.sh

# Long random histories; SOAK_* variables set how long.
soak:
	@$(WORKSHOP) test test/run/soak.sh

-include test/run/fuzz.mk
$(patsubst %,fuzz-%,$(FUZZERS)): | fuzz-tools
.PHONY: fuzz-tools
fuzz-tools:
	@test/run/setup.sh build fuzz

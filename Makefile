# marketplace: build, install and test with PGXS. `make demo` and `make test` are all a newcomer needs (README.md).
EXTENSION   = marketplace
MODULE_big  = marketplace
EXTVERSION  = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" marketplace.control)

# The floors of the building, from the ground up; a floor may use only those before it.
AREAS       = types kernel orders funds logistics invoicing

OBJS        = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))

# CREATE EXTENSION installs code (functions); migrate() creates state (tables) and replays guards and views.
# An area's own tables.sql comes before its pieces' <piece>_tables.sql, and so for functions, guards and views.
pieces      = $(wildcard sql/$1/$2.sql) $(sort $(wildcard sql/$1/*_$2.sql))
SQL_CODE    = $(foreach a,$(AREAS),$(call pieces,$a,functions))
SQL_STATE   = $(foreach a,$(AREAS),$(call pieces,$a,tables))
SQL_REPLAY  = $(foreach a,$(AREAS),$(call pieces,$a,guards) $(call pieces,$a,views))

DATA_built  = sql/marketplace--$(EXTVERSION).sql
PG_CPPFLAGS = -Isrc $(shell xml2-config --cflags)
SHLIB_LINK  = $(shell xml2-config --libs)
EXTRA_CLEAN = src/kernel/migrate_sql.inc out

# For packagers' `make installcheck` against a running server; `make test` needs none.
TESTS       = $(sort $(filter-out install,$(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql))))
REGRESS     = $(if $(TESTS),install) $(TESTS)
REGRESS_OPTS = --inputdir=test --outputdir=out/regress

PG_CONFIG  ?= pg_config
PGXS       := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)
else
# No headers yet: the targets of the workshop see to that, the others say what is missing.
all install: ; @test/run/setup.sh build && $(MAKE) $@
endif
include test/run/targets.mk

sql/marketplace--$(EXTVERSION).sql: $(SQL_CODE) Makefile
	{ printf '%s\n' '\echo Use "CREATE EXTENSION marketplace" to load this file. \quit'; cat $(SQL_CODE); } > $@

src/kernel/migrate_sql.inc: test/run/embed_sql.sh $(SQL_STATE) $(SQL_REPLAY) Makefile
	sh test/run/embed_sql.sh state $(SQL_STATE) > $@
	sh test/run/embed_sql.sh replay $(SQL_REPLAY) >> $@

src/kernel/migrate.o src/kernel/migrate.bc: src/kernel/migrate_sql.inc

installcheck: | out/regress
out/regress: ; mkdir -p $@

# A header may change any object: small tree, simple rule.
$(OBJS): $(wildcard src/*.h src/*/*.h)

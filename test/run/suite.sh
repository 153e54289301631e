#!/bin/bash
# The test suite: builds the copy that stage.sh made, starts a throw-away server and runs every kind of test, each also when a
# former one failed. The last line is "N passed, N failed"; the exit code is 1 if anything failed.
#
#   stage.sh test test/run/suite.sh [regress|pgtap|specs|tap]...       all four when none is named
#
# Counted are pg_regress tests (test/sql, expected/), pgTAP assertions (test/pgtap), isolation specs (test/specs) and the
# assertions of the TAP files (test/t). Databases of pgTAP and specs have the extension and are migrated; those of
# pg_regress start empty: test/sql/install.sql is run first and installs it for the others. Tests on real inputs read
# MARKETPLACE_SAMPLES and say that they are skipped where it is unset.
# Settings: COPT (compiler flags), SERVER_ENV, SERVER_OPTIONS (see server.sh), VERBOSE=1 (each assertion).
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
server=$STAGE/server
passed=0 failed=0
lanes=$(nproc)

count() {
	echo "$1: $2 passed, $3 failed"
	passed=$((passed + $2))
	failed=$((failed + $3))
}

# pg_regress writes "test NAME ... ok" up to PostgreSQL 15 and "ok N - NAME" since; what it never reached has failed too.
count_pg_regress() {
	local ok
	ok=$(grep -cE '^(test .*\.\.\. ok |ok [0-9])' "$3/runner.log" || true)
	[ ! -s "$3/regression.diffs" ] || cat "$3/regression.diffs"
	[ "$ok" -eq "$2" ] || grep -vE '^(test .*\.\.\. ok |ok [0-9])' "$3/runner.log" || true
	count "$1" "$ok" $(($2 - ok))
}

run_regress() {
	local tests out=$STAGE/regress
	tests=$(names "$tree/test/sql" sql)
	[ -n "$tests" ] || { count pg_regress 0 0; return; }
	mkdir -p "$out"
	# shellcheck disable=SC2086
	"$pgxs/src/test/regress/pg_regress" --bindir="$bin" --inputdir="$tree/test" --outputdir="$out" --host="$PGHOST" --port="$PGPORT" \
		--user=postgres --dbname=contrib_regression $tests >"$out/runner.log" 2>&1 || true
	count_pg_regress pg_regress "$(wc -w <<<"$tests")" "$out"
}

run_specs() {
	local tests out=$STAGE/specs
	tests=$(names "$tree/test/specs" spec)
	[ -n "$tests" ] || { count isolation 0 0; return; }
	mkdir -p "$out"
	fresh_database isolation_regression >"$out/runner.log" 2>&1 || true
	# shellcheck disable=SC2086
	"$pgxs/src/test/isolation/pg_isolation_regress" --bindir="$bin" --inputdir="$tree/test" --outputdir="$out" --host="$PGHOST" --port="$PGPORT" \
		--user=postgres --use-existing --dbname=isolation_regression $tests >>"$out/runner.log" 2>&1 || true
	count_pg_regress isolation "$(wc -w <<<"$tests")" "$out"
}

# run_tap NAME FILES [COMMAND...]: as many files at a time as there are processors; COMMAND, if any, sets the environment. LANE is
# the number of the one that a file runs in.
run_tap() {
	local name=$1 files=$2 results=$STAGE/$1.results
	shift 2
	[ -n "$files" ] || { count "$name" 0 0; return; }
	mkdir -p "$results"
	# shellcheck disable=SC2016
	printf '%s\n' $files | "$@" xargs -n1 -P"$lanes" --process-slot-var=LANE bash "$run/lane.sh" "$results" || true
	# shellcheck disable=SC2046
	count "$name" $(awk '{passed += $1; failed += $2} END {print passed + 0, failed + 0}' "$results"/*)
}

# The longest first, after the one that reads all that there is; each lane has a database of its own. Files zz_* look at what the others have left, in every lane.
run_pgtap() {
	local lane files
	files=$(paths test/pgtap sql)
	[ -n "$files" ] || { count pgTAP 0 0; return; }
	for ((lane = 0; lane < lanes; lane++)); do fresh_database "pgtap$lane" pgtap || { count pgTAP 0 1; return; }; done
	# shellcheck disable=SC2086
	files=$(printf '%s\n' $files)
	run_tap pgTAP "$(grep -E '/(tenancy|bad_input|property)' <<<"$files" | sort -r; grep -vE '/(tenancy|bad_input|property|zz_)' <<<"$files")" env LANE_DATABASE=pgtap
	for ((lane = 0; lane < lanes; lane++)); do
		lanes=1 run_tap "pgTAP, left by lane $lane" "$(grep '/zz_' <<<"$files")" env PGDATABASE="pgtap$lane"
	done
}

# Each TAP file makes its own servers; they find the extension where ours does.
run_perl() {
	mkdir -p "$STAGE/t/tmp_check"
	echo "extension_destdir = '$server/root'" >"$STAGE/t/postgresql.conf"
	run_tap TAP "$(paths test/t pl)" env -u PGHOST -u PGUSER -u PGDATABASE PGPORT=65432 TEMP_CONFIG="$STAGE/t/postgresql.conf" \
		TESTDIR="$STAGE/t" TESTDATADIR="$STAGE/t/tmp_check" TESTLOGDIR="$STAGE/t/log" \
		PG_REGRESS="$pgxs/src/test/regress/pg_regress" PERL5LIB="$pgxs/src/test/perl:$tree/test/t${PERL5LIB:+:$PERL5LIB}"
}

build "${COPT:-}" && start_server "$server" || { echo "no build or no server: nothing was tested"; echo "0 passed, 1 failed"; exit 1; }
[ $# -gt 0 ] || set -- regress pgtap specs tap
for kind in "$@"; do
	timeout 60 sh -c 'until pg_isready -q; do sleep 0.2; done' || true	# a kind that crashed the server must not spoil the next
	case $kind in
	regress) run_regress ;;
	pgtap) run_pgtap ;;
	specs) run_specs ;;
	tap) run_perl ;;
	*) echo "suite.sh: unknown kind $kind" >&2; exit 2 ;;
	esac
done
"$run/server.sh" stop "$server"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

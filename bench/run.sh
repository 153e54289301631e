#!/bin/bash
# Measures the product against the same work by hand in PL/pgSQL (bench/README.md says what is compared and how to read it).
#
#   make bench                                     every line, less than 10 minutes
#   BENCH_LINES='transfer release' make bench      only these, of transfer transfer_off call hot release
#                                                  release_off batch state series life life_off
#   BENCH_SECONDS=3 BENCH_ROUNDS=5                 of one measurement; of each line
#
# A round of a line measures every variant once, so that a change of the machine's speed hits all of them; what is printed is
# the median of the ratios taken inside a round.
# shellcheck source=test/run/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../test/run/lib.sh"
# shellcheck source=bench/measure.sh
source "$tree/bench/measure.sh"
# shellcheck source=bench/table.sh
source "$tree/bench/table.sh"
# shellcheck source=bench/lines.sh
source "$tree/bench/lines.sh"
bench=$tree/bench
seconds=${BENCH_SECONDS:-3}
rounds=${BENCH_ROUNDS:-5}
results=$STAGE/results
: >"$results"

use_postgres
build ""
# Durable as in production; no checkpoint while measuring, so that no run pays for another's full-page images.
SERVER_OPTIONS="
fsync = on
synchronous_commit = on
shared_buffers = 256MB
max_wal_size = 16GB
checkpoint_timeout = 1h
jit = off" start_server "$STAGE/server"
postmaster=$(head -n 1 "$STAGE/server/data/postmaster.pid")
psql -Xq -U postgres -v ON_ERROR_STOP=1 -c 'CREATE ROLE bench LOGIN' -c 'GRANT pg_read_server_files, pg_write_server_files TO bench'
export PGUSER=bench PGOPTIONS='-c client_min_messages=warning'

make_database ours "$bench/ours/setup.sql" "$bench/ours/accounts.sql" "$bench/ours/life.sql" "$bench/ours/series_documents.sql"
make_database life "$bench/baseline/plain.sql" "$bench/baseline/life_tables.sql" "$bench/baseline/life.sql"
make_database plain "$bench/baseline/setup.sql" "$bench/baseline/plain.sql" "$bench/baseline/plus.sql" "$bench/baseline/accounts.sql" "$bench/baseline/series_tables.sql"
make_database plus "$bench/baseline/setup.sql" "$bench/baseline/plain.sql" "$bench/baseline/plus.sql" "$bench/baseline/accounts.sql" "$bench/baseline/series_tables.sql"

for line in transfer transfer_off call hot release release_off batch state series life life_off; do
	! wanted "$line" || { echo "$line" >&2; "line_$line"; }
done

{ print_header; print_table; } | tee "$STAGE/out/bench.txt"
"$run/server.sh" stop "$STAGE/server"

# shellcheck shell=bash
# shellcheck disable=SC2154
# How one measurement is taken. To be sourced by run.sh.

# note LINE ROUND VARIANT METRIC VALUE
note() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$results"; }

wanted() { [ -z "${BENCH_LINES:-}" ] || grep -qw -- "$1" <<<"${BENCH_LINES//[, ]/$'\n'}"; }

query() { psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

# make_database NAME FILE...
make_database() {
	local name=$1 file
	shift
	psql -Xq -U postgres -v ON_ERROR_STOP=1 -c "CREATE DATABASE $name OWNER bench"
	psql -Xq -U postgres -v ON_ERROR_STOP=1 -d "$name" -c 'GRANT EXECUTE ON FUNCTION pg_read_file(text) TO bench'
	for file in "$@"; do psql -XAtq -v ON_ERROR_STOP=1 -d "$name" -f "$file" >/dev/null; done
	psql -Xq -U postgres -d "$name" -c 'VACUUM ANALYZE'
}

# CPU of the whole server so far, in clock ticks: the postmaster, its children, and those that have ended.
server_ticks() {
	local children pid
	read -ra children <"/proc/$postmaster/task/$postmaster/children"
	for pid in "$postmaster" "${children[@]}"; do cat "/proc/$pid/stat" 2>/dev/null || true; done | sed 's/.*) //' | awk 'NR == 1 {sum = $14 + $15} {sum += $12 + $13} END {print sum}'
}

# WAL position; bytes of the ledger's tables and of all tables, indexes included.
positions() {
	query "$1" "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,
		sum(pg_total_relation_size(c.oid)) FILTER (WHERE relname IN ('accounts', 'transfers', 'entries'))::bigint, sum(pg_total_relation_size(c.oid))::bigint
		FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname IN ('public', 'marketplace')" | tr '|' ' '
}

# All sessions of the database have ended, so that their CPU is counted.
wait_for_sessions() {
	psql -XAtq -U postgres -d postgres -c "DO \$\$ BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = '$1' AND backend_type = 'client backend')
		LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END \$\$"
}

# transactions LINE ROUND VARIANT DATABASE SCRIPT [SECONDS]: 8 clients for some seconds, prepared statements.
transactions() {
	local line=$1 round=$2 variant=$3 database=$4 script=$5 time=${6:-$seconds} log=$STAGE/tmp/pgbench
	local ticks wal ledger all wal_after ledger_after all_after count latencies=()
	read -r wal ledger all < <(positions "$database")
	ticks=$(server_ticks)
	rm -f "$log".[0-9]*
	[ "$line" != hot ] || latencies=(-l --log-prefix="$log")
	pgbench -n -M prepared -c 8 -j 2 -T "$time" "${latencies[@]}" -f "$bench/$script" "$database" >"$log.out" 2>&1 ||
		{ cat "$log.out" >&2; exit 1; }
	wait_for_sessions "$database"
	ticks=$(($(server_ticks) - ticks))
	read -r wal_after ledger_after all_after < <(positions "$database")
	[ "$round" -gt 0 ] || return 0
	count=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$log.out")
	note "$line" "$round" "$variant" rate "$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$log.out")"
	[ "$line" != hot ] || note "$line" "$round" "$variant" p99 "$(cat "$log".[0-9]* | awk '{print $3}' | sort -n | awk '{v[NR] = $1} END {print v[int(NR * 0.99) + 1] / 1000}')"
	note "$line" "$round" "$variant" cpu "$(awk -v t="$ticks" -v hz="$(getconf CLK_TCK)" -v n="$count" 'BEGIN {print t / hz * 1e6 / n}')"
	note "$line" "$round" "$variant" wal "$(((wal_after - wal) / count))"
	note "$line" "$round" "$variant" ledger_bytes "$(((ledger_after - ledger) / count))"
	note "$line" "$round" "$variant" all_bytes "$(((all_after - all) / count))"
}

# milliseconds DATABASE SQL: what psql says that one statement took, its commit included.
milliseconds() {
	psql -Xq -v ON_ERROR_STOP=1 -d "$1" -c '\timing on' -c "$2" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | tail -n 1
}

#!/bin/bash
# The developer's loop: build this work tree, have a throw-away server with it, run something against it.
#
#   test/run/dev.sh up                 build, install, (re)create database `dev` with the extension and migrate()
#   test/run/dev.sh psql ARGS          psql on that database
#   test/run/dev.sh regress [TEST...]  pg_regress (all tests of test/sql in order, or those named); results in /tmp/mk-*/work
#   test/run/dev.sh pgtap [FILE...]    pgTAP files, on a database that has the extension and is migrated
#   test/run/dev.sh specs [SPEC...]    isolation specs, likewise
#   test/run/dev.sh down               stop the server and delete it
# The server lives in /tmp/mk-<name of the work tree's folder>.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
dir=/tmp/mk-$(basename "$tree")

as_server() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env -C "$dir" "$@"; else env -C "$dir" "$@"; fi
}

bring_up() {
	build "$strict"
	if [ -f "$dir/data/postmaster.pid" ]; then "$run/server.sh" install "$dir"; else "$run/server.sh" start "$dir"; fi
	eval "$("$run/server.sh" env "$dir")"
	copy_tests
}

# As root the runners are another user, who may not read this tree.
copy_tests() {
	local samples
	rm -rf "$dir/work" && mkdir -p "$dir/work/out/specs" "$dir/work/expected"
	cp -r "$tree/test" "$dir/work/"
	[ ! -d "$tree/expected" ] || cp -r "$tree/expected" "$dir/work/"
	[ "$(id -u)" != 0 ] || chown -R postgres: "$dir/work"
	samples=$(find_samples)
	[ -z "$samples" ] || export MARKETPLACE_SAMPLES=$samples
}

# pg_runner PROGRAM OUTPUT OPTION... : pg_regress or pg_isolation_regress
pg_runner() {
	local program=$1 out=$2
	shift 2
	as_server "$pgxs/src/test/$program" --bindir="$bin" --inputdir="$dir/work/test" --outputdir="$out" \
		--host="$dir" --port=5432 --user=postgres "$@" || { cat "$out/regression.diffs"; exit 1; }
}

command=${1:-up}
shift || true
case $command in
up) bring_up; fresh_database dev ;;
psql) eval "$("$run/server.sh" env "$dir")"; exec psql -X -d dev "$@" ;;
regress)
	bring_up
	[ $# -gt 0 ] || set -- $(names "$tree/test/sql" sql)
	pg_runner regress/pg_regress "$dir/work/out" --dbname=contrib_regression "$@" ;;
specs)
	bring_up
	fresh_database isolation_regression
	[ $# -gt 0 ] || set -- $(names "$tree/test/specs" spec)
	pg_runner isolation/pg_isolation_regress "$dir/work/out/specs" --use-existing --dbname=isolation_regression "$@" ;;
pgtap)
	bring_up
	fresh_database pgtap pgtap
	[ $# -gt 0 ] || set -- $(paths test/pgtap sql)
	cd "$tree" && PGDATABASE=pgtap pg_prove --ext .sql "$@" ;;
down) "$run/server.sh" stop "$dir"; rm -rf "$dir" ;;
*) echo "unknown command $command" >&2; exit 2 ;;
esac

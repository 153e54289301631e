#!/bin/bash
# The developer's loop: build this work tree, have a throw-away server with it, run something against it.
#
#   test/run/dev.sh up                 build, install, (re)create database `dev` with the extension and migrate()
#   test/run/dev.sh psql ARGS          psql on that database
#   test/run/dev.sh regress [TEST...]  pg_regress (all tests of test/sql in order, or those named); results in /tmp/mk-*/work
#   test/run/dev.sh pgtap [FILE...]    pgTAP files
#   test/run/dev.sh specs [SPEC...]    isolation specs
#   test/run/dev.sh down               stop the server and delete it
# The server lives in /tmp/mk-<name of the work tree's folder>.
set -euo pipefail
export PG_CONFIG=${PG_CONFIG:-pg_config}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
dir=/tmp/mk-$(basename "$tree")
bin=$($PG_CONFIG --bindir)
pgxs=$(dirname "$($PG_CONFIG --pgxs)")/../..
flags='-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers'

as_server() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env -C "$dir" "$@"; else env -C "$dir" "$@"; fi
}

build() {
	make -s -C "$tree" -j2 with_llvm=no PG_CONFIG="$PG_CONFIG" COPT="$flags"
	if [ -f "$dir/data/postmaster.pid" ]; then "$here/server.sh" install "$dir"; else "$here/server.sh" start "$dir"; fi
	eval "$("$here/server.sh" env "$dir")"
}

copy_tests() {
	rm -rf "$dir/work"; mkdir -p "$dir/work/out" "$dir/work/expected"
	cp -r "$tree/test" "$dir/work/"
	[ ! -d "$tree/expected" ] || cp -r "$tree/expected" "$dir/work/"
	rm -rf "$dir/work/test/expected"; ln -s ../expected "$dir/work/test/expected"
	ln -s "$tree/../../shared" "$dir/shared" 2>/dev/null || true
	[ "$(id -u)" = 0 ] && chown -R postgres: "$dir/work"
	return 0
}

command=${1:-up}; shift || true
case $command in
up)
	build
	psql -Xqc 'DROP DATABASE IF EXISTS dev' -c 'CREATE DATABASE dev'
	psql -Xq -d dev -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION marketplace'
	! psql -XAtq -d dev -c "SELECT 1 FROM pg_proc WHERE proname = 'migrate'" | grep -q 1 ||
		psql -Xq -d dev -v ON_ERROR_STOP=1 -c 'SELECT marketplace.migrate()' ;;
psql) eval "$("$here/server.sh" env "$dir")"; exec psql -X -d dev "$@" ;;
regress)
	build; copy_tests
	[ $# -gt 0 ] || set -- $(cd "$tree/test/sql" && ls *.sql | sed 's/\.sql$//')
	as_server "$pgxs/src/test/regress/pg_regress" --bindir="$bin" --inputdir="$dir/work/test" --outputdir="$dir/work/out" \
		--host="$dir" --port=5432 --user=postgres --dbname=contrib_regression "$@" || { cat "$dir/work/out/regression.diffs"; exit 1; } ;;
specs)
	build; copy_tests; mkdir -p "$dir/work/out/output_iso"
	[ $# -gt 0 ] || set -- $(cd "$tree/test/specs" && ls *.spec | sed 's/\.spec$//')
	as_server "$pgxs/src/test/isolation/pg_isolation_regress" --bindir="$bin" --inputdir="$dir/work/test" --outputdir="$dir/work/out/output_iso" \
		--host="$dir" --port=5432 --user=postgres --dbname=isolation_regression "$@" || { cat "$dir/work/out/output_iso/regression.diffs"; exit 1; } ;;
pgtap)
	build; copy_tests
	psql -Xqc 'DROP DATABASE IF EXISTS tap' -c 'CREATE DATABASE tap'
	psql -Xq -d tap -c 'CREATE EXTENSION marketplace' -c 'CREATE EXTENSION pgtap' -c 'SELECT marketplace.migrate()' >/dev/null || true
	[ $# -gt 0 ] || set -- $(cd "$tree" && ls test/pgtap/*.sql)
	cd "$tree" && PGDATABASE=tap pg_prove --ext .sql "$@" ;;
down) "$here/server.sh" stop "$dir"; rm -rf "$dir" ;;
*) echo "unknown command $command" >&2; exit 2 ;;
esac

#!/bin/bash
# Runs each script of test/soak, long random histories that are too long for `make test`, on a database of its own with the
# extension, migrated; libpq's environment points at it. SOAK_* variables (steps, seed) reach the scripts as they are.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
passed=0 failed=0
build
start_server "$STAGE/server"
for script in $(paths test/soak sh); do
	fresh_database soak
	echo "== $script"
	if PGDATABASE=soak bash "$script"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "$script: FAILED"; fi
done
"$run/server.sh" stop "$STAGE/server"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/bash
# Writes out/reference.md from the comments in the catalog of an installed and migrated database (reference.sql).
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
build
start_server "$STAGE/server"
fresh_database docs
psql -XAt -v ON_ERROR_STOP=1 -d docs -f "$run/reference.sql" >"$STAGE/out/reference.md"
"$run/server.sh" stop "$STAGE/server"
echo "$(grep -c '^####* ' "$STAGE/out/reference.md" || true) entries"

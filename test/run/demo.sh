#!/bin/bash
# Tells test/demo/demo.sql on a throw-away server. Extension and tables are made by the database's owner, a plain role, as a
# user would make them. KEEP=1 leaves the server running and says how to reach it and how to end it.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
build
start_server "$STAGE/server"
psql -Xq -v ON_ERROR_STOP=1 -c 'CREATE ROLE shop LOGIN' -c 'CREATE DATABASE shop OWNER shop'
export PGUSER=shop PGDATABASE=shop PGOPTIONS='-c client_min_messages=warning'
psql -XAtq -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION marketplace'
! has_migrate shop || psql -XAtq -v ON_ERROR_STOP=1 -c 'SELECT marketplace.migrate()' >/dev/null
psql -Xq -v ON_ERROR_STOP=1 -P pager=off -f test/demo/demo.sql
echo
if [ -n "${KEEP:-}" ]; then
	touch "$STAGE/keep"
	echo "The server is running. To look around:   psql -h $PGHOST -p $PGPORT -U shop shop"
	echo "To end it:                               test/run/server.sh stop $STAGE/server && rm -rf $STAGE"
else
	"$run/server.sh" stop "$STAGE/server"
	echo "The server is gone. To keep it and look around yourself:   make demo KEEP=1"
fi

#!/bin/bash
# A throw-away PostgreSQL server with this tree installed, without root's help and without touching the system's.
#
#   test/run/server.sh start DIR     install the built tree under DIR/root, create a cluster in DIR/data and start it
#   test/run/server.sh stop DIR      stop it (the folder stays)
#   test/run/server.sh install DIR   install the built tree again (new sessions see it)
#   test/run/server.sh env DIR       print the PG* variables that reach it
#
# PostgreSQL refuses to run as root; called by root, everything of the server runs as the user `postgres`.
# Settings: PG_CONFIG; SERVER_OPTIONS (lines for postgresql.conf); SERVER_ENV ("A=b C=d" for the postmaster).
set -euo pipefail
PG_CONFIG=${PG_CONFIG:-pg_config}
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$($PG_CONFIG --bindir)

as_server() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env -C "$dir" "$@"; else env -C "$dir" "$@"; fi
}

install_tree() {
	make -s -C "$tree" PG_CONFIG="$PG_CONFIG" with_llvm=no install DESTDIR="$dir/root" >"$dir/install.log" 2>&1 ||
		{ cat "$dir/install.log" >&2; exit 1; }
}

start() {
	mkdir -p "$dir/tmp"
	install_tree
	[ "$(id -u)" = 0 ] && chown -R postgres: "$dir"
	if [ ! -d "$dir/data" ]; then
		as_server "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >"$dir/initdb.log"
		cat >>"$dir/data/postgresql.conf" <<-CONF
			listen_addresses = ''
			unix_socket_directories = '$dir'
			port = 5432
			fsync = off
			max_connections = 100
			extension_destdir = '$dir/root'
			timezone = 'UTC'
			log_line_prefix = '%m [%p] %q%a '
			${SERVER_OPTIONS:-}
		CONF
	fi
	as_server env ${SERVER_ENV:-} "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -s -w -t 120 start ||
		{ tail -20 "$dir/log" >&2; exit 1; }
}

command=${1:?start, stop, install or env}
dir=${2:?the folder of the server}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
chmod 755 "$dir"
case $command in
start) start ;;
stop) [ ! -f "$dir/data/postmaster.pid" ] || as_server "$bin/pg_ctl" -D "$dir/data" -s -w -m fast stop ;;
install) install_tree ;;
env) echo "export PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres" ;;
*) echo "unknown command $command" >&2; exit 2 ;;
esac

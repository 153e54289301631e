# shellcheck shell=bash
# What the scripts of this folder share: which PostgreSQL, where the tree is, a server with this tree in it. To be sourced.
set -euo pipefail
run=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$run/../.." && pwd)

# Compiler flags under which the code must be silent.
strict='-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -Wshadow'

# A PostgreSQL counts as found when its headers are there too. Debian's own pg_config knows only versions with headers, and
# upstream's is on PATH, so what the caller named or PATH has comes first, then Debian's newest.
has_headers() { [ -f "$("$1" --includedir-server 2>/dev/null)/postgres.h" ]; }

find_pg_config() {
	local found
	for found in "${PG_CONFIG:-pg_config}" $(printf '%s\n' /usr/lib/postgresql/*/bin/pg_config | sort -rV); do
		if has_headers "$found"; then PG_CONFIG=$(command -v "$found"); export PG_CONFIG; return 0; fi
	done
	return 1
}

# Sets the variables that the others use; call after the packages are there.
use_postgres() {
	find_pg_config || { echo "no PostgreSQL with server headers found; set PG_CONFIG" >&2; exit 1; }
	bin=$("$PG_CONFIG" --bindir)
	pgxs=$(cd "$(dirname "$("$PG_CONFIG" --pgxs)")/../.." && pwd)
	PATH=$bin:$PATH
	export bin pgxs PATH
}

# build [FLAGS]: compile the tree with extra compiler flags; goes on after an error, to show all.
build() {
	make -s -k -C "$tree" -j"$(nproc)" with_llvm=no PG_CONFIG="$PG_CONFIG" COPT="${1-}"
}

# start_server DIR: install the built tree and start a throw-away server, and point libpq at it.
start_server() {
	"$run/server.sh" start "$1"
	eval "$("$run/server.sh" env "$1")"
}

has_migrate() {
	[ "$(psql -XAtqc "SELECT 1 FROM pg_proc WHERE proname = 'migrate' AND pronamespace = to_regnamespace('marketplace')" -d "$1")" = 1 ]
}

# fresh_database NAME [EXTENSION]: an empty database with the extension, migrated, and perhaps another extension.
fresh_database() {
	local -x PGOPTIONS='-c client_min_messages=warning'
	psql -XAtq -v ON_ERROR_STOP=1 -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1" &&
		psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "CREATE EXTENSION marketplace" ${2:+-c "CREATE EXTENSION $2"} || return 1
	! has_migrate "$1" || psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "SELECT marketplace.migrate()" >/dev/null
}

# names FOLDER SUFFIX: the tests of a folder in the order to run them: `install` first, the others by name.
names() {
	{ cd "$1" 2>/dev/null && ls; } | LC_ALL=C sort | sed -n "s/\\.$2\$//p" |
		awk '$0 == "install" {print; next} {rest = rest $0 "\n"} END {printf "%s", rest}' || true
}

# paths FOLDER SUFFIX: the same as paths from the top of the tree.
paths() {
	names "$tree/$1" "$2" | sed "s|^|$1/|; s|\$|.$2|"
}

# Where the real inputs are: where the caller says, beside the tree, or beside the repository that this work tree belongs to.
find_samples() {
	local at common
	common=$(git -c safe.directory='*' -C "$tree" rev-parse --path-format=absolute --git-common-dir 2>/dev/null || true)
	for at in "${MARKETPLACE_SAMPLES:-}" "$tree/../shared/samples" "${common:+$common/../../shared/samples}"; do
		if [ -n "$at" ] && [ -d "$at" ]; then echo "$at"; return; fi
	done
}

#!/bin/bash
# Runs a script of this tree in a copy of the tree, as a plain user, and leaves nothing behind.
#
#   test/run/stage.sh KINDS SCRIPT [ARG...]       KINDS: what setup.sh must have seen to, with commas ("test,lint")
#
# The copy (tracked files and new ones that are not ignored) lies in a folder under ${TMPDIR:-/tmp}; built objects, other
# compiler flags and servers never touch the tree of the developer, which may well be unreadable for `postgres`. Called by
# root the script runs as `postgres`, because PostgreSQL refuses to run as root. The script finds
#   STAGE                 the folder (its own server belongs in $STAGE/server); $STAGE/tree is the copy and the working folder
#   MARKETPLACE_SAMPLES   a copy of that folder, or of ../shared/samples where the tree has such a neighbour; otherwise unset
# and what it writes to $STAGE/out is copied to out/ of the tree. At the end, also after a failure or an interruption, every
# server under STAGE is stopped and STAGE deleted, unless the script left a file $STAGE/keep.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
kinds=$1 script=$2
shift 2
# shellcheck disable=SC2086
"$run/setup.sh" ${kinds//,/ }
use_postgres
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS "${!PG@}" 2>/dev/null || true
export PG_CONFIG=$bin/pg_config bin pgxs

# A folder whose path is short enough for a socket's (107 bytes), and which `postgres` can reach.
parent=${TMPDIR:-/tmp}
[ ${#parent} -le 50 ] || parent=/tmp
[ "$(id -u)" != 0 ] || setpriv --reuid=postgres --regid=postgres --init-groups test -x "$parent" || parent=/tmp
STAGE=$(mktemp -d "$parent/marketplace.XXXXXX")
export STAGE TMPDIR=$STAGE/tmp LC_ALL=C.UTF-8
child=

as_runner() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=postgres --regid=postgres --init-groups env -C "$STAGE/tree" HOME="$STAGE" USER=postgres LOGNAME=postgres "$@"
	else
		env -C "$STAGE/tree" "$@"
	fi
}

clean_up() {
	local status=$? data
	trap '' INT TERM HUP
	[ -z "$child" ] || kill -TERM -- "-$child" 2>/dev/null || true
	[ -z "$child" ] || wait "$child" 2>/dev/null || true
	if [ -d "$STAGE/out" ] && [ -n "$(ls -A "$STAGE/out")" ]; then
		{ mkdir -p "$tree/out" && cp -rf "$STAGE/out/." "$tree/out/"; } 2>/dev/null || echo "out/ is not writable: results dropped" >&2
	fi
	if [ ! -e "$STAGE/keep" ]; then
		for data in $(find "$STAGE" -name postmaster.pid -printf '%h\n' 2>/dev/null); do
			as_runner "$bin/pg_ctl" -D "$data" -s -m immediate -w -t 20 stop >/dev/null 2>&1 || true
		done
		cd / && rm -rf "$STAGE"
	fi
	exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

tracked() {
	if git -c safe.directory='*' rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git -c safe.directory='*' ls-files -z --cached --others --exclude-standard
	else
		find . \( -path ./out -o -name '*.o' -o -name '*.so' -o -name '*.bc' \) -prune -o \( -type f -o -type l \) -printf '%P\0'
	fi
}

copy_tree() {
	local samples
	mkdir -p "$STAGE/tree" "$STAGE/out" "$STAGE/tmp"
	(cd "$tree" && tracked | while IFS= read -r -d '' file; do [ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"; done |
		tar -c --null --no-recursion -T - | tar -x -m --no-same-owner -C "$STAGE/tree")
	mkdir -p "$STAGE/tree/expected"
	samples=$(find_samples)
	unset MARKETPLACE_SAMPLES
	if [ -n "$samples" ]; then
		mkdir -p "$STAGE/shared"
		cp -rL "$samples" "$STAGE/shared/samples"
		export MARKETPLACE_SAMPLES=$STAGE/shared/samples
	fi
	chmod -R u+rwX,go+rX "$STAGE"
	chmod 700 "$STAGE"	# the servers in it trust whoever reaches them
	[ "$(id -u)" != 0 ] || chown -R postgres: "$STAGE"
}

copy_tree
# In a process group of its own, so that an interruption can end all of it; with the standard input of a script, which is none.
set -m
as_runner bash "$script" "$@" </dev/null &
child=$!
set +m
status=0
wait "$child" || status=$?
child=
exit "$status"

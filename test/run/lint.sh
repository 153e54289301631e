#!/bin/bash
# What a reviewer would otherwise have to look for: compiler warnings as errors, cppcheck, clang-tidy (.clang-tidy), the house
# rules (house.sh) and the catalog of an installed and migrated database (test/lint.sql). The last line counts checks.
# LINT=short: the path-sensitive analysis gives up on a function sooner (a third of the time).
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
passed=0 failed=0

# check NAME COMMAND...: shows what the command says only when it fails.
check() {
	local name=$1 began=$SECONDS
	shift
	if "$@" >"$STAGE/check.log" 2>&1; then
		passed=$((passed + 1))
		echo "$name: clean ($((SECONDS - began)) s)"
	else
		failed=$((failed + 1))
		cat "$STAGE/check.log"
		echo "$name: FAILED ($((SECONDS - began)) s)"
	fi
}

analyse() {
	cppcheck --enable=warning,portability,performance --error-exitcode=2 --quiet --inline-suppr -j"$(nproc)" \
		--suppress=unknownMacro --suppress=varFuncNullUB -Isrc src
}

tidy() {
	local flags
	local depth=
	[ "${LINT:-}" != short ] || depth='-extra-arg=-Xclang -extra-arg=-analyzer-config -extra-arg=-Xclang -extra-arg=max-nodes=50000'
	flags="-D_GNU_SOURCE -Isrc -isystem $("$PG_CONFIG" --includedir-server) $(xml2-config --cflags)"
	# shellcheck disable=SC2016
	find src -name '*.c' -print0 | LC_ALL=C sort -z | flags=$flags depth=$depth xargs -0 -n1 -P"$(nproc)" sh -c '
		said=$(clang-tidy --quiet $depth "$1" -- $flags 2>&1) ||
			{ printf "%s\n" "$said" | grep -vE "^(Suppressed )?[0-9]+ warnings? (generated|treated|\()"; exit 1; }' sh
}

catalog() {
	local rows
	fresh_database lint || return 1
	rows=$(psql -X -v ON_ERROR_STOP=1 -d lint -f test/lint.sql) || return 1
	[ -z "$rows" ] || { echo "$rows"; return 1; }
}

check "warnings" build "$strict"
check "cppcheck" analyse
check "clang-tidy" tidy
bash "$run/house.sh" >"$STAGE/house.log" || true
sed '$d' "$STAGE/house.log"
read -r p f < <(tail -n 1 "$STAGE/house.log" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p')
echo "house rules: $p kept, $f broken"
passed=$((passed + p)) failed=$((failed + f))

start_server "$STAGE/server" || { echo "no server: the catalog was not looked at"; failed=$((failed + 1)); echo "$passed passed, $failed failed"; exit 1; }
check "catalog" catalog
if psql -XAt -d lint -f "$run/reference.sql" >"$STAGE/reference.md" 2>/dev/null && ! cmp -s "$STAGE/reference.md" doc/reference.md; then
	echo "warning: doc/reference.md is not what the catalog says; run make docs"
fi
"$run/server.sh" stop "$STAGE/server"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/bash
# The house rules of CONTRIBUTING.md that a script can see. Prints each place that breaks one; the last line counts rules.
# Needs neither a build nor a server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
passed=0 failed=0
mapfile -t sources < <(find src -name '*.c' | LC_ALL=C sort)
mapfile -t headers < <(find src -name '*.h' | LC_ALL=C sort)
floors=$(sed -n 's/^AREAS *= *//p' Makefile)

# rule NAME PLACES
rule() {
	if [ -z "$2" ]; then passed=$((passed + 1)); return; fi
	failed=$((failed + 1))
	printf '%s:\n' "$1"
	sed 's/^/    /' <<<"$2"
}

long_files() { awk 'FNR == 1 && NR > 1 && n > 450 {print n, f} {f = FILENAME; n = FNR} END {if (n > 450) print n, f}' "$@"; }

long_functions() {
	awk 'FNR == 1 {s = 0}
		/^[A-Za-z_].*\(/ && !/;[ \t]*$/ {n = $0}
		/^\{/ {s = FNR; h = n}
		/^\}/ && s {if (FNR - s > 70) printf "%d lines  %s:%d  %s\n", FNR - s, FILENAME, s, substr(h, 1, 60); s = 0}' "$@"
}

bare_ereports() {
	awk 'function close_it() {if (place != "") print place; place = ""}
		FNR == 1 {close_it()}
		/ereport\((ERROR|FATAL)/ {close_it(); place = FILENAME ":" FNR "  " $0; left = 4}
		place != "" && /errcode/ {place = ""}
		place != "" && --left == 0 {close_it()}
		END {close_it()}' "$@"
}

# logistics and invoicing share a floor: neither may include the other. The list of error codes belongs to all floors.
climbing_includes() {
	awk -v floors="$floors" 'BEGIN {n = split(floors, f, " "); for (i = 1; i <= n; i++) at[f[i]] = i
			if ("invoicing" in at) at["invoicing"] = at["logistics"]; if ("cancellation" in at) at["cancellation"] = at["disputes"]}
		/^#include "/ && !/"kernel\/errors\.h"/ {split(FILENAME, p, "/"); split($2, q, /["\/]/); a = p[2]; b = q[2]
			if ((a in at) && (b in at) && a != b && at[b] >= at[a]) print FILENAME ":" FNR "  " $0}' "$@"
}

unstated_purpose() {
	local file
	for file in "$@"; do sed -n 2p "$file" | grep -q "$(basename "$file")" || echo "$file"; done
}

rule "file over 450 lines" "$(long_files "${sources[@]}")"
rule "function over 70 lines" "$(long_functions "${sources[@]}")"
rule "file that does not start with its name and purpose" "$(unstated_purpose "${sources[@]}")"
rule "SPI called outside src/kernel/query*.c" "$(grep -nE '\bSPI_[a-z]+ *\(' "${sources[@]}" /dev/null | grep -v '^src/kernel/query' || true)"
rule "ereport(ERROR) without an errcode within three lines" "$(bare_ereports "${sources[@]}")"
rule "include that climbs ($floors)" "$(climbing_includes "${sources[@]}" "${headers[@]}")"
rule "money or time as floating point" "$(grep -nE '^\s*(double|float)\s' "${sources[@]}" "${headers[@]}" /dev/null || true)"
rule "left for later" "$(grep -rnE 'TODO|FIXME|XXX:|not implemented|for now' src sql test bench doc README.md 2>/dev/null | grep -v '^test/run/house.sh:' || true)"
rule "SECURITY DEFINER" "$(grep -rnE 'SECURITY DEFINER' sql 2>/dev/null || true)"
wide=$(for file in "${sources[@]}" "${headers[@]}"; do expand -t4 "$file"; done | awk 'length > 118' | wc -l)
[ "$wide" -eq 0 ] || echo "warning: $wide lines over 118 columns"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

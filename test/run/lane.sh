#!/bin/bash
# One file of suite.sh's run_tap, in lane LANE of those that run at the same time. What it prints comes out in one piece.
#   lane.sh RESULTS FILE
results=$1 file=$2
[ -z "${LANE_DATABASE:-}" ] || export PGDATABASE=$LANE_DATABASE$LANE
said=$(perl "$(dirname "${BASH_SOURCE[0]}")/prove.pl" "$results/$(basename "$file")" "$file" 2>&1) || true
[ -s "$results/$(basename "$file")" ] || echo "0 1" >"$results/$(basename "$file")"
printf '%s\n' "$said" | grep -vE '^(\[[0-9:]*\]|All tests successful\.|Files=.*|Result: PASS)$' || true

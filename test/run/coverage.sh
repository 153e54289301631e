#!/bin/bash
# The suite on a build that counts what it runs; the report comes to out/coverage/index.html, its summary to the screen.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
status=0
COPT='--coverage -O0' bash "$run/suite.sh" || status=$?
lcov -q -c -d src -o "$STAGE/all.info" --no-external --base-directory "$tree" >"$STAGE/lcov.log" 2>&1 || { cat "$STAGE/lcov.log"; exit 1; }
genhtml -q -o "$STAGE/out/coverage" --prefix "$tree" "$STAGE/all.info" >"$STAGE/lcov.log" 2>&1 || { cat "$STAGE/lcov.log"; exit 1; }
lcov --list "$STAGE/all.info" 2>/dev/null | sed -n '/|/p'
lcov --summary "$STAGE/all.info" 2>&1 | grep -E 'lines|functions'
echo "report: out/coverage/index.html"
exit "$status"

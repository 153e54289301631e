#!/bin/bash
# The suite against a server whose copy of the extension was built with AddressSanitizer and UndefinedBehaviorSanitizer.
# Each report that a backend leaves is printed and counts as a failure. Clients run without, so TAP files, which start their
# own servers through client programs, are left to `make test`.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_postgres
gcc -shared -fPIC -O0 -fno-builtin -Wl,-z,initfirst -o "$STAGE/asaninit.so" "$run/asaninit.c"
reports=$STAGE/report

export COPT='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer'
export SERVER_ENV="LD_PRELOAD=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so):$STAGE/asaninit.so \
ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:detect_odr_violation=0:log_path=$reports \
UBSAN_OPTIONS=print_stacktrace=1:log_path=$reports"
# Ten times slower than the plain build: a shorter random history. ASAN=short: a sample of the wrong inputs, too.
[ "${ASAN:-}" != short ] || export BAD_INPUT_EVERY=${BAD_INPUT_EVERY:-5}
export PROPERTY_STEPS=${PROPERTY_STEPS:-800}
bash "$run/suite.sh" regress pgtap specs >"$STAGE/suite.log" 2>&1 || true
sed '$d' "$STAGE/suite.log"
read -r passed failed < <(tail -n 1 "$STAGE/suite.log" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p') ||
	{ tail -n 1 "$STAGE/suite.log"; passed=0 failed=1; }
found=0
for file in "$reports".*; do
	[ -s "$file" ] || continue
	found=$((found + 1))
	head -n 60 "$file"
done
# Undefined behaviour is reported on standard error, which is the server's log; so is a backend that died without a word.
if grep -nE -A8 'runtime error:|was terminated by signal' "$STAGE/server/log" >"$STAGE/faults"; then
	found=$((found + $(grep -cE '^[0-9]+:' "$STAGE/faults")))
	head -n 60 "$STAGE/faults"
fi
echo "sanitizer reports: $found"
echo "$passed passed, $((failed + found)) failed"
[ $((failed + found)) -eq 0 ]

# shellcheck shell=bash
# shellcheck disable=SC2154
# The lines of the goal table: each takes its measurements, and says nothing. To be sourced by run.sh.

# against_both LINE SCRIPT: the product, P and P+ in turn; a short round 0 warms up and does not count.
against_both() {
	local round time
	for ((round = 0; round <= rounds; round++)); do
		[ "$round" -gt 0 ] && time=$seconds || time=1
		transactions "$1" "$round" ours ours "ours/$2.sql" "$time"
		transactions "$1" "$round" plain plain "baseline/$2.sql" "$time"
		transactions "$1" "$round" plus plus "baseline/$2_plus.sql" "$time"
	done
}

# without_waiting COMMAND...: commits don't wait for their flush.
without_waiting() { PGOPTIONS="$PGOPTIONS -c synchronous_commit=off" "$@"; }

line_transfer() { against_both transfer transfer; }
line_transfer_off() { without_waiting against_both transfer_off transfer; }

# One more measurement in each round: the product between random accounts, to be compared with.
line_hot() {
	local round
	against_both hot hot
	for ((round = 1; round <= rounds; round++)); do transactions hot "$round" random ours ours/transfer.sql; done
}


line_release() { against_both release release; }
line_release_off() { without_waiting against_both release_off release; }

# 10 000 calls in one transaction.
line_call() {
	local round variant
	for ((round = 1; round <= rounds; round++)); do
		for variant in ours plain plus; do
			note call "$round" "$variant" cpu "$(query "$variant" "SELECT calls_$variant(10000)")"
		done
	done
}

# 10 000 transfers in one call; and COPY of the rows that this wrote into a table with the same columns and indexes.
line_batch() {
	local round kind database hot file=$STAGE/tmp/transfers.csv
	query ours 'SELECT batch_prepare(10000)' >/dev/null
	for kind in random hot; do
		[ $kind = hot ] && hot=true || hot=false
		for database in plain plus; do query $database "SELECT batch_fill(10000, 10001, $hot)" >/dev/null; done
		for ((round = 1; round <= rounds; round++)); do
			note "batch_$kind" "$round" ours rate "$(milliseconds ours "SELECT marketplace.ledger_post(1, document) FROM batches WHERE kind = '$kind'" | rate_of 10000)"
			query ours "COPY (SELECT * FROM marketplace.transfers WHERE marketplace_id = 1 AND posting_id = (SELECT last_value FROM marketplace.posting_ids)) TO '$file' (FORMAT csv)"
			note "batch_$kind" "$round" copy rate "$(milliseconds ours "COPY journal FROM '$file' (FORMAT csv)" | rate_of 10000)"
			note "batch_$kind" "$round" loop rate "$(milliseconds plain 'SELECT batch_loop()' | rate_of 10000)"
			note "batch_$kind" "$round" set rate "$(milliseconds plus 'SELECT batch_apply()' | rate_of 10000)"
		done
	done
}

rate_of() { awk -v n="$1" '{print n * 1000 / $1}'; }

# UPDATE of the state of 100 000 rows: CPU a row.
line_state() {
	local round trigger
	for ((round = 1; round <= rounds; round++)); do
		for trigger in none ours plpgsql; do
			query ours "VACUUM state_$trigger"
			note state "$round" "$trigger" cpu "$(query ours "SELECT state_change('$trigger')")"
		done
	done
	awk -F'\t' -v OFS='\t' '$1 == "state" {cpu[$2, $3] = $5; if ($2 > n) n = $2}
		END {for (r = 1; r <= n; r++) {print "state", r, "ours", "extra", cpu[r, "ours"] - cpu[r, "none"]
			print "state", r, "plpgsql", "extra", cpu[r, "plpgsql"] - cpu[r, "none"]}}' "$results" >"$STAGE/tmp/extra"
	cat "$STAGE/tmp/extra" >>"$results"
}

# Numbers of one series; of a thousand, against documents that take a sequence; 10 000 in one call, likewise.
line_series() {
	local round
	against_both series series
	for ((round = 0; round <= rounds; round++)); do
		transactions series_many "$round" ours ours ours/series_many.sql
		transactions series_many "$round" sequence plain baseline/series_sequence.sql
	done
	for ((round = 1; round <= rounds; round++)); do
		note series_bulk "$round" ours rate "$(milliseconds ours "SELECT cardinality(marketplace.series_issue_many(2, document)) FROM batches WHERE kind = 'series'" | rate_of 10000)"
		note series_bulk "$round" sequence rate "$(milliseconds plus "INSERT INTO numbered(issuer, root, n, number, issue_date, content)
			SELECT 11, 'BULK', n, format('BULK-2026-%s', lpad(n::text, 6, '0')), now()::date, '{\"goods\": \"bench\", \"quantity\": 1}'
			FROM (SELECT nextval('numbers') AS n FROM generate_series(1, 10000)) x" | rate_of 10000)"
	done
}

# One operation is an order from placing to payout. Each client has a buyer and three sellers of its own. Twice as long as other lines:
# each session has some hundred statements to plan first.
life() {
	local line=$1 round time
	for ((round = 0; round <= rounds; round++)); do
		[ "$round" -gt 0 ] && time=$((2 * seconds)) || time=1
		transactions "$line" "$round" ours ours life.sql "$time"
		transactions "$line" "$round" plain life life.sql "$time"
	done
}

line_life() { life life; }
line_life_off() { without_waiting life life_off; }

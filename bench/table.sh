# shellcheck shell=bash
# shellcheck disable=SC2154
# The table at the end. To be sourced by run.sh.

print_header() {
	printf '\nPostgreSQL %s, %s cores (%s), load %s, %s\n' "$(query postgres 'SHOW server_version')" "$(nproc)" \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(cut -d' ' -f1 /proc/loadavg)" "$(date -u +%F)"
	cat <<-TEXT
		8 clients, prepared statements, $rounds rounds of $seconds s, medians. P: by hand in PL/pgSQL (plain.sql); P+: P with the product's features (plus.sql).
		reached: aim, must or no. steady: the product's slowest round against its median. CPU of the whole server, WAL: an operation, the product and the base.

	TEXT
}

# compare LABEL LINE METRIC VARIANT BASE MUST AIM: a row of the table, the ratio of VARIANT to BASE. MUST: '>= 1.4'; '<= 0.5'
# where less is better; '<= 0.5 us' when the figure itself is judged, not the ratio; '' without a goal.
compare() {
	awk -F'\t' -v label="$1" -v line="$2" -v metric="$3" -v a="$4" -v b="$5" -v must="$6" -v aim="$7" '
		function median(v, n,   i, j, t) {
			for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) {t = v[j]; v[j] = v[j - 1]; v[j - 1] = t}
			return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
		}
		# the values of a variant in ascending order are left in sorted[]
		function of(variant, what,   r, n) {
			n = 0
			for (r = 1; r <= rounds; r++) if ((r, variant, what) in got) sorted[++n] = got[r, variant, what]
			return n ? median(sorted, n) : ""
		}
		function shown(x) {return x == "" ? "-" : sprintf(x >= 100 ? "%.0f" : x >= 10 ? "%.1f" : "%.2f", x)}
		function verdict(x,   more, limit) {
			if (must == "") return "-"
			more = must ~ /^>/
			limit = must
			sub(/^[<>]= /, "", limit)
			if (more ? x >= aim + 0 : x <= aim + 0) return "aim"
			return (more ? x >= limit + 0 : x <= limit + 0) ? "must" : "no"
		}
		$1 == line {got[$2, $3, $4] = $5; if ($2 + 0 > rounds) rounds = $2 + 0}
		END {
			for (r = 1; r <= rounds; r++)
				if ((r, a, metric) in got && got[r, b, metric] + 0 != 0) ratio[++n] = got[r, a, metric] / got[r, b, metric]
			if (n == 0) exit
			middle = median(ratio, n)
			base = of(b, metric)
			figure = of(a, metric)
			printf "%-46s %8s %8s %6.2f  %-9s %-5s %-7s %6s %7s %7s %7s %7s\n", label, shown(figure), shown(base), middle, must, aim,
				verdict(must ~ /us$/ ? figure : middle), metric == "rate" ? sprintf("%.2f", sorted[1] / figure) : "-",
				shown(of(a, "cpu")), shown(of(b, "cpu")), shown(of(a, "wal")), shown(of(b, "wal"))
		}' "$results"
}

print_table() {
	printf '%-46s %8s %8s %6s  %-9s %-5s %-7s %6s %7s %7s %7s %7s\n' line product base ratio must aim reached steady 'CPU us' base 'WAL B' base
	compare 'transfer/s, durable, against P' transfer rate ours plain '>= 1.4' 1.7
	compare '    against P+' transfer rate ours plus '>= 1.4' 1.7
	compare 'transfer/s, commit off, against P' transfer_off rate ours plain '>= 1.8' 2.6
	compare '    against P+' transfer_off rate ours plus '>= 1.8' 2.6
	compare 'CPU us of a call in one transaction, against P' call cpu ours plain '<= 0.35' 0.15
	compare '    against P+' call cpu ours plus '<= 0.35' 0.15
	compare 'hot account, transfer/s, durable, against P' hot rate ours plain '>= 4' 5
	compare '    against P+' hot rate ours plus '>= 4' 5
	compare '    its p99 in ms, against P' hot p99 ours plain '<= 0.2' 0.07
	compare '    against its own random rate' hot rate ours random '>= 0.9' 1
	compare 'release of 6 transfers/s, durable, against P' release rate ours plain '>= 1.5' 3
	compare '    against P+' release rate ours plus '>= 1.5' 3
	compare 'release/s, commit off, against P' release_off rate ours plain '>= 2' 4
	compare '    against P+' release_off rate ours plus '>= 2' 4
	compare 'WAL bytes of a transfer, against P' transfer wal ours plain '<= 0.65' 0.35
	compare '    against P+' transfer wal ours plus '<= 0.65' 0.35
	compare 'bytes of the books a transfer, against P' transfer ledger_bytes ours plain '<= 0.55' 0.4
	compare '    with events, against P+' transfer all_bytes ours plus '<= 0.55' 0.4
	compare '10 000 in one call, transfer/s, against COPY' batch_random rate ours copy '>= 0.5' 0.7
	compare '    against a loop over P' batch_random rate ours loop '' ''
	compare '    against one set-based statement' batch_random rate ours set '' ''
	compare '    one hot account, against COPY' batch_hot rate ours copy '>= 0.8' 0.95
	compare '    one hot account, against set-based' batch_hot rate ours set '' ''
	compare 'state check, CPU us a row, PL/pgSQL beside it' state extra ours plpgsql '<= 0.5 us' 0.3
	compare 'numbers of one series/s, durable, against P' series rate ours plain '>= 1' 1.1
	compare '    against P+' series rate ours plus '>= 1' 1.1
	compare '    of 1 000 series, against a sequence' series_many rate ours sequence '>= 0.8' 0.9
	compare '    10 000 in one call, against a sequence' series_bulk rate ours sequence '>= 0.8' 0.95
	compare 'whole orders/s (3 sellers, 7 lines), durable' life rate ours plain '>= 1.5' 3
	compare '    commit off' life_off rate ours plain '>= 1.5' 3
	echo
	echo 'Not measured: growth to 10 million rows, pgledger.'
}

/*
 * safeguarding.c
 *		safeguarding_proof(): what lay on the client accounts on a day against what had to, stored and sealed; the same figures for any day,
 *		and the check of all proofs (FD-98).
 *
 * A proof looks at what took effect until the end of the day and was recorded until the cut-off of the next TARGET day: both are past when it
 * is made, so that it comes out the same at any time. Only the bank's report may arrive later: then it is another proof.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/break.h"
#include "funds/funds_internal.h"
#include "funds/psp_mirror.h"
#include "funds/reconcile.h"
#include "funds/safeguarding.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "kernel/seal.h"
#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/json.h"

static int
cut_off_minutes(Call *call)
{
	char	   *written = policy_text(call, "fd.safeguarding_cut_off", NULL);
	int			hours;
	int			minutes;
	char		rest;

	if (strlen(written) != 5 || strspn(written, "0123456789:") != 5 || sscanf(written, "%2d:%2d%c", &hours, &minutes, &rest) != 2 ||
		hours > 23 || minutes > 59)
		ereport(ERROR,
				errcode(MK_POLICY),
				errmsg("policy fd.safeguarding_cut_off is no time of day"),
				errdetail("It is \"%s\".", written),
				errhint("Set it to HH:MM, such as \"10:30\"."));
	return hours * MINS_PER_HOUR + minutes;
}

ProofDay
proof_day(Call *call, DateADT day)
{
	Marketplace *marketplace = marketplace_get(call);
	ProofDay	result = {.day = day};

	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("a safeguarding proof is for a day"),
				errdetail("day is infinite."),
				errhint("Give a day of the past."));
	(void) calendar_is_open("TARGET", day);	/* a day that no calendar has is an error */
	result.end = local_start(day + 1, marketplace->time_zone);
	result.cut_off = local_start(calendar_add_days("TARGET", day, 1), marketplace->time_zone) +
		cut_off_minutes(call) * INT64CONST(60) * USECS_PER_SEC;
	return result;
}

/* What else is known to be wrong in the currency. */
static Jsonb *
causes_of(Call *call, CurrencyCode currency, Amount due_from_own)
{
	static Statement read = STATEMENT("ict",
		"SELECT pg_catalog.jsonb_build_object('due_from_own', $3, 'breaks', COALESCE((SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object("
		"         'break_id', b.id, 'class', b.class, 'difference', b.difference::pg_catalog.text) ORDER BY b.priority, b.id)"
		"    FROM marketplace.recon_breaks b WHERE b.marketplace_id = $1 AND b.state IN ('open', 'escalated') AND b.source <> 'safeguarding'"
		"     AND marketplace.currency(b.difference) = $2), '[]'::pg_catalog.jsonb))");

	return DatumGetJsonbP(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_currency(currency),
													value_text(amount_to_cstring(due_from_own)))));
}

typedef struct ProofLine
{
	int64		psp_id;
	CurrencyCode currency;
	Amount		required;
	Amount		cash;
	Amount		due_from_own;
	bool		reported;
	Amount		bank;
	Amount		shortfall;
} ProofLine;

static char *
natural_key(const ProofDay *day, const ProofLine *line)
{
	char		written[MAXDATELEN + 1];

	JsonEncodeDateTime(written, DateADTGetDatum(day->day), DATEOID, NULL);
	return psprintf("%s:%lld:%s", written, (long long) line->psp_id, currency_alpha(line->currency));
}

static void
open_break(Call *call, const ProofDay *day, const ProofLine *line, const char *break_class, const Amount *ledger, Amount difference,
		   Jsonb *causes)
{
	BreakSpec	spec = {.break_class = break_class, .natural_key = natural_key(day, line), .source = "safeguarding", .ledger = ledger,
		.bank = line->reported ? &line->bank : NULL, .difference = difference, .has_value_date = true, .value_date = day->day,
		.party_id = line->psp_id, .causes = causes};

	break_open(call, &spec);
}

/* What an earlier proof of the day lacked may have arrived since. */
static void
open_breaks(Call *call, const ProofDay *day, const ProofLine *line)
{
	if (!line->reported)
	{
		if (amount_minor(line->required) != 0)
			open_break(call, day, line, "no_statement", &line->required, line->required, NULL);
	}
	else
	{
		break_settle(call, "no_statement", natural_key(day, line), "match", "The balance was reported.");
		if (amount_minor(line->shortfall) > 0)
			open_break(call, day, line, "shortfall", &line->required, line->shortfall,
					   causes_of(call, line->currency, line->due_from_own));
		else
			break_settle(call, "shortfall", natural_key(day, line), "match", "By the balance that was reported since, nothing lacks.");
	}
	if (amount_minor(line->due_from_own) > 0)
		open_break(call, day, line, "due_from_own", &line->due_from_own, line->due_from_own, NULL);
	if (amount_minor(line->cash) < 0)
		open_break(call, day, line, "negative_cash", &line->cash, line->cash, NULL);
}

static ProofLine
line_of_row(const Row *row)
{
	ProofLine	line = {.psp_id = row_int64(row, 0), .currency = row_currency(row, 1), .required = row_amount(row, 2),
		.cash = row_amount(row, 3), .due_from_own = row_amount(row, 4), .reported = !row_null(row, 5)};

	if (line.reported)
	{
		line.bank = row_amount(row, 5);
		line.shortfall = row_amount(row, 6);
	}
	return line;
}

/* The same result as that of the day's last proof is that proof. */
static int64
write_proof(Call *call, const ProofDay *day, Rows lines)
{
	static Statement insert = STATEMENT("idzltyytz",
		"INSERT INTO marketplace.safeguarding_proofs (marketplace_id, day, cut_off, psp_party_id, content, previous_hash, hash, actor, made_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id");
	static Statement last = STATEMENT("i",
		"SELECT hash FROM marketplace.safeguarding_proofs WHERE marketplace_id = $1 ORDER BY id DESC LIMIT 1");
	static Statement same = STATEMENT("id",
		"SELECT id, content FROM marketplace.safeguarding_proofs WHERE marketplace_id = $1 AND day = $2 ORDER BY id DESC LIMIT 1");
	static Statement add = STATEMENT("ilj",
		"INSERT INTO marketplace.safeguarding_lines SELECT l.* FROM pg_catalog.jsonb_array_elements($3) e"
		" CROSS JOIN LATERAL pg_catalog.jsonb_populate_record(NULL::marketplace.safeguarding_lines,"
		" e || pg_catalog.jsonb_build_object('marketplace_id', $1, 'proof_id', $2)) l");
	const Value *key = VALUES(value_int32(call->marketplace_id), value_date(day->day));
	char	   *content = row_text(&lines.rows[0], 7);
	bytea	   *previous = NULL;
	int64		proof_id;
	JsonbParseState *payload;
	Row			row;

	if (query_row(&same, key, &row) && strcmp(row_text(&row, 1), content) == 0)
		return row_int64(&row, 0);
	if (query_row(&last, VALUES(value_int32(call->marketplace_id)), &row))
		previous = DatumGetByteaPP(row_datum(&row, 0));
	proof_id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_date(day->day), value_timestamptz(day->cut_off),
										 value_int64(marketplace_get(call)->psp_party_id), value_text(content), value_bytea(previous), value_bytea(seal_text(previous, content)),
										 value_text(call_actor()), value_timestamptz(call->now)));
	funds_write(&add, VALUES(value_int32(call->marketplace_id), value_int64(proof_id), value_jsonb(row_jsonb(&lines.rows[0], 8))));
	payload_begin(&payload);
	payload_int64(&payload, "proof_id", proof_id);
	event_emit(call, "safeguarding", proof_id, "safeguarding.proved", &payload);
	return proof_id;
}

/* The report of the day, or the last before it when the bank has been closed since; the columns of safeguarding_lines, then content and JSON of all. */
static Rows
compute_lines(Call *call, const ProofDay *day)
{
	static Statement compute = STATEMENT("izzldnd",
		FIGURES ", lines AS ("
		"  SELECT f.psp AS psp_party_id, f.currency, f.liabilities, f.clearing AS psp_clearing, f.required, f.cash, f.transferred, f.due AS due_from_own,"
		"         o.own_money, r.balance AS bank_balance, r.day AS bank_day,"
		"         CASE WHEN r.balance IS NOT NULL THEN GREATEST(f.required - r.balance - f.transferred, f.zero) END AS shortfall,"
		"         GREATEST(o.own_money - marketplace.amount_round($6, f.currency), f.zero) AS own_excess"
		"    FROM figures f"
		"    LEFT JOIN LATERAL (SELECT b.day, marketplace.sum(b.balance) AS balance FROM marketplace.reported_balances b"
		"                        WHERE b.marketplace_id = $1 AND b.psp_party_id = f.psp AND b.currency = f.currency"
		"                          AND b.day BETWEEN $7 AND $5 GROUP BY b.day ORDER BY b.day DESC LIMIT 1) r ON true"
		"   CROSS JOIN LATERAL (SELECT f.own_money + GREATEST(COALESCE(r.balance - f.required, f.zero), f.zero) AS own_money) o) "
		"SELECT l.psp_party_id, l.currency, l.required, l.cash, l.due_from_own, l.bank_balance, l.shortfall,"
		"       (SELECT " PROOF_CONTENT " FROM lines l), (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(l)) FROM lines l)"
		"  FROM lines l ORDER BY l.psp_party_id, l.currency");
	DateADT		since = day->day;

	while (!calendar_is_open("TARGET", since))
		since--;
	return query_rows(&compute, VALUES(value_int32(call->marketplace_id), value_timestamptz(day->end),
									   value_timestamptz(day->cut_off), value_int64(marketplace_get(call)->psp_party_id),
									   value_date(day->day), value_numeric(policy_numeric(call, "fd.own_buffer", NULL)),
									   value_date(since)));
}

static int64
prove(Call *call, DateADT date)
{
	ProofDay	day = proof_day(call, date);
	Rows		lines;

	if (call->now < day.cut_off)
		ereport(ERROR,
				errcode(MK_RECONCILIATION),
				errmsg("it is too early to prove that day"),
				errdetail("What is recorded until the cut-off of the next TARGET day counts: %s.", timestamptz_to_str(day.cut_off)),
				errhint("Prove a day that is over; safeguarding_figures() shows what the books say so far."));
	mirror_lock(call);
	lines = compute_lines(call, &day);
	if (lines.count == 0)
		ereport(ERROR,
				errcode(MK_RECONCILIATION),
				errmsg("there was no client money to prove"),
				errdetail("Marketplace %d had no posting by then.", call->marketplace_id),
				errhint("Prove a day on or after the first capture."));
	for (uint64 i = 0; i < lines.count; i++)
	{
		ProofLine	line = line_of_row(&lines.rows[i]);

		open_breaks(call, &day, &line);
	}
	return write_proof(call, &day, lines);
}

/* safeguarding_proof(marketplace_id, day, request_key) */
PG_FUNCTION_INFO_V1(safeguarding_proof);
Datum
safeguarding_proof(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = prove(&call, (DateADT) call_int32(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}

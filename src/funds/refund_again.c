/*
 * refund_again.c
 *		Refunds that need another step: money that came back from the bank (FD-P16), sending it again by the same or other
 *		means, and bringing together what a refund still lacks (FD-72).
 */
#include "postgres.h"

#include "funds/cap.h"
#include "funds/funds.h"
#include "funds/hold.h"
#include "funds/payout.h"
#include "funds/refund.h"
#include "kernel/errors.h"

static void
refuse_state(const Refund *refund, const char *what, const char *hint)
{
	ereport(ERROR,
			errcode(MK_REFUND),
			errmsg("refund %lld cannot be %s", (long long) refund->id, what),
			errdetail("It is %s, by %s, of %s.", refund->state, refund->means, amount_to_cstring(refund->amount)),
			errhint("%s", hint));
}

static Refund
lock_refund(Call *call, int64 refund_id)
{
	Refund		refund = refund_get(call, refund_id);

	order_lock(call, refund.order_id);
	return refund_get(call, refund_id);
}

/*
 * The bank account that it was paid to, where it is known: cannot be paid any more, as after a returned payout (FD-P16, RD-81). The reason
 * begins with the bank's code.
 */
static void
stop_account(Call *call, const Refund *refund, const char *reason)
{
	static Statement find = STATEMENT("il",
		"SELECT COALESCE(r.bank_account_id, (SELECT f.bank_account_id FROM marketplace.instructions i"
		"         JOIN marketplace.payment_file_items f ON f.marketplace_id = $1 AND f.instruction_id = i.id"
		"        WHERE i.marketplace_id = $1 AND i.object = 'refund' AND i.object_id = $2 ORDER BY i.id DESC, f.file_id DESC LIMIT 1))"
		"  FROM marketplace.refunds r WHERE r.marketplace_id = $1 AND r.id = $2");
	char	   *code = pnstrdup(reason, strspn(reason, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
	Row			row;

	if (return_kills_account(code) &&
		query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(refund->id)), &row) && !row_null(&row, 0))
		bank_account_stop(call, row_int64(&row, 0), psprintf("refund %lld bounced: %s", (long long) refund->id, code));
}

/* FD-P16: the cash is back, and the buyer's. */
static void
bounce(Call *call, Refund *refund, const char *reason)
{
	Account		cash = psp_account(C_CASH, marketplace_get(call));
	Rows		items;
	int64		cause;

	if (strcmp(refund->state, "paid") != 0 || strcmp(refund->means, "wallet") == 0)
		refuse_state(refund, "bounced", "Only money that a bank has paid comes back.");
	refund_transition(call, refund, "bounce", "bounced", reason);
	cause = refund_tell(call, refund, "refund.bounced");
	items = refund_items_of(call, refund->id);
	for (uint64 i = 0; i < items.count; i++)
		ledger_move(call, cash, (Account) {C_BUYER, refund->buyer_id, row_int64(&items.rows[i], 1), row_int64(&items.rows[i], 0)},
					row_amount(&items.rows[i], 2), "refund_bounced", cause);
	stop_account(call, refund, reason);
}

bool
refund_came_back(Call *call, int64 refund_id, const char *reason)
{
	Refund		refund = lock_refund(call, refund_id);

	if (strcmp(refund.state, "paid") != 0)
		return false;
	bounce(call, &refund, reason);
	return true;
}

/* refund_bounce(marketplace_id, refund_id, reason, request_key) */
PG_FUNCTION_INFO_V1(refund_bounce);
Datum
refund_bounce(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Refund		refund;

		access_require(&call, CAPACITY_OPERATOR, 0);
		refund = lock_refund(&call, call_int64(&call, 1));
		bounce(&call, &refund, call_text(&call, 2));
		call.result = refund.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
require_failed(Call *call, const Refund *refund)
{
	static Statement again = STATEMENT("il",
		"SELECT id, state FROM marketplace.refunds WHERE marketplace_id = $1 AND retry_of = $2"
		"   AND state NOT IN ('rejected', 'bounced', 'cancelled') LIMIT 1");
	Row			row;

	if (strcmp(refund->state, "rejected") != 0 && strcmp(refund->state, "bounced") != 0 && strcmp(refund->state, "cancelled") != 0)
		refuse_state(refund, "sent again", "Only a refund that was rejected, bounced or cancelled is sent again.");
	if (query_row(&again, VALUES(value_int32(call->marketplace_id), value_int64(refund->id)), &row))
		ereport(ERROR,
				errcode(MK_REFUND),
				errmsg("refund %lld was sent again already", (long long) refund->id),
				errdetail("Refund %lld is %s.", (long long) row_int64(&row, 0), row_text(&row, 1)),
				errhint("Wait for its outcome."));
}

/* From what is kept for the buyer (FD-P14, source buyer). */
static void
freeze_again(Call *call, const Refund *failed, const Refund *again, Rows items, int64 cause)
{
	static Statement insert = STATEMENT("illlaz",
		"INSERT INTO marketplace.refund_items (marketplace_id, refund_id, allocation_id, order_line_id, source, lowers_due, amount, created_at)"
		" VALUES ($1, $2, $3, $4, 'buyer', false, $5, $6)");

	for (uint64 i = 0; i < items.count; i++)
	{
		int64		allocation_id = row_int64(&items.rows[i], 0);
		int64		line_id = row_int64(&items.rows[i], 1);
		Amount		amount = row_amount(&items.rows[i], 2);
		Account		keeper = {C_BUYER, failed->buyer_id, line_id, allocation_id};
		Amount		kept = ledger_balance(call, keeper, amount_currency(amount));

		if (amount_minor(kept) < amount_minor(amount))
			ereport(ERROR,
					errcode(MK_REFUND),
					errmsg("the money of refund %lld is not there any more", (long long) failed->id),
					errdetail("Kept for the buyer of it: %s of %s.", amount_to_cstring(kept), amount_to_cstring(amount)),
					errhint("The buyer has used it, or it was sent again: see marketplace.refund_register."));
		funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(again->id), value_int64(allocation_id),
									value_int64(line_id), value_amount(amount), value_timestamptz(call->now)));
		ledger_move(call, keeper, refund_clearing_account(failed->buyer_id, line_id, allocation_id), amount, "refund", cause);
	}
}

static int64
send_again(Call *call, const Refund *failed, const RefundMeans *means)
{
	static Statement insert = STATEMENT("illlltllatz",
		"INSERT INTO marketplace.refunds (marketplace_id, decision_id, order_id, payment_id, buyer_id, means, bank_account_id, retry_of,"
		" amount, state, complete, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'planned', true, $10, $11) RETURNING id");
	static Statement original = STATEMENT("il",
		"SELECT payment_id FROM marketplace.capture_allocations WHERE marketplace_id = $1 AND id = $2");
	Rows		items = refund_items_of(call, failed->id);
	int64		payment_id = failed->payment_id;
	Refund		again;
	Amount		sum = amount_of(amount_currency(failed->amount), 0);
	int64		id;

	require_failed(call, failed);
	if (items.count == 0)
		refuse_state(failed, "sent again", "Nothing was ever funded of it.");
	for (uint64 i = 0; i < items.count; i++)
		sum = amount_add(sum, row_amount(&items.rows[i], 2));
	if (strcmp(means->means, "original") != 0)
		payment_id = 0;
	else if (payment_id == 0)
		payment_id = DatumGetInt64(query_datum(&original, VALUES(value_int32(call->marketplace_id), row_value(&items.rows[0], 0))));
	id = funds_add(&insert, VALUES(value_int32(call->marketplace_id), value_int64(failed->decision_id), value_int64(failed->order_id),
								   value_id(payment_id), value_int64(failed->buyer_id), value_text(means->means),
								   value_id(means->bank_account_id), value_int64(failed->id), value_amount(sum),
								   value_text(psprintf("refund %lld again", (long long) failed->id)), value_timestamptz(call->now)));
	again = refund_get(call, id);
	freeze_again(call, failed, &again, items, refund_tell(call, &again, "refund.planned"));
	refund_advance(call, &again);
	return id;
}

/* refund_retry(marketplace_id, refund_id, document, request_key) */
PG_FUNCTION_INFO_V1(refund_retry);
Datum
refund_retry(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 2));
		Refund		refund;
		RefundMeans means;

		access_require(&call, CAPACITY_OPERATOR, 0);
		document_only(&document, "means", NULL);
		refund = lock_refund(&call, call_int64(&call, 1));
		means = refund_means_read(&call, &document, refund.buyer_id, amount_currency(refund.amount));
		call.result = send_again(&call, &refund, &means);
	}
	PG_RETURN_INT64(call_end(&call));
}

/* What the refund lacks, as targets of another plan. */
static int
shortfalls_of(Call *call, const Refund *refund, const Allocations *all, WaterfallTarget **targets)
{
	static Statement read = STATEMENT("il",
		"SELECT allocation_id, left_amount FROM marketplace.refund_shortfalls"
		" WHERE marketplace_id = $1 AND refund_id = $2 AND marketplace.sign(left_amount) > 0 ORDER BY allocation_id");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(refund->id)));
	int			n = 0;

	*targets = palloc0(sizeof(WaterfallTarget) * Max(rows.count, 1));
	for (uint64 i = 0; i < rows.count; i++)
		for (int j = 0; j < all->count; j++)
			if (all->allocations[j].id == row_int64(&rows.rows[i], 0))
			{
				(*targets)[n].allocation = &all->allocations[j];
				(*targets)[n++].amount = amount_minor(row_amount(&rows.rows[i], 1));
			}
	return n;
}

/* Commission as the decision said. */
static WaterfallTerms
terms_of(Call *call, int64 decision_id)
{
	static Statement read = STATEMENT("il", "SELECT commission FROM marketplace.refund_decisions WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(decision_id)), &row))
		elog(ERROR, "refund decision %lld has vanished", (long long) decision_id);
	return (WaterfallTerms) {false, row_text(&row, 0)};
}

void
refund_ask_funding(Call *call, const Refund *refund, bool again)
{
	static Statement read = STATEMENT("il",
		"SELECT to_ask, marketplace.sum(left_amount) FROM marketplace.refund_shortfalls"
		" WHERE marketplace_id = $1 AND refund_id = $2 AND marketplace.sign(left_amount) > 0 AND to_ask IS NOT NULL"
		" GROUP BY to_ask ORDER BY to_ask DESC LIMIT 1");
	Row			row;

	if (psp_request_is_open(call, "refund_funding", refund->id) || (!again && psp_request_was_made(call, "refund_funding", refund->id)) ||
		!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(refund->id)), &row))
		return;
	psp_request_open(call, &(PspRequest) {
		.operation = strcmp(row_text(&row, 0), agent_operation_name(AGENT_ADVANCE)) == 0 ? AGENT_ADVANCE : AGENT_REVERSE_RELEASE,
		.object = "refund_funding", .object_id = refund->id, .order_id = refund->order_id, .amount = row_amount(&row, 1)});
}

/* Brings together what can be had by now; true when it was anything. The order is locked. */
static bool
fund_shortfalls(Call *call, const Refund *refund)
{
	static Statement lower = STATEMENT("illa",
		"UPDATE marketplace.refund_shortfalls SET left_amount = left_amount - $4 WHERE marketplace_id = $1 AND refund_id = $2 AND allocation_id = $3");
	Allocations all = allocations_of_order(call, refund->order_id);
	RefundDecision decision = decision_get(call, refund->decision_id);
	WaterfallTerms terms = terms_of(call, refund->decision_id);
	WaterfallTarget *targets;
	int			n = shortfalls_of(call, refund, &all, &targets);
	Waterfall	plan;
	int64		own;
	int64		cause;

	waterfall_plan(call, &plan, refund->order_id, &terms, targets, n);
	waterfall_lock(call, &plan);
	if (plan.steps == NIL)
		return false;
	cause = refund_tell_by(call, refund, "refund.money_found", &plan.authority);
	own = waterfall_carry_out(call, &plan, decision.id, cause);
	for (int i = 0; i < n; i++)
	{
		Amount		funded = amount_of(plan.currency, targets[i].funded);

		if (targets[i].funded == 0)
			continue;
		freeze_item(call, refund->id, targets[i].allocation, funded, false, decision.lowers_due, cause);
		funds_write(&lower, VALUES(value_int32(call->marketplace_id), value_int64(refund->id), value_int64(targets[i].allocation->id),
								   value_amount(funded)));
	}
	if (own > 0)
		own_transfer_plan(call, decision.id, refund->order_id, amount_of(plan.currency, own));
	return true;
}

/* Own money whose transfer failed is asked for again. */
static bool
replan_transfers(Call *call, const Refund *refund)
{
	Amount		lacking = own_transfers_lacking(call, refund->decision_id, amount_currency(refund->amount), true);

	if (amount_minor(lacking) <= 0)
		return false;
	own_transfer_plan(call, refund->decision_id, refund->order_id, lacking);
	return true;
}

static bool
fund(Call *call, Refund *refund)
{
	bool		found = strcmp(refund->state, "awaiting_funding") == 0 && fund_shortfalls(call, refund);

	found = replan_transfers(call, refund) || found;
	refund_advance(call, refund);
	return found;
}

/* refund_fund(marketplace_id, refund_id, request_key) */
PG_FUNCTION_INFO_V1(refund_fund);
Datum
refund_fund(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Refund		refund;

		access_require(&call, CAPACITY_OPERATOR, 0);
		refund = lock_refund(&call, call_int64(&call, 1));
		if (strcmp(refund.state, "planned") != 0 && strcmp(refund.state, "awaiting_funding") != 0)
			refuse_state(&refund, "funded", "Only a refund that is planned or awaits its funding lacks money.");
		if (!fund(&call, &refund))
			refund_ask_funding(&call, &refund, true);
		call.result = refund.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* The PSP has let it be taken back or advanced: all of it, since it was asked for all. */
void
refund_funding_execute(Call *call, const PspRequest *request, const char *evidence)
{
	Refund		refund = lock_refund(call, request->object_id);

	if (strcmp(refund.state, "awaiting_funding") != 0 || !fund_shortfalls(call, &refund))
		ereport(ERROR,
				errcode(MK_AGENT),
				errmsg("refund %lld of request %lld cannot be funded", (long long) refund.id, (long long) request->id),
				errdetail("It is %s; nothing is there to be taken back.", refund.state),
				errhint("Ask the PSP to undo it, and record the request as failed."));
	agent_act_on_request(call, 0);
	refund_advance(call, &refund);
}

/* The order and the wallets of its sellers, unless somebody works on them. */
static bool
try_lock(Call *call, int64 order_id)
{
	Allocations all;

	if (!order_try_lock(call, order_id))
		return false;
	all = allocations_of_order(call, order_id);
	for (int i = 0; i < all.count; i++)
		if (amount_minor(all.allocations[i].lacking) > 0 && !wallet_try_lock(call, all.allocations[i].seller_id))
			return false;
	return true;
}

/* tick(): refunds that lacked money, oldest first; those whose order somebody works on are left for the next time. */
int
funds_tick_refunds(Call *call, int limit)
{
	static Statement find = STATEMENT("i",
		"SELECT id FROM marketplace.refunds WHERE marketplace_id = $1 AND state = 'awaiting_funding' ORDER BY id");
	Rows		rows = query_rows(&find, VALUES(value_int32(call->marketplace_id)));
	int			done = 0;

	for (uint64 i = 0; i < rows.count && done < limit; i++)
	{
		Refund		refund = refund_get(call, row_int64(&rows.rows[i], 0));

		if (!try_lock(call, refund.order_id))
			continue;
		refund = refund_get(call, refund.id);
		if (strcmp(refund.state, "awaiting_funding") == 0 && fund(call, &refund))
			done++;
	}
	return done;
}

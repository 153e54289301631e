/*
 * refund_return.c
 *		The refund that a return makes due (return.refund_due, LG-49): what the buyer paid for the units that came back, at the
 *		percentage of the grade in which they did, wherever that money is by now.
 *
 * A unit is refunded once (LG-50): what an operator has refunded of the line by quantity already is set against what comes back.
 * Nothing here refuses: the goods are back, and a person's earlier refund only lowers what is still due.
 */
#include "postgres.h"

#include "funds/cap.h"
#include "funds/funds.h"
#include "funds/refund.h"

/* A line of the return: all its grades together. */
typedef struct ReturnedLine
{
	const OrderLine *line;
	Numeric		quantity;
	Numeric		weighted;		/* Σ quantity × percentage */
	Amount		worth;
	RefundLine	refund;
} ReturnedLine;

static int
read_lines(const Document *payload, const OrderLines *lines, ReturnedLine **returned)
{
	Document	array = document_array(payload, "lines");
	int			count = document_length(&array);
	int			n = 0;

	*returned = palloc0(sizeof(ReturnedLine) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		Document	item = document_item(&array, i);
		const OrderLine *line = find_line(lines, document_int64(&item, "order_line_id"));
		Numeric		quantity = document_numeric(&item, "quantity");
		Numeric		weighted = decimal_mul(quantity, document_numeric(&item, "pct"));
		int			at = 0;

		while (at < n && (*returned)[at].line != line)
			at++;
		if (at == n)
			(*returned)[n++] = (ReturnedLine) {.line = line, .quantity = quantity, .weighted = weighted};
		else
		{
			(*returned)[at].quantity = decimal_add((*returned)[at].quantity, quantity);
			(*returned)[at].weighted = decimal_add((*returned)[at].weighted, weighted);
		}
	}
	return n;
}

/* Of the line, what all its returns have made due, this one included. */
static Numeric
quantity_due(Call *call, const OrderLine *line)
{
	static Statement told = STATEMENT("ill",
		"SELECT COALESCE(pg_catalog.sum((l ->> 'quantity')::numeric), 0)"
		"  FROM marketplace.events e, pg_catalog.jsonb_array_elements(e.payload -> 'lines') l"
		" WHERE e.marketplace_id = $1 AND e.aggregate = 'order' AND e.aggregate_id = $2 AND e.type = 'return.refund_due'"
		"   AND (l ->> 'order_line_id')::bigint = $3");

	return DatumGetNumeric(query_datum(&told, VALUES(value_int32(call->marketplace_id), value_int64(line->order_id),
													 value_int64(line->id))));
}

/* False when the units have been refunded before. */
static bool
reckon(Call *call, const Allocations *all, ReturnedLine *returned)
{
	const OrderLine *line = returned->line;
	CurrencyCode currency = amount_currency(line->escrow_gross);
	RefundedQuantity refunded = refunded_quantity(call, line->id);
	Numeric		gone = decimal_add(line->cancelled, refunded.quantity);
	Numeric		quantity = decimal_min(returned->quantity, decimal_sub(quantity_due(call, line), refunded.of_goods));
	int64		worth;

	quantity = decimal_min(quantity, decimal_sub(line->quantity, gone));
	if (decimal_sign(quantity) <= 0)
		return false;
	worth = quantity_worth(line, gone, quantity, Max(cap_of_line(all, line->id, 0) - refunded.retained, 0));
	returned->worth = amount_of(currency, worth);
	returned->refund = (RefundLine) {line->id, quantity,
		amount_round_ratio(decimal_mul(decimal_from_int64(worth), returned->weighted),
						   decimal_mul(returned->quantity, decimal_from_int64(100)), currency), &returned->worth};
	return true;
}

static int
add_targets(Call *call, const Allocations *all, const RefundLine *line, WaterfallTarget *targets)
{
	WaterfallTarget *of_line;
	int64	   *escrow;
	int			n;

	if (amount_minor(line->amount) == 0)
		return 0;
	n = waterfall_targets(call, all, line->order_line_id, 0, &of_line, &escrow);
	n = waterfall_divide(of_line, escrow, n, amount_minor(line->amount));
	memcpy(targets, of_line, sizeof(WaterfallTarget) * n);
	return n;
}

void
refund_decide_lines(Call *call, const RefundDecision *wanted, const Allocations *all, const RefundLine *lines, int nlines, Amount total)
{
	RefundMeans original = {.means = "original", .amount = amount_minor(total)};
	WaterfallTarget *targets = palloc0(sizeof(WaterfallTarget) * Max(all->count, 1));
	int			ntargets = 0;
	RefundDecision decision;
	Waterfall	plan = {0};
	int64		cause;

	for (int i = 0; i < nlines; i++)
		ntargets += add_targets(call, all, &lines[i], &targets[ntargets]);
	if (ntargets > 0)
	{
		waterfall_plan(call, &plan, wanted->order_id, &(WaterfallTerms) {false, NULL}, targets, ntargets);
		waterfall_lock(call, &plan);
	}
	decision = decision_open(call, wanted, amount_of(amount_currency(total), 0), NULL);
	cause = decision_cause(call, &decision, total, lines, nlines, &plan.authority);
	for (int i = 0; i < nlines; i++)
		decision_add_line(call, &decision, &lines[i]);
	if (ntargets > 0)
		decision_carry_out(call, &decision, &plan, &original, 1, cause);
	decision_complete(call, decision.id);
}

/*
 * Payload: {"return_id", "order_id", "seller_order_id", "seller_id", "resolution", "how": "inspected" | "inspection_late", "lines":
 * [{"order_line_id", "seller_order_id", "quantity", "grade" or null, "pct"}]}. What follows is told by refund.decided with its return_id
 * and its lines; a decision of nothing says that the units were refunded before, or came back worth nothing. Afterwards what the seller
 * keeps of them is released.
 */
void
funds_on_return_refund_due(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	RefundDecision wanted = {.door = "return", .lowers_due = true};
	CurrencyCode currency;
	OrderLines	lines;
	Allocations all;
	ReturnedLine *returned;
	RefundLine *refunds;
	Amount		total;
	int			nrefunds = 0;
	int			n;

	wanted.order_id = document_int64(&payload, "order_id");
	wanted.return_id = document_int64(&payload, "return_id");
	wanted.reason = document_text(&payload, "how");
	order_lock(call, wanted.order_id);
	order_get(call, wanted.order_id, &wanted.buyer_id, &currency);
	lines = order_lines(call, wanted.order_id);
	all = allocations_of_order(call, wanted.order_id);
	n = read_lines(&payload, &lines, &returned);
	refunds = palloc(sizeof(RefundLine) * Max(n, 1));
	total = amount_of(currency, 0);
	for (int i = 0; i < n; i++)
	{
		if (!reckon(call, &all, &returned[i]))
			continue;
		refunds[nrefunds++] = returned[i].refund;
		total = amount_add(total, returned[i].refund.amount);
	}
	refund_decide_lines(call, &wanted, &all, refunds, nrefunds, total);
	release_order(call, wanted.order_id);
}

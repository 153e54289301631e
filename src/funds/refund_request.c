/*
 * refund_request.c
 *		refund_plan() and refund_create(): a decided refund read from a document; the first shows how it would be funded, the
 *		second carries out exactly that in one commit.
 */
#include "postgres.h"

#include "funcapi.h"
#include "funds/cap.h"
#include "funds/refund.h"
#include "kernel/errors.h"
#include "utils/tuplestore.h"

typedef struct RequestLine
{
	const OrderLine *line;
	Numeric		quantity;		/* NULL: by amount */
	int64		amount;
} RequestLine;

typedef struct Request
{
	RefundDecision decision;
	WaterfallTerms terms;
	CurrencyCode currency;
	Allocations all;
	OrderLines	lines;
	int			nlines;
	RequestLine *asked;
	int			ntargets;
	WaterfallTarget *targets;
	int			nmeans;
	RefundMeans *means;
	int64		total;
} Request;

static const char *
read_word(const Document *document, const char *key, const char *const *known, int n, const char *list)
{
	char	   *word = document_text(document, key);

	for (int i = 0; i < n; i++)
		if (strcmp(known[i], word) == 0)
			return known[i];
	document_refuse(document, key, psprintf("\"%s\" is not known here.", word), psprintf("Known are %s.", list));
}

static Amount
read_amount(const Document *document, const char *key, CurrencyCode currency)
{
	char	   *written = document_text(document, key);
	ParsedAmount parsed;

	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor <= 0)
		document_refuse(document, key, "It is no amount of more than zero.", "Write it as \"10.00 EUR\".");
	if (parsed.currency != currency)
		document_refuse(document, key, psprintf("It is not in %s, the currency that was paid.", currency_alpha(currency)), NULL);
	return amount_make(parsed.currency, parsed.minor);
}

RefundMeans
refund_means_read(Call *call, const Document *document, int64 buyer_id, CurrencyCode currency)
{
	static const char *const known[] = {"original", "wallet", "transfer"};
	RefundMeans means = {.means = read_word(document, "means", known, lengthof(known), "original, wallet and transfer")};

	if (strcmp(means.means, "transfer") != 0)
		return means;
	means.bank_account_id = party_bank_account(call, buyer_id, currency);
	if (means.bank_account_id == 0)
		ereport(ERROR,
				errcode(MK_REFUND),
				errmsg("the buyer has no verified bank account for %s", currency_alpha(currency)),
				errdetail("Buyer: party %lld.", (long long) buyer_id),
				errhint("Add one with bank_account_add() and bank_account_verify(), or refund to the original means or the wallet."));
	return means;
}

/* By quantity: its share of what is left of the line and not the seller's for good. */
static int64
share_of_quantity(Call *call, const Document *item, const OrderLine *line, Numeric quantity, int64 left)
{
	RefundedQuantity refunded = refunded_quantity(call, line->id);
	Numeric		gone = decimal_add(line->cancelled, refunded.quantity);

	if (!decimal_is_finite(quantity) || decimal_sign(quantity) <= 0 || decimal_scale(quantity) > 4)
		document_refuse(item, "quantity", "It is no quantity of more than zero with at most four decimals.", NULL);
	if (decimal_cmp(decimal_add(gone, quantity), line->quantity) > 0)
		ereport(ERROR,
				errcode(MK_REFUND),
				errmsg("not so many of line %d can be refunded", line->position),
				errdetail("Asked for %s; ordered %s, cancelled or refunded before %s.", decimal_to_cstring(quantity),
						  decimal_to_cstring(line->quantity), decimal_to_cstring(gone)),
				errhint("Refund at most the rest, or an amount."));
	return quantity_worth(line, gone, quantity, Max(left - refunded.retained, 0));
}

static const OrderLine *
read_line(const Document *item, const Request *request, int before)
{
	int64		id = document_int64(item, "order_line_id");

	for (int i = 0; i < before; i++)
		if (request->asked[i].line->id == id)
			document_refuse(item, "order_line_id", "The line stands there twice.", "Give what is refunded of it once.");
	for (int i = 0; i < request->lines.count; i++)
		if (request->lines.lines[i].id == id)
			return &request->lines.lines[i];
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("order %lld has no line %lld", (long long) request->decision.order_id, (long long) id),
			errhint("The view marketplace.order_lines_overview lists the lines; a refund is for one order."));
}

static void
add_line(Call *call, Request *request, const Document *item)
{
	RequestLine *asked = &request->asked[request->nlines];
	CurrencyCode currency = request->currency;
	int64		capture_id;
	int64		left;
	int64	   *escrow;
	WaterfallTarget *targets;
	int			n;

	document_only(item, "order_line_id", "quantity", "amount", "capture_id", NULL);
	asked->line = read_line(item, request, request->nlines);
	capture_id = document_int64_or(item, "capture_id", 0);
	left = cap_of_line(&request->all, asked->line->id, capture_id);
	asked->quantity = document_numeric_or_null(item, "quantity");
	if (asked->quantity != NULL && (document_has(item, "amount") || capture_id != 0))
		document_refuse(item, "quantity", "It stands beside an amount or a capture.", "A quantity is worth its share of all that was paid.");
	if (asked->quantity != NULL)
		asked->amount = share_of_quantity(call, item, asked->line, asked->quantity, left);
	else if (document_has(item, "amount"))
		asked->amount = amount_minor(read_amount(item, "amount", currency));
	else
		asked->amount = left;
	cap_require(&request->all, asked->line, capture_id, amount_of(currency, Max(asked->amount, 1)));
	if (asked->amount == 0)
		ereport(ERROR,
				errcode(MK_REFUND),
				errmsg("what is refunded of line %d is worth nothing", asked->line->position),
				errdetail("%s of it come to less than the smallest unit of %s.", decimal_to_cstring(asked->quantity), currency_alpha(currency)),
				errhint("Refund a greater quantity, or an amount."));
	n = waterfall_targets(call, &request->all, asked->line->id, capture_id, &targets, &escrow);
	n = waterfall_divide(targets, escrow, n, asked->amount);
	for (int i = 0; i < n; i++)
		request->targets[request->ntargets++] = targets[i];
	request->total += asked->amount;
	request->nlines++;
}

/* Left out: all to the original means. One without an amount takes what the others leave. */
static void
read_means(Call *call, Request *request, const Document *document)
{
	Document	array;
	int64		left = request->total;
	int			open = -1;

	request->nmeans = 1;
	request->means = palloc0(sizeof(RefundMeans));
	request->means[0] = (RefundMeans) {.means = "original", .amount = left};
	if (!document_has(document, "means"))
		return;
	array = document_array(document, "means");
	request->nmeans = document_length(&array);
	request->means = palloc0(sizeof(RefundMeans) * Max(request->nmeans, 1));
	for (int i = 0; i < request->nmeans; i++)
	{
		Document	item = document_item(&array, i);

		document_only(&item, "means", "amount", NULL);
		request->means[i] = refund_means_read(call, &item, request->decision.buyer_id, request->currency);
		if (document_has(&item, "amount"))
			request->means[i].amount = amount_minor(read_amount(&item, "amount", request->currency));
		else if (open >= 0)
			document_refuse(&item, "amount", "Two means have no amount.", "Only one may take what the others leave.");
		else
			open = i;
		left -= request->means[i].amount;
	}
	if (open >= 0 && left > 0)
	{
		request->means[open].amount = left;
		left = 0;
	}
	if (left != 0 || request->nmeans == 0 || (open >= 0 && request->means[open].amount == 0))
		document_refuse(document, "means", psprintf("They do not add up to the refund of %s.",
													amount_to_cstring(amount_of(request->currency, request->total))),
						"Give amounts that do, or leave the amount of one out (FD-67).");
}

static Request
read_request(Call *call, Jsonb *json, bool lock)
{
	static const char *const doors[] = {"cancellation", "return", "dispute", "goodwill"};
	static const char *const commissions[] = {"full", "pro_rata", "retained"};
	Document	document = document_root(json);
	Document	lines;
	Request		request = {.decision = {.lowers_due = true}};

	document_only(&document, "order_id", "door", "reason", "lines", "means", "commission", NULL);
	request.decision.order_id = document_int64(&document, "order_id");
	request.decision.door = read_word(&document, "door", doors, lengthof(doors), "cancellation, return, dispute and goodwill");
	request.decision.reason = document_text_or_null(&document, "reason");
	request.terms.goodwill = strcmp(request.decision.door, "goodwill") == 0;
	request.decision.lowers_due = !request.terms.goodwill;
	if (document_has(&document, "commission"))
		request.terms.commission = read_word(&document, "commission", commissions, lengthof(commissions), "full, pro_rata and retained");
	if (lock)
		order_lock(call, request.decision.order_id);
	order_get(call, request.decision.order_id, &request.decision.buyer_id, &request.currency);
	request.lines = order_lines(call, request.decision.order_id);
	request.all = allocations_of_order(call, request.decision.order_id);
	lines = document_array(&document, "lines");
	if (document_length(&lines) == 0)
		document_refuse(&document, "lines", "It is empty.", "Name at least one line.");
	request.asked = palloc0(sizeof(RequestLine) * (request.lines.count + 1));
	request.targets = palloc0(sizeof(WaterfallTarget) * (request.all.count + 1));
	for (int i = 0; i < document_length(&lines); i++)
	{
		Document	item = document_item(&lines, i);

		add_line(call, &request, &item);
	}
	read_means(call, &request, &document);
	return request;
}

/* refund_create(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(refund_create);
Datum
refund_create(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Request		request;
		Waterfall	plan;
		RefundDecision decision;
		RefundLine *lines;
		int64		cause;

		access_require(&call, CAPACITY_OPERATOR, 0);
		request = read_request(&call, call_jsonb(&call, 1), true);
		waterfall_plan(&call, &plan, request.decision.order_id, &request.terms, request.targets, request.ntargets);
		waterfall_lock(&call, &plan);
		decision = decision_open(&call, &request.decision, amount_of(request.currency, 0), request.terms.commission);
		lines = palloc(sizeof(RefundLine) * request.nlines);
		for (int i = 0; i < request.nlines; i++)
			lines[i] = (RefundLine) {request.asked[i].line->id, request.asked[i].quantity,
				amount_of(request.currency, request.asked[i].amount), NULL};
		cause = decision_cause(&call, &decision, amount_of(request.currency, request.total), lines, request.nlines, &plan.authority);
		for (int i = 0; i < request.nlines; i++)
			decision_add_line(&call, &decision, &lines[i]);
		decision_carry_out(&call, &decision, &plan, request.means, request.nmeans, cause);
		decision_complete(&call, decision.id);
		call.result = decision.id;
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
put_step(ReturnSetInfo *result, int number, const WaterfallStep *step, CurrencyCode currency)
{
	Datum		values[13];
	bool		nulls[13] = {false};

	values[0] = Int32GetDatum(number);
	values[1] = CStringGetTextDatum(step_name(step->kind));
	values[2] = CStringGetTextDatum(step_rule(step));
	values[3] = CStringGetTextDatum(account_kind_name(step->source.kind));
	values[4] = Int64GetDatum(step->allocation->order_line_id);
	values[5] = Int64GetDatum(step->allocation->id);
	values[6] = Int64GetDatum(step->allocation->seller_id);
	values[7] = Int64GetDatum(step->source.order_line_id);
	nulls[7] = step->source.order_line_id == 0;
	values[8] = Int64GetDatum(step->payout_id);
	nulls[8] = step->payout_id == 0;
	values[9] = NumericGetDatum(amount_to_numeric(amount_of(currency, step->amount)));
	values[10] = CStringGetTextDatum(currency_alpha(currency));
	values[11] = CStringGetTextDatum(step_bearer(step));
	values[12] = (Datum) 0;
	nulls[12] = true;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_obstacle(ReturnSetInfo *result, int number, const WaterfallTarget *target, CurrencyCode currency)
{
	Datum		values[13];
	bool		nulls[13] = {false};

	values[0] = Int32GetDatum(number);
	values[1] = CStringGetTextDatum("awaiting_funding");
	values[4] = Int64GetDatum(target->allocation->order_line_id);
	values[5] = Int64GetDatum(target->allocation->id);
	values[6] = Int64GetDatum(target->allocation->seller_id);
	values[9] = NumericGetDatum(amount_to_numeric(amount_of(currency, target->amount - target->funded)));
	values[10] = CStringGetTextDatum(currency_alpha(currency));
	values[12] = CStringGetTextDatum("the seller has too little and the platform advances no more (fd.waterfall, fd.advance_limit)");
	nulls[2] = nulls[3] = nulls[7] = nulls[8] = nulls[11] = true;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* refund_plan(marketplace_id, document) */
PG_FUNCTION_INFO_V1(refund_plan);
Datum
refund_plan(PG_FUNCTION_ARGS)
{
	Call		call;
	Request		request;
	Waterfall	plan;
	ListCell   *cell;
	int			number = 0;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	call_begin_read(&call, fcinfo);
	access_require(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	request = read_request(&call, call_jsonb(&call, 1), false);
	waterfall_plan(&call, &plan, request.decision.order_id, &request.terms, request.targets, request.ntargets);
	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, plan.steps)
		put_step(result, ++number, lfirst(cell), plan.currency);
	for (int i = 0; i < plan.ntargets; i++)
		if (plan.targets[i].funded < plan.targets[i].amount)
			put_obstacle(result, ++number, &plan.targets[i], plan.currency);
	call_end_read(&call);
	return (Datum) 0;
}

/*
 * commission_invoice.c
 *		commission_invoice_issue(): the platform invoices a seller the commission that its sales have earned (IV-72).
 *
 * Each capture allocation is charged what it has earned so far less what earlier invoices charged of it. The money was retained when it was
 * earned, per allocation; the invoice rounds its VAT on the sum, and the difference is its rounding (BT-114), so that nothing is
 * payable and the books agree to the cent.
 */
#include "postgres.h"

#include "invoicing/commission.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "miscadmin.h"

/* What one invoice charges: the items of one currency. */
typedef struct CommissionRun
{
	int64		seller_id;
	CurrencyCode currency;
	int			count;
	CommissionItem *items;
} CommissionRun;

void
commission_lock(Call *call, int64 seller_id)
{
	static Statement lock = STATEMENT("t", "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))");

	(void) query_execute(&lock, VALUES(value_text(psprintf("marketplace commission %d %lld", call->marketplace_id,
														   (long long) seller_id))));
}

/* The first instant after the day, in the marketplace's time zone. */
static TimestampTz
end_of_day(Call *call, DateADT day)
{
	static Statement end = STATEMENT("dt", "SELECT pg_catalog.timezone($2, ($1 + 1)::pg_catalog.timestamp)");
	const char *zone = marketplace_get(call)->time_zone;

	if (DATE_NOT_FINITE(day) || day > calendar_local_date(call->now, zone))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("commission is invoiced up to today at most"),
				errdetail("until lies in the future."),
				errhint("Leave it out for all that has been earned so far."));
	return DatumGetTimestampTz(query_datum(&end, VALUES(value_date(day), value_text(zone))));
}

static void
subtract_charged(Call *call, int64 seller_id, CommissionItem *items, int count)
{
	static Statement charged = STATEMENT("il",
		"SELECT allocation_id, marketplace.sum(net), marketplace.sum(vat), pg_catalog.max(sequence) FROM marketplace.commission_items"
		" WHERE marketplace_id = $1 AND seller_id = $2 GROUP BY allocation_id ORDER BY allocation_id");
	Rows		rows = query_rows(&charged, VALUES(value_int32(call->marketplace_id), value_int64(seller_id)));
	uint64		at = 0;

	/* both lists go by allocation */
	for (int i = 0; i < count; i++)
	{
		while (at < rows.count && row_int64(&rows.rows[at], 0) < items[i].earned.allocation_id)
			at++;
		if (at == rows.count || row_int64(&rows.rows[at], 0) != items[i].earned.allocation_id)
			continue;
		items[i].net = amount_sub(items[i].net, row_amount(&rows.rows[at], 1));
		items[i].vat = amount_sub(items[i].vat, row_amount(&rows.rows[at], 2));
		items[i].sequence = row_int32(&rows.rows[at], 3) + 1;
	}
}

CommissionItem *
commission_open(Call *call, int64 seller_id, TimestampTz before, int *count)
{
	FundsCommissions earned = funds_commission_earned(call, seller_id, before);
	CommissionItem *items = palloc(sizeof(CommissionItem) * Max(earned.count, 1));

	for (int i = 0; i < earned.count; i++)
		items[i] = (CommissionItem) {earned.commissions[i], earned.commissions[i].net, earned.commissions[i].vat, 1};
	subtract_charged(call, seller_id, items, earned.count);
	*count = earned.count;
	return items;
}

/* The runs, by currency, of what is to be charged. */
static List *
collect_runs(Call *call, int64 seller_id, TimestampTz before)
{
	int			count;
	CommissionItem *items = commission_open(call, seller_id, before, &count);
	List	   *runs = NIL;

	for (int i = 0; i < count; i++)
	{
		CommissionRun *run = NULL;
		ListCell   *cell;

		/* less than was charged is for a credit note */
		if (amount_minor(items[i].net) <= 0 && amount_minor(items[i].vat) <= 0)
			continue;
		foreach(cell, runs)
			if (((CommissionRun *) lfirst(cell))->currency == amount_currency(items[i].net))
				run = lfirst(cell);
		if (run == NULL)
		{
			run = palloc0(sizeof(CommissionRun));
			run->seller_id = seller_id;
			run->currency = amount_currency(items[i].net);
			run->items = palloc(sizeof(CommissionItem) * count);
			runs = lappend(runs, run);
		}
		run->items[run->count++] = items[i];
	}
	return runs;
}

static VatKey
vat_key_of(Call *call, Numeric rate, const PolicyScope *scope)
{
	Jsonb	   *untaxed;
	Document	root;

	if (decimal_sign(rate) > 0)
		return (VatKey) {NULL, "S", rate, NULL};
	untaxed = policy_jsonb(call, "iv.commission_untaxed", scope);
	root = document_root(untaxed);
	document_only(&root, "category", "exemption_code", NULL);
	return (VatKey) {NULL, document_text(&root, "category"), rate, document_text_or_null(&root, "exemption_code")};
}

/* One line per VAT rate; the commission of all items as its price. */
static void
build_lines(Call *call, const CommissionRun *run, Invoice *invoice, const PolicyScope *scope)
{
	char	   *description = policy_text(call, "iv.commission_text", scope);

	invoice->lines = palloc0(sizeof(InvoiceLine) * run->count);
	for (int i = 0; i < run->count; i++)
	{
		InvoiceLine *line = NULL;

		for (int k = 0; k < invoice->nlines && line == NULL; k++)
			if (decimal_cmp(invoice->lines[k].key.rate, run->items[i].earned.vat_pct) == 0)
				line = &invoice->lines[k];
		if (line == NULL)
		{
			line = &invoice->lines[invoice->nlines++];
			*line = (InvoiceLine) {
				.position = invoice->nlines, .description = description, .quantity = decimal_from_int64(1), .unit = "C62",
				.price_base_quantity = decimal_from_int64(1), .allowance = amount_zero(run->currency),
				.charge = amount_zero(run->currency), .key = {.rate = run->items[i].earned.vat_pct}, .net = amount_zero(run->currency)
			};
		}
		line->net = amount_add(line->net, run->items[i].net);
	}
	for (int k = 0; k < invoice->nlines; k++)
	{
		invoice->lines[k].net_price = amount_to_numeric(invoice->lines[k].net);
		invoice->lines[k].key = vat_key_of(call, invoice->lines[k].key.rate, scope);
	}
}

void
commission_write_item(Call *call, int64 seller_id, const CommissionItem *item, int32 sequence, int64 invoice_id, Amount net, Amount vat)
{
	static Statement insert = STATEMENT("ililllaa",
		"INSERT INTO marketplace.commission_items (marketplace_id, allocation_id, sequence, invoice_id, seller_id, order_line_id, net, vat)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	CHECK_FOR_INTERRUPTS();
	guard_open("invoicing");
	(void) query_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(item->earned.allocation_id), value_int32(sequence),
										 value_int64(invoice_id), value_int64(seller_id), value_int64(item->earned.order_line_id),
										 value_amount(net), value_amount(vat)));
	guard_close();
}

static const Party *
require_issuer(Call *call)
{
	const Party *operator = party_get(call, marketplace_get(call)->operator_party_id);

	if (issuer_identifier(operator) == NULL)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("%s has no identifier to number invoices by", operator->name),
				errdetail("The operator, party %lld, has neither SIREN nor VAT number.", (long long) operator->id),
				errhint("Complete it with party_update()."));
	return operator;
}

static void
issue_commission_invoice(Call *call, void *argument)
{
	const CommissionRun *run = argument;
	const Party *operator = require_issuer(call);
	PolicyScope scope = {.seller_id = run->seller_id};
	Amount		retained = amount_zero(run->currency);
	Invoice		invoice = {.kind = "commission", .type_code = "380", .trigger = "manual", .currency = run->currency,
		.issuer_id = operator->id, .issuer_identifier = issuer_identifier(operator), .buyer_id = run->seller_id,
		.seller = operator->snapshot, .services = true};
	char	   *fault;

	build_lines(call, run, &invoice, &scope);
	invoice_sum(&invoice);
	for (int i = 0; i < run->count; i++)
		retained = amount_add(retained, amount_add(run->items[i].net, run->items[i].vat));
	invoice.prepaid = retained;
	invoice.rounding = amount_sub(retained, invoice.gross);
	invoice.buyer = party_get(call, run->seller_id)->snapshot;
	invoice.notes = policy_jsonb(call, "iv.notes", &scope);
	invoice.business_process = business_process(call, false, true, &invoice, &scope);
	fault = invoice_fault(call, &invoice, &scope);
	if (fault != NULL)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("the commission invoice breaks a rule"),
				errdetail_internal("%s", fault),
				errhint("Complete operator and seller with party_update(), see invoice_violations(); or set policy iv.validate to false."));
	call->result = invoice_issue_document(call, &invoice, "commission", policy_text(call, "iv.commission_pattern", NULL));
	for (int i = 0; i < run->count; i++)
		commission_write_item(call, run->seller_id, &run->items[i], run->items[i].sequence, call->result, run->items[i].net,
							  run->items[i].vat);
}

/* The operator's series is the one that all sellers share: it comes last (IV-16). */
static void
charge_seller(Call *call, int64 seller_id, bool whole, DateADT until)
{
	const Party *seller;
	List	   *runs;
	ListCell   *cell;

	access_require(call, CAPACITY_OPERATOR, 0);
	seller = party_get(call, seller_id);
	commission_lock(call, seller_id);
	runs = collect_runs(call, seller_id, whole ? DT_NOEND : end_of_day(call, until));
	if (!commission_defer_credits(call, seller_id) && runs == NIL)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("%s has no commission to be invoiced", seller->name),
				errdetail("All that its sales have earned has been charged."),
				errhint("Commission is earned when escrow is released to the seller."));
	foreach(cell, runs)
		call_defer(call, PG_INT64_MAX, issue_commission_invoice, lfirst(cell));
}

PG_FUNCTION_INFO_V1(commission_invoice_issue);
Datum
commission_invoice_issue(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		charge_seller(&call, call_int64(&call, 1), call_is_null(&call, 2), call_date_or(&call, 2, 0));
	PG_RETURN_INT64(call_end(&call));
}

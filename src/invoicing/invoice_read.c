/*
 * invoice_read.c
 *		Stored invoices as documents, and the proof that nothing in them was changed: invoice_document(), invoice_verify() (IV-77, IV-82).
 *
 * What is proved: content against the hash that the series' chain sealed, sums against the calculator, partial invoices against
 * their order. Gaps, dates and the chain itself are series_check()'s.
 */
#include "postgres.h"

#include "invoicing/invoice.h"
#include "kernel/errors.h"

static void
load_lines(Call *call, Invoice *invoice)
{
	static Statement load = STATEMENT("il",
		"SELECT position, order_line_id, description, sku, gtin, quantity, unit, net_price, price_base_quantity, allowance,"
		" allowance_reason, allowance_reason_code, charge, charge_reason, charge_reason_code, vat_category, vat_rate, exemption_code, net"
		" FROM marketplace.invoice_lines WHERE marketplace_id = $1 AND invoice_id = $2 ORDER BY position");
	Rows		rows = query_rows(&load, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id)));

	invoice->nlines = (int) rows.count;
	invoice->lines = palloc(Max(rows.count, 1) * sizeof(InvoiceLine));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];

		invoice->lines[i] = (InvoiceLine) {
			.position = row_int32(row, 0), .order_line_id = row_id(row, 1), .description = row_text(row, 2), .sku = row_text(row, 3),
			.gtin = row_text(row, 4), .quantity = row_numeric(row, 5), .unit = row_text(row, 6), .net_price = row_numeric(row, 7),
			.price_base_quantity = row_numeric(row, 8), .allowance = row_amount(row, 9), .allowance_reason = row_text(row, 10),
			.allowance_reason_code = row_text(row, 11), .charge = row_amount(row, 12), .charge_reason = row_text(row, 13),
			.charge_reason_code = row_text(row, 14), .key = {NULL, row_text(row, 15), row_numeric(row, 16), row_text(row, 17)},
			.net = row_amount(row, 18)
		};
	}
}

static void
load_vat(Call *call, Invoice *invoice)
{
	static Statement load = STATEMENT("il",
		"SELECT vat_category, vat_rate, exemption_code, taxable, tax, cumulative FROM marketplace.invoice_vat"
		" WHERE marketplace_id = $1 AND invoice_id = $2 ORDER BY position");
	Rows		rows = query_rows(&load, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id)));

	invoice->nvat = (int) rows.count;
	invoice->vat_rows = palloc(Max(rows.count, 1) * sizeof(InvoiceVat));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];

		invoice->vat_rows[i] = (InvoiceVat) {{NULL, row_text(row, 0), row_numeric(row, 1), row_text(row, 2)}, row_amount(row, 3),
			row_amount(row, 4), row_bool(row, 5)};
	}
}

Invoice *
invoice_load(Call *call, int64 invoice_id)
{
	static Statement load = STATEMENT("il",
		"SELECT i.kind, i.type_code, i.number, i.issue_date, i.issuer_id, i.buyer_id, i.purchase_order, i.supply_date, i.business_process,"
		" i.currency, i.cumulative, i.net, i.vat, i.gross, i.prepaid, i.seller, i.buyer, i.mandatary, i.notes, i.rounding, i.due_date, i.hash,"
		" i.corrects_id, c.number, c.issue_date, i.sign, i.order_id, i.seller_order_id, i.issuer_identifier, i.mandate_id, i.trigger"
		" FROM marketplace.invoices i"
		" LEFT JOIN marketplace.invoices c ON c.marketplace_id = i.marketplace_id AND c.id = i.corrects_id"
		" WHERE i.marketplace_id = $1 AND i.id = $2");
	Invoice    *invoice = palloc0(sizeof(Invoice));
	Row			row;

	if (!query_row(&load, VALUES(value_int32(call->marketplace_id), value_int64(invoice_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("invoice %lld does not exist in marketplace %d", (long long) invoice_id, call->marketplace_id),
				errhint("See the view marketplace.invoice_register."));
	*invoice = (Invoice) {
		.id = invoice_id, .kind = row_text(&row, 0), .type_code = row_text(&row, 1), .number = row_text(&row, 2),
		.issue_date = row_date(&row, 3), .issuer_id = row_int64(&row, 4), .buyer_id = row_int64(&row, 5),
		.purchase_order = row_text(&row, 6), .has_supply_date = !row_null(&row, 7),
		.supply_date = row_null(&row, 7) ? 0 : row_date(&row, 7), .business_process = row_text(&row, 8),
		.currency = row_currency(&row, 9), .cumulative = row_bool(&row, 10), .net = row_amount(&row, 11), .vat = row_amount(&row, 12),
		.gross = row_amount(&row, 13), .prepaid = row_amount(&row, 14), .seller = row_jsonb(&row, 15), .buyer = row_jsonb(&row, 16),
		.mandatary = row_jsonb(&row, 17), .notes = row_jsonb(&row, 18), .rounding = row_amount(&row, 19), .has_due_date = !row_null(&row, 20),
		.due_date = row_null(&row, 20) ? 0 : row_date(&row, 20), .hash = DatumGetByteaP(row_datum(&row, 21)),
		.corrects_id = row_id(&row, 22), .corrects_number = row_text(&row, 23), .corrects_date = row_null(&row, 24) ? 0 : row_date(&row, 24),
		.gives_back = row_int32(&row, 25) < 0, .order_id = row_id(&row, 26), .seller_order_id = row_id(&row, 27),
		.issuer_identifier = row_text(&row, 28), .mandate_id = row_id(&row, 29), .trigger = row_text(&row, 30)
	};
	if (strcmp(invoice->kind, "envelope") == 0)
		envelope_load(call, invoice);
	else
	{
		load_lines(call, invoice);
		load_vat(call, invoice);
	}
	return invoice;
}

/* Both parties of a document may read it, in whatever capacity. */
static void
require_reader(Call *call, const Invoice *invoice)
{
	int			party = CAPACITY_SELLER | CAPACITY_BUYER;

	if (!access_allows(call->caller, call->marketplace_id, party, invoice->issuer_id))
		access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | party, invoice->buyer_id);
}

Jsonb *
invoice_read(Call *call, int64 invoice_id)
{
	Invoice    *invoice = invoice_load(call, invoice_id);

	require_reader(call, invoice);
	return invoice_compose(invoice);
}

PG_FUNCTION_INFO_V1(invoice_document);
Datum
invoice_document(PG_FUNCTION_ARGS)
{
	Call		call;
	Jsonb	   *document;

	call_begin_read(&call, fcinfo);
	document = invoice_read(&call, call_int64(&call, 1));
	call_end_read(&call);
	PG_RETURN_JSONB_P(document);
}

#define VERIFY_DOCUMENTS \
	"WITH documents AS MATERIALIZED (" \
	"  SELECT i.*, CASE WHEN NOT EXISTS (SELECT FROM marketplace.envelope_units u WHERE u.marketplace_id = i.marketplace_id AND u.envelope_id = i.id" \
	"      AND NOT EXISTS (SELECT FROM marketplace.invoices n WHERE n.marketplace_id = u.marketplace_id AND n.id = u.invoice_id))" \
	"    THEN marketplace.invoice_document(i.marketplace_id, i.id) ELSE '{\"currency\": \"EUR\", \"lines\": [{\"quantity\": \"1\", \"net_price\":" \
	" \"0\", \"vat_category\": \"O\"}]}' END AS document," /* a document of which a unit is gone is none */ \
	"    COALESCE(s.number, o.number) AS given_number, COALESCE(s.issue_date, i.issue_date) AS given_date," \
	"    CASE WHEN o.id IS NULL THEN s.hash ELSE i.hash END AS given_hash, COALESCE(s.previous_hash, o.hash) AS previous_hash" \
	"  FROM marketplace.invoices i" \
	"  LEFT JOIN marketplace.series_documents s ON s.marketplace_id = i.marketplace_id AND s.series_id = i.series_id AND s.n = i.n" \
	"  LEFT JOIN marketplace.invoices o ON o.marketplace_id = i.marketplace_id AND o.issuer_id = i.issuer_id AND o.number = i.number" \
	"    AND o.kind = 'unit' AND i.series_id IS NULL" \
	"  WHERE i.marketplace_id = $1)," \
	" computed AS MATERIALIZED (SELECT d.*, marketplace.invoice_totals(d.document) AS totals FROM documents d)," \
	" vat AS (" \
	"  SELECT c.id, c.number, v.position, v.cumulative, v.taxable, v.tax, t.value AS expected" \
	"  FROM computed c JOIN marketplace.invoice_vat v ON v.marketplace_id = c.marketplace_id AND v.invoice_id = c.id" \
	"  LEFT JOIN LATERAL pg_catalog.jsonb_array_elements(c.totals -> 'vat') AS t ON t.value ->> 'category' = v.vat_category" \
	"    AND (t.value ->> 'rate')::numeric IS NOT DISTINCT FROM v.vat_rate" \
	"    AND t.value ->> 'exemption_code' IS NOT DISTINCT FROM v.exemption_code)," \
	" keys AS (" \
	"  SELECT pg_catalog.max(v.invoice_id) AS id, v.seller_order_id, marketplace.sum(v.tax) AS tax," \
	"    marketplace.sum(v.taxable) * (COALESCE(v.vat_rate, 0) / 100) AS expected" \
	"  FROM marketplace.invoice_vat v WHERE v.marketplace_id = $1 AND v.seller_order_id IS NOT NULL AND v.sign = 1" \
	"  GROUP BY v.seller_order_id, v.vat_category, v.vat_rate, v.exemption_code)," \
	" whole AS (" \
	"  SELECT pg_catalog.max(i.id) AS id, i.seller_order_id, marketplace.sum(i.net) AS net, marketplace.sum(i.vat) AS vat" \
	"  FROM marketplace.invoices i WHERE i.marketplace_id = $1 AND i.seller_order_id IS NOT NULL GROUP BY i.seller_order_id" \
	"  HAVING pg_catalog.bool_and(i.type_code = '380'))"

#define VERIFY_CONTENT \
	" SELECT id, number, 'hash', pg_catalog.encode(given_hash, 'hex')," \
	"   pg_catalog.encode(marketplace.seal_hash(previous_hash, document::text), 'hex') FROM documents" \
	"   WHERE given_hash IS DISTINCT FROM marketplace.seal_hash(previous_hash, document::text)" \
	" UNION ALL SELECT id, number, 'stored_hash', pg_catalog.encode(given_hash, 'hex'), pg_catalog.encode(hash, 'hex') FROM documents" \
	"   WHERE given_hash IS DISTINCT FROM hash" \
	" UNION ALL SELECT id, number, 'number', given_number, number FROM documents WHERE given_number IS DISTINCT FROM number" \
	" UNION ALL SELECT id, number, 'issue_date', given_date::text, issue_date::text FROM documents WHERE given_date IS DISTINCT FROM issue_date" \
	" UNION ALL SELECT NULL, d.number, 'missing', d.number, NULL FROM marketplace.series_documents d" \
	"   JOIN marketplace.series s ON s.marketplace_id = d.marketplace_id AND s.id = d.series_id" \
	"   WHERE d.marketplace_id = $1 AND s.kind IN ('invoice', 'commission', 'envelope', 'credit_note', 'commission_credit') AND NOT EXISTS (SELECT FROM marketplace.invoices i" \
	"     WHERE i.marketplace_id = d.marketplace_id AND i.series_id = d.series_id AND i.n = d.n)"

#define VERIFY_SUMS \
	" UNION ALL SELECT c.id, c.number, 'line_net', t.value ->> 'net', marketplace.amount_value(l.net)::text FROM computed c" \
	"   JOIN marketplace.invoice_lines l ON l.marketplace_id = c.marketplace_id AND l.invoice_id = c.id" \
	"   JOIN LATERAL pg_catalog.jsonb_array_elements(c.totals -> 'lines') AS t ON t.value ->> 'id' = l.position::text" \
	"   WHERE t.value ->> 'net' <> marketplace.amount_value(l.net)::text" \
	" UNION ALL SELECT id, number, 'net', totals ->> 'tax_exclusive', marketplace.amount_value(net)::text FROM computed" \
	"   WHERE totals ->> 'tax_exclusive' <> marketplace.amount_value(net)::text" \
	" UNION ALL SELECT c.id, c.number, 'vat', (SELECT marketplace.sum(v.tax) FROM marketplace.invoice_vat v" \
	"     WHERE v.marketplace_id = c.marketplace_id AND v.invoice_id = c.id)::text, c.vat::text FROM computed c" \
	"   WHERE c.kind <> 'envelope' AND c.vat IS DISTINCT FROM (SELECT marketplace.sum(v.tax) FROM marketplace.invoice_vat v" \
	"     WHERE v.marketplace_id = c.marketplace_id AND v.invoice_id = c.id)" \
	" UNION ALL SELECT id, number, 'taxable', expected ->> 'taxable', marketplace.amount_value(taxable)::text FROM vat" \
	"   WHERE expected ->> 'taxable' IS DISTINCT FROM marketplace.amount_value(taxable)::text" \
	" UNION ALL SELECT id, number, 'tax', expected ->> 'tax', marketplace.amount_value(tax)::text FROM vat" \
	"   WHERE pg_catalog.abs(marketplace.minor_units(tax)" \
	"     - marketplace.minor_units(marketplace.amount((expected ->> 'tax')::numeric, marketplace.currency(tax)))) > CASE WHEN cumulative THEN 1 ELSE 0 END" \
	" UNION ALL SELECT k.id, i.number, 'tax_of_all', k.expected::text, k.tax::text FROM keys k" \
	"   JOIN marketplace.invoices i ON i.marketplace_id = $1 AND i.id = k.id WHERE k.tax <> k.expected"

#define VERIFY_ORDERS \
	" UNION ALL SELECT p.last_invoice_id, i.number, 'quantity', (p.ordered - p.cancelled)::text, p.invoiced::text" \
	"   FROM marketplace.invoice_progress p" \
	"   JOIN marketplace.invoices i ON i.marketplace_id = p.marketplace_id AND i.id = p.last_invoice_id" \
	"   WHERE p.marketplace_id = $1 AND p.invoiced > p.ordered - p.cancelled + COALESCE((SELECT pg_catalog.sum(c.units_left)" \
	"     FROM marketplace.credit_claims c WHERE c.marketplace_id = $1 AND c.seller_order_id = p.seller_order_id" \
	"       AND c.order_line_id = p.order_line_id AND c.units_left > 0), 0)" \
	" UNION ALL SELECT w.id, i.number, 'order', o.net::text || ' + ' || o.vat::text, w.net::text || ' + ' || w.vat::text FROM whole w" \
	"   JOIN marketplace.invoices i ON i.marketplace_id = $1 AND i.id = w.id" \
	"   JOIN marketplace.seller_orders o ON o.marketplace_id = $1 AND o.id = w.seller_order_id" \
	"   WHERE (o.net <> w.net OR o.vat <> w.vat) AND NOT EXISTS (SELECT FROM marketplace.invoice_progress p" \
	"     WHERE p.marketplace_id = $1 AND p.seller_order_id = w.seller_order_id AND p.invoiced <> p.ordered)" \
	" UNION ALL SELECT i.id, i.number, 'commission', c.net::text || ' + ' || c.vat::text," \
	"   i.net::text || ' + ' || (i.vat + i.rounding)::text FROM marketplace.invoices i" \
	"   LEFT JOIN LATERAL (SELECT marketplace.sum(c.net) AS net, marketplace.sum(c.vat) AS vat FROM marketplace.commission_items c" \
	"     WHERE c.marketplace_id = i.marketplace_id AND c.invoice_id = i.id) AS c ON true" \
	"   WHERE i.marketplace_id = $1 AND i.kind = 'commission'" \
	"     AND (i.net IS DISTINCT FROM c.net * i.sign::numeric OR i.vat + i.rounding IS DISTINCT FROM c.vat * i.sign::numeric)" \
	" UNION ALL SELECT i.id, i.number, 'credited', v.taxable::text || ' + ' || v.tax::text, c.taxable::text || ' + ' || c.tax::text" \
	"   FROM marketplace.invoice_vat v JOIN marketplace.invoices i ON i.marketplace_id = v.marketplace_id AND i.id = v.invoice_id" \
	"   JOIN LATERAL (SELECT marketplace.sum(c.taxable) AS taxable, marketplace.sum(c.tax) AS tax FROM marketplace.invoice_vat c" \
	"     WHERE c.marketplace_id = v.marketplace_id AND c.corrects_id = v.invoice_id AND c.sign = -1 AND c.vat_category = v.vat_category" \
	"       AND c.vat_rate IS NOT DISTINCT FROM v.vat_rate AND c.exemption_code IS NOT DISTINCT FROM v.exemption_code) AS c" \
	"     ON c.taxable > v.taxable OR c.tax > v.tax WHERE v.marketplace_id = $1 AND v.sign = 1" \
	" UNION ALL SELECT i.id, i.number, 'units', u.net::text || ' + ' || u.vat::text, i.net::text || ' + ' || i.vat::text" \
	"   FROM marketplace.invoices i LEFT JOIN LATERAL (SELECT marketplace.sum(n.net) AS net, marketplace.sum(n.vat) AS vat," \
	"     marketplace.sum(n.prepaid) AS prepaid FROM marketplace.envelope_units e" \
	"     JOIN marketplace.invoices n ON n.marketplace_id = e.marketplace_id AND n.id = e.invoice_id" \
	"     WHERE e.marketplace_id = i.marketplace_id AND e.envelope_id = i.id) AS u ON true" \
	"   WHERE i.marketplace_id = $1 AND i.kind = 'envelope'" \
	"     AND (i.net IS DISTINCT FROM u.net OR i.vat IS DISTINCT FROM u.vat OR i.prepaid IS DISTINCT FROM u.prepaid)" \
	" ORDER BY 2, 3"

PG_FUNCTION_INFO_V1(invoice_verify);
Datum
invoice_verify(PG_FUNCTION_ARGS)
{
	static Statement verify = STATEMENT("i", VERIFY_DOCUMENTS VERIFY_CONTENT VERIFY_SUMS VERIFY_ORDERS);
	Call		call;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR);
	query_return_set(fcinfo, &verify, VALUES(value_int32(call.marketplace_id)));
	call_end_read(&call);
	return (Datum) 0;
}

/*
 * invoice.h
 *		What the files of invoicing know of one another; everybody else includes invoicing.h.
 */
#ifndef MARKETPLACE_INVOICE_H
#define MARKETPLACE_INVOICE_H

#include "invoicing/totals.h"
#include "kernel/decimal.h"
#include "kernel/event.h"
#include "kernel/policy.h"
#include "kernel/series.h"
#include "orders/orders.h"

/* UNTDID 1001 codes of documents that give back, as text of SQL: credit notes of all sorts (RD-86) */
#define CREDIT_TYPES "'381', '261', '262', '396', '502', '503'"

typedef struct InvoiceLine
{
	int32		position;
	int64		order_line_id;	/* 0: commission */
	const char *description;
	const char *sku;
	const char *gtin;
	Numeric		quantity;
	const char *unit;
	Numeric		net_price;
	Numeric		price_base_quantity;
	Amount		allowance;
	const char *allowance_reason;
	const char *allowance_reason_code;
	Amount		charge;
	const char *charge_reason;
	const char *charge_reason_code;
	VatKey		key;
	Amount		net;
	bool		no_units;		/* of a credit note: it gives back money, no units */
	int32		corrects_position;	/* likewise: line of the corrected document; 0: none */
	bool		has_withheld;
	Amount		withheld;
} InvoiceLine;

typedef struct InvoiceVat
{
	VatKey		key;
	Amount		taxable;
	Amount		tax;
	bool		cumulative;
} InvoiceVat;

/* A document as it is stored; the columns of marketplace.invoices say what each is. */
typedef struct Invoice
{
	int64		id;				/* 0 until it is stored */
	const char *kind;
	const char *type_code;
	const char *number;
	int64		series_id;
	int64		n;
	DateADT		issue_date;		/* before issue: the day wanted, 0 for today */
	int64		issuer_id;
	const char *issuer_identifier;
	int64		buyer_id;
	int64		mandate_id;
	int64		corrects_id;	/* 0: none */
	const char *corrects_number;	/* not stored */
	DateADT		corrects_date;
	bool		gives_back;		/* stored as sign */
	bool		internal;		/* stored as transmit = false */
	int64		order_id;
	int64		seller_order_id;
	const char *purchase_order;
	const char *trigger;
	int64		trigger_event_id;
	bool		has_supply_date;
	DateADT		supply_date;
	bool		has_period;		/* of supply, where units of an envelope differ; not stored */
	DateADT		period_start;
	DateADT		period_end;
	bool		has_due_date;
	DateADT		due_date;
	int			due_days;		/* from issue, unless due_date is given; not stored */
	const char *business_process;
	CurrencyCode currency;
	bool		cumulative;
	Amount		net;
	Amount		vat;
	Amount		gross;
	Amount		prepaid;
	Amount		rounding;
	Jsonb	   *seller;
	Jsonb	   *buyer;
	Jsonb	   *mandatary;		/* NULL: issued in the issuer's own name */
	Jsonb	   *notes;
	bytea	   *hash;
	bool		goods;			/* it invoices goods, services; not stored */
	bool		services;
	int			nlines;
	InvoiceLine *lines;
	int			nvat;
	InvoiceVat *vat_rows;

	/* of an envelope, from its units: lines and VAT rows name their unit */
	int			nunits;
	struct EnvelopeUnit *units;
} Invoice;

/* A unit within an envelope. */
typedef struct EnvelopeUnit
{
	Invoice    *invoice;
	const char *name;			/* title of its group of lines */
} EnvelopeUnit;

/* mandate.c: the mandate that covers a document of the mandator now; 0 when none does */
extern int64 mandate_find(Call *call, int64 mandator_id, const char *type_code, CurrencyCode currency);

/* invoice_build.c */
typedef struct FactLine
{
	int64		order_line_id;
	Numeric		quantity;
} FactLine;

/* What a seller order is to be invoiced for. */
typedef struct Fact
{
	int64		order_id;
	int64		seller_order_id;
	int64		seller_id;
	const char *trigger;		/* of the invoice */
	int64		event_id;		/* 0: manual */
	bool		has_supply_date;
	DateADT		supply_date;
	bool		outstanding;	/* what measure says is due and not yet invoiced, instead of lines */
	const char *measure;		/* policy iv.trigger */
	int			nlines;
	FactLine   *lines;
} Fact;

extern char *invoice_measure(Call *call, int64 order_id, int64 seller_id, int64 buyer_id);	/* policy iv.trigger */

/* Fills lines, VAT and totals; false when there is nothing to invoice. The order is locked. */
extern bool invoice_build(Call *call, const Fact *fact, Invoice *invoice);

/* Its VAT continues that of the seller order's earlier invoices, so that all add up (IV-30). */
extern void invoice_continue(Call *call, Invoice *invoice);

/* Sums the lines and the VAT of an invoice that continues no other. */
extern void invoice_sum(Invoice *invoice);

/* How much of a line of goods may be invoiced in all, by the measure and by what was cancelled, returned or refunded. */
extern Numeric invoice_keep(const OrderLine *line, const char *measure, Numeric refunded);

/* invoice_issue.c */
extern void freeze_parties(Call *call, Invoice *invoice, const Party *seller, const PolicyScope *scope);
extern const char *issuer_identifier(const Party *party);	/* SIREN, else VAT number; NULL for none */
extern const char *business_process(Call *call, bool goods, bool services, const Invoice *invoice, const PolicyScope *scope);

/* How long there is to pay: nothing when paid already, else policy iv.payment_days. */
extern int	due_days(Call *call, const Invoice *invoice, const PolicyScope *scope);

/* What the document would be refused for if it were issued today: its first fatal violation; NULL when it may be. */
extern char *invoice_fault(Call *call, const Invoice *invoice, const PolicyScope *scope);
extern int64 invoice_issue_document(Call *call, Invoice *invoice, const char *series_kind, const char *pattern);
extern char *fill_in(const char *pattern, const char *placeholder, const char *value);
extern Jsonb *note_add(Jsonb *notes, const char *subject_code, const char *note);

/* Writes a document that has number, dates and seal. */
extern int64 invoice_store(Call *call, Invoice *invoice);

/* credit_note.c: gives back what open claims on the seller order ask for of what is invoiced of it */
extern void credit_settle(Call *call, int64 seller_order_id);

/* credit_claim.c: units of order lines that the buyer has and whose money went back */
extern Rows credit_refunded_units(Call *call, int64 seller_order_id);

/* envelope.c */
extern void envelope_await(Call *call, const Invoice *unit);	/* the unit is for the buyer's one document */
extern void envelope_expect(Call *call, int64 order_id, int64 buyer_id);	/* the call will issue units of the order */
extern void envelope_load(Call *call, Invoice *envelope);	/* its units, and lines and VAT rows from them */

/* invoice_document.c: the one form of a stored document; its text is what the series' chain seals */
extern Jsonb *invoice_compose(const Invoice *invoice);
extern char *invoice_canonical(const Invoice *invoice);

/* invoice_read.c */
extern Invoice *invoice_load(Call *call, int64 invoice_id);	/* MK004 when it does not exist */
extern Jsonb *invoice_read(Call *call, int64 invoice_id);	/* the document, for who may read it */

/* totals_document.c */
extern Totals totals_of_document(Jsonb *document);
extern Jsonb *totals_print(const Totals *totals);

/* json.c: printing documents; key NULL for an element of an array */
extern void json_begin_object(JsonbParseState **state, const char *key);
extern void json_end_object(JsonbParseState **state);
extern void json_begin_array(JsonbParseState **state, const char *key);
extern void json_end_array(JsonbParseState **state);
extern void json_text(JsonbParseState **state, const char *key, const char *v);		/* NULL becomes null */
extern void json_decimal(JsonbParseState **state, const char *key, Numeric v);		/* as text, without trailing zeros */
extern void json_money(JsonbParseState **state, const char *key, Amount v);			/* as text, with the currency's decimals */
extern void json_date(JsonbParseState **state, const char *key, DateADT v);
extern void json_bool(JsonbParseState **state, const char *key, bool v);
extern void json_int64(JsonbParseState **state, const char *key, int64 v);
extern void json_value(JsonbParseState **state, const char *key, Jsonb *v);
extern void json_scalar(JsonbParseState **state, const char *key, JsonbValue *v);
extern Jsonb *json_finish(JsonbParseState **state);	/* ends the outermost object */

#endif

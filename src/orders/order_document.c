/*
 * order_document.c
 *		The document of an order, read strictly into a struct. Every refusal names the path in the document.
 *
 * What only the tables know (parties, policies) is checked by order_place.c; amounts are computed by order_amounts.c.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "orders/orders_internal.h"
#include "orders/unit.h"
#include "types/identifier_check.h"

#define REFERENCE_MAX	200
#define DESCRIPTION_MAX	2000
#define CODE_MAX		100

const char *const order_line_kinds[] = {"goods", "service", "shipping", "fee", "discount", NULL};
static const char *const incoterms[] = {"EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR",
	"CIF", NULL};
static const char *const vat_categories[] = {"S", "Z", "E", "AE", "K", "G", "O", NULL};

/* The place of a word in a list that ends with NULL, -1 when it is not there. */
static int
index_of(const char *word, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static Value
date_or_null(const Document *object, const char *key, Value otherwise)
{
	DateADT		date;

	return document_date_or_null(object, key, &date) ? value_date(date) : otherwise;
}

static void
check_promise(const Document *object, Value from, Value by)
{
	if (!from.null && !by.null && DatumGetDateADT(from.datum) > DatumGetDateADT(by.datum))
		document_refuse(object, "deliver_by", "It is before deliver_from.", "Give the first day, then the last.");
}

/* A decimal within limits; what has too many decimals is refused, never rounded (RD-4). */
static Numeric
bounded(const Document *line, const char *key, Numeric value, bool zero_allowed, int decimals)
{
	int			sign;

	if (!decimal_is_finite(value))
		document_refuse(line, key, "It is not a number.", NULL);
	sign = decimal_sign(value);
	if (sign < 0 || (sign == 0 && !zero_allowed))
		document_refuse(line, key, psprintf("It is %s.", decimal_to_cstring(value)),
						zero_allowed ? "Give zero or more; what reduces the price is a line of kind discount." :
						"Give more than zero.");
	if (decimal_cmp(value, decimal_from_int64(DECIMAL_LIMIT)) >= 0)
		document_refuse(line, key, "It has more than 12 digits before the point.", NULL);
	if (decimal_scale(value) > decimals)
		document_refuse(line, key, psprintf("%s has more than %d decimals.", decimal_to_cstring(value), decimals),
						"It is not rounded for you: give what is meant.");
	return value;
}

static void
read_vat(const Document *line, OrderDocumentLine *result)
{
	bool		taxed;

	result->vat_category = document_text(line, "vat_category");
	if (index_of(result->vat_category, vat_categories) < 0)
		document_refuse(line, "vat_category", psprintf("\"%.10s\" is not a VAT category that orders take.",
													   result->vat_category),
						"S standard, Z zero, E exempt, AE reverse charge, K intra-Community, G export, O outside "
						"scope.");
	result->exemption_code = document_short_text_or_null(line, "exemption_code", CODE_MAX);
	taxed = strcmp(result->vat_category, "S") == 0;
	if (result->exemption_code != NULL && (taxed || strcmp(result->vat_category, "Z") == 0))
		document_refuse(line, "exemption_code", psprintf("Category %s is no exemption.", result->vat_category),
						"Leave it out.");
	if (strcmp(result->vat_category, "O") == 0)
	{
		if (document_has(line, "vat_rate"))
			document_refuse(line, "vat_rate", "Outside the scope of VAT (category O) there is no rate.",
							"Leave it out.");
		return;
	}
	result->vat_rate = bounded(line, "vat_rate", document_numeric(line, "vat_rate"), true, QUANTITY_MAX_DECIMALS);
	if (decimal_cmp(result->vat_rate, decimal_from_int64(100)) > 0)
		document_refuse(line, "vat_rate",
						psprintf("%s is more than 100 percent.", decimal_to_cstring(result->vat_rate)),
						"Rates are in percent: 20 means 20 %.");
	if (taxed && decimal_sign(result->vat_rate) == 0)
		document_refuse(line, "vat_rate", "Category S has a rate above zero.",
						"Use category Z, E, AE, K or G for a rate of zero.");
	if (!taxed && decimal_sign(result->vat_rate) > 0)
		document_refuse(line, "vat_rate", psprintf("Category %s has the rate 0.", result->vat_category),
						"Use category S for a rate above zero.");
}

static void
read_article(const Document *line, OrderDocumentLine *result)
{
	result->description = document_short_text(line, "description", DESCRIPTION_MAX);
	result->sku = document_short_text_or_null(line, "sku", CODE_MAX);
	result->gtin = document_identifier(line, "gtin", gtin_valid, "a GTIN");
	result->commission_category = document_short_text_or_null(line, "commission_category", CODE_MAX);
	result->unit = document_text_or_null(line, "unit");
	if (result->unit == NULL)
		result->unit = "C62";
	if (!unit_code_known(result->unit, strlen(result->unit)))
		document_refuse(line, "unit", psprintf("\"%.10s\" is not a known unit.", result->unit),
						"A code of UN/ECE recommendation 20, see marketplace.units(); C62 is \"one\".");
}

static void
read_kind(const Document *line, OrderDocumentLine *result)
{
	char	   *kind = document_text_or_null(line, "kind");
	int			index = kind == NULL ? LINE_GOODS : index_of(kind, order_line_kinds);

	if (index < 0)
		document_refuse(line, "kind", psprintf("\"%.20s\" is no kind of line.", kind),
						"goods, service, shipping, fee or discount.");
	result->kind = (OrderLineKind) index;
	if (!document_has(line, "applies_to"))
		return;
	if (result->kind != LINE_DISCOUNT)
		document_refuse(line, "applies_to", "Only a discount applies to another line.", "Leave it out.");
	result->applies_to = (int32) Min(document_int64(line, "applies_to"), PG_INT32_MAX);
	if (result->applies_to < 1)
		document_refuse(line, "applies_to", "It is not the position of a line.", "Positions start at 1.");
}

static void
read_line(const Document *line, int index, const OrderDocument *order, const OrderDocumentLine *terms,
		  OrderDocumentLine *result)
{
	Numeric		base;
	int64		position;

	memset(result, 0, sizeof(OrderDocumentLine));
	document_only(line, "position", "seller", "kind", "sku", "gtin", "description", "quantity", "unit", "net_price",
				  "price_base_quantity", "vat_category", "vat_rate", "exemption_code", "commission_category",
				  "applies_to", "ship_by", "deliver_from", "deliver_by", NULL);
	result->place = *line;
	position = document_int64_or(line, "position", index + 1);
	if (position < 1 || position > 1000000)
		document_refuse(line, "position", psprintf("%lld is out of range.", (long long) position),
						"Positions are 1 to 1000000.");
	result->position = (int32) position;
	result->seller_id = document_int64(line, "seller");
	if (result->seller_id == order->buyer_id)
		document_refuse(line, "seller", "It is the buyer.", "Nobody buys from himself.");
	read_kind(line, result);
	read_article(line, result);
	result->quantity = bounded(line, "quantity", document_numeric(line, "quantity"), false, QUANTITY_MAX_DECIMALS);
	result->net_price = bounded(line, "net_price", document_numeric(line, "net_price"), true, PRICE_MAX_DECIMALS);
	base = document_numeric_or_null(line, "price_base_quantity");
	result->price_base_quantity = base == NULL ? decimal_from_int64(1) :
		bounded(line, "price_base_quantity", base, false, QUANTITY_MAX_DECIMALS);
	read_vat(line, result);
	result->ship_by = date_or_null(line, "ship_by", terms->ship_by);
	result->deliver_from = date_or_null(line, "deliver_from", terms->deliver_from);
	result->deliver_by = date_or_null(line, "deliver_by", terms->deliver_by);
	check_promise(line, result->deliver_from, result->deliver_by);
}

static int
compare_positions(const void *a, const void *b)
{
	int32		x = ((const OrderDocumentLine *) a)->position;
	int32		y = ((const OrderDocumentLine *) b)->position;

	return (x > y) - (x < y);
}

static void
read_lines(const Document *document, OrderDocument *order, const OrderDocumentLine *terms)
{
	Document	lines = document_array(document, "lines");

	order->nlines = document_length(&lines);
	if (order->nlines == 0 || order->nlines > ORDER_MAX_LINES)
		document_refuse(document, "lines", psprintf("There are %d.", order->nlines),
						psprintf("An order has 1 to %d lines.", ORDER_MAX_LINES));
	order->lines = palloc(sizeof(OrderDocumentLine) * order->nlines);
	for (int i = 0; i < order->nlines; i++)
	{
		Document	line = document_item(&lines, i);

		read_line(&line, i, order, terms, &order->lines[i]);
	}
	qsort(order->lines, order->nlines, sizeof(OrderDocumentLine), compare_positions);
	for (int i = 1; i < order->nlines; i++)
		if (order->lines[i].position == order->lines[i - 1].position)
			document_refuse(&order->lines[i].place, "position",
							psprintf("Position %d is taken by %s.", order->lines[i].position,
									 order->lines[i - 1].place.path),
							"Give each line its own position, or none to any.");
}

static CurrencyCode
read_currency(const Document *document)
{
	char	   *alpha = document_text(document, "currency");
	CurrencyCode currency = currency_lookup(alpha, strlen(alpha));

	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		document_refuse(document, "currency", psprintf("\"%.10s\" is not a payable currency.", alpha),
						"See marketplace.currencies().");
	return currency;
}

void
order_document_read(const Document *document, OrderDocument *order)
{
	OrderDocumentLine terms = {.position = 0};

	memset(order, 0, sizeof(OrderDocument));
	document_only(document, "reference", "buyer", "currency", "placed_at", "ship_by", "deliver_from", "deliver_by",
				  "incoterm", "delivery_address", "lines", NULL);
	order->reference = document_short_text(document, "reference", REFERENCE_MAX);
	order->buyer_id = document_int64(document, "buyer");
	order->currency = read_currency(document);
	order->placed_at = document_has(document, "placed_at") ?
		value_timestamptz(document_timestamptz(document, "placed_at")) : value_null();
	order->incoterm = document_text_or_null(document, "incoterm");
	if (order->incoterm != NULL && index_of(order->incoterm, incoterms) < 0)
		document_refuse(document, "incoterm", psprintf("\"%.10s\" is not an Incoterm.", order->incoterm),
						"Incoterms 2020: EXW, FCA, CPT, CIP, DAP, DPU, DDP, FAS, FOB, CFR, CIF.");
	if (document_has(document, "delivery_address"))
	{
		Document	address = document_object(document, "delivery_address");

		(void) address_document_read(&address, false);
		order->delivery_address = document_jsonb_or_null(document, "delivery_address");
	}
	terms.ship_by = date_or_null(document, "ship_by", value_null());
	terms.deliver_from = date_or_null(document, "deliver_from", value_null());
	terms.deliver_by = date_or_null(document, "deliver_by", value_null());
	check_promise(document, terms.deliver_from, terms.deliver_by);
	read_lines(document, order, &terms);
}

/*
 * totals_document.c
 *		invoice_totals(document): the JSON form of a document in, its totals out (rules/invoice-document.md).
 *
 * Reads strictly (an unknown key, a wrong type, a missing key or too many decimals is an error that names the path), computes
 * with totals.c and prints. Pure: no table is read. What the law says of a document is not judged here.
 */
#include "postgres.h"

#include "invoicing/invoice.h"
#include "kernel/errors.h"

#define QUANTITY_DECIMALS	4	/* IV-22, RD-5 */
#define RATE_DECIMALS		4

/* Terms of a stored document that totals do not depend on; their content is the validator's matter. */
#define OTHER_DOCUMENT_KEYS \
	"number", "issue_date", "business_process", "profile", "tax_point_date", "vat_due_code", "due_date", "payment_terms", \
	"buyer_reference", "project_reference", "contract_reference", "purchase_order", "sales_order", "receiving_advice", \
	"despatch_advice", "tender_reference", "invoiced_object", "buyer_accounting_reference", "notes", "preceding_invoices", \
	"seller", "buyer", "payee", "tax_representative", "mandatary", "delivery", "period", "payment", "attachments", \
	"cumulative", "totals", "unit_invoices"
#define OTHER_LINE_KEYS \
	"parent_id", "sub_type", "note", "object_identifier", "order_line_reference", "buyer_accounting_reference", "period", \
	"gross_price", "price_discount", "exemption_reason", "seller", "item", "order_line_id", "preceding_invoice", "net"

/* A decimal string; its text, and its value as number when wanted. */
static char *
decimal_text(const Document *object, const char *key, int max_decimals, Numeric *value)
{
	char	   *string = document_text(object, key);
	Numeric		number = document_numeric(object, key);

	if (decimal_scale(number) > max_decimals)
		document_refuse(object, key, psprintf("%s has more than %d decimals.", string, max_decimals),
						"Round where a rule says so before you give it.");
	if (value != NULL)
		*value = number;
	return string;
}

static Numeric
decimal_value(const Document *object, const char *key, int max_decimals)
{
	Numeric		value;

	(void) decimal_text(object, key, max_decimals, &value);
	return value;
}

/* Decimals beyond the currency's are refused even when they are zeros, as the type amount does (RD-2). */
static Amount
money(const Document *object, const char *key, CurrencyCode currency)
{
	char	   *string = decimal_text(object, key, NUMERIC_MAX_PRECISION, NULL);
	int64_t		minor;

	switch (decimal_parse(string, strlen(string), currency_exponent(currency), &minor))
	{
		case AMOUNT_PARSED:
			break;
		case AMOUNT_TOO_MANY_DECIMALS:
			document_refuse(object, key, psprintf("%s has more than the %d decimals of %s.", string, currency_exponent(currency),
												  currency_alpha(currency)), NULL);
			break;
		case AMOUNT_OUT_OF_RANGE:
			document_refuse(object, key, psprintf("%s does not fit into an amount.", string),
							"An amount has at most 9007199254740991 minor units.");
			break;
		default:
			document_refuse(object, key, psprintf("\"%s\" is not an amount.", string), "Write digits with a point, such as 129.90.");
	}
	return amount_of(currency, minor);
}

static Amount
money_or_zero(const Document *object, const char *key, CurrencyCode currency)
{
	return document_has(object, key) ? money(object, key, currency) : amount_zero(currency);
}

static CurrencyCode
read_currency(const Document *object, const char *key)
{
	char	   *string = document_text(object, key);
	CurrencyCode currency = currency_lookup(string, strlen(string));

	if (currency == CURRENCY_NONE || !currency_is_payable(currency))
		document_refuse(object, key, psprintf("\"%.40s\" is not a payable currency of ISO 4217.", string),
						"See marketplace.currencies().");
	return currency;
}

static const char *
read_category(const Document *object)
{
	static const char *const known[] = {"S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"};
	char	   *category = document_text(object, "vat_category");

	for (int i = 0; i < lengthof(known); i++)
		if (strcmp(known[i], category) == 0)
			return known[i];
	document_refuse(object, "vat_category", psprintf("\"%.40s\" is not a VAT category.", category),
					"UNCL5305 as of EN 16931: S, Z, E, AE, K, G, O, L, M or B.");
}

/* units: +1 every key names its unit invoice, -1 none does, 0 not known yet. */
static VatKey
read_vat_key(const Document *object, int *units)
{
	VatKey		key = {.category = read_category(object)};
	bool		outside = strcmp(key.category, "O") == 0;

	if (outside && document_has(object, "vat_rate"))
		document_refuse(object, "vat_rate", "Category O is outside the scope of VAT and has no rate.", "Leave the rate out.");
	if (!outside)
		key.rate = decimal_value(object, "vat_rate", RATE_DECIMALS);
	if (key.rate != NULL && (decimal_sign(key.rate) < 0 || decimal_cmp(key.rate, decimal_from_int64(100)) > 0))
		document_refuse(object, "vat_rate", psprintf("%s is not a percentage.", decimal_to_cstring(key.rate)),
						"Write 5.5 for 5.5 %, from 0 to 100.");
	key.exemption_code = document_text_or_null(object, "exemption_code");
	key.unit_invoice = document_text_or_null(object, "unit_invoice");
	if (*units == 0)
		*units = key.unit_invoice != NULL ? 1 : -1;
	if ((*units > 0) != (key.unit_invoice != NULL))
		document_refuse(object, "unit_invoice", *units > 0 ? "It is missing, but others name theirs." : "It is given, but others name none.",
						"In a multi-vendor document each line, allowance and charge names its unit invoice; in any other none does.");
	return key;
}

static Amount
sum_of_line_extras(const Document *line, const char *key, CurrencyCode currency)
{
	Amount		sum = amount_zero(currency);
	Document	extras;

	if (!document_has(line, key))
		return sum;
	extras = document_array(line, key);
	for (int i = 0; i < document_length(&extras); i++)
	{
		Document	extra = document_item(&extras, i);

		document_only(&extra, "amount", "reason", "reason_code", "percentage", "base_amount", NULL);
		(void) document_text_or_null(&extra, "reason");
		(void) document_text_or_null(&extra, "reason_code");
		sum = amount_add(sum, money(&extra, "amount", currency));
	}
	return sum;
}

static TotalsLine
read_line(const Document *line, int position, CurrencyCode currency, int *units)
{
	TotalsLine	result = {0};

	document_only(line, "id", "quantity", "unit", "net_price", "price_base_quantity", "allowances", "charges", "vat_category",
				  "vat_rate", "exemption_code", "unit_invoice", OTHER_LINE_KEYS, NULL);
	result.id = document_has(line, "id") ? document_text(line, "id") : psprintf("%d", position);
	(void) document_text_or_null(line, "unit");
	result.quantity = decimal_value(line, "quantity", QUANTITY_DECIMALS);
	result.net_price = decimal_value(line, "net_price", NUMERIC_MAX_PRECISION);
	if (decimal_sign(result.net_price) < 0)
		document_refuse(line, "net_price", "A price is not negative.", "Credit by type code or by a negative quantity (IV-22).");
	result.price_base_quantity = document_has(line, "price_base_quantity") ?
		decimal_value(line, "price_base_quantity", QUANTITY_DECIMALS) : decimal_from_int64(1);
	if (decimal_sign(result.price_base_quantity) <= 0)
		document_refuse(line, "price_base_quantity", "The quantity that a price is for is greater than zero.", NULL);
	result.allowance = sum_of_line_extras(line, "allowances", currency);
	result.charge = sum_of_line_extras(line, "charges", currency);
	result.key = read_vat_key(line, units);
	return result;
}

static void
read_extras(const Document *root, const char *key, bool charge, Totals *totals, int *units)
{
	Document	extras;

	if (!document_has(root, key))
		return;
	extras = document_array(root, key);
	totals->extras = totals->extras == NULL ? palloc(Max(document_length(&extras), 1) * sizeof(TotalsExtra)) :
		repalloc(totals->extras, (totals->nextras + Max(document_length(&extras), 1)) * sizeof(TotalsExtra));
	for (int i = 0; i < document_length(&extras); i++)
	{
		Document	extra = document_item(&extras, i);

		document_only(&extra, "amount", "vat_category", "vat_rate", "exemption_code", "exemption_reason", "unit_invoice", "reason",
					  "reason_code", "percentage", "base_amount", NULL);
		(void) document_text_or_null(&extra, "reason");
		(void) document_text_or_null(&extra, "reason_code");
		totals->extras[totals->nextras++] = (TotalsExtra) {money(&extra, "amount", totals->currency), charge,
			read_vat_key(&extra, units)};
	}
}

static void
read_vat_currency(const Document *root, Totals *totals)
{
	if (!document_has(root, "vat_currency"))
	{
		if (document_has(root, "vat_currency_rate"))
			document_refuse(root, "vat_currency_rate", "There is a rate but no vat_currency.", "Give both or neither.");
		return;
	}
	totals->vat_currency = read_currency(root, "vat_currency");
	if (totals->vat_currency == totals->currency && !document_has(root, "vat_currency_rate"))
		totals->vat_currency_rate = decimal_from_int64(1);
	else
		totals->vat_currency_rate = decimal_value(root, "vat_currency_rate", NUMERIC_MAX_PRECISION);
	if (decimal_sign(totals->vat_currency_rate) <= 0)
		document_refuse(root, "vat_currency_rate", "A rate of exchange is greater than zero.",
						"It is the value of one unit of the document's currency in the VAT currency.");
}

static Totals
read_document(const Document *root)
{
	Totals		totals = {0};
	Document	lines;
	int			units = 0;
	char	   *type_code;

	document_only(root, "type_code", "currency", "vat_currency", "vat_currency_rate", "lines", "allowances", "charges", "prepaid",
				  "rounding", OTHER_DOCUMENT_KEYS, NULL);
	type_code = document_text_or_null(root, "type_code");
	if (type_code != NULL && (strlen(type_code) > 3 || type_code[strspn(type_code, "0123456789")] != '\0'))
		document_refuse(root, "type_code", psprintf("\"%.40s\" is not a code of UNTDID 1001.", type_code), "Such as 380 or 381.");
	totals.currency = read_currency(root, "currency");
	read_vat_currency(root, &totals);
	lines = document_array(root, "lines");
	totals.nlines = document_length(&lines);
	if (totals.nlines == 0)
		document_refuse(root, "lines", "There is no line.", "A document has at least one line.");
	totals.lines = palloc(totals.nlines * sizeof(TotalsLine));
	for (int i = 0; i < totals.nlines; i++)
	{
		Document	line = document_item(&lines, i);

		totals.lines[i] = read_line(&line, i + 1, totals.currency, &units);
	}
	read_extras(root, "allowances", false, &totals, &units);
	read_extras(root, "charges", true, &totals, &units);
	totals.prepaid = money_or_zero(root, "prepaid", totals.currency);
	totals.rounding = money_or_zero(root, "rounding", totals.currency);
	return totals;
}

static void
print_vat(JsonbParseState **state, const VatTotal *vat)
{
	json_begin_object(state, NULL);
	json_text(state, "unit_invoice", vat->key.unit_invoice);
	json_text(state, "category", vat->key.category);
	json_decimal(state, "rate", vat->key.rate);
	json_text(state, "exemption_code", vat->key.exemption_code);
	json_money(state, "taxable", vat->taxable);
	json_money(state, "tax", vat->tax);
	json_end_object(state);
}

static void
print_unit(JsonbParseState **state, const UnitTotal *unit)
{
	json_begin_object(state, NULL);
	json_text(state, "unit_invoice", unit->unit_invoice);
	json_money(state, "tax_exclusive", unit->tax_exclusive);
	json_money(state, "tax_total", unit->tax_total);
	json_money(state, "tax_inclusive", unit->tax_inclusive);
	json_end_object(state);
}

static void
print_sums(JsonbParseState **state, const Totals *totals)
{
	json_money(state, "line_total", totals->line_total);
	json_money(state, "allowance_total", totals->allowance_total);
	json_money(state, "charge_total", totals->charge_total);
	json_money(state, "tax_exclusive", totals->tax_exclusive);
	json_money(state, "tax_total", totals->tax_total);
	if (totals->vat_currency != CURRENCY_NONE)
		json_money(state, "tax_total_vat_currency", totals->tax_total_vat_currency);
	json_money(state, "tax_inclusive", totals->tax_inclusive);
	json_money(state, "prepaid", totals->prepaid);
	json_money(state, "rounding", totals->rounding);
	json_money(state, "payable", totals->payable);
}

static void
print_lines(JsonbParseState **state, const Totals *totals)
{
	json_begin_array(state, "lines");
	for (int i = 0; i < totals->nlines; i++)
	{
		json_begin_object(state, NULL);
		json_text(state, "id", totals->lines[i].id);
		json_money(state, "net", totals->lines[i].net);
		json_end_object(state);
	}
	json_end_array(state);
}

Jsonb *
totals_print(const Totals *totals)
{
	JsonbParseState *state = NULL;

	json_begin_object(&state, NULL);
	print_lines(&state, totals);
	print_sums(&state, totals);
	json_begin_array(&state, "vat");
	for (int i = 0; i < totals->nvat; i++)
		print_vat(&state, &totals->vat[i]);
	json_end_array(&state);
	if (totals->nunits > 0)
	{
		json_begin_array(&state, "unit_invoices");
		for (int i = 0; i < totals->nunits; i++)
			print_unit(&state, &totals->units[i]);
		json_end_array(&state);
	}
	return json_finish(&state);
}

Totals
totals_of_document(Jsonb *document)
{
	Document	root = document_root(document);
	Totals		totals = read_document(&root);

	totals_compute(&totals);
	return totals;
}

PG_FUNCTION_INFO_V1(invoice_totals);
Datum
invoice_totals(PG_FUNCTION_ARGS)
{
	Totals		totals;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("invoice_totals() needs document"),
				errdetail("Argument 1 is NULL."),
				errhint("Give the document as rules/invoice-document.md describes it."));
	totals = totals_of_document(PG_GETARG_JSONB_P(0));
	PG_RETURN_JSONB_P(totals_print(&totals));
}

/*
 * violation_facts.c
 *		A document as the facts that the rules of marketplace.invoice_rules look at.
 *
 * Numbers as numbers, each object with the place where it stands, and beside each stated figure the one that follows from the rest.
 * Arithmetic is exact and done by totals.c; nothing is judged here.
 */
#include "postgres.h"

#include "invoicing/edocument.h"
#include "invoicing/invoice.h"
#include "invoicing/violations.h"

/* Terms that are decimal strings in a document and numbers in its facts. */
static const char *const number_keys[] = {"amount", "base_amount", "gross_price", "net", "net_price", "percentage", "prepaid",
	"price_base_quantity", "price_discount", "quantity", "rounding", "vat_currency_rate", "vat_rate"};

typedef struct Facts
{
	const EDocument *document;
	const Totals *computed;
	JsonbParseState *state;
} Facts;

static void push_object(Facts *facts, const char *key, JsonbContainer *object, const char *place);

static void
push_number(Facts *facts, const char *key, Numeric value)
{
	JsonbValue	number = {.type = jbvNumeric};

	if (value == NULL)
		return;
	number.val.numeric = value;
	json_scalar(&facts->state, key, &number);
}

static void
push_money(Facts *facts, const char *key, Amount amount)
{
	push_number(facts, key, amount_to_numeric(amount));
}

static void
push_text_if(Facts *facts, const char *key, const char *value)
{
	if (value != NULL)
		json_text(&facts->state, key, value);
}

static bool
is_number_key(const char *key)
{
	for (int i = 0; i < lengthof(number_keys); i++)
		if (strcmp(number_keys[i], key) == 0)
			return true;
	return false;
}

static void
push_array(Facts *facts, const char *key, JsonbContainer *array, const char *place)
{
	json_begin_array(&facts->state, key);
	for (uint32 i = 0; i < JsonContainerSize(array); i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(array, i);

		if (item->type == jbvBinary && !JsonContainerIsArray(item->val.binary.data))
			push_object(facts, NULL, item->val.binary.data, psprintf("%s[%u]", place, i));
	}
	json_end_array(&facts->state);
}

/* A term; null counts as absent. */
static void
push_term(Facts *facts, const Document *object, const char *key, JsonbValue *value)
{
	const char *place = object->path[0] != '\0' ? psprintf("%s.%s", object->path, key) : key;

	if (value->type == jbvNull)
		return;
	if (value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data))
		push_array(facts, key, value->val.binary.data, place);
	else if (value->type == jbvBinary)
		push_object(facts, key, value->val.binary.data, place);
	else if (is_number_key(key))
		push_number(facts, key, document_numeric(object, key));
	else
		json_scalar(&facts->state, key, value);
}

static void
push_terms(Facts *facts, JsonbContainer *container, const char *place)
{
	Document	object = {container, place};
	JsonbIterator *iterator = JsonbIteratorInit(container);
	JsonbValue	value;
	JsonbIteratorToken token;
	char	   *key = NULL;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = pnstrdup(value.val.string.val, value.val.string.len);
		else if (token == WJB_VALUE && !(place[0] == '\0' && strcmp(key, "totals") == 0))
			push_term(facts, &object, key, &value);
	}
}

/* Of a line: its net as it follows from quantity and price (IV-22), and how many decimals its prices have. */
static void
push_line_facts(Facts *facts, int i)
{
	const TotalsLine *stated = &facts->document->totals.lines[i];
	const Document *term = &facts->document->lines[i].term;

	json_text(&facts->state, "id", stated->id);
	push_money(facts, "net", stated->net);
	push_money(facts, "expected_net", facts->computed->lines[i].net);
	push_number(facts, "price_decimals", decimal_from_int64(decimal_scale(stated->net_price)));
	if (document_has(term, "gross_price"))
		push_number(facts, "expected_discount", decimal_sub(document_numeric(term, "gross_price"), stated->net_price));
}

/* Of a unit invoice: totals of its lines, and whether another has its number. */
static void
push_unit_facts(Facts *facts, int i)
{
	const EUnit *unit = &facts->document->units[i];
	int			same = 0;

	for (int k = 0; k < facts->document->nunits; k++)
		same += strcmp(facts->document->units[k].number, unit->number) == 0 ? 1 : 0;
	push_number(facts, "same_number", decimal_from_int64(same));
	push_money(facts, "line_total", unit->line_total);
	if (unit->total == NULL)
		return;
	push_money(facts, "tax_exclusive", unit->total->tax_exclusive);
	push_money(facts, "tax_total", unit->total->tax_total);
}

/* Of a party: whether its SIRET and its electronic address are of its SIREN. */
static void
push_party_facts(Facts *facts, JsonbContainer *object, const char *place)
{
	Document	party = {object, place};
	const char *siret = term_text(&party, "siret");
	const char *siren = term_text(&party, "siren");
	const char *address = term_text(&party, "einvoice_address");

	if (siret != NULL)
		json_bool(&facts->state, "siret_fits", strlen(siret) == 14 && strspn(siret, "0123456789") == 14 && siren != NULL &&
				  strncmp(siret, siren, 9) == 0);
	if (address != NULL)
		json_bool(&facts->state, "own_address", siren != NULL && strncmp(address, siren, strlen(siren)) == 0);
}

/* Objects that are parties, by where they stand. */
static bool
is_party(const char *place)
{
	static const char *const roles[] = {"seller", "buyer", "payee", "tax_representative", "mandatary"};
	const char *last = strrchr(place, '.');

	for (int i = 0; i < lengthof(roles); i++)
		if (strcmp(roles[i], last == NULL ? place : last + 1) == 0)
			return true;
	return false;
}

static void
push_object(Facts *facts, const char *key, JsonbContainer *object, const char *place)
{
	int			i;
	char		rest;

	json_begin_object(&facts->state, key);
	json_text(&facts->state, "place", place);
	push_terms(facts, object, place);
	if (sscanf(place, "lines[%d]%c", &i, &rest) == 1)
		push_line_facts(facts, i);
	else if (sscanf(place, "unit_invoices[%d]%c", &i, &rest) == 1)
		push_unit_facts(facts, i);
	else if (is_party(place))
		push_party_facts(facts, object, place);
	json_end_object(&facts->state);
}

static void
push_key(Facts *facts, const VatKey *key)
{
	push_text_if(facts, "unit_invoice", key->unit_invoice);
	json_text(&facts->state, "category", key->category);
	push_number(facts, "rate", key->rate);
	push_text_if(facts, "exemption_code", key->exemption_code);
}

/* BT-116 of a key as it follows from the lines' nets, allowances and charges. */
static Amount
taxable_of(const Totals *totals, const VatKey *key)
{
	Amount		sum = amount_zero(totals->currency);

	for (int i = 0; i < totals->nlines; i++)
		if (vat_key_cmp(&totals->lines[i].key, key) == 0)
			sum = amount_add(sum, totals->lines[i].net);
	for (int i = 0; i < totals->nextras; i++)
		if (vat_key_cmp(&totals->extras[i].key, key) == 0)
			sum = totals->extras[i].charge ? amount_add(sum, totals->extras[i].amount) : amount_sub(sum, totals->extras[i].amount);
	return sum;
}

/* Whether the document says of the VAT row that it continues earlier invoices (IV-30). */
static bool
is_cumulative(const Facts *facts, const VatKey *key)
{
	Document	totals;
	Document	rows;
	int			count = term_object(&facts->document->root, "totals", &totals) ? term_array(&totals, "vat", &rows) : 0;

	for (int i = 0; i < count; i++)
	{
		Document	row = document_item(&rows, i);
		VatKey		stated = {term_text(&row, "unit_invoice"), document_text(&row, "category"), document_numeric_or_null(&row, "rate"),
			term_text(&row, "exemption_code")};

		if (vat_key_cmp(&stated, key) == 0)
			return document_bool_or(&row, "cumulative", false);
	}
	return false;
}

static void
push_vat(Facts *facts)
{
	const Totals *totals = &facts->document->totals;

	json_begin_array(&facts->state, "vat");
	for (int i = 0; i < totals->nvat; i++)
	{
		const VatTotal *vat = &totals->vat[i];

		json_begin_object(&facts->state, NULL);
		json_text(&facts->state, "place", psprintf("totals.vat[%d]", i));
		push_key(facts, &vat->key);
		push_text_if(facts, "reason", facts->document->vat[i].reason);
		push_money(facts, "taxable", vat->taxable);
		push_money(facts, "tax", vat->tax);
		push_money(facts, "expected_taxable", taxable_of(totals, &vat->key));
		push_money(facts, "expected_tax", totals_tax(vat->taxable, vat->key.rate));
		push_money(facts, "tolerance", amount_of(totals->currency, is_cumulative(facts, &vat->key) ? 1 : 0));
		json_end_object(&facts->state);
	}
	json_end_array(&facts->state);
}

static bool
has_row(const Totals *totals, const VatKey *key)
{
	for (int i = 0; i < totals->nvat; i++)
		if (vat_key_cmp(&totals->vat[i].key, key) == 0)
			return true;
	return false;
}

/* Keys that lines, allowances and charges need, and whether the breakdown has them. */
static void
push_keys(Facts *facts)
{
	json_begin_array(&facts->state, "keys");
	for (int i = 0; i < facts->computed->nvat; i++)
	{
		const VatKey *key = &facts->computed->vat[i].key;

		json_begin_object(&facts->state, NULL);
		json_text(&facts->state, "place", "totals.vat");
		push_key(facts, key);
		json_bool(&facts->state, "stated", has_row(&facts->document->totals, key));
		json_end_object(&facts->state);
	}
	json_end_array(&facts->state);
}

/* How many rows of the breakdown each category has. */
static void
push_counts(Facts *facts)
{
	static const char *const categories[] = {"S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"};
	const Totals *totals = &facts->document->totals;

	json_begin_object(&facts->state, "vat_count");
	for (int k = 0; k < lengthof(categories); k++)
	{
		int			count = 0;

		for (int i = 0; i < totals->nvat; i++)
			count += strcmp(totals->vat[i].key.category, categories[k]) == 0 ? 1 : 0;
		push_number(facts, categories[k], decimal_from_int64(count));
	}
	json_end_object(&facts->state);
}

static void
push_sums(Facts *facts, const char *key, const Totals *totals)
{
	json_begin_object(&facts->state, key);
	push_money(facts, "line_total", totals->line_total);
	push_money(facts, "allowance_total", totals->allowance_total);
	push_money(facts, "charge_total", totals->charge_total);
	push_money(facts, "tax_exclusive", totals->tax_exclusive);
	push_money(facts, "tax_total", totals->tax_total);
	push_money(facts, "tax_inclusive", totals->tax_inclusive);
	push_money(facts, "prepaid", totals->prepaid);
	push_money(facts, "rounding", totals->rounding);
	push_money(facts, "payable", totals->payable);
	if (totals->vat_currency != CURRENCY_NONE)
		push_money(facts, "tax_total_vat_currency", totals->tax_total_vat_currency);
	json_end_object(&facts->state);
}

/* What each total is the sum of, taken from the figures that the document states. */
static Totals
expected_sums(const EDocument *document, const Totals *computed)
{
	Totals		expected = *computed;
	const Totals *stated = &document->totals;

	expected.line_total = expected.tax_total = amount_zero(stated->currency);
	for (int i = 0; i < stated->nlines; i++)
		expected.line_total = amount_add(expected.line_total, stated->lines[i].net);
	for (int i = 0; i < stated->nvat; i++)
		expected.tax_total = amount_add(expected.tax_total, stated->vat[i].tax);
	expected.tax_exclusive = amount_add(amount_sub(stated->line_total, stated->allowance_total), stated->charge_total);
	expected.tax_inclusive = amount_add(stated->tax_exclusive, stated->tax_total);
	expected.payable = amount_add(amount_sub(stated->tax_inclusive, stated->prepaid), stated->rounding);
	return expected;
}

/* Numbers that notes with a code that must not stand twice have: {"PMT": 1, …}. */
static void
push_note_counts(Facts *facts)
{
	static const char *const codes[] = {"PMT", "PMD", "AAB", "TXD", "BAR", "DCL"};
	Document	list;
	int			count = term_array(&facts->document->root, "notes", &list);

	json_begin_object(&facts->state, "note_count");
	for (int k = 0; k < lengthof(codes); k++)
	{
		int			found = 0;

		for (int i = 0; i < count; i++)
		{
			Document	note = document_item(&list, i);
			const char *code = term_text(&note, "subject_code");

			found += code != NULL && strcmp(code, codes[k]) == 0 ? 1 : 0;
		}
		push_number(facts, codes[k], decimal_from_int64(found));
	}
	json_end_object(&facts->state);
}

/* Days from issue to the due date; how many attachments are the readable invoice. */
static void
push_head_facts(Facts *facts)
{
	const Document *root = &facts->document->root;
	DateADT		issued;
	DateADT		due;
	Document	list;
	int			readable = 0;
	int			count = term_array(root, "attachments", &list);

	if (document_date_or_null(root, "issue_date", &issued) && document_date_or_null(root, "due_date", &due))
		push_number(facts, "due_days", decimal_from_int64(due - issued));
	for (int i = 0; i < count; i++)
	{
		Document	attachment = document_item(&list, i);
		const char *kind = term_text(&attachment, "description");

		readable += kind != NULL && strcmp(kind, "LISIBLE") == 0 ? 1 : 0;
	}
	push_number(facts, "readable_attachments", decimal_from_int64(readable));
}

static Jsonb *
build_facts(const EDocument *document, const Totals *computed)
{
	Facts		facts = {document, computed, NULL};
	Totals		expected = expected_sums(document, computed);

	json_begin_object(&facts.state, NULL);
	push_terms(&facts, document->root.container, "");
	if (!document_has(&document->root, "type_code"))
		json_text(&facts.state, "type_code", "380");
	json_bool(&facts.state, "credit_note", document->credit_note);
	push_number(&facts, "decimals", decimal_from_int64(currency_exponent(document->totals.currency)));
	push_sums(&facts, "totals", &document->totals);
	push_sums(&facts, "expected", &expected);
	push_vat(&facts);
	push_keys(&facts);
	push_counts(&facts);
	push_note_counts(&facts);
	push_head_facts(&facts);
	return json_finish(&facts.state);
}

Jsonb *
violation_facts(Jsonb *json, const InvoiceProfile *profile)
{
	EDocument  *document = edocument_read(json, profile);
	Totals		computed = totals_of_document(json);

	return build_facts(document, &computed);
}

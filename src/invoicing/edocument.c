/*
 * edocument.c
 *		A document of rules/invoice-document.md with its figures and the profile that it is printed or judged by.
 *
 * What is printed is what the document states: a partial invoice's VAT may differ by a cent from that of its own base (IV-30), so stated
 * totals win over computed ones; whether they are right is the validator's matter.
 */
#include "postgres.h"

#include "invoicing/edocument.h"
#include "invoicing/invoice.h"
#include "kernel/errors.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

/* Types of UNTDID 1001 that give back (UBL: CreditNote). */
static const char *const credit_types[] = {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"};

char *
clipped(const char *string)
{
	return pnstrdup(string, pg_mbcliplen(string, (int) strlen(string), 40));
}

InvoiceProfile
invoice_profile(const char *name, const char *syntax)
{
	static Statement get = STATEMENT("tt",
		"SELECT profile, specification_identifier, business_process, with_lines, extended, single_note"
		" FROM marketplace.invoice_profiles WHERE profile = $1 AND ($2 IS NULL OR $2 = ANY (syntaxes))");
	Row			row;

	if (!query_row(&get, VALUES(value_text(name), value_text(syntax)), &row))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("there is no profile \"%s\"", clipped(name)),
				syntax != NULL ? errdetail("None of this name can be written as %s.", syntax) : errdetail("No profile has this name."),
				errhint("See the view marketplace.invoice_profiles."));
	return (InvoiceProfile) {
		.name = row_text(&row, 0), .specification = row_text(&row, 1), .process = row_text(&row, 2), .lines = row_bool(&row, 3),
		.extended = row_bool(&row, 4), .single_note = row_bool(&row, 5)
	};
}

const char *
term_text(const Document *object, const char *key)
{
	return document_text_or_null(object, key);
}

const char *
term_number(const Document *object, const char *key)
{
	Numeric		number = document_numeric_or_null(object, key);

	return number == NULL ? NULL : DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
}

bool
term_object(const Document *object, const char *key, Document *child)
{
	if (!document_has(object, key))
		return false;
	*child = document_object(object, key);
	return true;
}

int
term_array(const Document *object, const char *key, Document *child)
{
	if (!document_has(object, key))
		return 0;
	*child = document_array(object, key);
	return document_length(child);
}

char *
money_text(Amount amount)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(amount_to_numeric(amount))));
}

const char *
party_legal_id(const Document *party, const char **scheme)
{
	const char *siren = term_text(party, "siren");

	*scheme = siren != NULL ? "0002" : term_text(party, "legal_id_scheme");
	return siren != NULL ? siren : term_text(party, "legal_id");
}

const char *
party_description(const Document *party)
{
	const char *form = term_text(party, "legal_form");
	const char *capital = term_text(party, "share_capital");

	return form != NULL && capital != NULL ? psprintf("%s, %s", form, capital) : form != NULL ? form : capital;
}

bool
same_unit(const EUnit *unit, const VatKey *key)
{
	return key->unit_invoice != NULL && strcmp(unit->number, key->unit_invoice) == 0;
}

char *
vat_reason(const EUnit *unit, const char *reason)
{
	if (unit == NULL)
		return reason == NULL ? NULL : pstrdup(reason);
	return psprintf("#%s#%s", unit->number, reason == NULL ? "" : reason);
}

char *
edocument_vat_reason(const EDocument *document, int i)
{
	for (int k = 0; k < document->nunits; k++)
		if (same_unit(&document->units[k], &document->vat[i].vat->key))
			return vat_reason(&document->units[k], document->vat[i].reason);
	return vat_reason(NULL, document->vat[i].reason);
}

char *
notes_as_one(const Document *notes)
{
	StringInfoData all;

	initStringInfo(&all);
	for (int i = 0; i < document_length(notes); i++)
	{
		Document	note = document_item(notes, i);
		const char *content = term_text(&note, "text");

		if (content != NULL)
			appendStringInfo(&all, "%s%s", all.len > 0 ? " " : "", content);
	}
	return all.data;
}

static void
state_amount(const Document *totals, const char *key, Amount *amount)
{
	if (document_has(totals, key))
		*amount = amount_from_numeric(document_numeric(totals, key), amount_currency(*amount));
}

/* The VAT rows of the document in place of the computed ones. */
static void
state_vat(const Document *stated, Totals *totals)
{
	Document	rows;
	int			count = term_array(stated, "vat", &rows);

	if (!document_has(stated, "vat"))
		return;
	totals->vat = palloc(Max(count, 1) * sizeof(VatTotal));
	totals->nvat = count;
	for (int i = 0; i < count; i++)
	{
		Document	row = document_item(&rows, i);
		VatTotal   *vat = &totals->vat[i];

		vat->key = (VatKey) {term_text(&row, "unit_invoice"), document_text(&row, "category"), document_numeric_or_null(&row, "rate"),
			term_text(&row, "exemption_code")};
		vat->taxable = amount_from_numeric(document_numeric(&row, "taxable"), totals->currency);
		vat->tax = amount_from_numeric(document_numeric(&row, "tax"), totals->currency);
	}
	totals_sum_units(totals);
}

static void
state_totals(EDocument *document)
{
	Totals	   *totals = &document->totals;
	Document	stated;

	for (int i = 0; i < document->nlines; i++)
		state_amount(&document->lines[i].term, "net", &totals->lines[i].net);
	if (!term_object(&document->root, "totals", &stated))
		return;
	state_amount(&stated, "line_total", &totals->line_total);
	state_amount(&stated, "allowance_total", &totals->allowance_total);
	state_amount(&stated, "charge_total", &totals->charge_total);
	state_amount(&stated, "tax_exclusive", &totals->tax_exclusive);
	state_amount(&stated, "tax_total", &totals->tax_total);
	state_amount(&stated, "tax_inclusive", &totals->tax_inclusive);
	state_amount(&stated, "payable", &totals->payable);
	if (totals->vat_currency != CURRENCY_NONE)
		state_amount(&stated, "tax_total_vat_currency", &totals->tax_total_vat_currency);
	state_vat(&stated, totals);
}

/* BT-120 of a VAT key: that of the first line, allowance or charge that has one. */
static const char *
reason_in(const Document *list, const VatKey *wanted)
{
	for (int i = 0; i < document_length(list); i++)
	{
		Document	item = document_item(list, i);
		VatKey		key = {term_text(&item, "unit_invoice"), document_text(&item, "vat_category"),
			document_numeric_or_null(&item, "vat_rate"), term_text(&item, "exemption_code")};

		if (document_has(&item, "exemption_reason") && vat_key_cmp(&key, wanted) == 0)
			return term_text(&item, "exemption_reason");
	}
	return NULL;
}

static void
read_vat(EDocument *document)
{
	static const char *const lists[] = {"lines", "allowances", "charges"};

	document->vat = palloc0(Max(document->totals.nvat, 1) * sizeof(EVat));
	for (int i = 0; i < document->totals.nvat; i++)
	{
		document->vat[i].vat = &document->totals.vat[i];
		for (int k = 0; k < lengthof(lists) && document->vat[i].reason == NULL; k++)
		{
			Document	list;

			if (term_array(&document->root, lists[k], &list) > 0)
				document->vat[i].reason = reason_in(&list, &document->totals.vat[i].key);
		}
	}
}

static void
read_units(EDocument *document)
{
	Document	list;

	document->nunits = term_array(&document->root, "unit_invoices", &list);
	document->units = palloc0(Max(document->nunits, 1) * sizeof(EUnit));
	for (int i = 0; i < document->nunits; i++)
	{
		EUnit	   *unit = &document->units[i];

		unit->term = document_item(&list, i);
		unit->number = document_text(&unit->term, "unit_invoice");
		unit->business_process = term_text(&unit->term, "business_process");
		unit->line_total = amount_zero(document->totals.currency);
	}
}

/* A line belongs to the unit that it names; naming one that is not listed is an error of the document's form. */
static void
join_units(EDocument *document)
{
	for (int i = 0; i < document->nlines; i++)
	{
		ELine	   *line = &document->lines[i];

		for (int k = 0; k < document->nunits && line->unit == NULL; k++)
			if (same_unit(&document->units[k], &line->line->key))
			{
				line->unit = &document->units[k];
				document->units[k].line_total = amount_add(document->units[k].line_total, line->line->net);
			}
		if (line->unit == NULL && line->line->key.unit_invoice != NULL)
			document_refuse(&line->term, "unit_invoice", "No unit invoice of this number is listed.",
							"List it under unit_invoices with its seller and billing mode.");
	}
	for (int k = 0; k < document->nunits; k++)
		for (int i = 0; i < document->totals.nunits; i++)
			if (strcmp(document->totals.units[i].unit_invoice, document->units[k].number) == 0)
				document->units[k].total = &document->totals.units[i];
}

static void
read_lines(EDocument *document)
{
	Document	list = document_array(&document->root, "lines");

	document->nlines = document->totals.nlines;
	document->lines = palloc0(document->nlines * sizeof(ELine));
	for (int i = 0; i < document->nlines; i++)
	{
		document->lines[i].term = document_item(&list, i);
		document->lines[i].line = &document->totals.lines[i];
	}
}

static bool
gives_back(const Document *root)
{
	const char *type_code = term_text(root, "type_code");

	for (int i = 0; type_code != NULL && i < lengthof(credit_types); i++)
		if (strcmp(credit_types[i], type_code) == 0)
			return true;
	return false;
}

EDocument *
edocument_read(Jsonb *json, const InvoiceProfile *profile)
{
	EDocument  *document = palloc0(sizeof(EDocument));

	document->root = document_root(json);
	document->profile = *profile;
	document->totals = totals_of_document(json);
	edocument_check_shape(&document->root);
	document->credit_note = gives_back(&document->root);
	read_lines(document);
	state_totals(document);
	read_units(document);
	join_units(document);
	read_vat(document);
	return document;
}

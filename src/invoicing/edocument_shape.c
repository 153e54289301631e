/*
 * edocument_shape.c
 *		The form of the terms of a document that its totals do not depend on: known keys and types only, each refusal names the path.
 *
 * Form, not content: whether a term must be there or holds a good value is judged by violations*.c. What totals depend on is
 * read by totals_document.c.
 */
#include "postgres.h"

#include "invoicing/edocument.h"

typedef void (*ObjectCheck) (const Document *object);

static void
check_texts(const Document *object, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		(void) document_text_or_null(object, *keys);
}

static void
check_dates(const Document *object, const char *const *keys)
{
	DateADT		date;

	for (; *keys != NULL; keys++)
		(void) document_date_or_null(object, *keys, &date);
}

static void
check_numbers(const Document *object, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		(void) document_numeric_or_null(object, *keys);
}

#define TEXTS(...) ((const char *const []) {__VA_ARGS__, NULL})

static void
check_child(const Document *object, const char *key, ObjectCheck check)
{
	Document	child;

	if (term_object(object, key, &child))
		check(&child);
}

static void
check_children(const Document *object, const char *key, ObjectCheck check)
{
	Document	list;
	int			count = term_array(object, key, &list);

	for (int i = 0; i < count; i++)
	{
		Document	child = document_item(&list, i);

		check(&child);
	}
}

static void
check_address(const Document *address)
{
	document_only(address, "recipient", "line1", "line2", "line3", "postcode", "city", "subdivision", "country", "gln", NULL);
	check_texts(address, TEXTS("recipient", "line1", "line2", "line3", "postcode", "city", "subdivision", "country", "gln"));
}

static void
check_identifier(const Document *identifier)
{
	document_only(identifier, "id", "scheme", NULL);
	(void) document_text(identifier, "id");
	(void) document_text_or_null(identifier, "scheme");
}

static void
check_party(const Document *party)
{
	document_only(party, "party_id", "name", "trade_name", "legal_form", "share_capital", "country", "siren", "siret", "vat_id", "tax_id",
				  "legal_id", "legal_id_scheme", "identifiers", "einvoice_address", "einvoice_scheme", "contact_name", "email", "phone",
				  "address", NULL);
	(void) document_int64_or(party, "party_id", 0);
	check_texts(party, TEXTS("name", "trade_name", "legal_form", "share_capital", "country", "siren", "siret", "vat_id", "tax_id",
							 "legal_id", "legal_id_scheme", "einvoice_address", "einvoice_scheme", "contact_name", "email", "phone"));
	check_children(party, "identifiers", check_identifier);
	check_child(party, "address", check_address);
}

static void
check_note(const Document *note)
{
	document_only(note, "subject_code", "text", NULL);
	check_texts(note, TEXTS("subject_code", "text"));
}

static void
check_period(const Document *period)
{
	document_only(period, "start", "end", NULL);
	check_dates(period, TEXTS("start", "end"));
}

static void
check_preceding(const Document *preceding)
{
	document_only(preceding, "number", "issue_date", NULL);
	check_texts(preceding, TEXTS("number"));
	check_dates(preceding, TEXTS("issue_date"));
}

static void
check_delivery(const Document *delivery)
{
	document_only(delivery, "date", "name", "location", "address", NULL);
	check_dates(delivery, TEXTS("date"));
	check_texts(delivery, TEXTS("name"));
	check_child(delivery, "location", check_identifier);
	check_child(delivery, "address", check_address);
}

static void
check_payment(const Document *payment)
{
	static const char *const keys[] = {"means_code", "means_text", "remittance", "iban", "account_name", "bic", "mandate_reference",
		"creditor_id", "debited_iban", NULL};

	document_only(payment, "means_code", "means_text", "remittance", "iban", "account_name", "bic", "mandate_reference", "creditor_id",
				  "debited_iban", NULL);
	check_texts(payment, keys);
}

static void
check_attachment(const Document *attachment)
{
	document_only(attachment, "id", "description", "url", "mime_code", "filename", "content", NULL);
	check_texts(attachment, TEXTS("id", "description", "url", "mime_code", "filename", "content"));
}

static void
check_unit(const Document *unit)
{
	document_only(unit, "unit_invoice", "name", "business_process", "seller", "preceding_invoice", NULL);
	(void) document_text(unit, "unit_invoice");
	check_texts(unit, TEXTS("name", "business_process"));
	check_child(unit, "seller", check_party);
	check_child(unit, "preceding_invoice", check_preceding);
}

static void
check_classification(const Document *classification)
{
	document_only(classification, "code", "list", "version", NULL);
	check_texts(classification, TEXTS("code", "list", "version"));
}

static void
check_attribute(const Document *attribute)
{
	document_only(attribute, "name", "value", NULL);
	check_texts(attribute, TEXTS("name", "value"));
}

static void
check_item(const Document *item)
{
	document_only(item, "name", "description", "seller_id", "buyer_id", "standard_id", "standard_scheme", "classifications", "attributes",
				  "origin_country", NULL);
	check_texts(item, TEXTS("name", "description", "seller_id", "buyer_id", "standard_id", "standard_scheme", "origin_country"));
	check_children(item, "classifications", check_classification);
	check_children(item, "attributes", check_attribute);
}

static void
check_extra(const Document *extra)
{
	check_numbers(extra, TEXTS("percentage", "base_amount"));
}

static void
check_line(const Document *line)
{
	check_texts(line, TEXTS("parent_id", "sub_type", "note", "order_line_reference", "buyer_accounting_reference", "exemption_reason"));
	check_numbers(line, TEXTS("gross_price", "price_discount", "net"));
	(void) document_int64_or(line, "order_line_id", 0);
	check_child(line, "object_identifier", check_identifier);
	check_child(line, "period", check_period);
	check_child(line, "seller", check_party);
	check_child(line, "item", check_item);
	check_child(line, "preceding_invoice", check_preceding);
	check_children(line, "allowances", check_extra);
	check_children(line, "charges", check_extra);
}

static void
check_vat(const Document *vat)
{
	document_only(vat, "unit_invoice", "category", "rate", "exemption_code", "taxable", "tax", "cumulative", NULL);
	check_texts(vat, TEXTS("unit_invoice", "category", "exemption_code"));
	check_numbers(vat, TEXTS("rate", "taxable", "tax"));
	(void) document_bool_or(vat, "cumulative", false);
}

static void
check_totals(const Document *totals)
{
	document_only(totals, "line_total", "allowance_total", "charge_total", "tax_exclusive", "tax_total", "tax_total_vat_currency",
				  "tax_inclusive", "payable", "vat", NULL);
	check_numbers(totals, TEXTS("line_total", "allowance_total", "charge_total", "tax_exclusive", "tax_total", "tax_total_vat_currency",
								"tax_inclusive", "payable"));
	check_children(totals, "vat", check_vat);
}

static void
check_references(const Document *root)
{
	check_texts(root, TEXTS("number", "business_process", "profile", "vat_due_code", "payment_terms", "buyer_reference",
							"project_reference", "contract_reference", "purchase_order", "sales_order", "receiving_advice",
							"despatch_advice", "tender_reference", "buyer_accounting_reference"));
	check_dates(root, TEXTS("issue_date", "due_date", "tax_point_date"));
	check_child(root, "invoiced_object", check_identifier);
	check_children(root, "preceding_invoices", check_preceding);
	check_children(root, "attachments", check_attachment);
}

void
edocument_check_shape(const Document *root)
{
	check_references(root);
	check_children(root, "notes", check_note);
	check_child(root, "seller", check_party);
	check_child(root, "buyer", check_party);
	check_child(root, "payee", check_party);
	check_child(root, "tax_representative", check_party);
	check_child(root, "mandatary", check_party);
	check_child(root, "delivery", check_delivery);
	check_child(root, "period", check_period);
	check_child(root, "payment", check_payment);
	check_children(root, "unit_invoices", check_unit);
	check_children(root, "lines", check_line);
	check_children(root, "allowances", check_extra);
	check_children(root, "charges", check_extra);
	check_child(root, "totals", check_totals);
	(void) document_bool_or(root, "cumulative", false);
}

/*
 * ubl_line.c
 *		The lines of a UBL Invoice or CreditNote (BG-25 … BG-32). Several sellers: a GROUP line a unit invoice, its lines DETAIL below it.
 *
 * In a multi-vendor document lines are numbered as they are written, since units may number theirs alike (IV-49 … IV-58).
 */
#include "postgres.h"

#include "invoicing/ubl.h"
#include "kernel/decimal.h"

static const char *
unit_of(const Document *line)
{
	const char *unit = term_text(line, "unit");

	return unit != NULL ? unit : "C62";
}

/* Sub-type and parent of a line: a reference to the document itself that says so. */
static void
write_sub_type(XmlWriter *xml, const EDocument *document, const char *sub_type, const char *parent)
{
	xml_open(xml, "cac:BillingReference");
	xml_open(xml, "cac:InvoiceDocumentReference");
	xml_element(xml, "cbc:ID", term_text(&document->root, "number"));
	xml_element(xml, "cbc:DocumentStatusCode", sub_type);
	xml_close(xml);
	if (parent != NULL)
	{
		xml_open(xml, "cac:BillingReferenceLine");
		xml_element(xml, "cbc:ID", parent);
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_unit_references(XmlWriter *xml, const EUnit *unit)
{
	ubl_reference(xml, "cac:DocumentReference", unit->number, "AFL", "130");
	ubl_reference(xml, "cac:DocumentReference", unit->business_process, "AVV", "130");
}

static void
write_item_id(XmlWriter *xml, const char *element, const char *scheme, const char *id)
{
	if (id == NULL)
		return;
	xml_open(xml, element);
	xml_element_with(xml, "cbc:ID", "schemeID", scheme, id);
	xml_close(xml);
}

static void
write_item_names(XmlWriter *xml, const Document *item)
{
	const char *scheme = term_text(item, "standard_scheme");

	xml_element(xml, "cbc:Description", term_text(item, "description"));
	xml_element(xml, "cbc:Name", term_text(item, "name"));
	write_item_id(xml, "cac:BuyersItemIdentification", NULL, term_text(item, "buyer_id"));
	write_item_id(xml, "cac:SellersItemIdentification", NULL, term_text(item, "seller_id"));
	write_item_id(xml, "cac:StandardItemIdentification", scheme != NULL ? scheme : "0160", term_text(item, "standard_id"));
	if (document_has(item, "origin_country"))
	{
		xml_open(xml, "cac:OriginCountry");
		xml_element(xml, "cbc:IdentificationCode", term_text(item, "origin_country"));
		xml_close(xml);
	}
}

static void
write_classifications(XmlWriter *xml, const Document *item)
{
	Document	list;
	int			count = term_array(item, "classifications", &list);

	for (int i = 0; i < count; i++)
	{
		Document	classification = document_item(&list, i);

		if (!document_has(&classification, "code"))
			continue;
		xml_open(xml, "cac:CommodityClassification");
		xml_element_with_two(xml, "cbc:ItemClassificationCode", "listID", term_text(&classification, "list"), "listVersionID",
							 term_text(&classification, "version"), term_text(&classification, "code"));
		xml_close(xml);
	}
}

static void
write_attributes(XmlWriter *xml, const Document *item)
{
	Document	list;
	int			count = term_array(item, "attributes", &list);

	for (int i = 0; i < count; i++)
	{
		Document	attribute = document_item(&list, i);

		xml_open(xml, "cac:AdditionalItemProperty");
		xml_element(xml, "cbc:Name", term_text(&attribute, "name"));
		xml_element(xml, "cbc:Value", term_text(&attribute, "value"));
		xml_close(xml);
	}
}

static void
write_seller(XmlWriter *xml, const EUnit *unit)
{
	Document	seller;

	if (unit != NULL && term_object(&unit->term, "seller", &seller))
		ubl_line_seller(xml, &seller);
}

static void
write_item(XmlWriter *xml, const ELine *line)
{
	const char *reason = line->unit == NULL ? NULL : vat_reason(line->unit, term_text(&line->term, "exemption_reason"));
	Document	item;
	bool		given = term_object(&line->term, "item", &item);

	xml_open(xml, "cac:Item");
	if (given)
	{
		write_item_names(xml, &item);
		write_classifications(xml, &item);
	}
	ubl_tax_category(xml, "cac:ClassifiedTaxCategory", &line->line->key, line->unit == NULL ? NULL : line->line->key.exemption_code, reason);
	if (given)
		write_attributes(xml, &item);
	write_seller(xml, line->unit);
	xml_close(xml);
}

static void
write_price(XmlWriter *xml, const EDocument *document, const ELine *line)
{
	Numeric		base = line->line->price_base_quantity;

	xml_open(xml, "cac:Price");
	ubl_number(xml, document, "cbc:PriceAmount", term_number(&line->term, "net_price"));
	if (decimal_cmp(base, decimal_from_int64(1)) != 0)
		xml_element_with(xml, "cbc:BaseQuantity", "unitCode", unit_of(&line->term), decimal_to_cstring(base));
	if (document_has(&line->term, "price_discount"))
	{
		xml_open(xml, "cac:AllowanceCharge");
		xml_element(xml, "cbc:ChargeIndicator", "false");
		ubl_number(xml, document, "cbc:Amount", term_number(&line->term, "price_discount"));
		ubl_number(xml, document, "cbc:BaseAmount", term_number(&line->term, "gross_price"));
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_references(XmlWriter *xml, const EDocument *document, const ELine *line, const char *parent)
{
	Document	child;

	if (document_has(&line->term, "order_line_reference"))
	{
		xml_open(xml, "cac:OrderLineReference");
		xml_element(xml, "cbc:LineID", term_text(&line->term, "order_line_reference"));
		xml_close(xml);
	}
	if (line->unit != NULL)
		write_sub_type(xml, document, "DETAIL", parent);
	if (term_object(&line->term, "preceding_invoice", &child))
		ubl_preceding(xml, &child);
	if (term_object(&line->term, "object_identifier", &child))
		ubl_reference(xml, "cac:DocumentReference", term_text(&child, "id"), term_text(&child, "scheme"), "130");
	if (line->unit != NULL)
		write_unit_references(xml, line->unit);
}

static void
write_line(XmlWriter *xml, const EDocument *document, const ELine *line, const char *id, const char *parent)
{
	bool		credit = document->credit_note;

	xml_open(xml, credit ? "cac:CreditNoteLine" : "cac:InvoiceLine");
	xml_element(xml, "cbc:ID", id);
	xml_element(xml, "cbc:Note", term_text(&line->term, "note"));
	xml_element_with(xml, credit ? "cbc:CreditedQuantity" : "cbc:InvoicedQuantity", "unitCode", unit_of(&line->term),
					 decimal_to_cstring(line->line->quantity));
	ubl_money(xml, document, "cbc:LineExtensionAmount", line->line->net);
	xml_element(xml, "cbc:AccountingCost", term_text(&line->term, "buyer_accounting_reference"));
	ubl_period(xml, &line->term, NULL);
	write_references(xml, document, line, parent);
	ubl_extras(xml, document, &line->term, false);
	write_item(xml, line);
	write_price(xml, document, line);
	xml_close(xml);
}

/* The VAT of a unit invoice, in the VAT currency too where that is another. */
static void
write_group_tax(XmlWriter *xml, const EDocument *document, const EUnit *unit)
{
	const Totals *totals = &document->totals;

	if (unit->total == NULL)
		return;
	xml_open(xml, "cac:TaxTotal");
	ubl_money(xml, document, "cbc:TaxAmount", unit->total->tax_total);
	xml_close(xml);
	if (totals->vat_currency == CURRENCY_NONE || totals->vat_currency == totals->currency)
		return;
	xml_open(xml, "cac:TaxTotal");
	ubl_money(xml, document, "cbc:TaxAmount", unit->total->tax_total_vat_currency);
	xml_close(xml);
}

/* A unit invoice as a line: no quantity, price or VAT category, but its totals (IV-50, IV-58). */
static void
write_group(XmlWriter *xml, const EDocument *document, const EUnit *unit, const char *id)
{
	const char *name = term_text(&unit->term, "name");
	Document	preceding;

	xml_open(xml, document->credit_note ? "cac:CreditNoteLine" : "cac:InvoiceLine");
	xml_element(xml, "cbc:ID", id);
	ubl_money(xml, document, "cbc:LineExtensionAmount", unit->line_total);
	write_sub_type(xml, document, "GROUP", NULL);
	if (term_object(&unit->term, "preceding_invoice", &preceding))
		ubl_preceding(xml, &preceding);
	write_unit_references(xml, unit);
	write_group_tax(xml, document, unit);
	xml_open(xml, "cac:Item");
	xml_element(xml, "cbc:Name", name != NULL ? name : unit->number);
	write_seller(xml, unit);
	xml_close(xml);
	xml_close(xml);
}

void
ubl_lines(XmlWriter *xml, const EDocument *document)
{
	int			written = 0;

	if (document->nunits == 0)
		for (int i = 0; i < document->nlines; i++)
			write_line(xml, document, &document->lines[i], document->lines[i].line->id, NULL);
	for (int k = 0; k < document->nunits; k++)
	{
		const EUnit *unit = &document->units[k];
		char	   *group = psprintf("%d", ++written);

		write_group(xml, document, unit, group);
		for (int i = 0; i < document->nlines; i++)
			if (document->lines[i].unit == unit)
				write_line(xml, document, &document->lines[i], psprintf("%d", ++written), group);
	}
}

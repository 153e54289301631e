/*
 * cii_line.c
 *		The lines of a Cross Industry Invoice (BG-25 … BG-32). Several sellers: a GROUP line a unit invoice, its lines DETAIL below it.
 *
 * In a multi-vendor document lines are numbered as they are written, since units may number theirs alike (IV-49 … IV-58).
 */
#include "postgres.h"

#include "invoicing/cii.h"
#include "kernel/decimal.h"

/* BT-126, BT-127; status 9 (information only) comes with a sub-type. */
static void
write_line_document(XmlWriter *xml, const char *id, const char *parent, const char *sub_type, const char *note)
{
	xml_open(xml, "ram:AssociatedDocumentLineDocument");
	xml_element(xml, "ram:LineID", id);
	xml_element(xml, "ram:ParentLineID", parent);
	xml_element(xml, "ram:LineStatusCode", sub_type == NULL ? NULL : "9");
	xml_element(xml, "ram:LineStatusReasonCode", sub_type);
	if (note != NULL)
	{
		xml_open(xml, "ram:IncludedNote");
		xml_element(xml, "ram:Content", note);
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_attributes(XmlWriter *xml, const Document *item)
{
	Document	list;
	int			count = term_array(item, "attributes", &list);

	for (int i = 0; i < count; i++)
	{
		Document	attribute = document_item(&list, i);

		xml_open(xml, "ram:ApplicableProductCharacteristic");
		xml_element(xml, "ram:Description", term_text(&attribute, "name"));
		xml_element(xml, "ram:Value", term_text(&attribute, "value"));
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
		const char *code = term_text(&classification, "code");

		if (code == NULL)
			continue;
		xml_open(xml, "ram:DesignatedProductClassification");
		if (document_has(&classification, "version"))
			xml_element_with_two(xml, "ram:ClassCode", "listID", term_text(&classification, "list"), "listVersionID",
								 term_text(&classification, "version"), code);
		else
			xml_element_with(xml, "ram:ClassCode", "listID", term_text(&classification, "list"), code);
		xml_close(xml);
	}
}

static void
write_item(XmlWriter *xml, const Document *line)
{
	const char *scheme;
	Document	item;

	xml_open(xml, "ram:SpecifiedTradeProduct");
	if (term_object(line, "item", &item))
	{
		scheme = term_text(&item, "standard_scheme");
		xml_element_with(xml, "ram:GlobalID", "schemeID", scheme != NULL ? scheme : "0160", term_text(&item, "standard_id"));
		xml_element(xml, "ram:SellerAssignedID", term_text(&item, "seller_id"));
		xml_element(xml, "ram:BuyerAssignedID", term_text(&item, "buyer_id"));
		xml_element(xml, "ram:Name", term_text(&item, "name"));
		xml_element(xml, "ram:Description", term_text(&item, "description"));
		write_attributes(xml, &item);
		write_classifications(xml, &item);
		if (document_has(&item, "origin_country"))
		{
			xml_open(xml, "ram:OriginTradeCountry");
			xml_element(xml, "ram:ID", term_text(&item, "origin_country"));
			xml_close(xml);
		}
	}
	xml_close(xml);
}

static const char *
unit_of(const Document *line)
{
	const char *unit = term_text(line, "unit");

	return unit != NULL ? unit : "C62";
}

/* BT-149 where the price is for more than one. */
static void
write_base_quantity(XmlWriter *xml, const ELine *line)
{
	Numeric		base = line->line->price_base_quantity;

	if (decimal_cmp(base, decimal_from_int64(1)) != 0)
		xml_element_with(xml, "ram:BasisQuantity", "unitCode", unit_of(&line->term), decimal_to_cstring(base));
}

static void
write_gross_price(XmlWriter *xml, const ELine *line)
{
	if (!document_has(&line->term, "gross_price"))
		return;
	xml_open(xml, "ram:GrossPriceProductTradePrice");
	xml_element(xml, "ram:ChargeAmount", term_number(&line->term, "gross_price"));
	write_base_quantity(xml, line);
	if (document_has(&line->term, "price_discount"))
	{
		xml_open(xml, "ram:AppliedTradeAllowanceCharge");
		cii_indicator(xml, false);
		xml_element(xml, "ram:ActualAmount", term_number(&line->term, "price_discount"));
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_seller_of_line(XmlWriter *xml, const EDocument *document, const EUnit *unit)
{
	Document	seller;

	if (unit != NULL && term_object(&unit->term, "seller", &seller))
		cii_party(xml, document, "ram:ItemSellerTradeParty", &seller, CII_THIRD);
}

static void
write_agreement(XmlWriter *xml, const EDocument *document, const ELine *line)
{
	xml_open(xml, "ram:SpecifiedLineTradeAgreement");
	if (document_has(&line->term, "order_line_reference"))
	{
		xml_open(xml, "ram:BuyerOrderReferencedDocument");
		xml_element(xml, "ram:LineID", term_text(&line->term, "order_line_reference"));
		xml_close(xml);
	}
	write_gross_price(xml, line);
	xml_open(xml, "ram:NetPriceProductTradePrice");
	xml_element(xml, "ram:ChargeAmount", term_number(&line->term, "net_price"));
	write_base_quantity(xml, line);
	xml_close(xml);
	write_seller_of_line(xml, document, line->unit);
	xml_close(xml);
}

static void
write_delivery(XmlWriter *xml, const ELine *line)
{
	xml_open(xml, "ram:SpecifiedLineTradeDelivery");
	xml_element_with(xml, "ram:BilledQuantity", "unitCode", unit_of(&line->term), decimal_to_cstring(line->line->quantity));
	xml_close(xml);
}

static void
write_extras(XmlWriter *xml, const EDocument *document, const Document *line, const char *key, bool charge)
{
	Document	list;
	int			count = term_array(line, key, &list);

	for (int i = 0; i < count; i++)
	{
		Document	extra = document_item(&list, i);

		cii_extra(xml, document, &extra, charge, NULL);
	}
}

/* Number and billing mode of the unit invoice, on each of its lines (schemes AFL, AVV). */
static void
write_unit_references(XmlWriter *xml, const EUnit *unit)
{
	cii_typed_reference(xml, unit->number, "130", "AFL");
	cii_typed_reference(xml, unit->business_process, "130", "AVV");
}

static void
write_accounting(XmlWriter *xml, const char *account)
{
	if (account == NULL)
		return;
	xml_open(xml, "ram:ReceivableSpecifiedTradeAccountingAccount");
	xml_element(xml, "ram:ID", account);
	xml_close(xml);
}

static void
write_settlement(XmlWriter *xml, const EDocument *document, const ELine *line)
{
	Document	child;

	xml_open(xml, "ram:SpecifiedLineTradeSettlement");
	xml_open(xml, "ram:ApplicableTradeTax");
	if (line->unit == NULL)
		cii_tax_key(xml, &line->line->key, NULL, NULL);
	else						/* the breakdown is matched with its lines by reason and code */
		cii_tax_key(xml, &line->line->key, line->line->key.exemption_code,
					vat_reason(line->unit, term_text(&line->term, "exemption_reason")));
	xml_close(xml);
	cii_period(xml, &line->term);
	write_extras(xml, document, &line->term, "allowances", false);
	write_extras(xml, document, &line->term, "charges", true);
	xml_open(xml, "ram:SpecifiedTradeSettlementLineMonetarySummation");
	xml_element(xml, "ram:LineTotalAmount", money_text(line->line->net));
	xml_close(xml);
	if (term_object(&line->term, "preceding_invoice", &child))
		cii_preceding(xml, &child);
	if (term_object(&line->term, "object_identifier", &child))
		cii_typed_reference(xml, term_text(&child, "id"), "130", term_text(&child, "scheme"));
	if (line->unit != NULL)
		write_unit_references(xml, line->unit);
	write_accounting(xml, term_text(&line->term, "buyer_accounting_reference"));
	xml_close(xml);
}

static void
write_line(XmlWriter *xml, const EDocument *document, const ELine *line, const char *id, const char *parent)
{
	xml_open(xml, "ram:IncludedSupplyChainTradeLineItem");
	write_line_document(xml, id, parent, parent == NULL ? NULL : "DETAIL", term_text(&line->term, "note"));
	write_item(xml, &line->term);
	write_agreement(xml, document, line);
	write_delivery(xml, line);
	write_settlement(xml, document, line);
	xml_close(xml);
}

/* A unit invoice as a line: no quantity, price or VAT category, but its totals (IV-50, IV-58). */
static void
write_group_settlement(XmlWriter *xml, const EDocument *document, const EUnit *unit)
{
	const Totals *totals = &document->totals;
	Document	preceding;

	xml_open(xml, "ram:SpecifiedLineTradeSettlement");
	xml_open(xml, "ram:SpecifiedTradeSettlementLineMonetarySummation");
	xml_element(xml, "ram:LineTotalAmount", money_text(unit->line_total));
	if (unit->total != NULL)
	{
		xml_element_with(xml, "ram:TaxTotalAmount", "currencyID", currency_alpha(totals->currency), money_text(unit->total->tax_total));
		if (totals->vat_currency != CURRENCY_NONE && totals->vat_currency != totals->currency)
			xml_element_with(xml, "ram:TaxTotalAmount", "currencyID", currency_alpha(totals->vat_currency),
							 money_text(unit->total->tax_total_vat_currency));
		xml_element(xml, "ram:GrandTotalAmount", money_text(unit->total->tax_inclusive));
	}
	xml_close(xml);
	if (term_object(&unit->term, "preceding_invoice", &preceding))
		cii_preceding(xml, &preceding);
	write_unit_references(xml, unit);
	xml_close(xml);
}

static void
write_group(XmlWriter *xml, const EDocument *document, const EUnit *unit, const char *id)
{
	const char *name = term_text(&unit->term, "name");

	xml_open(xml, "ram:IncludedSupplyChainTradeLineItem");
	write_line_document(xml, id, NULL, "GROUP", NULL);
	xml_open(xml, "ram:SpecifiedTradeProduct");
	xml_element(xml, "ram:Name", name != NULL ? name : unit->number);
	xml_close(xml);
	xml_open(xml, "ram:SpecifiedLineTradeAgreement");
	write_seller_of_line(xml, document, unit);
	xml_close(xml);
	write_group_settlement(xml, document, unit);
	xml_close(xml);
}

void
cii_lines(XmlWriter *xml, const EDocument *document)
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

/*
 * ubl_parts.c
 *		Amounts, references, periods, taxes and allowances of UBL, as header and lines both have them.
 */
#include "postgres.h"

#include "invoicing/ubl.h"
#include "kernel/decimal.h"

void
ubl_number(XmlWriter *xml, const EDocument *document, const char *element, const char *number)
{
	xml_element_with(xml, element, "currencyID", currency_alpha(document->totals.currency), number);
}

void
ubl_money(XmlWriter *xml, const EDocument *document, const char *element, Amount amount)
{
	xml_element_with(xml, element, "currencyID", currency_alpha(amount_currency(amount)), money_text(amount));
}

void
ubl_reference(XmlWriter *xml, const char *element, const char *id, const char *scheme, const char *type_code)
{
	if (id == NULL)
		return;
	xml_open(xml, element);
	xml_element_with(xml, "cbc:ID", "schemeID", scheme, id);
	xml_element(xml, "cbc:DocumentTypeCode", type_code);
	xml_close(xml);
}

/* BG-3: number and date of what is corrected. */
void
ubl_preceding(XmlWriter *xml, const Document *preceding)
{
	xml_open(xml, "cac:BillingReference");
	xml_open(xml, "cac:InvoiceDocumentReference");
	xml_element(xml, "cbc:ID", term_text(preceding, "number"));
	xml_element(xml, "cbc:IssueDate", term_text(preceding, "issue_date"));
	xml_close(xml);
	xml_close(xml);
}

void
ubl_tax_scheme(XmlWriter *xml)
{
	xml_open(xml, "cac:TaxScheme");
	xml_element(xml, "cbc:ID", "VAT");
	xml_close(xml);
}

void
ubl_tax_category(XmlWriter *xml, const char *element, const VatKey *key, const char *reason_code, const char *reason)
{
	xml_open(xml, element);
	xml_element(xml, "cbc:ID", key->category);
	xml_element(xml, "cbc:Percent", key->rate == NULL ? NULL : decimal_to_cstring(key->rate));
	xml_element(xml, "cbc:TaxExemptionReasonCode", reason_code);
	xml_element(xml, "cbc:TaxExemptionReason", reason);
	ubl_tax_scheme(xml);
	xml_close(xml);
}

/* UBL multiplies by a fraction of one hundred as the percentage reads, so BT-94 and BT-101 are printed as given. */
static void
write_extra(XmlWriter *xml, const EDocument *document, const Document *extra, bool charge, bool with_vat)
{
	xml_open(xml, "cac:AllowanceCharge");
	xml_element(xml, "cbc:ChargeIndicator", charge ? "true" : "false");
	xml_element(xml, "cbc:AllowanceChargeReasonCode", term_text(extra, "reason_code"));
	xml_element(xml, "cbc:AllowanceChargeReason", term_text(extra, "reason"));
	xml_element(xml, "cbc:MultiplierFactorNumeric", term_number(extra, "percentage"));
	ubl_number(xml, document, "cbc:Amount", term_number(extra, "amount"));
	ubl_number(xml, document, "cbc:BaseAmount", term_number(extra, "base_amount"));
	if (with_vat)
	{
		VatKey		key = {NULL, document_text(extra, "vat_category"), document_numeric_or_null(extra, "vat_rate"), NULL};

		ubl_tax_category(xml, "cac:TaxCategory", &key, NULL, NULL);
	}
	xml_close(xml);
}

/* Allowances, then charges, of the document or of a line. */
void
ubl_extras(XmlWriter *xml, const EDocument *document, const Document *parent, bool with_vat)
{
	static const char *const keys[] = {"allowances", "charges"};

	for (int k = 0; k < lengthof(keys); k++)
	{
		Document	list;
		int			count = term_array(parent, keys[k], &list);

		for (int i = 0; i < count; i++)
		{
			Document	extra = document_item(&list, i);

			write_extra(xml, document, &extra, k == 1, with_vat);
		}
	}
}

void
ubl_period(XmlWriter *xml, const Document *parent, const char *description_code)
{
	Document	period;
	bool		given = term_object(parent, "period", &period);

	if (!given && description_code == NULL)
		return;
	xml_open(xml, "cac:InvoicePeriod");
	if (given)
	{
		xml_element(xml, "cbc:StartDate", term_text(&period, "start"));
		xml_element(xml, "cbc:EndDate", term_text(&period, "end"));
	}
	xml_element(xml, "cbc:DescriptionCode", description_code);
	xml_close(xml);
}

/*
 * cii_parts.c
 *		Dates, references, periods, taxes and allowances of Cross Industry Invoice, as header and lines both have them.
 */
#include "postgres.h"

#include "invoicing/cii.h"
#include "kernel/decimal.h"

/* YYYY-MM-DD, which the form of the document has been checked for, as format 102. */
static char *
format_102(const char *date)
{
	return psprintf("%.4s%.2s%.2s", date, date + 5, date + 8);
}

void
cii_date(XmlWriter *xml, const char *element, const Document *object, const char *key)
{
	const char *date = term_text(object, key);

	if (date == NULL)
		return;
	xml_open(xml, element);
	xml_element_with(xml, "udt:DateTimeString", "format", "102", format_102(date));
	xml_close(xml);
}

void
cii_reference(XmlWriter *xml, const char *element, const char *id)
{
	if (id == NULL)
		return;
	xml_open(xml, element);
	xml_element(xml, "ram:IssuerAssignedID", id);
	xml_close(xml);
}

void
cii_typed_reference(XmlWriter *xml, const char *id, const char *type_code, const char *reference_type)
{
	if (id == NULL)
		return;
	xml_open(xml, "ram:AdditionalReferencedDocument");
	xml_element(xml, "ram:IssuerAssignedID", id);
	xml_element(xml, "ram:TypeCode", type_code);
	xml_element(xml, "ram:ReferenceTypeCode", reference_type);
	xml_close(xml);
}

/* BG-3: number and date of what is corrected. */
void
cii_preceding(XmlWriter *xml, const Document *preceding)
{
	const char *date = term_text(preceding, "issue_date");

	xml_open(xml, "ram:InvoiceReferencedDocument");
	xml_element(xml, "ram:IssuerAssignedID", term_text(preceding, "number"));
	if (date != NULL)
	{
		xml_open(xml, "ram:FormattedIssueDateTime");
		xml_element_with(xml, "qdt:DateTimeString", "format", "102", format_102(date));
		xml_close(xml);
	}
	xml_close(xml);
}

void
cii_period(XmlWriter *xml, const Document *parent)
{
	Document	period;

	if (!term_object(parent, "period", &period))
		return;
	xml_open(xml, "ram:BillingSpecifiedPeriod");
	cii_date(xml, "ram:StartDateTime", &period, "start");
	cii_date(xml, "ram:EndDateTime", &period, "end");
	xml_close(xml);
}

void
cii_indicator(XmlWriter *xml, bool charge)
{
	xml_open(xml, "ram:ChargeIndicator");
	xml_element(xml, "udt:Indicator", charge ? "true" : "false");
	xml_close(xml);
}

/* Type, reason, category and rate of a line or an allowance; category O has no rate. */
void
cii_tax_key(XmlWriter *xml, const VatKey *key, const char *reason_code, const char *reason)
{
	xml_element(xml, "ram:TypeCode", "VAT");
	xml_element(xml, "ram:ExemptionReason", reason);
	xml_element(xml, "ram:CategoryCode", key->category);
	xml_element(xml, "ram:ExemptionReasonCode", reason_code);
	xml_element(xml, "ram:RateApplicablePercent", key->rate == NULL ? NULL : decimal_to_cstring(key->rate));
}

/* BG-20, BG-21 with a VAT key; BG-27, BG-28 without. */
void
cii_extra(XmlWriter *xml, const EDocument *document, const Document *extra, bool charge, const VatKey *key)
{
	xml_open(xml, "ram:SpecifiedTradeAllowanceCharge");
	cii_indicator(xml, charge);
	xml_element(xml, "ram:CalculationPercent", term_number(extra, "percentage"));
	xml_element(xml, "ram:BasisAmount", term_number(extra, "base_amount"));
	xml_element(xml, "ram:ActualAmount", term_number(extra, "amount"));
	xml_element(xml, "ram:ReasonCode", term_text(extra, "reason_code"));
	xml_element(xml, "ram:Reason", term_text(extra, "reason"));
	if (key != NULL)
	{
		xml_open(xml, "ram:CategoryTradeTax");
		cii_tax_key(xml, key, NULL, NULL);
		xml_close(xml);
	}
	xml_close(xml);
}

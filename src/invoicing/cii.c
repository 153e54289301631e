/*
 * cii.c
 *		A document as UN/CEFACT Cross Industry Invoice (EN 16931-3-3, Factur-X): its header; cii_line.c has the lines.
 *
 * One writer for all profiles: a profile says which specification it names, whether it has lines and third parties. The shapes follow
 * rules/invoicing.md §6 and §7. A pure function of the document, so the same document gives the same bytes (IV-83).
 */
#include "postgres.h"

#include "invoicing/cii.h"
#include "kernel/decimal.h"

static void
write_context(XmlWriter *xml, const EDocument *document)
{
	const char *process = document->profile.process != NULL ? document->profile.process : term_text(&document->root, "business_process");

	xml_open(xml, "rsm:ExchangedDocumentContext");
	if (process != NULL)
	{
		xml_open(xml, "ram:BusinessProcessSpecifiedDocumentContextParameter");
		xml_element(xml, "ram:ID", process);
		xml_close(xml);
	}
	xml_open(xml, "ram:GuidelineSpecifiedDocumentContextParameter");
	xml_element(xml, "ram:ID", document->profile.specification);
	xml_close(xml);
	xml_close(xml);
}

static void
write_note(XmlWriter *xml, const char *content, const char *subject_code)
{
	xml_open(xml, "ram:IncludedNote");
	xml_element(xml, "ram:Content", content);
	xml_element(xml, "ram:SubjectCode", subject_code);
	xml_close(xml);
}

static void
write_notes(XmlWriter *xml, const EDocument *document)
{
	Document	list;
	int			count = term_array(&document->root, "notes", &list);

	if (document->profile.single_note && count > 0)
	{
		write_note(xml, notes_as_one(&list), NULL);
		return;
	}
	for (int i = 0; i < count; i++)
	{
		Document	note = document_item(&list, i);

		write_note(xml, term_text(&note, "text"), term_text(&note, "subject_code"));
	}
}

static void
write_document(XmlWriter *xml, const EDocument *document)
{
	const char *type_code = term_text(&document->root, "type_code");

	xml_open(xml, "rsm:ExchangedDocument");
	xml_element(xml, "ram:ID", term_text(&document->root, "number"));
	xml_element(xml, "ram:TypeCode", type_code != NULL ? type_code : "380");
	cii_date(xml, "ram:IssueDateTime", &document->root, "issue_date");
	write_notes(xml, document);
	xml_close(xml);
}

static void
write_party(XmlWriter *xml, const EDocument *document, const char *element, const char *key, CiiRole role)
{
	Document	party;

	if (term_object(&document->root, key, &party))
		cii_party(xml, document, element, &party, role);
}

static void
write_attachments(XmlWriter *xml, const EDocument *document)
{
	Document	list;
	int			count = term_array(&document->root, "attachments", &list);

	for (int i = 0; i < count; i++)
	{
		Document	attachment = document_item(&list, i);
		const char *content = term_text(&attachment, "content");

		xml_open(xml, "ram:AdditionalReferencedDocument");
		xml_element(xml, "ram:IssuerAssignedID", term_text(&attachment, "id"));
		xml_element(xml, "ram:URIID", term_text(&attachment, "url"));
		xml_element(xml, "ram:TypeCode", "916");
		xml_element(xml, "ram:Name", term_text(&attachment, "description"));
		xml_element_with_two(xml, "ram:AttachmentBinaryObject", "mimeCode", term_text(&attachment, "mime_code"), "filename",
							 term_text(&attachment, "filename"), content);
		xml_close(xml);
	}
}

static void
write_additional_references(XmlWriter *xml, const EDocument *document)
{
	const Document *root = &document->root;
	Document	object;

	write_attachments(xml, document);
	cii_typed_reference(xml, term_text(root, "tender_reference"), "50", NULL);
	if (term_object(root, "invoiced_object", &object))
		cii_typed_reference(xml, term_text(&object, "id"), "130", term_text(&object, "scheme"));
	if (!document_has(root, "project_reference"))
		return;
	xml_open(xml, "ram:SpecifiedProcuringProject");
	xml_element(xml, "ram:ID", term_text(root, "project_reference"));
	xml_element(xml, "ram:Name", "Project reference");
	xml_close(xml);
}

static void
write_agreement(XmlWriter *xml, const EDocument *document)
{
	const Document *root = &document->root;
	bool		full = document->profile.lines;

	xml_open(xml, "ram:ApplicableHeaderTradeAgreement");
	xml_element(xml, "ram:BuyerReference", term_text(root, "buyer_reference"));
	write_party(xml, document, "ram:SellerTradeParty", "seller", CII_PARTY);
	write_party(xml, document, "ram:BuyerTradeParty", "buyer", CII_PARTY);
	write_party(xml, document, "ram:SellerTaxRepresentativeTradeParty", "tax_representative", CII_THIRD);
	if (full)
		cii_reference(xml, "ram:SellerOrderReferencedDocument", term_text(root, "sales_order"));
	cii_reference(xml, "ram:BuyerOrderReferencedDocument", term_text(root, "purchase_order"));
	cii_reference(xml, "ram:ContractReferencedDocument", term_text(root, "contract_reference"));
	if (full)
		write_additional_references(xml, document);
	xml_close(xml);
}

static void
write_ship_to(XmlWriter *xml, const Document *delivery)
{
	Document	location;
	Document	address;

	if (!document_has(delivery, "name") && !document_has(delivery, "location") && !document_has(delivery, "address"))
		return;
	xml_open(xml, "ram:ShipToTradeParty");
	if (term_object(delivery, "location", &location))
	{
		const char *scheme = term_text(&location, "scheme");

		xml_element_with(xml, scheme == NULL ? "ram:ID" : "ram:GlobalID", "schemeID", scheme, term_text(&location, "id"));
	}
	xml_element(xml, "ram:Name", term_text(delivery, "name"));
	if (term_object(delivery, "address", &address))
		cii_address(xml, &address);
	xml_close(xml);
}

static void
write_delivery(XmlWriter *xml, const EDocument *document)
{
	Document	delivery;

	xml_open(xml, "ram:ApplicableHeaderTradeDelivery");
	if (term_object(&document->root, "delivery", &delivery))
	{
		write_ship_to(xml, &delivery);
		if (document_has(&delivery, "date"))
		{
			xml_open(xml, "ram:ActualDeliverySupplyChainEvent");
			cii_date(xml, "ram:OccurrenceDateTime", &delivery, "date");
			xml_close(xml);
		}
	}
	cii_reference(xml, "ram:DespatchAdviceReferencedDocument", term_text(&document->root, "despatch_advice"));
	if (document->profile.lines)
		cii_reference(xml, "ram:ReceivingAdviceReferencedDocument", term_text(&document->root, "receiving_advice"));
	xml_close(xml);
}

static void
write_account(XmlWriter *xml, const char *element, const char *iban, const char *name)
{
	if (iban == NULL)
		return;
	xml_open(xml, element);
	xml_element(xml, "ram:IBANID", iban);
	xml_element(xml, "ram:AccountName", name);
	xml_close(xml);
}

static void
write_payment_means(XmlWriter *xml, const EDocument *document, const Document *payment)
{
	bool		full = document->profile.lines;

	if (!document_has(payment, "means_code"))
		return;
	xml_open(xml, "ram:SpecifiedTradeSettlementPaymentMeans");
	xml_element(xml, "ram:TypeCode", term_text(payment, "means_code"));
	if (full)
		xml_element(xml, "ram:Information", term_text(payment, "means_text"));
	write_account(xml, "ram:PayerPartyDebtorFinancialAccount", term_text(payment, "debited_iban"), NULL);
	write_account(xml, "ram:PayeePartyCreditorFinancialAccount", term_text(payment, "iban"), full ? term_text(payment, "account_name") : NULL);
	if (full && document_has(payment, "bic"))
	{
		xml_open(xml, "ram:PayeeSpecifiedCreditorFinancialInstitution");
		xml_element(xml, "ram:BICID", term_text(payment, "bic"));
		xml_close(xml);
	}
	xml_close(xml);
}

/* BT-8 as UNTDID 2475, which is how CII writes it. */
static const char *
vat_due_code(const Document *root)
{
	const char *code = term_text(root, "vat_due_code");

	if (code == NULL)
		return NULL;
	return strcmp(code, "3") == 0 ? "5" : strcmp(code, "35") == 0 ? "29" : strcmp(code, "432") == 0 ? "72" : code;
}

static void
write_tax_point_date(XmlWriter *xml, const Document *root)
{
	const char *date = term_text(root, "tax_point_date");

	if (date == NULL)
		return;
	xml_open(xml, "ram:TaxPointDate");
	xml_element_with(xml, "udt:DateString", "format", "102", psprintf("%.4s%.2s%.2s", date, date + 5, date + 8));
	xml_close(xml);
}

/* BG-23. Several sellers: the reason names the unit invoice, whatever the category (IV-53). */
static void
write_vat(XmlWriter *xml, const EDocument *document)
{
	for (int i = 0; i < document->totals.nvat; i++)
	{
		const VatTotal *vat = document->vat[i].vat;

		xml_open(xml, "ram:ApplicableTradeTax");
		xml_element(xml, "ram:CalculatedAmount", money_text(vat->tax));
		xml_element(xml, "ram:TypeCode", "VAT");
		xml_element(xml, "ram:ExemptionReason", edocument_vat_reason(document, i));
		xml_element(xml, "ram:BasisAmount", money_text(vat->taxable));
		xml_element(xml, "ram:CategoryCode", vat->key.category);
		xml_element(xml, "ram:ExemptionReasonCode", vat->key.exemption_code);
		write_tax_point_date(xml, &document->root);
		xml_element(xml, "ram:DueDateTypeCode", vat_due_code(&document->root));
		xml_element(xml, "ram:RateApplicablePercent", vat->key.rate == NULL ? NULL : decimal_to_cstring(vat->key.rate));
		xml_close(xml);
	}
}

static void
write_extras(XmlWriter *xml, const EDocument *document, const char *name, bool charge)
{
	Document	list;
	int			count = term_array(&document->root, name, &list);

	for (int i = 0; i < count; i++)
	{
		Document	extra = document_item(&list, i);
		VatKey		key = {NULL, document_text(&extra, "vat_category"), document_numeric_or_null(&extra, "vat_rate"), NULL};

		cii_extra(xml, document, &extra, charge, &key);
	}
}

static void
write_terms(XmlWriter *xml, const EDocument *document, const Document *payment)
{
	const Document *root = &document->root;
	const char *mandate = payment == NULL ? NULL : term_text(payment, "mandate_reference");

	if (!document_has(root, "payment_terms") && !document_has(root, "due_date") && mandate == NULL)
		return;
	xml_open(xml, "ram:SpecifiedTradePaymentTerms");
	xml_element(xml, "ram:Description", term_text(root, "payment_terms"));
	cii_date(xml, "ram:DueDateDateTime", root, "due_date");
	xml_element(xml, "ram:DirectDebitMandateID", mandate);
	xml_close(xml);
}

static void
write_unless_zero(XmlWriter *xml, const char *element, Amount amount)
{
	if (amount_minor(amount) != 0)
		xml_element(xml, element, money_text(amount));
}

static void
write_totals(XmlWriter *xml, const EDocument *document)
{
	const Totals *totals = &document->totals;

	xml_open(xml, "ram:SpecifiedTradeSettlementHeaderMonetarySummation");
	xml_element(xml, "ram:LineTotalAmount", money_text(totals->line_total));
	write_unless_zero(xml, "ram:ChargeTotalAmount", totals->charge_total);
	write_unless_zero(xml, "ram:AllowanceTotalAmount", totals->allowance_total);
	xml_element(xml, "ram:TaxBasisTotalAmount", money_text(totals->tax_exclusive));
	xml_element_with(xml, "ram:TaxTotalAmount", "currencyID", currency_alpha(totals->currency), money_text(totals->tax_total));
	if (totals->vat_currency != CURRENCY_NONE && totals->vat_currency != totals->currency)
		xml_element_with(xml, "ram:TaxTotalAmount", "currencyID", currency_alpha(totals->vat_currency),
						 money_text(totals->tax_total_vat_currency));
	if (document->profile.lines)
		write_unless_zero(xml, "ram:RoundingAmount", totals->rounding);
	xml_element(xml, "ram:GrandTotalAmount", money_text(totals->tax_inclusive));
	write_unless_zero(xml, "ram:TotalPrepaidAmount", totals->prepaid);
	xml_element(xml, "ram:DuePayableAmount", money_text(totals->payable));
	xml_close(xml);
}

static void
write_preceding_invoices(XmlWriter *xml, const EDocument *document)
{
	Document	list;
	int			count = term_array(&document->root, "preceding_invoices", &list);

	for (int i = 0; i < count; i++)
	{
		Document	preceding = document_item(&list, i);

		cii_preceding(xml, &preceding);
	}
}

static void
write_settlement(XmlWriter *xml, const EDocument *document)
{
	const Document *root = &document->root;
	Document	payment;
	bool		paid = term_object(root, "payment", &payment);

	xml_open(xml, "ram:ApplicableHeaderTradeSettlement");
	xml_element(xml, "ram:CreditorReferenceID", paid ? term_text(&payment, "creditor_id") : NULL);
	xml_element(xml, "ram:PaymentReference", paid ? term_text(&payment, "remittance") : NULL);
	if (document->totals.vat_currency != CURRENCY_NONE && document->totals.vat_currency != document->totals.currency)
		xml_element(xml, "ram:TaxCurrencyCode", currency_alpha(document->totals.vat_currency));
	xml_element(xml, "ram:InvoiceCurrencyCode", currency_alpha(document->totals.currency));
	if (document->profile.extended)
		write_party(xml, document, "ram:InvoicerTradeParty", "mandatary", CII_INVOICER);
	write_party(xml, document, "ram:PayeeTradeParty", "payee", CII_THIRD);
	if (paid)
		write_payment_means(xml, document, &payment);
	write_vat(xml, document);
	cii_period(xml, root);
	write_extras(xml, document, "allowances", false);
	write_extras(xml, document, "charges", true);
	write_terms(xml, document, paid ? &payment : NULL);
	write_totals(xml, document);
	write_preceding_invoices(xml, document);
	if (document_has(root, "buyer_accounting_reference"))
	{
		xml_open(xml, "ram:ReceivableSpecifiedTradeAccountingAccount");
		xml_element(xml, "ram:ID", term_text(root, "buyer_accounting_reference"));
		xml_close(xml);
	}
	xml_close(xml);
}

void
cii_write(XmlWriter *xml, const EDocument *document)
{
	xml_open(xml, "rsm:CrossIndustryInvoice");
	xml_attribute(xml, "xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100");
	xml_attribute(xml, "xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100");
	xml_attribute(xml, "xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100");
	xml_attribute(xml, "xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100");
	write_context(xml, document);
	write_document(xml, document);
	xml_open(xml, "rsm:SupplyChainTradeTransaction");
	if (document->profile.lines)
		cii_lines(xml, document);
	write_agreement(xml, document);
	write_delivery(xml, document);
	write_settlement(xml, document);
	xml_close(xml);
	xml_close(xml);
}

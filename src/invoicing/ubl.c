/*
 * ubl.c
 *		A document as OASIS UBL 2.1 Invoice or CreditNote (EN 16931-3-2, Peppol BIS 3, XRechnung): its header; ubl_line.c has the lines.
 *
 * Invoice and CreditNote differ in a few names and in the order of some elements, each said where it is written. A pure function of the
 * document, so the same document gives the same bytes (IV-83).
 */
#include "postgres.h"

#include "invoicing/ubl.h"

static void
write_notes(XmlWriter *xml, const EDocument *document)
{
	Document	list;
	int			count = term_array(&document->root, "notes", &list);

	if (document->profile.single_note && count > 0)
	{
		xml_element(xml, "cbc:Note", notes_as_one(&list));
		return;
	}
	for (int i = 0; i < count; i++)
	{
		Document	note = document_item(&list, i);
		const char *code = term_text(&note, "subject_code");
		const char *content = term_text(&note, "text");

		if (content != NULL)
			xml_element(xml, "cbc:Note", code == NULL ? content : psprintf("#%s#%s", code, content));
	}
}

/* Identifiers, type and dates. CreditNote: no due date here, tax point before the type. */
static void
write_head(XmlWriter *xml, const EDocument *document)
{
	const Document *root = &document->root;
	const char *process = document->profile.process != NULL ? document->profile.process : term_text(root, "business_process");
	const char *type_code = term_text(root, "type_code");
	bool		credit = document->credit_note;

	xml_element(xml, "cbc:CustomizationID", document->profile.specification);
	xml_element(xml, "cbc:ProfileID", process);
	xml_element(xml, "cbc:ID", term_text(root, "number"));
	xml_element(xml, "cbc:IssueDate", term_text(root, "issue_date"));
	if (credit)
		xml_element(xml, "cbc:TaxPointDate", term_text(root, "tax_point_date"));
	else
		xml_element(xml, "cbc:DueDate", term_text(root, "due_date"));
	xml_element(xml, credit ? "cbc:CreditNoteTypeCode" : "cbc:InvoiceTypeCode", type_code != NULL ? type_code : "380");
	write_notes(xml, document);
	if (!credit)
		xml_element(xml, "cbc:TaxPointDate", term_text(root, "tax_point_date"));
	xml_element(xml, "cbc:DocumentCurrencyCode", currency_alpha(document->totals.currency));
	if (document->totals.vat_currency != CURRENCY_NONE && document->totals.vat_currency != document->totals.currency)
		xml_element(xml, "cbc:TaxCurrencyCode", currency_alpha(document->totals.vat_currency));
	xml_element(xml, "cbc:AccountingCost", term_text(root, "buyer_accounting_reference"));
	xml_element(xml, "cbc:BuyerReference", term_text(root, "buyer_reference"));
}

static void
write_order(XmlWriter *xml, const Document *root)
{
	const char *order = term_text(root, "purchase_order");
	const char *sales_order = term_text(root, "sales_order");

	if (order == NULL && sales_order == NULL)
		return;
	xml_open(xml, "cac:OrderReference");
	xml_element(xml, "cbc:ID", order != NULL ? order : "NA");	/* BT-14 needs the element that the XSD makes obligatory */
	xml_element(xml, "cbc:SalesOrderID", sales_order);
	xml_close(xml);
}

static void
write_attachments(XmlWriter *xml, const Document *root)
{
	Document	list;
	int			count = term_array(root, "attachments", &list);

	for (int i = 0; i < count; i++)
	{
		Document	attachment = document_item(&list, i);
		const char *url = term_text(&attachment, "url");
		const char *content = term_text(&attachment, "content");

		xml_open(xml, "cac:AdditionalDocumentReference");
		xml_element(xml, "cbc:ID", term_text(&attachment, "id"));
		xml_element(xml, "cbc:DocumentDescription", term_text(&attachment, "description"));
		if (content != NULL || url != NULL)
		{
			xml_open(xml, "cac:Attachment");
			xml_element_with_two(xml, "cbc:EmbeddedDocumentBinaryObject", "mimeCode", term_text(&attachment, "mime_code"), "filename",
								 term_text(&attachment, "filename"), content);
			if (url != NULL)
			{
				xml_open(xml, "cac:ExternalReference");
				xml_element(xml, "cbc:URI", url);
				xml_close(xml);
			}
			xml_close(xml);
		}
		xml_close(xml);
	}
}

/* CreditNote: contract and additional references before the originator's; the project is an additional reference of type 50. */
static void
write_references(XmlWriter *xml, const EDocument *document)
{
	const Document *root = &document->root;
	bool		credit = document->credit_note;
	Document	list;
	Document	object;
	int			count = term_array(root, "preceding_invoices", &list);

	write_order(xml, root);
	for (int i = 0; i < count; i++)
	{
		Document	preceding = document_item(&list, i);

		ubl_preceding(xml, &preceding);
	}
	ubl_reference(xml, "cac:DespatchDocumentReference", term_text(root, "despatch_advice"), NULL, NULL);
	ubl_reference(xml, "cac:ReceiptDocumentReference", term_text(root, "receiving_advice"), NULL, NULL);
	if (!credit)
		ubl_reference(xml, "cac:OriginatorDocumentReference", term_text(root, "tender_reference"), NULL, NULL);
	ubl_reference(xml, "cac:ContractDocumentReference", term_text(root, "contract_reference"), NULL, NULL);
	if (term_object(root, "invoiced_object", &object))
		ubl_reference(xml, "cac:AdditionalDocumentReference", term_text(&object, "id"), term_text(&object, "scheme"), "130");
	if (credit)
		ubl_reference(xml, "cac:AdditionalDocumentReference", term_text(root, "project_reference"), NULL, "50");
	write_attachments(xml, root);
	if (credit)
		ubl_reference(xml, "cac:OriginatorDocumentReference", term_text(root, "tender_reference"), NULL, NULL);
	else
		ubl_reference(xml, "cac:ProjectReference", term_text(root, "project_reference"), NULL, NULL);
}

static void
write_parties(XmlWriter *xml, const EDocument *document)
{
	Document	party;

	if (term_object(&document->root, "seller", &party))
		ubl_party(xml, document, "cac:AccountingSupplierParty", &party, true);
	if (term_object(&document->root, "buyer", &party))
		ubl_party(xml, document, "cac:AccountingCustomerParty", &party, false);
	if (term_object(&document->root, "payee", &party))
		ubl_payee(xml, &party);
	if (term_object(&document->root, "tax_representative", &party))
		ubl_tax_representative(xml, &party);
}

static void
write_delivery(XmlWriter *xml, const EDocument *document)
{
	Document	delivery;
	Document	location = {0};
	Document	address;
	bool		located;
	bool		addressed;

	if (!term_object(&document->root, "delivery", &delivery))
		return;
	located = term_object(&delivery, "location", &location);
	addressed = term_object(&delivery, "address", &address);
	xml_open(xml, "cac:Delivery");
	xml_element(xml, "cbc:ActualDeliveryDate", term_text(&delivery, "date"));
	if (located || addressed)
	{
		xml_open(xml, "cac:DeliveryLocation");
		if (located)
			xml_element_with(xml, "cbc:ID", "schemeID", term_text(&location, "scheme"), term_text(&location, "id"));
		if (addressed)
			ubl_address(xml, "cac:Address", &address);
		xml_close(xml);
	}
	if (document_has(&delivery, "name"))
	{
		xml_open(xml, "cac:DeliveryParty");
		xml_open(xml, "cac:PartyName");
		xml_element(xml, "cbc:Name", term_text(&delivery, "name"));
		xml_close(xml);
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_payee_account(XmlWriter *xml, const Document *payment)
{
	if (!document_has(payment, "iban"))
		return;
	xml_open(xml, "cac:PayeeFinancialAccount");
	xml_element(xml, "cbc:ID", term_text(payment, "iban"));
	xml_element(xml, "cbc:Name", term_text(payment, "account_name"));
	if (document_has(payment, "bic"))
	{
		xml_open(xml, "cac:FinancialInstitutionBranch");
		xml_element(xml, "cbc:ID", term_text(payment, "bic"));
		xml_close(xml);
	}
	xml_close(xml);
}

/* CreditNote has its due date here; without payment means it is said by the terms. */
static void
write_payment(XmlWriter *xml, const EDocument *document)
{
	Document	payment;

	if (!term_object(&document->root, "payment", &payment) || !document_has(&payment, "means_code"))
		return;
	xml_open(xml, "cac:PaymentMeans");
	xml_element_with(xml, "cbc:PaymentMeansCode", "name", term_text(&payment, "means_text"), term_text(&payment, "means_code"));
	if (document->credit_note)
		xml_element(xml, "cbc:PaymentDueDate", term_text(&document->root, "due_date"));
	xml_element(xml, "cbc:PaymentID", term_text(&payment, "remittance"));
	write_payee_account(xml, &payment);
	if (document_has(&payment, "mandate_reference") || document_has(&payment, "debited_iban"))
	{
		xml_open(xml, "cac:PaymentMandate");
		xml_element(xml, "cbc:ID", term_text(&payment, "mandate_reference"));
		if (document_has(&payment, "debited_iban"))
		{
			xml_open(xml, "cac:PayerFinancialAccount");
			xml_element(xml, "cbc:ID", term_text(&payment, "debited_iban"));
			xml_close(xml);
		}
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_terms(XmlWriter *xml, const Document *root)
{
	if (!document_has(root, "payment_terms"))
		return;
	xml_open(xml, "cac:PaymentTerms");
	xml_element(xml, "cbc:Note", term_text(root, "payment_terms"));
	xml_close(xml);
}

/* BG-23, and BT-111 as a second total. Several sellers: the reason names the unit invoice, whatever the category (IV-53). */
static void
write_tax(XmlWriter *xml, const EDocument *document)
{
	const Totals *totals = &document->totals;

	xml_open(xml, "cac:TaxTotal");
	ubl_money(xml, document, "cbc:TaxAmount", totals->tax_total);
	for (int i = 0; i < totals->nvat; i++)
	{
		const VatTotal *vat = document->vat[i].vat;

		xml_open(xml, "cac:TaxSubtotal");
		ubl_money(xml, document, "cbc:TaxableAmount", vat->taxable);
		ubl_money(xml, document, "cbc:TaxAmount", vat->tax);
		ubl_tax_category(xml, "cac:TaxCategory", &vat->key, vat->key.exemption_code, edocument_vat_reason(document, i));
		xml_close(xml);
	}
	xml_close(xml);
	if (totals->vat_currency == CURRENCY_NONE || totals->vat_currency == totals->currency)
		return;
	xml_open(xml, "cac:TaxTotal");
	ubl_money(xml, document, "cbc:TaxAmount", totals->tax_total_vat_currency);
	xml_close(xml);
}

static void
write_unless_zero(XmlWriter *xml, const EDocument *document, const char *element, Amount amount)
{
	if (amount_minor(amount) != 0)
		ubl_money(xml, document, element, amount);
}

static void
write_totals(XmlWriter *xml, const EDocument *document)
{
	const Totals *totals = &document->totals;

	xml_open(xml, "cac:LegalMonetaryTotal");
	ubl_money(xml, document, "cbc:LineExtensionAmount", totals->line_total);
	ubl_money(xml, document, "cbc:TaxExclusiveAmount", totals->tax_exclusive);
	ubl_money(xml, document, "cbc:TaxInclusiveAmount", totals->tax_inclusive);
	write_unless_zero(xml, document, "cbc:AllowanceTotalAmount", totals->allowance_total);
	if (document->profile.extended && amount_minor(totals->allowance_total) != 0)	/* BR-FREXT-CO-12 counts it wherever there is an allowance */
		ubl_money(xml, document, "cbc:ChargeTotalAmount", totals->charge_total);
	else
		write_unless_zero(xml, document, "cbc:ChargeTotalAmount", totals->charge_total);
	write_unless_zero(xml, document, "cbc:PrepaidAmount", totals->prepaid);
	write_unless_zero(xml, document, "cbc:PayableRoundingAmount", totals->rounding);
	ubl_money(xml, document, "cbc:PayableAmount", totals->payable);
	xml_close(xml);
}

void
ubl_write(XmlWriter *xml, const EDocument *document)
{
	const Document *root = &document->root;
	const char *name = document->credit_note ? "CreditNote" : "Invoice";

	xml_open(xml, name);
	xml_attribute(xml, "xmlns", psprintf("urn:oasis:names:specification:ubl:schema:xsd:%s-2", name));
	xml_attribute(xml, "xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2");
	xml_attribute(xml, "xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2");
	write_head(xml, document);
	ubl_period(xml, root, term_text(root, "vat_due_code"));
	write_references(xml, document);
	write_parties(xml, document);
	write_delivery(xml, document);
	write_payment(xml, document);
	write_terms(xml, root);
	ubl_extras(xml, document, root, true);
	write_tax(xml, document);
	write_totals(xml, document);
	ubl_lines(xml, document);
	xml_close(xml);
}

/*
 * html.c
 *		invoice_html(): a stored document as a page to be read and printed, in French or English, with every mention that it carries.
 *
 * Written with the XML writer, so whatever the names hold stays text; nothing is loaded from elsewhere, and the same document gives
 * the same bytes. It is no original: that is the electronic invoice.
 */
#include "postgres.h"

#include "invoicing/html.h"
#include "invoicing/invoice.h"
#include "kernel/errors.h"

#define STYLE \
	"body{font:10.5pt/1.4 sans-serif;color:#111;background:#fff;max-width:62em;margin:1.5em auto;padding:0 1em}" \
	"h1{font-size:1.6em;margin:0 0 .4em}h2{font-size:1.05em;margin:1.2em 0 .3em}p{margin:.2em 0}address{font-style:normal}" \
	".parties{display:flex;flex-wrap:wrap;gap:1em}.party{flex:1 1 17em;border:1px solid #888;padding:.2em .9em .7em}" \
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em .8em;margin:.4em 0}dt{color:#444}dd{margin:0;overflow-wrap:anywhere}" \
	"table{border-collapse:collapse;width:100%;margin:1em 0}caption{text-align:left;font-weight:bold;padding:.3em 0}" \
	"th,td{border:1px solid #888;padding:.3em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}thead th{background:#eee}" \
	".n{text-align:right;white-space:nowrap}.unit th{background:#f6f6f6}.remark{font-size:.9em;font-weight:normal;color:#333}" \
	".totals{width:auto;margin-left:auto}.due td,.due th{font-weight:bold;border-top:2px solid #111}" \
	"@media print{body{margin:0;max-width:none;font-size:9.5pt}thead{display:table-header-group}tr,.party,.totals{break-inside:avoid}}"

const char *
html_number(const Html *html, const char *number)
{
	char	   *result = number == NULL ? NULL : pstrdup(number);

	for (char *c = result; c != NULL && html->french && *c != '\0'; c++)
		if (*c == '.')
			*c = ',';
	return result;
}

const char *
html_money(const Html *html, Amount amount)
{
	return html_number(html, money_text(amount));
}

const char *
html_date(const Html *html, const char *date)
{
	if (date == NULL || !html->french || strlen(date) != 10)
		return date;
	return psprintf("%.2s/%.2s/%.4s", date + 8, date + 5, date);
}

const char *
html_vat(const Html *html, const VatKey *key)
{
	if (key->rate == NULL || decimal_sign(key->rate) == 0)
		return psprintf("%s %s", words(html, "cat.", "cat."), key->category);
	return psprintf("%s %%", html_number(html, decimal_to_cstring(key->rate)));
}

void
html_open(const Html *html, const char *element, const char *class)
{
	xml_open(html->xml, element);
	xml_attribute(html->xml, "class", class);
}

void
html_term(const Html *html, const char *label, const char *value)
{
	if (value == NULL)
		return;
	xml_element(html->xml, "dt", label);
	xml_element(html->xml, "dd", value);
}

void
html_cell(const Html *html, const char *class, const char *value)
{
	xml_element_with(html->xml, "td", "class", class, value == NULL ? "" : value);
}

void
html_head(const Html *html, const char *scope, const char *class, const char *value)
{
	xml_element_with_two(html->xml, "th", "scope", scope, "class", class, value == NULL ? "" : value);
}

static const char *
title_of(const Html *html)
{
	const char *type = term_text(&html->document->root, "type_code");

	if (html->document->credit_note)
		return words(html, "Avoir", "Credit note");
	if (type != NULL && strcmp(type, "384") == 0)
		return words(html, "Facture rectificative", "Corrective invoice");
	if (type != NULL && strcmp(type, "386") == 0)
		return words(html, "Facture d'acompte", "Prepayment invoice");
	return words(html, "Facture", "Invoice");
}

static void
write_head(const Html *html)
{
	const char *title = psprintf("%s %s", title_of(html), term_text(&html->document->root, "number"));

	xml_open(html->xml, "head");
	xml_open(html->xml, "meta");
	xml_attribute(html->xml, "charset", "utf-8");
	xml_close(html->xml);
	xml_open(html->xml, "meta");
	xml_attribute(html->xml, "name", "viewport");
	xml_attribute(html->xml, "content", "width=device-width, initial-scale=1");
	xml_close(html->xml);
	xml_element(html->xml, "title", title);
	xml_element(html->xml, "style", STYLE);
	xml_close(html->xml);
}

static void
write_references(const Html *html)
{
	const Document *root = &html->document->root;
	Document	list;
	Document	period;
	Document	delivery;
	int			count = term_array(root, "preceding_invoices", &list);

	html_open(html, "dl", "references");
	html_term(html, words(html, "Date d'émission", "Date of issue"), html_date(html, term_text(root, "issue_date")));
	html_term(html, words(html, "Échéance", "Due date"), html_date(html, term_text(root, "due_date")));
	html_term(html, words(html, "Devise", "Currency"), currency_alpha(html->document->totals.currency));
	html_term(html, words(html, "Type (UNTDID 1001)", "Type (UNTDID 1001)"), term_text(root, "type_code"));
	html_term(html, words(html, "Cadre de facturation", "Billing mode"), term_text(root, "business_process"));
	if (term_object(root, "period", &period))
		html_term(html, words(html, "Période", "Period"), psprintf("%s – %s", html_date(html, term_text(&period, "start")),
																   html_date(html, term_text(&period, "end"))));
	if (term_object(root, "delivery", &delivery))
		html_term(html, words(html, "Date de livraison", "Date of supply"), html_date(html, term_text(&delivery, "date")));
	html_term(html, words(html, "N° de commande", "Purchase order"), term_text(root, "purchase_order"));
	html_term(html, words(html, "Commande du vendeur", "Sales order"), term_text(root, "sales_order"));
	html_term(html, words(html, "Contrat", "Contract"), term_text(root, "contract_reference"));
	html_term(html, words(html, "Projet", "Project"), term_text(root, "project_reference"));
	html_term(html, words(html, "Référence de l'acheteur", "Buyer reference"), term_text(root, "buyer_reference"));
	html_term(html, words(html, "Bon de livraison", "Despatch advice"), term_text(root, "despatch_advice"));
	html_term(html, words(html, "Bon de réception", "Receiving advice"), term_text(root, "receiving_advice"));
	for (int i = 0; i < count; i++)
	{
		Document	preceding = document_item(&list, i);
		const char *date = html_date(html, term_text(&preceding, "issue_date"));

		html_term(html, words(html, "Facture d'origine", "Corrects invoice"),
				  psprintf("%s%s%s", term_text(&preceding, "number"), date == NULL ? "" : ", ", date == NULL ? "" : date));
	}
	if (term_text(root, "vat_due_code") != NULL)
		html_term(html, words(html, "Exigibilité de la TVA", "VAT due"), strcmp(term_text(root, "vat_due_code"), "432") == 0
				  ? words(html, "à l'encaissement", "on receipt") : words(html, "d'après les débits", "on invoicing"));
	xml_close(html->xml);
}

static void
write_parties(const Html *html)
{
	const Document *root = &html->document->root;

	html_open(html, "div", "parties");
	html_party(html, root, "seller", html->document->nunits > 0 ? words(html, "Intermédiaire", "Intermediary") : words(html, "Vendeur", "Seller"));
	html_party(html, root, "buyer", words(html, "Acheteur", "Buyer"));
	html_party(html, root, "mandatary", words(html, "Établie par (mandataire)", "Established by (mandatary)"));
	html_party(html, root, "payee", words(html, "Bénéficiaire du paiement", "Payee"));
	html_party(html, root, "tax_representative", words(html, "Représentant fiscal", "Tax representative"));
	html_party(html, root, "delivery", words(html, "Livraison", "Delivery"));
	xml_close(html->xml);
}

static void
write_vat(const Html *html)
{
	const EDocument *document = html->document;

	html_open(html, "table", NULL);
	xml_element(html->xml, "caption", words(html, "TVA", "VAT"));
	html_open(html, "thead", NULL);
	html_open(html, "tr", NULL);
	if (document->nunits > 0)
		html_head(html, "col", NULL, words(html, "Facture", "Invoice"));
	html_head(html, "col", NULL, words(html, "Catégorie", "Category"));
	html_head(html, "col", NULL, words(html, "Exonération", "Exemption"));
	html_head(html, "col", "n", words(html, "Taux", "Rate"));
	html_head(html, "col", "n", "Base");
	html_head(html, "col", "n", words(html, "TVA", "VAT"));
	xml_close(html->xml);
	xml_close(html->xml);
	html_open(html, "tbody", NULL);
	for (int i = 0; i < document->totals.nvat; i++)
	{
		const VatTotal *vat = document->vat[i].vat;
		const char *code = vat->key.exemption_code;
		const char *reason = document->vat[i].reason;

		html_open(html, "tr", NULL);
		if (document->nunits > 0)
			html_cell(html, NULL, vat->key.unit_invoice);
		html_cell(html, NULL, vat->key.category);
		html_cell(html, NULL, code != NULL && reason != NULL ? psprintf("%s (%s)", reason, code) : reason != NULL ? reason : code);
		html_cell(html, "n", vat->key.rate == NULL ? NULL : psprintf("%s %%", html_number(html, decimal_to_cstring(vat->key.rate))));
		html_cell(html, "n", html_money(html, vat->taxable));
		html_cell(html, "n", html_money(html, vat->tax));
		xml_close(html->xml);
	}
	xml_close(html->xml);
	xml_close(html->xml);
}

static void
total(const Html *html, const char *class, const char *label, Amount amount, bool always)
{
	if (!always && amount_minor(amount) == 0)
		return;
	html_open(html, "tr", class);
	html_head(html, "row", NULL, label);
	html_cell(html, "n", psprintf("%s %s", html_money(html, amount), currency_alpha(amount_currency(amount))));
	xml_close(html->xml);
}

static void
write_totals(const Html *html)
{
	const Totals *totals = &html->document->totals;

	html_open(html, "table", "totals");
	xml_element(html->xml, "caption", words(html, "Totaux", "Totals"));
	html_open(html, "tbody", NULL);
	total(html, NULL, words(html, "Total des lignes HT", "Lines, net"), totals->line_total, true);
	total(html, NULL, words(html, "Remises", "Allowances"), totals->allowance_total, false);
	total(html, NULL, words(html, "Suppléments", "Charges"), totals->charge_total, false);
	total(html, NULL, words(html, "Total HT", "Total, net"), totals->tax_exclusive, true);
	total(html, NULL, words(html, "Total TVA", "VAT"), totals->tax_total, true);
	if (totals->vat_currency != CURRENCY_NONE && totals->vat_currency != totals->currency)
		total(html, NULL, words(html, "Total TVA en monnaie de comptabilisation", "VAT in accounting currency"), totals->tax_total_vat_currency, true);
	total(html, NULL, words(html, "Total TTC", "Total, gross"), totals->tax_inclusive, true);
	total(html, NULL, words(html, "Déjà payé", "Prepaid"), totals->prepaid, false);
	total(html, NULL, words(html, "Arrondi", "Rounding"), totals->rounding, false);
	total(html, "due", html->document->credit_note ? words(html, "À rembourser", "To be refunded") : words(html, "À payer", "To be paid"),
		  totals->payable, true);
	xml_close(html->xml);
	xml_close(html->xml);
}

static void
write_extras(const Html *html, const char *key, const char *label)
{
	Document	list;
	int			count = term_array(&html->document->root, key, &list);

	for (int i = 0; i < count; i++)
	{
		Document	extra = document_item(&list, i);
		const char *reason = term_text(&extra, "reason");

		xml_element(html->xml, "p", psprintf("%s %s%s%s (%s %s)", label, html_number(html, term_number(&extra, "amount")), reason == NULL ? "" : " – ",
											 reason == NULL ? "" : reason, words(html, "TVA", "VAT"), term_text(&extra, "vat_category")));
	}
}

static void
write_payment(const Html *html)
{
	const Document *root = &html->document->root;
	Document	payment;
	bool		given = term_object(root, "payment", &payment);

	if (!given && term_text(root, "payment_terms") == NULL)
		return;
	xml_element(html->xml, "h2", words(html, "Paiement", "Payment"));
	html_open(html, "dl", NULL);
	html_term(html, words(html, "Conditions", "Terms"), term_text(root, "payment_terms"));
	if (given)
	{
		html_term(html, words(html, "Moyen (UNCL 4461)", "Means (UNCL 4461)"), term_text(&payment, "means_code"));
		html_term(html, words(html, "Libellé", "Description"), term_text(&payment, "means_text"));
		html_term(html, words(html, "Référence", "Reference"), term_text(&payment, "remittance"));
		html_term(html, words(html, "Titulaire", "Account holder"), term_text(&payment, "account_name"));
		html_term(html, "IBAN", term_text(&payment, "iban"));
		html_term(html, "BIC", term_text(&payment, "bic"));
		html_term(html, words(html, "Mandat", "Mandate"), term_text(&payment, "mandate_reference"));
	}
	xml_close(html->xml);
}

static void
write_notes(const Html *html)
{
	Document	list;
	int			count = term_array(&html->document->root, "notes", &list);

	if (count == 0)
		return;
	xml_element(html->xml, "h2", words(html, "Mentions", "Notes"));
	for (int i = 0; i < count; i++)
	{
		Document	note = document_item(&list, i);

		xml_element(html->xml, "p", term_text(&note, "text"));
	}
}

static void
write_body(const Html *html)
{
	xml_open(html->xml, "body");
	html_open(html, "main", NULL);
	xml_element(html->xml, "h1", psprintf("%s %s", title_of(html), term_text(&html->document->root, "number")));
	write_references(html);
	write_parties(html);
	html_lines(html);
	write_extras(html, "allowances", words(html, "Remise :", "Allowance:"));
	write_extras(html, "charges", words(html, "Supplément :", "Charge:"));
	write_vat(html);
	write_totals(html);
	write_payment(html);
	write_notes(html);
	xml_close(html->xml);
	xml_close(html->xml);
}

/* Without the XML declaration, which a browser would not expect. */
static text *
as_page(xmltype *xml)
{
	char	   *whole = TextDatumGetCString(PointerGetDatum(xml));
	char	   *end = strstr(whole, "?>");

	if (strncmp(whole, "<?xml", 5) == 0 && end != NULL)
		whole = end + 2 + strspn(end + 2, "\r\n");
	return cstring_to_text(psprintf("<!DOCTYPE html>\n%s", whole));
}

PG_FUNCTION_INFO_V1(invoice_html);
Datum
invoice_html(PG_FUNCTION_ARGS)
{
	Call		call;
	InvoiceProfile profile;
	Html		html;
	char	   *language;
	text	   *page;

	call_begin_read(&call, fcinfo);
	language = call_text(&call, 2);
	if (strcmp(language, "fr") != 0 && strcmp(language, "en") != 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("there is no language \"%s\" here", clipped(language)),
				errdetail("Documents are rendered in French and English."),
				errhint("Give 'fr' or 'en'."));
	profile = invoice_profile("extended-ctc-fr", NULL);
	html.document = edocument_read(invoice_read(&call, call_int64(&call, 1)), &profile);
	html.french = strcmp(language, "fr") == 0;
	html.xml = xml_write_begin();
	xml_open(html.xml, "html");
	xml_attribute(html.xml, "lang", language);
	write_head(&html);
	write_body(&html);
	xml_close(html.xml);
	page = as_page(xml_write_end(html.xml));
	call_end_read(&call);
	PG_RETURN_TEXT_P(page);
}

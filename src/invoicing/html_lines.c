/*
 * html_lines.c
 *		The lines of a document rendered readable; of several sellers, a group with its seller and its totals for each (IV-36, IV-50).
 */
#include "postgres.h"

#include "invoicing/html.h"
#include "kernel/decimal.h"

static void
remark(const Html *html, const char *label, const char *value)
{
	if (value == NULL)
		return;
	html_open(html, "div", "remark");
	xml_element(html->xml, "span", label == NULL ? value : psprintf("%s %s", label, value));
	xml_close(html->xml);
}

static void
extras(const Html *html, const ELine *line, const char *key, const char *label)
{
	Document	list;
	int			count = term_array(&line->term, key, &list);

	for (int i = 0; i < count; i++)
	{
		Document	extra = document_item(&list, i);
		const char *reason = term_text(&extra, "reason");

		remark(html, label, psprintf("%s%s%s", html_number(html, term_number(&extra, "amount")), reason == NULL ? "" : " – ",
									 reason == NULL ? "" : reason));
	}
}

static void
period(const Html *html, const Document *holder)
{
	Document	period;

	if (term_object(holder, "period", &period))
		remark(html, words(html, "Période :", "Period:"), psprintf("%s – %s", html_date(html, term_text(&period, "start")),
																   html_date(html, term_text(&period, "end"))));
}

static void
description(const Html *html, const ELine *line)
{
	Document	item;
	Document	preceding;

	html_open(html, "td", NULL);
	if (term_object(&line->term, "item", &item))
	{
		xml_element(html->xml, "span", term_text(&item, "name"));
		remark(html, NULL, term_text(&item, "description"));
		remark(html, words(html, "Réf.", "Ref."), term_text(&item, "seller_id"));
		remark(html, "GTIN", term_text(&item, "standard_id"));
	}
	remark(html, NULL, term_text(&line->term, "note"));
	period(html, &line->term);
	if (term_object(&line->term, "preceding_invoice", &preceding))
		remark(html, words(html, "Facture d'origine :", "Corrects invoice:"), term_text(&preceding, "number"));
	extras(html, line, "allowances", words(html, "Remise :", "Allowance:"));
	extras(html, line, "charges", words(html, "Supplément :", "Charge:"));
	remark(html, NULL, term_text(&line->term, "exemption_reason"));
	xml_close(html->xml);
}

static void
write_line(const Html *html, const ELine *line)
{
	const TotalsLine *figures = line->line;
	const char *unit = term_text(&line->term, "unit");
	const char *base = term_number(&line->term, "price_base_quantity");
	const char *price = html_number(html, term_number(&line->term, "net_price"));

	if (base != NULL && decimal_cmp(figures->price_base_quantity, decimal_from_int64(1)) != 0)
		price = psprintf("%s / %s", price, html_number(html, base));
	html_open(html, "tr", NULL);
	html_cell(html, NULL, figures->id);
	description(html, line);
	html_cell(html, "n", psprintf("%s %s", html_number(html, term_number(&line->term, "quantity")), unit == NULL ? "C62" : unit));
	html_cell(html, "n", price);
	html_cell(html, "n", html_vat(html, &figures->key));
	html_cell(html, "n", html_money(html, figures->net));
	xml_close(html->xml);
}

/* Title and seller of a unit invoice before its lines. */
static void
unit_title(const Html *html, const EUnit *unit)
{
	Document	party;
	Document	preceding;

	html_open(html, "tr", "unit");
	html_open(html, "th", NULL);
	xml_attribute(html->xml, "colspan", "6");
	xml_attribute(html->xml, "scope", "rowgroup");
	xml_element(html->xml, "span", term_text(&unit->term, "name") != NULL ? term_text(&unit->term, "name")
				: psprintf("%s %s", words(html, "Facture", "Invoice"), unit->number));
	if (term_object(&unit->term, "seller", &party))
		remark(html, words(html, "Vendeur :", "Seller:"), html_party_line(html, &party));
	remark(html, words(html, "Cadre de facturation :", "Billing mode:"), unit->business_process);
	if (term_object(&unit->term, "preceding_invoice", &preceding))
		remark(html, words(html, "Facture d'origine :", "Corrects invoice:"), psprintf("%s, %s", term_text(&preceding, "number"),
			html_date(html, term_text(&preceding, "issue_date"))));
	xml_close(html->xml);
	xml_close(html->xml);
}

static void
unit_totals(const Html *html, const EUnit *unit)
{
	if (unit->total == NULL)
		return;
	html_open(html, "tr", "unit");
	html_open(html, "th", "n");
	xml_attribute(html->xml, "colspan", "5");
	xml_attribute(html->xml, "scope", "row");
	xml_element(html->xml, "span", psprintf(words(html, "Total de %s : HT %s + TVA %s = TTC", "Total of %s: net %s + VAT %s = gross"), unit->number,
											html_money(html, unit->total->tax_exclusive), html_money(html, unit->total->tax_total)));
	xml_close(html->xml);
	html_cell(html, "n", html_money(html, unit->total->tax_inclusive));
	xml_close(html->xml);
}

static void
write_group(const Html *html, const EUnit *unit)
{
	const EDocument *document = html->document;

	html_open(html, "tbody", NULL);
	if (unit != NULL)
		unit_title(html, unit);
	for (int i = 0; i < document->nlines; i++)
		if (document->lines[i].unit == unit)
			write_line(html, &document->lines[i]);
	if (unit != NULL)
		unit_totals(html, unit);
	xml_close(html->xml);
}

void
html_lines(const Html *html)
{
	const EDocument *document = html->document;
	const char *const columns[] = {words(html, "N°", "No."), words(html, "Désignation", "Description"), words(html, "Quantité", "Quantity"),
		words(html, "Prix unitaire HT", "Unit price, net"), words(html, "TVA", "VAT"), words(html, "Montant HT", "Net amount")};

	html_open(html, "table", "lines");
	xml_element(html->xml, "caption", words(html, "Lignes", "Lines"));
	html_open(html, "thead", NULL);
	html_open(html, "tr", NULL);
	for (int i = 0; i < lengthof(columns); i++)
		html_head(html, "col", i < 2 ? NULL : "n", columns[i]);
	xml_close(html->xml);
	xml_close(html->xml);
	if (document->nunits == 0)
		write_group(html, NULL);
	for (int i = 0; i < document->nunits; i++)
		write_group(html, &document->units[i]);
	xml_close(html->xml);
}

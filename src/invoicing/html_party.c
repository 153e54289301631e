/*
 * html_party.c
 *		The parties of a document rendered readable: who they are, where, and by which identifiers (IV-31, IV-32).
 */
#include "postgres.h"

#include "invoicing/html.h"

static void
line(const Html *html, const char *value)
{
	if (value == NULL)
		return;
	xml_element(html->xml, "span", value);
	html_open(html, "br", NULL);
	xml_close(html->xml);
}

static const char *
joined(const char *a, const char *between, const char *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	return psprintf("%s%s%s", a, between, b);
}

static void
address(const Html *html, const Document *holder)
{
	static const char *const keys[] = {"recipient", "line1", "line2", "line3"};
	Document	address;

	if (!term_object(holder, "address", &address))
		return;
	html_open(html, "address", NULL);
	for (int i = 0; i < lengthof(keys); i++)
		line(html, term_text(&address, keys[i]));
	line(html, joined(term_text(&address, "postcode"), " ", term_text(&address, "city")));
	line(html, joined(term_text(&address, "subdivision"), ", ", term_text(&address, "country")));
	xml_close(html->xml);
}

static void
identifiers(const Html *html, const Document *party)
{
	Document	list;
	int			count = term_array(party, "identifiers", &list);

	html_term(html, "SIREN", term_text(party, "siren"));
	html_term(html, "SIRET", term_text(party, "siret"));
	html_term(html, words(html, "N° TVA", "VAT number"), term_text(party, "vat_id"));
	html_term(html, words(html, "N° fiscal", "Tax number"), term_text(party, "tax_id"));
	html_term(html, words(html, "N° d'immatriculation", "Registration number"), term_text(party, "legal_id"));
	for (int i = 0; i < count; i++)
	{
		Document	identifier = document_item(&list, i);

		html_term(html, joined(words(html, "Identifiant", "Identifier"), " ", term_text(&identifier, "scheme")), term_text(&identifier, "id"));
	}
	html_term(html, words(html, "Adresse électronique", "Electronic address"),
			  joined(term_text(party, "einvoice_scheme"), ":", term_text(party, "einvoice_address")));
	html_term(html, "Contact", term_text(party, "contact_name"));
	html_term(html, words(html, "Courriel", "E-mail"), term_text(party, "email"));
	html_term(html, words(html, "Téléphone", "Phone"), term_text(party, "phone"));
}

void
html_party(const Html *html, const Document *holder, const char *key, const char *title)
{
	Document	party;
	Document	place;

	if (!term_object(holder, key, &party) || (term_text(&party, "name") == NULL && !term_object(&party, "address", &place)))
		return;
	html_open(html, "section", "party");
	xml_element(html->xml, "h2", title);
	html_open(html, "p", NULL);
	xml_element(html->xml, "strong", term_text(&party, "name"));
	xml_close(html->xml);
	xml_element(html->xml, "p", term_text(&party, "trade_name"));
	xml_element(html->xml, "p", party_description(&party));
	address(html, &party);
	html_open(html, "dl", NULL);
	identifiers(html, &party);
	xml_close(html->xml);
	xml_close(html->xml);
}

const char *
html_party_line(const Html *html, const Document *party)
{
	const char *scheme;
	const char *legal_id = party_legal_id(party, &scheme);
	const char *result = term_text(party, "name");
	Document	place;

	result = joined(result, " · ", party_description(party));
	if (legal_id != NULL)
		result = joined(result, " · SIREN ", strcmp(scheme == NULL ? "" : scheme, "0002") == 0 ? legal_id : NULL);
	if (term_text(party, "vat_id") != NULL)
		result = joined(result, words(html, " · N° TVA ", " · VAT number "), term_text(party, "vat_id"));
	if (term_object(party, "address", &place))
	{
		result = joined(result, " · ", term_text(&place, "line1"));
		result = joined(result, ", ", joined(term_text(&place, "postcode"), " ", term_text(&place, "city")));
		result = joined(result, ", ", term_text(&place, "country"));
	}
	return result;
}

/*
 * html.h
 *		What the files that render a document readable know of one another.
 */
#ifndef MARKETPLACE_INVOICING_HTML_H
#define MARKETPLACE_INVOICING_HTML_H

#include "invoicing/edocument.h"

typedef struct Html
{
	XmlWriter  *xml;
	const EDocument *document;
	bool		french;			/* else English */
} Html;

/* The words of the language. */
static inline const char *
words(const Html *html, const char *french, const char *english)
{
	return html->french ? french : english;
}

extern const char *html_number(const Html *html, const char *number);	/* decimal mark of the language; NULL for NULL */
extern const char *html_money(const Html *html, Amount amount);
extern const char *html_date(const Html *html, const char *date);		/* from YYYY-MM-DD; NULL for NULL */
extern const char *html_vat(const Html *html, const VatKey *key);		/* "20 %", or the category where there is no rate above 0 */

/* An entry of a list of terms; nothing for NULL. */
extern void html_term(const Html *html, const char *label, const char *value);
extern void html_cell(const Html *html, const char *class, const char *value);
extern void html_head(const Html *html, const char *scope, const char *class, const char *value);
extern void html_open(const Html *html, const char *element, const char *class);

/* html_party.c: a section with name, address and identifiers; nothing when the document has none */
extern void html_party(const Html *html, const Document *holder, const char *key, const char *title);
extern const char *html_party_line(const Html *html, const Document *party);	/* name and identifiers in one line */

/* html_lines.c */
extern void html_lines(const Html *html);

#endif

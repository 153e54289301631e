/*
 * cii.h
 *		What the files that write UN/CEFACT Cross Industry Invoice share; the element order is that of its XSD (D16B, D22B).
 */
#ifndef MARKETPLACE_CII_H
#define MARKETPLACE_CII_H

#include "invoicing/edocument.h"

/* Who a party is, which decides what may be said of it. */
typedef enum CiiRole
{
	CII_PARTY,					/* seller, buyer: everything */
	CII_THIRD,					/* payee, tax representative, seller of a line: no contact, no electronic address */
	CII_INVOICER				/* who establishes the document: a third party with role code II */
} CiiRole;

/* cii_party.c */
extern void cii_party(XmlWriter *xml, const EDocument *document, const char *element, const Document *party, CiiRole role);
extern void cii_address(XmlWriter *xml, const Document *address);

/* cii_parts.c: what header and lines have in common */
extern void cii_date(XmlWriter *xml, const char *element, const Document *object, const char *key);
extern void cii_reference(XmlWriter *xml, const char *element, const char *id);
extern void cii_typed_reference(XmlWriter *xml, const char *id, const char *type_code, const char *reference_type);
extern void cii_preceding(XmlWriter *xml, const Document *preceding);
extern void cii_period(XmlWriter *xml, const Document *parent);
extern void cii_indicator(XmlWriter *xml, bool charge);
extern void cii_tax_key(XmlWriter *xml, const VatKey *key, const char *reason_code, const char *reason);
extern void cii_extra(XmlWriter *xml, const EDocument *document, const Document *extra, bool charge, const VatKey *key);

/* cii_line.c */
extern void cii_lines(XmlWriter *xml, const EDocument *document);

#endif

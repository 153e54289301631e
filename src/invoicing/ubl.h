/*
 * ubl.h
 *		What the files that write OASIS UBL 2.1 share; the element order is that of its XSDs.
 */
#ifndef MARKETPLACE_UBL_H
#define MARKETPLACE_UBL_H

#include "invoicing/edocument.h"

/* ubl_party.c */
extern void ubl_party(XmlWriter *xml, const EDocument *document, const char *element, const Document *party, bool seller);
extern void ubl_payee(XmlWriter *xml, const Document *payee);
extern void ubl_tax_representative(XmlWriter *xml, const Document *representative);
extern void ubl_line_seller(XmlWriter *xml, const Document *seller);
extern void ubl_address(XmlWriter *xml, const char *element, const Document *address);

/* ubl_parts.c: what header and lines have in common */
extern void ubl_money(XmlWriter *xml, const EDocument *document, const char *element, Amount amount);
extern void ubl_number(XmlWriter *xml, const EDocument *document, const char *element, const char *number);	/* an amount as given */
extern void ubl_reference(XmlWriter *xml, const char *element, const char *id, const char *scheme, const char *type_code);
extern void ubl_preceding(XmlWriter *xml, const Document *preceding);
extern void ubl_tax_scheme(XmlWriter *xml);
extern void ubl_tax_category(XmlWriter *xml, const char *element, const VatKey *key, const char *reason_code, const char *reason);
extern void ubl_extras(XmlWriter *xml, const EDocument *document, const Document *parent, bool with_vat);
extern void ubl_period(XmlWriter *xml, const Document *parent, const char *description_code);

/* ubl_line.c */
extern void ubl_lines(XmlWriter *xml, const EDocument *document);

#endif

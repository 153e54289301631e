/*
 * edocument.h
 *		A document of rules/invoice-document.md read for printing and judging: its terms, and the figures that it states or that
 *		follow from it. Used by files of invoicing only.
 *
 * Terms are read from the JSON where they stand (EDocument.root, ELine.term); edocument_read() has refused unknown keys and wrong types
 * before. Figures are those under "totals" and lines[].net where the document states them, else what totals.c computes.
 */
#ifndef MARKETPLACE_EDOCUMENT_H
#define MARKETPLACE_EDOCUMENT_H

#include "invoicing/totals.h"
#include "kernel/document.h"
#include "kernel/xml_write.h"

/* A row of the view marketplace.invoice_profiles. */
typedef struct InvoiceProfile
{
	const char *name;
	const char *specification;	/* BT-24 */
	const char *process;		/* BT-23 that the profile prescribes; NULL: the document's */
	bool		lines;			/* it has lines; else header only, as Factur-X BASIC WL */
	bool		extended;		/* third parties, and several sellers in one document */
	bool		single_note;	/* it takes one note only */
} InvoiceProfile;

/* A seller's invoice within a multi-vendor document (unit_invoices[]). */
typedef struct EUnit
{
	Document	term;
	const char *number;			/* AFL */
	const char *business_process;	/* AVV */
	const UnitTotal *total;		/* NULL: none of the lines is of it */
	Amount		line_total;		/* Σ BT-131 of its lines */
} EUnit;

typedef struct ELine
{
	Document	term;
	const TotalsLine *line;		/* quantity, price, VAT key, net */
	const EUnit *unit;			/* NULL unless multi-vendor */
} ELine;

typedef struct EVat
{
	const VatTotal *vat;
	const char *reason;			/* BT-120; NULL for none */
} EVat;

typedef struct EDocument
{
	Document	root;
	InvoiceProfile profile;
	Totals		totals;			/* as stated, else computed */
	bool		credit_note;	/* by type code: amounts are positive and give back */
	int			nlines;
	ELine	   *lines;
	int			nunits;
	EUnit	   *units;
	EVat	   *vat;			/* totals.nvat of them */
} EDocument;

extern InvoiceProfile invoice_profile(const char *name, const char *syntax);	/* MK002 when there is none; syntax NULL: any */
extern EDocument *edocument_read(Jsonb *json, const InvoiceProfile *profile);

/* edocument_shape.c: refuses unknown keys and wrong types in the terms that totals_document.c does not look at */
extern void edocument_check_shape(const Document *root);

/* Text of what a key names; NULL when it is absent. */
extern const char *term_text(const Document *object, const char *key);
extern const char *term_number(const Document *object, const char *key);	/* a decimal, digits as given */
extern bool term_object(const Document *object, const char *key, Document *child);
extern int	term_array(const Document *object, const char *key, Document *child);	/* its length, 0 when absent */

/* Of a party: its legal identifier (BT-30, BT-47) and the scheme of it; NULL for none. */
extern const char *party_legal_id(const Document *party, const char **scheme);
extern const char *party_description(const Document *party);	/* BT-33: legal form and capital */

extern char *clipped(const char *string);		/* at most 40 bytes of whole characters, to be quoted in a message */
extern char *money_text(Amount amount);		/* without its currency */
extern char *vat_reason(const EUnit *unit, const char *reason);	/* BT-120 with the #AFL# that several sellers need; NULL for none */
extern char *edocument_vat_reason(const EDocument *document, int i);	/* BT-120 of the VAT row */
extern char *notes_as_one(const Document *notes);	/* their texts, one after the other */
extern bool same_unit(const EUnit *unit, const VatKey *key);

/* cii.c, ubl.c */
extern void cii_write(XmlWriter *xml, const EDocument *document);
extern void ubl_write(XmlWriter *xml, const EDocument *document);

#endif

/*
 * invoice_xml.c
 *		invoice_xml(): a document, given or stored, as the electronic invoice of a profile.
 *
 * The profile's identifiers are rows of the view marketplace.invoice_profiles. Nothing is judged here but what cannot be written at all:
 * whether the document is a good one is invoice_violations()'s matter.
 */
#include "postgres.h"

#include "invoicing/edocument.h"
#include "invoicing/invoice.h"
#include "kernel/errors.h"

/* EN 16931 knows two decimals (IV-28), only extended profiles know several sellers (IV-62), and one without lines no rounding. */
static void
require_writable(const EDocument *document)
{
	if (currency_exponent(document->totals.currency) > 2)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("a document in %s cannot be written as an electronic invoice", currency_alpha(document->totals.currency)),
				errdetail("EN 16931 amounts have two decimals, those of %s have %d.", currency_alpha(document->totals.currency),
						  currency_exponent(document->totals.currency)),
				errhint("The invoice itself stands; send it readable, or invoice in another currency."));
	if (document->nunits > 0 && !document->profile.extended)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("profile %s cannot carry the invoices of several sellers", document->profile.name),
				errdetail("The document has %d unit invoices.", document->nunits),
				errhint("Take an extended profile, or send each seller's invoice by itself (IV-62)."));
	if (amount_minor(document->totals.rounding) != 0 && !document->profile.lines)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("profile %s cannot carry a rounding", document->profile.name),
				errdetail("The amount due is rounded by %s.", amount_to_cstring(document->totals.rounding)),
				errhint("Take a profile with lines."));
}

static xmltype *
write_document(Jsonb *json, const char *syntax, const char *profile_name)
{
	InvoiceProfile profile;
	EDocument  *document;
	XmlWriter  *xml;

	if (strcmp(syntax, "cii") != 0 && strcmp(syntax, "ubl") != 0)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("there is no syntax \"%s\"", clipped(syntax)),
				errdetail("Electronic invoices of EN 16931 are written as cii or ubl."),
				errhint("Give 'cii' or 'ubl'."));
	profile = invoice_profile(profile_name, syntax);
	document = edocument_read(json, &profile);
	require_writable(document);
	xml = xml_write_begin();
	if (strcmp(syntax, "cii") == 0)
		cii_write(xml, document);
	else
		ubl_write(xml, document);
	return xml_write_end(xml);
}

static char *
need_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("invoice_xml() needs %s", name),
				errdetail("Argument %d is NULL.", n + 1),
				errhint("Give document, syntax ('cii' or 'ubl') and profile."));
	return TextDatumGetCString(PG_GETARG_DATUM(n));
}

PG_FUNCTION_INFO_V1(invoice_xml_document);
Datum
invoice_xml_document(PG_FUNCTION_ARGS)
{
	char	   *syntax = need_text(fcinfo, 1, "syntax");
	char	   *profile = need_text(fcinfo, 2, "profile");

	if (PG_ARGISNULL(0))
		(void) need_text(fcinfo, 0, "document");
	PG_RETURN_XML_P(write_document(PG_GETARG_JSONB_P(0), syntax, profile));
}

PG_FUNCTION_INFO_V1(invoice_xml_stored);
Datum
invoice_xml_stored(PG_FUNCTION_ARGS)
{
	Call		call;
	xmltype    *result;

	call_begin_read(&call, fcinfo);
	result = write_document(invoice_read(&call, call_int64(&call, 1)), call_text(&call, 2), call_text(&call, 3));
	call_end_read(&call);
	PG_RETURN_XML_P(result);
}

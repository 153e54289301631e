/*
 * cii_party.c
 *		Parties and addresses in Cross Industry Invoice (BG-4 … BG-13 and the French third parties).
 */
#include "postgres.h"

#include "invoicing/cii.h"

void
cii_address(XmlWriter *xml, const Document *address)
{
	xml_open(xml, "ram:PostalTradeAddress");
	xml_element(xml, "ram:PostcodeCode", term_text(address, "postcode"));
	xml_element(xml, "ram:LineOne", term_text(address, "line1"));
	xml_element(xml, "ram:LineTwo", term_text(address, "line2"));
	xml_element(xml, "ram:LineThree", term_text(address, "line3"));
	xml_element(xml, "ram:CityName", term_text(address, "city"));
	xml_element(xml, "ram:CountryID", term_text(address, "country"));
	xml_element(xml, "ram:CountrySubDivisionName", term_text(address, "subdivision"));
	xml_close(xml);
}

/* Private identifiers without scheme, then global ones: SIRET (0009) and those that name a scheme. */
static void
write_identifiers(XmlWriter *xml, const Document *party)
{
	Document	list;
	int			count = term_array(party, "identifiers", &list);

	for (int pass = 0; pass < 2; pass++)
	{
		if (pass == 1 && document_has(party, "siret"))
			xml_element_with(xml, "ram:GlobalID", "schemeID", "0009", term_text(party, "siret"));
		for (int i = 0; i < count; i++)
		{
			Document	item = document_item(&list, i);
			const char *scheme = term_text(&item, "scheme");

			if ((scheme != NULL) == (pass == 1))
				xml_element_with(xml, scheme == NULL ? "ram:ID" : "ram:GlobalID", "schemeID", scheme, term_text(&item, "id"));
		}
	}
}

static void
write_legal_organization(XmlWriter *xml, const Document *party)
{
	const char *scheme;
	const char *id = party_legal_id(party, &scheme);
	const char *trade_name = term_text(party, "trade_name");

	if (id == NULL && trade_name == NULL)
		return;
	xml_open(xml, "ram:SpecifiedLegalOrganization");
	xml_element_with(xml, "ram:ID", "schemeID", scheme, id);
	xml_element(xml, "ram:TradingBusinessName", trade_name);
	xml_close(xml);
}

static void
write_contact(XmlWriter *xml, const Document *party)
{
	const char *phone = term_text(party, "phone");
	const char *email = term_text(party, "email");

	if (phone == NULL && email == NULL && !document_has(party, "contact_name"))
		return;
	xml_open(xml, "ram:DefinedTradeContact");
	xml_element(xml, "ram:PersonName", term_text(party, "contact_name"));
	if (phone != NULL)
	{
		xml_open(xml, "ram:TelephoneUniversalCommunication");
		xml_element(xml, "ram:CompleteNumber", phone);
		xml_close(xml);
	}
	if (email != NULL)
	{
		xml_open(xml, "ram:EmailURIUniversalCommunication");
		xml_element(xml, "ram:URIID", email);
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_registration(XmlWriter *xml, const char *scheme, const char *id)
{
	if (id == NULL)
		return;
	xml_open(xml, "ram:SpecifiedTaxRegistration");
	xml_element_with(xml, "ram:ID", "schemeID", scheme, id);
	xml_close(xml);
}

static void
write_electronic_address(XmlWriter *xml, const Document *party)
{
	const char *address = term_text(party, "einvoice_address");

	if (address == NULL)
		return;
	xml_open(xml, "ram:URIUniversalCommunication");
	xml_element_with(xml, "ram:URIID", "schemeID", term_text(party, "einvoice_scheme"), address);
	xml_close(xml);
}

void
cii_party(XmlWriter *xml, const EDocument *document, const char *element, const Document *party, CiiRole role)
{
	bool		full = role == CII_PARTY;
	Document	address;

	xml_open(xml, element);
	if (full)
		write_identifiers(xml, party);
	xml_element(xml, "ram:Name", term_text(party, "name"));
	if (role == CII_INVOICER)
		xml_element(xml, "ram:RoleCode", "II");
	if (full && document->profile.lines && strcmp(element, "ram:SellerTradeParty") == 0)
		xml_element(xml, "ram:Description", party_description(party));
	write_legal_organization(xml, party);
	if (full && document->profile.lines)
		write_contact(xml, party);
	if (term_object(party, "address", &address))
		cii_address(xml, &address);
	if (full)
		write_electronic_address(xml, party);
	write_registration(xml, "VA", term_text(party, "vat_id"));
	if (full)
		write_registration(xml, "FC", term_text(party, "tax_id"));
	xml_close(xml);
}

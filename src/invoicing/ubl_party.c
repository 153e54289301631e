/*
 * ubl_party.c
 *		Parties and addresses in UBL (BG-4 … BG-13 and the French third parties).
 */
#include "postgres.h"

#include "invoicing/ubl.h"

void
ubl_address(XmlWriter *xml, const char *element, const Document *address)
{
	const char *third = term_text(address, "line3");

	xml_open(xml, element);
	xml_element(xml, "cbc:StreetName", term_text(address, "line1"));
	xml_element(xml, "cbc:AdditionalStreetName", term_text(address, "line2"));
	xml_element(xml, "cbc:CityName", term_text(address, "city"));
	xml_element(xml, "cbc:PostalZone", term_text(address, "postcode"));
	xml_element(xml, "cbc:CountrySubentity", term_text(address, "subdivision"));
	if (third != NULL)
	{
		xml_open(xml, "cac:AddressLine");
		xml_element(xml, "cbc:Line", third);
		xml_close(xml);
	}
	if (document_has(address, "country"))
	{
		xml_open(xml, "cac:Country");
		xml_element(xml, "cbc:IdentificationCode", term_text(address, "country"));
		xml_close(xml);
	}
	xml_close(xml);
}

static void
write_identification(XmlWriter *xml, const char *scheme, const char *id)
{
	if (id == NULL)
		return;
	xml_open(xml, "cac:PartyIdentification");
	xml_element_with(xml, "cbc:ID", "schemeID", scheme, id);
	xml_close(xml);
}

/* SIRET (0009), what is given; BT-90 of the seller under scheme SEPA. */
static void
write_identifications(XmlWriter *xml, const EDocument *document, const Document *party, bool seller)
{
	Document	list;
	Document	payment;
	int			count = term_array(party, "identifiers", &list);

	write_identification(xml, "0009", term_text(party, "siret"));
	for (int i = 0; i < count; i++)
	{
		Document	item = document_item(&list, i);

		write_identification(xml, term_text(&item, "scheme"), term_text(&item, "id"));
	}
	if (seller && term_object(&document->root, "payment", &payment))
		write_identification(xml, "SEPA", term_text(&payment, "creditor_id"));
}

static void
write_tax_scheme(XmlWriter *xml, const char *id, const char *scheme)
{
	if (id == NULL)
		return;
	xml_open(xml, "cac:PartyTaxScheme");
	xml_element(xml, "cbc:CompanyID", id);
	xml_open(xml, "cac:TaxScheme");
	xml_element(xml, "cbc:ID", scheme);
	xml_close(xml);
	xml_close(xml);
}

static void
write_legal_entity(XmlWriter *xml, const Document *party, bool seller)
{
	const char *scheme;
	const char *id = party_legal_id(party, &scheme);

	xml_open(xml, "cac:PartyLegalEntity");
	xml_element(xml, "cbc:RegistrationName", term_text(party, "name"));
	xml_element_with(xml, "cbc:CompanyID", "schemeID", scheme, id);
	if (seller)
		xml_element(xml, "cbc:CompanyLegalForm", party_description(party));
	xml_close(xml);
}

static void
write_contact(XmlWriter *xml, const Document *party)
{
	if (!document_has(party, "contact_name") && !document_has(party, "phone") && !document_has(party, "email"))
		return;
	xml_open(xml, "cac:Contact");
	xml_element(xml, "cbc:Name", term_text(party, "contact_name"));
	xml_element(xml, "cbc:Telephone", term_text(party, "phone"));
	xml_element(xml, "cbc:ElectronicMail", term_text(party, "email"));
	xml_close(xml);
}

static void
write_name(XmlWriter *xml, const char *name)
{
	if (name == NULL)
		return;
	xml_open(xml, "cac:PartyName");
	xml_element(xml, "cbc:Name", name);
	xml_close(xml);
}

/* Who establishes the document for the seller (facturant): below the seller (IV-45). */
static void
write_service_provider(XmlWriter *xml, const EDocument *document)
{
	Document	party;
	Document	address;

	if (!document->profile.extended || !term_object(&document->root, "mandatary", &party))
		return;
	xml_open(xml, "cac:ServiceProviderParty");
	xml_element(xml, "cbc:ServiceTypeCode", "II");
	xml_open(xml, "cac:Party");
	write_name(xml, term_text(&party, "name"));
	if (term_object(&party, "address", &address))
		ubl_address(xml, "cac:PostalAddress", &address);
	write_tax_scheme(xml, term_text(&party, "vat_id"), "VAT");
	write_legal_entity(xml, &party, false);
	xml_close(xml);
	xml_close(xml);
}

void
ubl_party(XmlWriter *xml, const EDocument *document, const char *element, const Document *party, bool seller)
{
	const char *trade_name = term_text(party, "trade_name");
	Document	address;

	xml_open(xml, element);
	xml_open(xml, "cac:Party");
	xml_element_with(xml, "cbc:EndpointID", "schemeID", term_text(party, "einvoice_scheme"), term_text(party, "einvoice_address"));
	write_identifications(xml, document, party, seller);
	write_name(xml, trade_name != NULL ? trade_name : term_text(party, "name"));
	if (term_object(party, "address", &address))
		ubl_address(xml, "cac:PostalAddress", &address);
	write_tax_scheme(xml, term_text(party, "vat_id"), "VAT");
	write_tax_scheme(xml, seller ? term_text(party, "tax_id") : NULL, "LOC");
	write_legal_entity(xml, party, seller);
	write_contact(xml, party);
	if (seller)
		write_service_provider(xml, document);
	xml_close(xml);
	xml_close(xml);
}

void
ubl_payee(XmlWriter *xml, const Document *payee)
{
	const char *scheme;
	const char *id = party_legal_id(payee, &scheme);

	xml_open(xml, "cac:PayeeParty");
	write_identification(xml, "0009", term_text(payee, "siret"));
	write_name(xml, term_text(payee, "name"));
	if (id != NULL)
	{
		xml_open(xml, "cac:PartyLegalEntity");
		xml_element_with(xml, "cbc:CompanyID", "schemeID", scheme, id);
		xml_close(xml);
	}
	xml_close(xml);
}

void
ubl_tax_representative(XmlWriter *xml, const Document *representative)
{
	Document	address;

	xml_open(xml, "cac:TaxRepresentativeParty");
	write_name(xml, term_text(representative, "name"));
	if (term_object(representative, "address", &address))
		ubl_address(xml, "cac:PostalAddress", &address);
	write_tax_scheme(xml, term_text(representative, "vat_id"), "VAT");
	xml_close(xml);
}

/* The seller of a line of a multi-vendor document (IV-50). */
void
ubl_line_seller(XmlWriter *xml, const Document *seller)
{
	Document	address;

	xml_open(xml, "cac:ManufacturerParty");
	if (term_object(seller, "address", &address))
		ubl_address(xml, "cac:PostalAddress", &address);
	write_tax_scheme(xml, term_text(seller, "vat_id"), "VAT");
	write_legal_entity(xml, seller, false);
	xml_close(xml);
}

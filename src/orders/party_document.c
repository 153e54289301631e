/*
 * party_document.c
 *		The document of a party, read strictly: identifiers by their own arithmetic, countries, addresses, calendars.
 *
 * Nothing is stored here (party.c does), and nobody is asked whether the party exists: that is known to registers,
 * not to us.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "orders/orders_internal.h"
#include "types/identifier_check.h"

extern Datum identifier_normalise(PG_FUNCTION_ARGS);

#define TEXT_MAX 200

static const char *const capacity_names[] = {"operator", "seller", "buyer", "carrier", "insurer", "psp", NULL};
static const char *const address_kinds[] = {"registered", "billing", "delivery", "returns", NULL};

static bool
is_one_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

static char *
check_length(const Document *object, const char *key, char *string, int max_bytes)
{
	if (string != NULL && strlen(string) > max_bytes)
		document_refuse(object, key, psprintf("It has %zu bytes.", strlen(string)),
						psprintf("At most %d are taken.", max_bytes));
	return string;
}

char *
document_short_text(const Document *object, const char *key, int max_bytes)
{
	return check_length(object, key, document_text(object, key), max_bytes);
}

char *
document_short_text_or_null(const Document *object, const char *key, int max_bytes)
{
	return check_length(object, key, document_text_or_null(object, key), max_bytes);
}

char *
document_identifier(const Document *object, const char *key, bool (*valid) (const char *, size_t), const char *what)
{
	char	   *string = document_short_text_or_null(object, key, TEXT_MAX);

	if (string == NULL)
		return NULL;
	string = TextDatumGetCString(DirectFunctionCall1(identifier_normalise, CStringGetTextDatum(string)));
	if (!valid(string, strlen(string)))
		document_refuse(object, key, psprintf("\"%.60s\" is not %s.", string, what),
						"Check for a typing error; spaces and hyphens do not matter.");
	return string;
}

char *
document_country(const Document *object, const char *key)
{
	char	   *country = document_text(object, key);

	if (!country_code_valid(country, strlen(country)))
		document_refuse(object, key, psprintf("\"%.10s\" is not a country.", country),
						"Two capital letters of ISO 3166-1, such as FR.");
	return country;
}

AddressDocument
address_document_read(const Document *object, bool with_kind)
{
	AddressDocument address = {.kind = NULL};

	if (with_kind)
	{
		document_only(object, "kind", "recipient", "line1", "line2", "line3", "postcode", "city", "subdivision",
					  "country", "gln", NULL);
		address.kind = document_text(object, "kind");
		if (!is_one_of(address.kind, address_kinds))
			document_refuse(object, "kind", psprintf("\"%.40s\" is no kind of address.", address.kind),
							"Kinds are registered, billing, delivery and returns.");
	}
	else
		document_only(object, "recipient", "line1", "line2", "line3", "postcode", "city", "subdivision", "country",
					  "gln", NULL);
	address.recipient = document_short_text_or_null(object, "recipient", TEXT_MAX);
	address.line1 = document_short_text(object, "line1", TEXT_MAX);
	address.line2 = document_short_text_or_null(object, "line2", TEXT_MAX);
	address.line3 = document_short_text_or_null(object, "line3", TEXT_MAX);
	address.postcode = document_short_text_or_null(object, "postcode", 20);
	address.city = document_short_text(object, "city", TEXT_MAX);
	address.subdivision = document_short_text_or_null(object, "subdivision", TEXT_MAX);
	address.country = document_country(object, "country");
	address.gln = document_identifier(object, "gln", gln_valid, "a GLN");
	return address;
}

/* The two raise their own errors, which name no key of a document: ask under a key first. */
void
document_check_zone_and_calendar(const Document *object, const char *time_zone, const char *calendar)
{
	DateADT		today = calendar_local_date(clock_now(), time_zone != NULL ? time_zone : "UTC");

	if (calendar != NULL)
		(void) calendar_is_open(calendar, today);
}

static void
read_capacities(const Document *document, PartyDocument *party)
{
	Document	list;

	party->ncapacities = -1;
	if (!document_has(document, "capacities"))
		return;
	list = document_array(document, "capacities");
	party->ncapacities = document_length(&list);
	party->capacities = palloc(sizeof(char *) * Max(party->ncapacities, 1));
	for (int i = 0; i < party->ncapacities; i++)
	{
		party->capacities[i] = document_item_text(&list, i);
		if (!is_one_of(party->capacities[i], capacity_names))
			document_refuse(&list, NULL, psprintf("\"%.40s\" is no capacity of a party.", party->capacities[i]),
							"Capacities are operator, seller, buyer, carrier, insurer and psp.");
		for (int before = 0; before < i; before++)
			if (strcmp(party->capacities[before], party->capacities[i]) == 0)
				document_refuse(&list, NULL, psprintf("It names \"%s\" twice.", party->capacities[i]), NULL);
	}
}

static void
read_addresses(const Document *document, PartyDocument *party)
{
	Document	list;

	party->naddresses = -1;
	if (!document_has(document, "addresses"))
		return;
	list = document_array(document, "addresses");
	party->naddresses = document_length(&list);
	if (party->naddresses > 100)
		document_refuse(document, "addresses", psprintf("There are %d.", party->naddresses),
						"At most 100 are taken.");
	party->addresses = palloc(sizeof(AddressDocument) * Max(party->naddresses, 1));
	for (int i = 0; i < party->naddresses; i++)
	{
		Document	item = document_item(&list, i);

		party->addresses[i] = address_document_read(&item, true);
	}
}

static Value
read_share_capital(const Document *document)
{
	char	   *string = document_text_or_null(document, "share_capital");
	ParsedAmount amount;

	if (string == NULL)
		return value_null();
	if (amount_parse(string, strlen(string), &amount) != AMOUNT_PARSED || amount.minor < 0)
		document_refuse(document, "share_capital", psprintf("\"%.60s\" is not an amount.", string),
						"Write \"1000.00 EUR\".");
	return value_amount(amount_make(amount.currency, amount.minor));
}

/* An identifier and the code list that it is of come together. */
static void
read_pair(const Document *document, const char *key, const char *scheme_key, const char **value, const char **scheme)
{
	*value = document_short_text_or_null(document, key, TEXT_MAX);
	*scheme = document_short_text_or_null(document, scheme_key, 4);
	if ((*value == NULL) != (*scheme == NULL))
		document_refuse(document, *value == NULL ? key : scheme_key,
						psprintf("%s and %s come together.", key, scheme_key), NULL);
	if (*scheme != NULL && strspn(*scheme, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != 4)
		document_refuse(document, scheme_key, psprintf("\"%s\" is not a scheme.", *scheme),
						"Four digits or capitals, such as 0225.");
}

PartyDocument *
party_document_read(const Document *document)
{
	PartyDocument *party = palloc0(sizeof(PartyDocument));

	document_only(document, "reference", "name", "trade_name", "legal_form", "share_capital", "country", "siren",
				  "siret", "vat_id", "legal_id", "legal_id_scheme", "einvoice_address", "einvoice_scheme", "email",
				  "phone", "time_zone", "calendar", "capacities", "addresses", NULL);
	party->reference = document_short_text_or_null(document, "reference", TEXT_MAX);
	party->name = document_short_text(document, "name", TEXT_MAX);
	party->trade_name = document_short_text_or_null(document, "trade_name", TEXT_MAX);
	party->legal_form = document_short_text_or_null(document, "legal_form", TEXT_MAX);
	party->share_capital = read_share_capital(document);
	party->country = document_country(document, "country");
	party->siren = document_identifier(document, "siren", siren_valid, "a SIREN: 9 digits with a check digit");
	party->siret = document_identifier(document, "siret", siret_valid, "a SIRET: 14 digits with a check digit");
	party->vat_id = document_identifier(document, "vat_id", vat_id_valid, "a VAT number of the EU");
	if (party->siret != NULL && party->siren == NULL)
		party->siren = pnstrdup(party->siret, 9);
	if (party->siret != NULL && strncmp(party->siret, party->siren, 9) != 0)
		document_refuse(document, "siret", psprintf("%s is not an establishment of %s.", party->siret, party->siren),
						"A SIRET begins with the SIREN.");
	read_pair(document, "legal_id", "legal_id_scheme", &party->legal_id, &party->legal_id_scheme);
	read_pair(document, "einvoice_address", "einvoice_scheme", &party->einvoice_address, &party->einvoice_scheme);
	party->email = document_short_text_or_null(document, "email", TEXT_MAX);
	party->phone = document_short_text_or_null(document, "phone", 40);
	party->time_zone = document_short_text_or_null(document, "time_zone", 100);
	party->calendar = document_short_text_or_null(document, "calendar", 100);
	document_check_zone_and_calendar(document, party->time_zone, party->calendar);
	read_capacities(document, party);
	read_addresses(document, party);
	return party;
}

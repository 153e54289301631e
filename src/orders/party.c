/*
 * party.c
 *		Parties: recording and changing them, and what other areas ask about one. The document's form is known to
 *		party_document.c.
 *
 * Each change is an event of the party with the whole document, so that former data can be told although the row is
 * overwritten; documents freeze what they print.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "orders/orders_internal.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

Value
value_array(Datum *values, bool *nulls, int n, Oid type)
{
	int16		length;
	bool		by_value;
	char		align;
	int			dims[1] = {n};
	int			bounds[1] = {1};

	get_typlenbyvalalign(type, &length, &by_value, &align);
	return value_datum(PointerGetDatum(construct_md_array(values, nulls, 1, dims, bounds, type, length, by_value,
														 align)));
}

static void
reference_in_use(const char *reference)
{
	ereport(ERROR,
			errcode(MK_ALREADY_EXISTS),
			errmsg("another party has the reference \"%s\"", reference),
			errdetail("A reference names one party of a marketplace."),
			errhint("Use party_update() to change that party, or give another reference."));
}

static void
write_capacities(Call *call, int64 party_id, const PartyDocument *party)
{
	static Statement end_others = STATEMENT("ilTz",
		"UPDATE marketplace.party_capacities SET ended_at = $4 WHERE marketplace_id = $1 AND party_id = $2 AND "
		"ended_at IS NULL AND capacity <> ALL ($3)");
	static Statement begin = STATEMENT("ilTz",
		"INSERT INTO marketplace.party_capacities AS c (marketplace_id, party_id, capacity, since) SELECT $1, $2, "
		"name, $4 FROM pg_catalog.unnest($3) AS name ON CONFLICT (marketplace_id, party_id, capacity) DO UPDATE "
		"SET since = $4, ended_at = NULL WHERE c.ended_at IS NOT NULL");
	Datum	   *names;
	Value		args[4];

	if (party->ncapacities < 0)
		return;
	names = palloc(sizeof(Datum) * Max(party->ncapacities, 1));
	for (int i = 0; i < party->ncapacities; i++)
		names[i] = CStringGetTextDatum(party->capacities[i]);
	args[0] = value_int32(call->marketplace_id);
	args[1] = value_int64(party_id);
	args[2] = value_array(names, NULL, party->ncapacities, TEXTOID);
	args[3] = value_timestamptz(call->now);
	query_execute(&end_others, args);
	query_execute(&begin, args);
}

static void
write_addresses(Call *call, int64 party_id, const PartyDocument *party)
{
	static Statement end_all = STATEMENT("ilz",
		"UPDATE marketplace.party_addresses SET ended_at = $3 WHERE marketplace_id = $1 AND party_id = $2 AND "
		"ended_at IS NULL");
	static Statement add = STATEMENT("ilttttttttttz",
		"INSERT INTO marketplace.party_addresses (marketplace_id, party_id, kind, recipient, line1, line2, line3, "
		"postcode, city, subdivision, country, gln, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
		"$12, $13)");

	if (party->naddresses < 0)
		return;
	query_execute(&end_all, VALUES(value_int32(call->marketplace_id), value_int64(party_id),
								   value_timestamptz(call->now)));
	for (int i = 0; i < party->naddresses; i++)
	{
		const AddressDocument *a = &party->addresses[i];

		query_execute(&add, VALUES(value_int32(call->marketplace_id), value_int64(party_id), value_text(a->kind),
								   value_text(a->recipient), value_text(a->line1), value_text(a->line2),
								   value_text(a->line3), value_text(a->postcode), value_text(a->city),
								   value_text(a->subdivision), value_text(a->country), value_text(a->gln),
								   value_timestamptz(call->now)));
	}
}

/* $1 marketplace, $2 party (0 for a new one), $3 now, $4… the document */
#define PARTY_VALUES(call, id, p) \
	VALUES(value_int32((call)->marketplace_id), value_int64(id), value_timestamptz((call)->now), value_text((p)->reference), \
		   value_text((p)->name), value_text((p)->trade_name), value_text((p)->legal_form), (p)->share_capital, \
		   value_text((p)->country), value_text((p)->siren), value_text((p)->siret), value_text((p)->vat_id), \
		   value_text((p)->legal_id), value_text((p)->legal_id_scheme), value_text((p)->einvoice_address), \
		   value_text((p)->einvoice_scheme), value_text((p)->email), value_text((p)->phone), value_text((p)->time_zone), \
		   value_text((p)->calendar))

int64
party_insert(Call *call, const PartyDocument *party)
{
	static Statement add = STATEMENT("ilzttttatttttttttttt",
		"INSERT INTO marketplace.parties (marketplace_id, created_at, updated_at, reference, name, trade_name, "
		"legal_form, share_capital, country, siren, siret, vat_id, legal_id, legal_id_scheme, einvoice_address, "
		"einvoice_scheme, email, phone, time_zone, calendar) SELECT $1, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
		"$12, $13, $14, $15, $16, $17, $18, $19, $20 WHERE $2 = 0 ON CONFLICT (marketplace_id, reference) DO "
		"NOTHING RETURNING id");
	Row			row;
	int64		id;

	guard_open("orders");
	if (!query_row(&add, PARTY_VALUES(call, 0, party), &row))
		reference_in_use(party->reference);
	id = row_int64(&row, 0);
	write_capacities(call, id, party);
	write_addresses(call, id, party);
	guard_close();
	return id;
}

static void
emit_party(Call *call, int64 party_id, const char *type, Jsonb *document)
{
	JsonbParseState *payload;
	JsonbValue	key = {.type = jbvString};
	JsonbValue	value;

	payload_begin(&payload);
	payload_int64(&payload, "party_id", party_id);
	key.val.string.val = "document";
	key.val.string.len = (int) strlen("document");
	pushJsonbValue(&payload, WJB_KEY, &key);
	JsonbToJsonbValue(document, &value);
	pushJsonbValue(&payload, WJB_VALUE, &value);
	event_emit(call, "party", party_id, type, &payload);
}

PG_FUNCTION_INFO_V1(party_create);
Datum
party_create(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Jsonb	   *json = call_jsonb(&call, 1);
		Document	root = document_root(json);
		PartyDocument *party;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		party = party_document_read(&root);
		if (party->ncapacities <= 0)
			document_refuse(&root, "capacities", "A party does at least one thing on the marketplace.",
							"Add \"capacities\": [\"seller\"].");
		call.result = party_insert(&call, party);
		emit_party(&call, call.result, "party.created", json);
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
lock_party(Call *call, int64 party_id)
{
	static Statement lock = STATEMENT("il",
		"SELECT 1 FROM marketplace.parties WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");

	if (query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_int64(party_id))) == 0)
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no party %lld in marketplace %d", (long long) party_id, call->marketplace_id),
				errhint("See the view marketplace.party_directory."));
}

static void
update_party(Call *call, int64 party_id, const PartyDocument *party)
{
	static Statement taken = STATEMENT("ilt",
		"SELECT 1 FROM marketplace.parties WHERE marketplace_id = $1 AND id <> $2 AND reference = $3");
	static Statement change = STATEMENT("ilzttttatttttttttttt",
		"UPDATE marketplace.parties SET updated_at = $3, reference = $4, name = $5, trade_name = $6, legal_form = "
		"$7, share_capital = $8, country = $9, siren = $10, siret = $11, vat_id = $12, legal_id = $13, "
		"legal_id_scheme = $14, einvoice_address = $15, einvoice_scheme = $16, email = $17, phone = $18, time_zone "
		"= $19, calendar = $20 WHERE marketplace_id = $1 AND id = $2");

	if (query_execute(&taken, VALUES(value_int32(call->marketplace_id), value_int64(party_id),
									 value_text(party->reference))) > 0)
		reference_in_use(party->reference);
	guard_open("orders");
	query_execute(&change, PARTY_VALUES(call, party_id, party));
	write_capacities(call, party_id, party);
	write_addresses(call, party_id, party);
	guard_close();
}

PG_FUNCTION_INFO_V1(party_update);
Datum
party_update(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		party_id = call_int64(&call, 1);
		Jsonb	   *json = call_jsonb(&call, 2);
		Document	root = document_root(json);

		access_require(&call, document_has(&root, "capacities") ? CAPACITY_OPERATOR :
					   CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER | CAPACITY_INSURER,
					   party_id);
		lock_party(&call, party_id);
		update_party(&call, party_id, party_document_read(&root));
		emit_party(&call, party_id, "party.updated", json);
		call.result = party_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

Party *
party_get(Call *call, int64 party_id)
{
	static Statement get = STATEMENT("il",
		"SELECT p.id, p.name, p.siren, p.siret, p.vat_id, p.country, "
		"pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('party_id', p.id, 'name', p.name, "
		"'trade_name', p.trade_name, 'legal_form', p.legal_form, 'share_capital', p.share_capital, 'country', "
		"p.country, 'siren', p.siren, 'siret', p.siret, 'vat_id', p.vat_id, 'legal_id', p.legal_id, "
		"'legal_id_scheme', p.legal_id_scheme, 'einvoice_address', p.einvoice_address, 'einvoice_scheme', "
		"p.einvoice_scheme, 'email', p.email, 'phone', p.phone, 'address', (SELECT "
		"pg_catalog.jsonb_build_object('line1', a.line1, 'line2', a.line2, 'line3', a.line3, 'postcode', "
		"a.postcode, 'city', a.city, 'subdivision', a.subdivision, 'country', a.country) FROM "
		"marketplace.party_addresses a WHERE a.marketplace_id = p.marketplace_id AND a.party_id = p.id AND a.kind "
		"= 'registered' AND a.ended_at IS NULL ORDER BY a.id LIMIT 1))) FROM marketplace.parties p WHERE "
		"p.marketplace_id = $1 AND p.id = $2");
	Party	   *party;
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(party_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no party %lld in marketplace %d", (long long) party_id, call->marketplace_id),
				errhint("See the view marketplace.party_directory."));
	party = palloc(sizeof(Party));
	party->id = row_int64(&row, 0);
	party->name = row_text(&row, 1);
	party->siren = row_text(&row, 2);
	party->siret = row_text(&row, 3);
	party->vat_id = row_text(&row, 4);
	party->country = row_text(&row, 5);
	party->snapshot = row_jsonb(&row, 6);
	return party;
}

bool
party_has_capacity(Call *call, int64 party_id, const char *capacity)
{
	static Statement has = STATEMENT("ilt",
		"SELECT 1 FROM marketplace.party_capacities WHERE marketplace_id = $1 AND party_id = $2 AND capacity = $3 "
		"AND ended_at IS NULL");

	return query_execute(&has, VALUES(value_int32(call->marketplace_id), value_int64(party_id),
									  value_text(capacity))) > 0;
}

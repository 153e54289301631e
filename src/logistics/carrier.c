/*
 * carrier.c
 *		Carriers, and what the codes of sources mean in a marketplace (RD-60, RD-61): rows, no code per carrier.
 */
#include "postgres.h"

#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "logistics/contract.h"
#include "logistics/tracking.h"
#include "orders/orders.h"

uint64
logistics_execute(Statement *statement, const Value *args)
{
	uint64		touched;

	guard_open("logistics");
	touched = query_execute(statement, args);
	guard_close();
	return touched;
}

bool
logistics_row(Statement *statement, const Value *args, Row *row)
{
	bool		found;

	guard_open("logistics");
	found = query_row(statement, args, row);
	guard_close();
	return found;
}

Rows
logistics_rows(Statement *statement, const Value *args)
{
	Rows		rows;

	guard_open("logistics");
	rows = query_rows(statement, args);
	guard_close();
	return rows;
}

/* RD-64: small letters, _ for - and blank. */
char *
tracking_plain_code(const char *code)
{
	char	   *plain = pstrdup(code);

	for (char *c = plain; *c != '\0'; c++)
	{
		if (*c == '-' || *c == ' ')
			*c = '_';
		else if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	}
	return plain;
}

/* The states are those of the code (their domain and view): what was one once is asked once. */
static bool
is_state(const char *state)
{
	static char seen[16][20];
	static int	nseen = 0;
	static Statement known = STATEMENT("t", "SELECT FROM marketplace.tracking_states WHERE state = $1");

	for (int i = 0; i < nseen; i++)
		if (strcmp(seen[i], state) == 0)
			return true;
	if (query_execute(&known, VALUES(value_text(state))) == 0)
		return false;
	if (nseen < lengthof(seen) && strlen(state) < sizeof(seen[0]))
		memcpy(seen[nseen++], state, strlen(state) + 1);
	return true;
}

char *
tracking_state_checked(Call *call, const Document *object, const char *key)
{
	char	   *given = document_text(object, key);
	char	   *state = tracking_plain_code(given);

	if (!is_state(state))
		document_refuse(object, key, psprintf("\"%.60s\" is not a state of a parcel.", given),
						"See view marketplace.tracking_states; what only the source understands goes into \"code\".");
	return state;
}

int64
carrier_by_code(Call *call, const char *code, int64 *party_id)
{
	static Statement by_code = STATEMENT("it",
		"SELECT id, party_id FROM marketplace.carriers WHERE marketplace_id = $1 AND code = $2");
	Row			row;

	if (!query_row(&by_code, VALUES(value_int32(call->marketplace_id), value_text(tracking_plain_code(code))), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no carrier \"%s\"", code),
				errdetail("Marketplace %d has no carrier with this code.", call->marketplace_id),
				errhint("Register it with marketplace.carrier_create(), or see marketplace.carriers."));
	if (party_id != NULL)
		*party_id = row_id(&row, 1);
	return row_int64(&row, 0);
}

/* What a carrier's document says beside code and party; a change replaces all of it. */
typedef struct CarrierTerms
{
	const char *name;
	const char *tracking_url;
	const char *calendar;
	const char *cut_off;
	const char *regime;
	const char *claim_address;
} CarrierTerms;

static CarrierTerms
read_carrier(Call *call, const Document *document)
{
	CarrierTerms terms = {0};

	terms.name = document_text(document, "name");
	terms.tracking_url = document_text_or_null(document, "tracking_url");
	if (terms.tracking_url != NULL && strstr(terms.tracking_url, "{number}") == NULL)
		document_refuse(document, "tracking_url", "It has no place for the tracking number.",
						"Write {number} where it goes: https://carrier.example/track/{number}.");
	terms.calendar = document_text_or_null(document, "calendar");
	if (terms.calendar != NULL)
		(void) calendar_is_open(terms.calendar, calendar_local_date(call->now, marketplace_get(call)->time_zone));
	terms.cut_off = document_clock_time(document, "cut_off");
	terms.regime = regime_read(call, document);
	terms.claim_address = document_text_or_null(document, "claim_address");
	return terms;
}

static int64
create_carrier(Call *call, Jsonb *json)
{
	static Statement insert = STATEMENT("itttlztttt",
		"INSERT INTO marketplace.carriers (marketplace_id, code, name, tracking_url, party_id, created_at, calendar, "
		"cut_off, regime, claim_address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::time, $9, $10) "
		"ON CONFLICT (marketplace_id, code) DO NOTHING RETURNING id");
	Document	document = document_root(json);
	CarrierTerms terms;
	char	   *code;
	int64		party_id;
	Row			row;

	access_require(call, CAPACITY_OPERATOR, 0);
	document_only(&document, "code", "name", "tracking_url", "party_id", "calendar", "cut_off", "regime", "claim_address",
				  NULL);
	code = tracking_plain_code(document_text(&document, "code"));
	terms = read_carrier(call, &document);
	party_id = document_int64_or(&document, "party_id", 0);
	if (party_id != 0)
	{
		(void) party_get(call, party_id);
		if (!party_has_capacity(call, party_id, "carrier"))
			document_refuse(&document, "party_id", psprintf("Party %lld is not a carrier.", (long long) party_id),
							"Give the party the capacity carrier.");
	}
	if (!logistics_row(&insert, VALUES(value_int32(call->marketplace_id), value_text(code), value_text(terms.name),
									   value_text(terms.tracking_url), value_id(party_id), value_timestamptz(call->now),
									   value_text(terms.calendar), value_text(terms.cut_off), value_text(terms.regime),
									   value_text(terms.claim_address)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("carrier \"%s\" exists already", code),
				errdetail("Codes are unique in a marketplace; case, - and _ do not count."),
				errhint("Use another code."));
	return row_int64(&row, 0);
}

PG_FUNCTION_INFO_V1(carrier_create);
Datum
carrier_create(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = create_carrier(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

/* What was promised by the old calendar and cut-off stays promised. */
static int64
update_carrier(Call *call, char *code, Jsonb *json)
{
	static Statement update = STATEMENT("iltttttt",
		"UPDATE marketplace.carriers SET name = $3, tracking_url = $4, calendar = $5, cut_off = $6::time, regime = $7, "
		"claim_address = $8 WHERE marketplace_id = $1 AND id = $2");
	Document	document = document_root(json);
	CarrierTerms terms;
	int64		carrier_id;

	access_require(call, CAPACITY_OPERATOR, 0);
	carrier_id = carrier_by_code(call, code, NULL);
	document_only(&document, "name", "tracking_url", "calendar", "cut_off", "regime", "claim_address", NULL);
	terms = read_carrier(call, &document);
	(void) logistics_execute(&update, VALUES(value_int32(call->marketplace_id), value_int64(carrier_id),
											 value_text(terms.name), value_text(terms.tracking_url),
											 value_text(terms.calendar), value_text(terms.cut_off),
											 value_text(terms.regime), value_text(terms.claim_address)));
	return carrier_id;
}

PG_FUNCTION_INFO_V1(carrier_update);
Datum
carrier_update(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = update_carrier(&call, call_text(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

/* The address of the carrier's page for a parcel; NULL when it has no number, or its carrier no such page. */
PG_FUNCTION_INFO_V1(parcel_tracking_url);
Datum
parcel_tracking_url(PG_FUNCTION_ARGS)
{
	static Statement read = STATEMENT("il",
		"SELECT pg_catalog.replace(c.tracking_url, '{number}', p.tracking_number) FROM marketplace.parcels p JOIN "
		"marketplace.carriers c ON c.marketplace_id = $1 AND c.id = p.carrier_id WHERE p.marketplace_id = $1 AND p.id = $2");
	Call		call;
	Parcel	   *parcel;
	char	   *url = NULL;
	Row			row;

	call_begin_read(&call, fcinfo);
	access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_AUDITOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER);
	parcel = parcel_get(&call, call_int64(&call, 1));
	if (!tracking_permits(&call, parcel) && !access_allows(call.caller, call.marketplace_id, CAPACITY_AUDITOR, 0))
		access_require(&call, CAPACITY_BUYER, parcel->buyer_id);
	if (query_row(&read, VALUES(value_int32(call.marketplace_id), value_int64(parcel->id)), &row))
		url = row_text(&row, 0);
	call_end_read(&call);
	if (url == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(url));
}

/*
 * Every parcel with an event of the code, by order: the orders are locked in ascending order before the first is
 * folded.
 */
static int64
fold_again(Call *call, const char *source, const char *code, const char *sub_code)
{
	static Statement concerned = STATEMENT("ittt",
		"SELECT p.id FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND EXISTS (SELECT FROM "
		"marketplace.tracking_events e WHERE e.marketplace_id = $1 AND e.parcel_id = p.id AND e.source = $2 AND "
		"e.code IS NOT NULL AND $3 IN (e.code, '') AND $4 IN (COALESCE(e.sub_code, ''), '')) ORDER BY p.order_id, "
		"p.id");
	Rows		rows = query_rows(&concerned, VALUES(value_int32(call->marketplace_id), value_text(source),
													 value_text(code),
													 value_text(sub_code)));
	Parcel	  **parcels = palloc(Max(rows.count, 1) * sizeof(Parcel *));

	for (uint64 i = 0; i < rows.count; i++)
	{
		parcels[i] = parcel_get(call, row_int64(&rows.rows[i], 0));
		order_lock(call, parcels[i]->order_id);
	}
	for (uint64 i = 0; i < rows.count; i++)
		tracking_apply(call, parcels[i]);
	return (int64) rows.count;
}

static int64
map_code(Call *call, Jsonb *json)
{
	static Statement upsert = STATEMENT("ittttz",
		"INSERT INTO marketplace.tracking_codes (marketplace_id, source, code, sub_code, state, created_at) VALUES "
		"($1, $2, $3, $4, $5, $6) ON CONFLICT (marketplace_id, source, code, sub_code) DO UPDATE SET state = "
		"EXCLUDED.state, created_at = EXCLUDED.created_at");
	Document	document = document_root(json);
	char	   *source;
	char	   *code;
	char	   *sub_code;
	char	   *state;

	access_require(call, CAPACITY_OPERATOR, 0);
	document_only(&document, "source", "code", "sub_code", "state", NULL);
	source = tracking_plain_code(document_text(&document, "source"));
	code = document_text_or_null(&document, "code");
	sub_code = document_text_or_null(&document, "sub_code");
	if (code == NULL && sub_code == NULL)
		document_refuse(&document, "code", "Neither code nor sub_code is given.", "Give at least one of them.");
	code = code == NULL ? "" : tracking_plain_code(code);
	sub_code = sub_code == NULL ? "" : tracking_plain_code(sub_code);
	state = tracking_state_checked(call, &document, "state");
	(void) logistics_execute(&upsert, VALUES(value_int32(call->marketplace_id), value_text(source), value_text(code),
											 value_text(sub_code), value_text(state),
											 value_timestamptz(call->now)));
	return fold_again(call, source, code, sub_code);
}

PG_FUNCTION_INFO_V1(tracking_code_map);
Datum
tracking_code_map(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = map_code(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

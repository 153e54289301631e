/*
 * agent_mandate.c
 *		Recording and ending the mandates by which a PSP makes the platform its agent (FD-50).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/agent.h"
#include "funds/funds.h"
#include "kernel/errors.h"
#include "utils/array.h"

#define REGISTER_BYTES 100

static int
operation_named(const Document *document, const char *name)
{
	for (int i = AGENT_HOLD; i <= AGENT_ADVANCE; i++)
		if (strcmp(agent_operation_name(i), name) == 0)
			return i;
	document_refuse(document, NULL, psprintf("\"%s\" is nothing that an agent does.", name),
					"Known are hold, release, reverse_release, refund, payout, sweep and advance.");
}

static Value
text_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT)));
}

static Value
read_operations(const Document *document)
{
	Datum		names[AGENT_ADVANCE + 1];
	bool		named[AGENT_ADVANCE + 1] = {false};
	int			n = 0;

	if (document_has(document, "operations"))
	{
		Document	operations = document_array(document, "operations");

		for (int i = 0; i < document_length(&operations); i++)
			named[operation_named(&operations, document_item_text(&operations, i))] = true;
		if (document_length(&operations) == 0)
			document_refuse(document, "operations", "It is empty.", "Leave it out to allow all.");
	}
	else
		memset(named, true, sizeof(named));
	for (int i = AGENT_HOLD; i <= AGENT_ADVANCE; i++)
		if (named[i])
			names[n++] = CStringGetTextDatum(agent_operation_name(i));
	return text_array(names, n);
}

static Value
read_currencies(const Document *document)
{
	Document	currencies;
	Datum	   *codes;

	if (!document_has(document, "currencies"))
		return value_null();
	currencies = document_array(document, "currencies");
	if (document_length(&currencies) == 0)
		document_refuse(document, "currencies", "It is empty.", "Leave it out to allow all.");
	codes = palloc(sizeof(Datum) * document_length(&currencies));
	for (int i = 0; i < document_length(&currencies); i++)
	{
		char	   *code = document_item_text(&currencies, i);
		CurrencyCode currency = currency_lookup(code, strlen(code));

		if (currency == CURRENCY_NONE)
			document_refuse(&currencies, NULL, psprintf("\"%s\" is no currency.", code), "Give ISO 4217 codes, such as \"EUR\".");
		codes[i] = CStringGetTextDatum(currency_alpha(currency));
	}
	return text_array(codes, document_length(&currencies));
}

/* False: not given. */
static bool
read_limit(const Document *limit, const char *key, Amount *amount)
{
	char	   *written = document_text_or_null(limit, key);
	ParsedAmount parsed;

	if (written == NULL)
		return false;
	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor < 0)
		document_refuse(limit, key, psprintf("\"%s\" is no amount of zero or more.", written), "Write it as \"1000.00 EUR\".");
	*amount = amount_make(parsed.currency, parsed.minor);
	return true;
}

static void
add_limit(Call *call, int64 mandate_id, const Document *limits, int i)
{
	static Statement insert = STATEMENT("iltcaa",
		"INSERT INTO marketplace.agent_limits (marketplace_id, mandate_id, operation, currency, each_limit, day_limit)"
		" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
	static Statement count = STATEMENT("il",
		"SELECT pg_catalog.count(*) FROM marketplace.agent_limits WHERE marketplace_id = $1 AND mandate_id = $2");
	Document	limit = document_item(limits, i);
	Amount		each;
	Amount		day;
	bool		has_each;
	bool		has_day;
	const char *operation;

	document_only(&limit, "operation", "each", "day", NULL);
	operation = agent_operation_name(operation_named(&limit, document_text(&limit, "operation")));
	has_each = read_limit(&limit, "each", &each);
	has_day = read_limit(&limit, "day", &day);
	if (!has_each && !has_day)
		document_refuse(&limit, NULL, "It limits nothing.", "Give \"each\", \"day\" or both.");
	if (has_each && has_day && amount_currency(each) != amount_currency(day))
		document_refuse(&limit, "day", "It is in another currency than \"each\".", "Give a limit for each currency.");
	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id), value_text(operation),
								value_currency(amount_currency(has_each ? each : day)),
								has_each ? value_amount(each) : value_null(), has_day ? value_amount(day) : value_null()));
	if (DatumGetInt64(query_datum(&count, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id)))) != i + 1)
		document_refuse(&limit, NULL, "This operation and currency is limited twice.", "Give one limit for each.");
}

static int64
tell(Call *call, int64 mandate_id, const char *type, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "mandate_id", mandate_id);
	if (reason != NULL)
		payload_text(&payload, "reason", reason);
	return event_emit(call, "agent_mandate", mandate_id, type, &payload);
}

static Statement insert_mandate = STATEMENT("iltTTbzztz",
	"INSERT INTO marketplace.agent_mandates (marketplace_id, psp_party_id, register_number, operations, currencies, limited, valid_from,"
	" valid_until, actor, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id");

/* valid_from: where the document does not say */
static int64
set_mandate(Call *call, const Document *document, TimestampTz valid_from)
{
	int64		psp_id;
	char	   *number;
	bool		limited;
	bool		ends;
	TimestampTz until = 0;
	int64		mandate_id;

	document_only(document, "psp", "register_number", "valid_from", "valid_until", "operations", "currencies", "limits", NULL);
	psp_id = document_int64_or(document, "psp", 0);
	if (document_has(document, "psp") && !party_has_capacity(call, psp_id, "psp"))
		document_refuse(document, "psp", psprintf("%lld is not a party with the capacity psp.", (long long) psp_id),
						"Record it with party_create() first.");
	number = document_text_or_null(document, "register_number");
	if (number != NULL && strlen(number) > REGISTER_BYTES)
		document_refuse(document, "register_number", psprintf("It has %zu bytes.", strlen(number)),
						psprintf("At most %d bytes.", REGISTER_BYTES));
	if (document_has(document, "valid_from"))
		valid_from = document_timestamptz(document, "valid_from");
	ends = document_has(document, "valid_until");
	if (ends && (until = document_timestamptz(document, "valid_until")) <= valid_from)
		document_refuse(document, "valid_until", "It is not after valid_from.", NULL);
	limited = document_has(document, "limits");
	mandate_id = funds_add(&insert_mandate,
						   VALUES(value_int32(call->marketplace_id), value_id(psp_id), value_text(number), read_operations(document),
								  read_currencies(document), value_bool(limited), value_timestamptz(valid_from),
								  ends ? value_timestamptz(until) : value_null(), value_text(call_actor()),
								  value_timestamptz(call->now)));
	if (limited)
	{
		Document	limits = document_array(document, "limits");

		for (int i = 0; i < document_length(&limits); i++)
			add_limit(call, mandate_id, &limits, i);
	}
	tell(call, mandate_id, "agent_mandate.set", NULL);
	return mandate_id;
}

/* agent_mandate_set(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(agent_mandate_set);
Datum
agent_mandate_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 1));

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = set_mandate(&call, &document, call.now);
	}
	PG_RETURN_INT64(call_end(&call));
}

static int64
end_mandate(Call *call, int64 mandate_id, const char *reason)
{
	static Statement lock = STATEMENT("il",
		"SELECT ended_at FROM marketplace.agent_mandates WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	static Statement end = STATEMENT("ilzt",
		"UPDATE marketplace.agent_mandates SET ended_at = $3, end_reason = $4 WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no agent mandate %lld", call->marketplace_id, (long long) mandate_id),
				errhint("The view marketplace.agent_mandate_overview lists the mandates."));
	if (!row_null(&row, 0))
		ereport(ERROR,
				errcode(MK_AGENT),
				errmsg("agent mandate %lld has ended already", (long long) mandate_id),
				errdetail("It ended at %s.", timestamptz_to_str(row_timestamptz(&row, 0))),
				errhint("A new mandate is set with agent_mandate_set()."));
	funds_write(&end, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id), value_timestamptz(call->now),
							 value_text(reason)));
	tell(call, mandate_id, "agent_mandate.ended", reason);
	return mandate_id;
}

/* agent_mandate_end(marketplace_id, mandate_id, reason, request_key) */
PG_FUNCTION_INFO_V1(agent_mandate_end);
Datum
agent_mandate_end(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = end_mandate(&call, call_int64(&call, 1), call_text(&call, 2));
	}
	PG_RETURN_INT64(call_end(&call));
}

/* marketplace.created {agent}: an agent for everything and always, unless the document says otherwise. */
void
funds_on_marketplace_created(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	JsonbValue *agent = getKeyJsonValueFromContainer(payload.container, "agent", strlen("agent"), NULL);

	if (agent != NULL && agent->type == jbvBool && !agent->val.boolean)
		return;
	if (agent != NULL && agent->type == jbvBinary)
	{
		Document	terms = document_object(&payload, "agent");

		set_mandate(call, &terms, DT_NOBEGIN);
		return;
	}
	{
		Document	all = payload;

		all.path = "agent";
		tell(call, funds_add(&insert_mandate,
							 VALUES(value_int32(call->marketplace_id), value_null(), value_null(), read_operations(&all), value_null(),
									value_bool(false), value_timestamptz(DT_NOBEGIN), value_null(), value_text(call_actor()),
									value_timestamptz(call->now))), "agent_mandate.set", NULL);
	}
}

/*
 * marketplace.c
 *		The tenants themselves: opening a marketplace with its operator, changing its settings, reading them.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "kernel/guard.h"
#include "orders/orders_internal.h"

static int64
insert_party_of(Call *call, const Document *root, const char *key, const char *capacity)
{
	Document	document = document_object(root, key);
	PartyDocument *party = party_document_read(&document);
	bool		named = false;

	if (party->ncapacities < 0)
	{
		party->capacities = palloc(sizeof(char *));
		party->capacities[0] = capacity;
		party->ncapacities = 1;
	}
	for (int i = 0; i < party->ncapacities; i++)
		named |= strcmp(party->capacities[i], capacity) == 0;
	if (!named)
		document_refuse(&document, "capacities", psprintf("It does not name \"%s\".", capacity),
						"Add it, or leave the key out.");
	return party_insert(call, party);
}

/* Whether, and how, the platform is agent of its PSP: true, false, or terms that funds reads. */
static void
document_check_agent(const Document *root)
{
	JsonbValue *agent = getKeyJsonValueFromContainer(root->container, "agent", strlen("agent"), NULL);

	if (agent != NULL && agent->type != jbvNull && agent->type != jbvBool && agent->type != jbvBinary)
		document_refuse(root, "agent", "It is neither true, false nor an object.", "Give the terms of agent_mandate_set(), or true or false.");
	if (agent != NULL && agent->type == jbvBinary)
		(void) document_object(root, "agent");
}

static int64
create_marketplace(Call *call, const Document *root)
{
	static Statement add = STATEMENT("itlltttz",
		"INSERT INTO marketplace.marketplaces (marketplace_id, name, operator_party_id, psp_party_id, country, "
		"time_zone, calendar, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (marketplace_id) DO "
		"NOTHING RETURNING marketplace_id");
	char	   *name;
	char	   *country;
	char	   *time_zone;
	char	   *calendar;
	int64		operator_id;
	int64		psp_id = 0;
	Row			row;

	document_only(root, "name", "country", "time_zone", "calendar", "operator", "psp", "agent", NULL);
	document_check_agent(root);
	name = document_short_text(root, "name", 200);
	country = document_country(root, "country");
	time_zone = document_text(root, "time_zone");
	calendar = document_text(root, "calendar");
	document_check_zone_and_calendar(root, time_zone, calendar);
	operator_id = insert_party_of(call, root, "operator", "operator");
	if (document_has(root, "psp"))
		psp_id = insert_party_of(call, root, "psp", "psp");

	guard_open("orders");
	if (!query_row(&add, VALUES(value_int32(call->marketplace_id), value_text(name), value_int64(operator_id),
								value_id(psp_id), value_text(country), value_text(time_zone), value_text(calendar),
								value_timestamptz(call->now)), &row))
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("marketplace %d exists already", call->marketplace_id),
				errhint("Choose another number, or change this one with marketplace_update()."));
	guard_close();
	return call->marketplace_id;
}

/* agent: NULL when nothing is said of it */
static void
emit_marketplace(Call *call, const char *type, Jsonb *agent)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "marketplace_id", call->marketplace_id);
	if (agent != NULL)
		payload_jsonb(&payload, "agent", agent);
	event_emit(call, "marketplace", call->marketplace_id, type, &payload);
}

PG_FUNCTION_INFO_V1(marketplace_create);
Datum
marketplace_create(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	root = document_root(call_jsonb(&call, 1));

		access_require(&call, CAPACITY_OPERATOR, 0);
		if (call.marketplace_id < 1)
			ereport(ERROR,
					errcode(MK_INVALID_ARGUMENT),
					errmsg("a marketplace has a number of 1 or more"),
					errdetail("marketplace_id is %d.", call.marketplace_id),
					errhint("Choose any number that is not in use."));
		call.result = create_marketplace(&call, &root);
		emit_marketplace(&call, "marketplace.created", document_jsonb_or_null(&root, "agent"));
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
update_marketplace(Call *call, const Document *root)
{
	static Statement change = STATEMENT("itlttt",
		"UPDATE marketplace.marketplaces SET name = coalesce($2, name), psp_party_id = coalesce($3, psp_party_id), "
		"country = coalesce($4, country), time_zone = coalesce($5, time_zone), calendar = coalesce($6, calendar) "
		"WHERE marketplace_id = $1");
	char	   *name;
	char	   *country;
	char	   *time_zone;
	char	   *calendar;
	int64		psp_id;

	document_only(root, "name", "country", "time_zone", "calendar", "psp", NULL);
	name = document_short_text_or_null(root, "name", 200);
	country = document_has(root, "country") ? document_country(root, "country") : NULL;
	time_zone = document_text_or_null(root, "time_zone");
	calendar = document_text_or_null(root, "calendar");
	document_check_zone_and_calendar(root, time_zone, calendar);
	psp_id = document_int64_or(root, "psp", 0);
	if (document_has(root, "psp") && !party_has_capacity(call, psp_id, "psp"))
		document_refuse(root, "psp", psprintf("%lld is not a party with the capacity psp.", (long long) psp_id),
						"Record it with party_create() first.");
	guard_open("orders");
	query_execute(&change, VALUES(value_int32(call->marketplace_id), value_text(name), value_id(psp_id),
								  value_text(country), value_text(time_zone), value_text(calendar)));
	guard_close();
}

static void no_marketplace(Call *call) pg_attribute_noreturn();

static void
no_marketplace(Call *call)
{
	ereport(ERROR,
			errcode(MK_NOT_FOUND),
			errmsg("there is no marketplace %d", call->marketplace_id),
			errhint("Open it with marketplace_create()."));
	pg_unreachable();
}

PG_FUNCTION_INFO_V1(marketplace_update);
Datum
marketplace_update(PG_FUNCTION_ARGS)
{
	static Statement lock = STATEMENT("i",
		"SELECT 1 FROM marketplace.marketplaces WHERE marketplace_id = $1 FOR NO KEY UPDATE");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	root = document_root(call_jsonb(&call, 1));

		access_require(&call, CAPACITY_OPERATOR, 0);
		if (query_execute(&lock, VALUES(value_int32(call.marketplace_id))) == 0)
			no_marketplace(&call);
		update_marketplace(&call, &root);
		emit_marketplace(&call, "marketplace.updated", NULL);
		call.result = call.marketplace_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

/* Read once in a call: marketplace_update() changes the row before it asks. */
Marketplace *
marketplace_get(Call *call)
{
	static Statement get = STATEMENT("i",
		"SELECT name, operator_party_id, psp_party_id, country, time_zone, calendar FROM marketplace.marketplaces "
		"WHERE marketplace_id = $1");
	Marketplace *marketplace;
	Row			row;

	if (!query_fact(call, &get, VALUES(value_int32(call->marketplace_id)), &row))
		no_marketplace(call);
	marketplace = palloc(sizeof(Marketplace));
	marketplace->id = call->marketplace_id;
	marketplace->name = row_text(&row, 0);
	marketplace->operator_party_id = row_int64(&row, 1);
	marketplace->psp_party_id = row_id(&row, 2);
	marketplace->country = row_text(&row, 3);
	marketplace->time_zone = row_text(&row, 4);
	marketplace->calendar = row_text(&row, 5);
	return marketplace;
}

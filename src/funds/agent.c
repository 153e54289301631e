/*
 * agent.c
 *		By what right client money is moved: the mandate of the PSP that covers an operation, its limits, or the PSP's own decision (FD-50).
 *
 * Recording mandates is in agent_mandate.c, asking the PSP where none covers in psp_request.c.
 */
#include "postgres.h"

#include "funds/agent.h"
#include "kernel/calendar.h"

static const char *const operation_names[] = {
	"hold", "release", "reverse_release", "refund", "payout", "sweep", "advance"
};

const char *
agent_operation_name(AgentOperation operation)
{
	return operation_names[operation];
}

void
payload_authority(JsonbParseState **payload, const Authority *authority)
{
	if (authority->request_id != 0)
		payload_int64(payload, "psp_request_id", authority->request_id);
	else if (authority->mandate_id != 0)
		payload_int64(payload, "mandate_id", authority->mandate_id);
}

void
agent_act_on_request(Call *call, int64 request_id)
{
	call->authority = request_id;
}

#define IN_FORCE \
	" FROM marketplace.agent_mandates m" \
	" WHERE m.marketplace_id = $1 AND m.ended_at IS NULL AND m.valid_from <= marketplace.clock()" \
	"   AND COALESCE(m.valid_until > marketplace.clock(), true)" \
	"   AND COALESCE(m.psp_party_id = (SELECT p.psp_party_id FROM marketplace.marketplaces p WHERE p.marketplace_id = $1), true)" \
	"   AND (ARRAY['hold', 'release', 'reverse_release', 'refund', 'payout', 'sweep', 'advance'])[$2 + 1] = ANY (m.operations)"

/* The usual case: a mandate for all currencies and without limits. 0: none. */
static int64
unlimited_mandate(Call *call, AgentOperation operation)
{
	static Statement find = STATEMENT("ii",
		"SELECT (SELECT min(m.id)" IN_FORCE " AND m.currencies IS NULL AND NOT m.limited)");
	Row			row;

	if (!query_fact(call, &find, VALUES(value_int32(call->marketplace_id), value_int32(operation)), &row))
		return 0;
	return row_id(&row, 0);
}

/* Does the amount stay within the day's limit? The mandate's row is locked: two calls never share what is left of a day. */
static bool
use_of_day(Call *call, int64 mandate_id, AgentOperation operation, Amount amount, Amount limit)
{
	static Statement lock = STATEMENT("il",
		"SELECT 1 FROM marketplace.agent_mandates WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	static Statement used = STATEMENT("iltdc",
		"SELECT COALESCE(marketplace.sum(amount), marketplace.zero($5)) FROM marketplace.agent_uses"
		" WHERE marketplace_id = $1 AND mandate_id = $2 AND operation = $3 AND day = $4 AND marketplace.currency(amount) = $5");
	static Statement use = STATEMENT("iltda",
		"INSERT INTO marketplace.agent_uses (marketplace_id, mandate_id, operation, day, amount) VALUES ($1, $2, $3, $4, $5)");
	DateADT		day = calendar_local_date(call->now, marketplace_get(call)->time_zone);
	Amount		before;

	query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id)));
	before = DatumGetAmount(query_datum(&used, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id),
													  value_text(operation_names[operation]), value_date(day),
													  value_currency(amount_currency(amount)))));
	if (amount_minor(before) + amount_minor(amount) > amount_minor(limit))
		return false;
	funds_write(&use, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id), value_text(operation_names[operation]),
							 value_date(day), value_amount(amount)));
	return true;
}

/* The first mandate whose currencies and limits allow the amount; 0: none. */
static int64
limited_mandate(Call *call, AgentOperation operation, Amount amount)
{
	static Statement candidates = STATEMENT("iict",
		"SELECT m.id, l.each_limit, l.day_limit FROM (SELECT m.*" IN_FORCE " AND COALESCE($3::pg_catalog.text = ANY (m.currencies), true)) m"
		"  LEFT JOIN marketplace.agent_limits l ON l.marketplace_id = $1 AND l.mandate_id = m.id AND l.operation = $4 AND l.currency = $3"
		" ORDER BY m.id");
	Rows		rows = query_rows(&candidates, VALUES(value_int32(call->marketplace_id), value_int32(operation),
													  value_currency(amount_currency(amount)),
													  value_text(operation_names[operation])));

	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];

		if (!row_null(row, 1) && amount_minor(amount) > amount_minor(row_amount(row, 1)))
			continue;
		if (row_null(row, 2) || use_of_day(call, row_int64(row, 0), operation, amount, row_amount(row, 2)))
			return row_int64(row, 0);
	}
	return 0;
}

Authority
agent_authority(Call *call, AgentOperation operation, Amount amount)
{
	Authority	authority = {0, call->authority};

	if (authority.request_id != 0)
		return authority;
	authority.mandate_id = unlimited_mandate(call, operation);
	if (authority.mandate_id == 0)
		authority.mandate_id = limited_mandate(call, operation, amount);
	return authority;
}

bool
agent_may(Call *call, const PspRequest *movement, Authority *authority)
{
	*authority = agent_authority(call, movement->operation, movement->amount);
	if (agent_covers(authority))
		return true;
	if (!psp_request_is_open(call, movement->object, movement->object_id))
		(void) psp_request_open(call, movement);
	return false;
}

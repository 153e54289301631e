/*
 * payout_gate.c
 *		Who may be paid, and to which bank account (FD-57, FD-60): what the PSP said of the seller's identification, what the bank said of
 *		the account's holder. Holds are in hold.c, bank accounts in orders.
 *
 * The platform decides nothing about identification (FD-52): it records what the PSP decided, with its reference.
 */
#include "postgres.h"

#include "funds/payout.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "mb/pg_wchar.h"

static bool
is_required(Call *call, const char *policy, int64 seller_id)
{
	PolicyScope scope = {.seller_id = seller_id};

	return strcmp(policy_text(call, policy, &scope), "required") == 0;
}

const char *
payout_seller_obstacle(Call *call, int64 seller_id, const char **detail)
{
	static Statement latest = STATEMENT("il",
		"SELECT state, valid_until FROM marketplace.party_kyc WHERE marketplace_id = $1 AND party_id = $2 ORDER BY id DESC LIMIT 1");
	static Statement lacking = STATEMENT("il",
		"SELECT r.id, s.left_amount"
		"  FROM marketplace.refunds r"
		"  JOIN marketplace.refund_shortfalls s ON s.marketplace_id = $1 AND s.refund_id = r.id AND marketplace.sign(s.left_amount) > 0"
		"  JOIN marketplace.capture_allocations a ON a.marketplace_id = $1 AND a.id = s.allocation_id AND a.seller_id = $2"
		" WHERE r.marketplace_id = $1 AND r.state = 'awaiting_funding' ORDER BY r.id LIMIT 1");
	const char *reason = hold_blocks_seller(call, seller_id);
	Row			row;

	if (reason != NULL)
	{
		*detail = psprintf("Its whole wallet is held: %s.", reason);
		return "hold";
	}
	if (query_row(&lacking, VALUES(value_int32(call->marketplace_id), value_int64(seller_id)), &row))
	{
		*detail = psprintf("Refund %lld still lacks %s of it.", (long long) row_int64(&row, 0), amount_to_cstring(row_amount(&row, 1)));
		return "refund";
	}
	*detail = "The PSP has said nothing of its identification.";
	if (!query_row(&latest, VALUES(value_int32(call->marketplace_id), value_int64(seller_id)), &row))
		return is_required(call, "fd.payout_kyc", seller_id) ? "kyc" : NULL;
	if (strcmp(row_text(&row, 0), "valid") != 0)
	{
		*detail = psprintf("Its identification is %s.", row_text(&row, 0));
		return "kyc";
	}
	if (!row_null(&row, 1) && row_timestamptz(&row, 1) <= call->now)
	{
		*detail = "Its identification is valid no more.";
		return "kyc";
	}
	return NULL;
}

const char *
payout_account_obstacle(Call *call, int64 seller_id, int64 bank_account_id, CurrencyCode currency, const char **detail)
{
	static Statement latest = STATEMENT("il",
		"SELECT result FROM marketplace.payee_verifications WHERE marketplace_id = $1 AND bank_account_id = $2 ORDER BY id DESC LIMIT 1");
	Row			row;
	char	   *result;

	*detail = psprintf("It has no verified bank account for %s.", currency_alpha(currency));
	if (bank_account_id == 0)
		return "bank_account";
	if (strcmp(bank_account_get(call, bank_account_id).state, "verified") != 0)
	{
		*detail = psprintf("Bank account %lld is %s.", (long long) bank_account_id, bank_account_get(call, bank_account_id).state);
		return "bank_account";
	}
	*detail = psprintf("The bank has not said whose account %lld is.", (long long) bank_account_id);
	if (!query_row(&latest, VALUES(value_int32(call->marketplace_id), value_int64(bank_account_id)), &row))
		return is_required(call, "fd.payee_verification", seller_id) ? "payee" : NULL;
	result = row_text(&row, 0);
	if (strcmp(result, "match") == 0 || strcmp(result, "accepted") == 0)
		return NULL;
	if (strcmp(result, "not_applicable") == 0 && !is_required(call, "fd.payee_verification", seller_id))
		return NULL;
	*detail = psprintf("Verification of payee of account %lld: %s.", (long long) bank_account_id, result);
	return "payee";
}

static void
tell_kyc(Call *call, int64 party_id, const char *state, const char *evidence)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "party_id", party_id);
	payload_text(&payload, "state", state);
	payload_text(&payload, "evidence", evidence);
	event_emit(call, "party", party_id, "kyc.recorded", &payload);
}

static void
check_kyc_state(const char *state)
{
	if (strcmp(state, "pending") == 0 || strcmp(state, "valid") == 0 || strcmp(state, "refused") == 0)
		return;
	ereport(ERROR,
			errcode(MK_INVALID_ARGUMENT),
			errmsg("\"%.*s\" is no state of an identification", pg_mbcliplen(state, (int) strlen(state), 40), state),
			errdetail("It is pending, valid or refused."),
			errhint("Record what the PSP says."));
}

/* kyc_set(marketplace_id, party_id, state, evidence, valid_until, request_key) */
PG_FUNCTION_INFO_V1(kyc_set);
Datum
kyc_set(PG_FUNCTION_ARGS)
{
	static Statement add = STATEMENT("iltzttz",
		"INSERT INTO marketplace.party_kyc (marketplace_id, party_id, state, valid_until, evidence, actor, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		party_id = call_int64(&call, 1);
		char	   *state = call_text(&call, 2);
		char	   *evidence = call_text(&call, 3);

		access_require(&call, CAPACITY_OPERATOR, 0);
		check_kyc_state(state);
		(void) party_get(&call, party_id);
		call.result = funds_add(&add, VALUES(value_int32(call.marketplace_id), value_int64(party_id), value_text(state),
											 call_value(&call, 4), value_text(evidence), value_text(call_actor()),
											 value_timestamptz(call.now)));
		tell_kyc(&call, party_id, state, evidence);
	}
	PG_RETURN_INT64(call_end(&call));
}

static int64
add_verification(Call *call, int64 bank_account_id, const char *result, const char *name, const char *reason)
{
	static Statement add = STATEMENT("ilttttz",
		"INSERT INTO marketplace.payee_verifications (marketplace_id, bank_account_id, result, name, reason, actor, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");
	JsonbParseState *payload;
	int64		id = funds_add(&add, VALUES(value_int32(call->marketplace_id), value_int64(bank_account_id), value_text(result),
											value_text(name), value_text(reason), value_text(call_actor()),
											value_timestamptz(call->now)));

	payload_begin(&payload);
	payload_int64(&payload, "bank_account_id", bank_account_id);
	payload_text(&payload, "result", result);
	payload_text(&payload, "reason", reason);
	event_emit(call, "bank_account", bank_account_id, "payee.verified", &payload);
	return id;
}

/* Codes of RD-73 and the words for them. */
static const char *
verification_result(const Document *document)
{
	static const char *const results[][2] = {
		{"RCVC", "match"}, {"RVMC", "close_match"}, {"RVNM", "no_match"}, {"RVNA", "not_applicable"}
	};
	char	   *written = document_text(document, "result");

	for (int i = 0; i < lengthof(results); i++)
		if (strcmp(written, results[i][0]) == 0 || strcmp(written, results[i][1]) == 0)
			return results[i][1];
	document_refuse(document, "result", "It is no result of a verification of payee.",
					"It is match (RCVC), close_match (RVMC), no_match (RVNM) or not_applicable (RVNA).");
}

/* payee_verification_record(marketplace_id, bank_account_id, document, request_key) */
PG_FUNCTION_INFO_V1(payee_verification_record);
Datum
payee_verification_record(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		bank_account_id = call_int64(&call, 1);
		Document	document = document_root(call_jsonb(&call, 2));
		const char *result;

		access_require(&call, CAPACITY_OPERATOR, 0);
		document_only(&document, "result", "name", "reference", NULL);
		result = verification_result(&document);
		(void) bank_account_get(&call, bank_account_id);
		call.result = add_verification(&call, bank_account_id, result, document_text_or_null(&document, "name"),
									   document_text_or_null(&document, "reference"));
	}
	PG_RETURN_INT64(call_end(&call));
}

/* payee_verification_accept(marketplace_id, bank_account_id, reason, request_key) */
PG_FUNCTION_INFO_V1(payee_verification_accept);
Datum
payee_verification_accept(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		bank_account_id = call_int64(&call, 1);
		char	   *reason = call_text(&call, 2);

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) bank_account_get(&call, bank_account_id);
		call.result = add_verification(&call, bank_account_id, "accepted", NULL, reason);
	}
	PG_RETURN_INT64(call_end(&call));
}

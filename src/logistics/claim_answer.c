/*
 * claim_answer.c
 *		The carrier's part of a claim: that it has it, and what it says to it. Operators record it for carriers that have no
 *		role in the database.
 */
#include "postgres.h"

#include "kernel/errors.h"
#include "logistics/claim.h"

static void
acknowledge(Call *call, Claim *claim, const char *reference)
{
	static Statement update = STATEMENT("ilt",
		"UPDATE marketplace.carrier_claims SET state = 'acknowledged', carrier_reference = COALESCE($3, carrier_reference) "
		"WHERE marketplace_id = $1 AND id = $2");

	claim_move(&update, VALUES(value_int32(call->marketplace_id), value_int64(claim->id), value_text(reference)), claim,
			   "acknowledge", "acknowledged", NULL);
	(void) claim_tell(call, claim, "acknowledged", claim->claimed, NULL);
	claim->state = "acknowledged";
}

PG_FUNCTION_INFO_V1(carrier_claim_acknowledge);
Datum
carrier_claim_acknowledge(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 2));
		Claim	   *claim = claim_open_as_carrier(&call, call_int64(&call, 1));

		document_only(&document, "carrier_reference", NULL);
		acknowledge(&call, claim, document_text_or_null(&document, "carrier_reference"));
		call.result = claim->id;
	}
	PG_RETURN_INT64(call_end(&call));
}

static void
accept(Call *call, const Claim *claim, const Document *document, const char *answer)
{
	static Statement update = STATEMENT("ilatz",
		"UPDATE marketplace.carrier_claims SET state = 'accepted', accepted = $3, answer = $4, answered_at = $5 WHERE "
		"marketplace_id = $1 AND id = $2");
	Amount		accepted = amount_read(document, "accepted");

	if (amount_currency(accepted) != amount_currency(claim->loss))
		document_refuse(document, "accepted", "It is not in the currency of the claim.", NULL);
	if (!claim->claimed.null && amount_minor(accepted) > amount_minor(DatumGetAmount(claim->claimed.datum)))
		ereport(ERROR,
				errcode(MK_CARRIER_CLAIM),
				errmsg("the carrier accepts more than claim %lld is for", (long long) claim->id),
				errdetail("Claimed: %s, accepted: %s.", amount_to_cstring(DatumGetAmount(claim->claimed.datum)),
						  amount_to_cstring(accepted)),
				errhint("Record at most what is claimed."));
	claim_move(&update, VALUES(value_int32(call->marketplace_id), value_int64(claim->id), value_amount(accepted),
							   value_text(answer), value_timestamptz(call->now)), claim, "accept", "accepted", answer);
	(void) claim_tell(call, claim, "accepted", value_amount(accepted), answer);
}

static void
refuse(Call *call, const Claim *claim, const char *answer)
{
	static Statement update = STATEMENT("iltz",
		"UPDATE marketplace.carrier_claims SET state = 'refused', answer = $3, answered_at = $4 WHERE marketplace_id = $1 "
		"AND id = $2");

	claim_move(&update, VALUES(value_int32(call->marketplace_id), value_int64(claim->id), value_text(answer),
							   value_timestamptz(call->now)), claim, "refuse", "refused", answer);
	(void) claim_tell(call, claim, "refused", claim->claimed, answer);
}

static int64
answer_claim(Call *call, int64 claim_id, Jsonb *json)
{
	Document	document = document_root(json);
	Claim	   *claim = claim_open_as_carrier(call, claim_id);
	bool		accepts;

	document_only(&document, "accepted", "refused", "answer", "carrier_reference", NULL);
	accepts = document_has(&document, "accepted");
	if (accepts == document_has(&document, "refused"))
		document_refuse(&document, "accepted", "A claim is accepted or refused.",
						"Give the amount accepted, or the reason of the refusal.");
	/* who answers has it */
	if (strcmp(claim->state, "filed") == 0)
		acknowledge(call, claim, document_text_or_null(&document, "carrier_reference"));
	if (accepts)
		accept(call, claim, &document, document_text_or_null(&document, "answer"));
	else
		refuse(call, claim, document_text(&document, "refused"));
	return claim->id;
}

PG_FUNCTION_INFO_V1(carrier_claim_answer);
Datum
carrier_claim_answer(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = answer_claim(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

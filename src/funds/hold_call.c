/*
 * hold_call.c
 *		hold_place() and hold_lift(): holds by people. What they do is in hold_place.c and hold_lift.c.
 */
#include "postgres.h"

#include "funds/hold.h"
#include "kernel/errors.h"

static const char *const reasons[] = {
	"dispute", "kyc", "bank_account", "legal", "insolvency", "psp_request", "recon_break", "late_evidence", "manual"
};

static const char *const owners[] = {"operator", "buyer", "system"};

static const char *
read_choice(const Document *document, const char *key, const char *written, const char *const *known, int n)
{
	char	   *list = pstrdup(known[0]);

	for (int i = 0; i < n; i++)
		if (strcmp(known[i], written) == 0)
			return known[i];
	for (int i = 1; i < n; i++)
		list = psprintf("%s, %s", list, known[i]);
	document_refuse(document, key, psprintf("\"%s\" is not known here.", written), psprintf("Known are %s.", list));
}

static void
read_target(const Document *document, HoldSpec *spec)
{
	const struct
	{
		const char *key;
		int64	   *id;
	}			targets[] = {
		{"order_line_id", &spec->order_line_id}, {"seller_order_id", &spec->seller_order_id}, {"order_id", &spec->order_id},
		{"payout_id", &spec->payout_id}, {"seller_id", &spec->seller_id}
	};
	int			given = 0;

	for (int i = 0; i < lengthof(targets); i++)
	{
		if (!document_has(document, targets[i].key))
			continue;
		*targets[i].id = document_int64(document, targets[i].key);
		if (*targets[i].id <= 0)
			document_refuse(document, targets[i].key, psprintf("%lld is no number of an object.", (long long) *targets[i].id),
							"Numbers count from 1.");
		given++;
	}
	if (given != 1)
		document_refuse(document, NULL, psprintf("It names %d targets.", given),
						"Name exactly one of order_line_id, seller_order_id, order_id, payout_id and seller_id.");
}

static void
read_amount(const Document *document, HoldSpec *spec)
{
	char	   *written = document_text_or_null(document, "amount");
	ParsedAmount parsed;

	spec->quantity = document_numeric_or_null(document, "quantity");
	spec->all = document_bool_or(document, "all", written == NULL && spec->quantity == NULL &&
								 (spec->seller_id != 0 || spec->payout_id != 0));
	if ((written != NULL) + (spec->quantity != NULL) + spec->all != 1)
		document_refuse(document, NULL, "What is to be held is not said, or said twice.",
						"Give one of amount, quantity and \"all\": true.");
	if (spec->quantity != NULL && spec->order_line_id == 0)
		document_refuse(document, "quantity", "Only order lines have a quantity.", "Name an order_line_id, or give an amount.");
	if (written == NULL)
		return;
	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor <= 0)
		document_refuse(document, "amount", psprintf("\"%s\" is no amount of more than zero.", written),
						"Write it as \"480.00 EUR\".");
	spec->amount = amount_make(parsed.currency, parsed.minor);
}

static HoldSpec
read_hold(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	HoldSpec	spec = {.owner = "operator", .until = DT_NOEND};

	document_only(&document, "order_line_id", "seller_order_id", "order_id", "payout_id", "seller_id", "amount", "quantity", "all",
				  "slice", "reason", "owner", "until", "note", NULL);
	read_target(&document, &spec);
	read_amount(&document, &spec);
	spec.reason = read_choice(&document, "reason", document_text(&document, "reason"), reasons, lengthof(reasons));
	if (document_has(&document, "owner"))
		spec.owner = read_choice(&document, "owner", document_text(&document, "owner"), owners, lengthof(owners));
	if (strcmp(spec.owner, "buyer") == 0 && (spec.payout_id != 0 || spec.seller_id != 0))
		document_refuse(&document, "owner", "A payout or wallet has no buyer.", "Buyers own holds on their orders only.");
	spec.slice = document_text_or_null(&document, "slice");
	if (spec.slice != NULL && spec.payout_id != 0)
		document_refuse(&document, "slice", "A payout is a slice of its own.", "Leave it out.");
	spec.note = document_text_or_null(&document, "note");
	if (document_has(&document, "until"))
	{
		spec.until = document_timestamptz(&document, "until");
		if (spec.until <= call->now)
			document_refuse(&document, "until", "It is not in the future.", "Leave it out to hold until the hold is lifted.");
	}
	return spec;
}

/* hold_place(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(hold_place);
Datum
hold_place(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		HoldSpec	spec;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		spec = read_hold(&call, call_jsonb(&call, 1));
		call.result = hold_put(&call, &spec);
	}
	PG_RETURN_INT64(call_end(&call));
}

/* The operator, and the buyer whose hold it is. */
static void
require_owner(Call *call, int64 hold_id)
{
	static Statement read = STATEMENT("il",
		"SELECT buyer_id FROM marketplace.holds WHERE marketplace_id = $1 AND id = $2 AND owner = 'buyer'");
	Row			row;

	if (query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(hold_id)), &row))
		access_require(call, CAPACITY_OPERATOR | CAPACITY_BUYER, row_int64(&row, 0));
	else
		access_require(call, CAPACITY_OPERATOR, 0);
}

/* hold_lift(marketplace_id, hold_id, amount, reason, request_key) */
PG_FUNCTION_INFO_V1(hold_lift);
Datum
hold_lift(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		hold_id = call_int64(&call, 1);
		char	   *reason = call_text(&call, 3);
		bool		part = !call_is_null(&call, 2);
		Amount		amount = part ? call_amount(&call, 2) : 0;

		require_owner(&call, hold_id);
		hold_lift_now(&call, hold_id, part ? &amount : NULL, reason);
		call.result = hold_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

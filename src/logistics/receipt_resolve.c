/*
 * receipt_resolve.c
 *		How an objection ends by somebody's word: the buyer withdraws it (receipt_objection_withdraw()), or the operator
 *		decides it with a reason (receipt_objection_resolve()).
 *
 * What comes to nothing is accepted after all, by a receipt of its own, and its money is released; what is upheld stays
 * disputed, and the choreography gives the buyer its money back. The hold goes in the same commit.
 */
#include "postgres.h"

#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/receipt.h"
#include "orders/orders.h"

static Objection *
open_objection(Call *call, int64 objection_id, int capacities)
{
	Objection  *objection = objection_get(call, objection_id);

	access_require(call, CAPACITY_OPERATOR | capacities, objection->buyer_id);
	order_lock(call, objection->order_id);
	objection = objection_get(call, objection_id);
	if (decimal_sign(objection->open) == 0)
		ereport(ERROR,
				errcode(MK_RECEIPT),
				errmsg("objection %lld has come to its end already", (long long) objection_id),
				errdetail("Nothing of its %s is open.", decimal_to_cstring(objection->quantity)),
				errhint("See marketplace.receipt_decisions; give a request key to calls that may be repeated."));
	return objection;
}

static Numeric
read_quantity(const Document *document, const Objection *objection)
{
	Numeric		quantity;

	if (!document_has(document, "quantity"))
		return objection->open;
	quantity = document_quantity(document, "quantity");
	if (decimal_cmp(quantity, objection->open) > 0)
		ereport(ERROR,
				errcode(MK_RECEIPT),
				errmsg("not so much of objection %lld is open", (long long) objection->id),
				errdetail("Asked: %s. Open: %s of %s.", decimal_to_cstring(quantity), decimal_to_cstring(objection->open),
						  decimal_to_cstring(objection->quantity)),
				errhint("Decide at most what is open, or leave the quantity out."));
	return quantity;
}

/* The goods that are accepted must be with the buyer. */
static void
require_disputed(Call *call, const Objection *objection, Numeric quantity)
{
	OrderLine  *line = order_line_get(call, objection->order_line_id);

	if (objection->return_movement_id == 0 && decimal_cmp(quantity, line->disputed) <= 0)
		return;
	ereport(ERROR,
			errcode(MK_RECEIPT),
			errmsg("goods of objection %lld went back to the seller", (long long) objection->id),
			errdetail("Asked: %s. Of order line %lld %s are disputed; the others have been returned.",
					  decimal_to_cstring(quantity), (long long) line->id, decimal_to_cstring(line->disputed)),
			errhint("Decide what went back as settled, or upheld."));
}

/* By a receipt of its own: what releases and invoices acceptance need not know where it comes from. */
static int64
accept_after_all(Call *call, const Objection *objection, Numeric quantity)
{
	Parcel	   *parcel = parcel_get(call, objection->parcel_id);
	Receipt		receipt = {.order_id = objection->order_id, .buyer_id = objection->buyer_id, .how = "decided",
						   .received_at = call->now};
	ReceiptSlice slice = {
		.order_line_id = objection->order_line_id, .seller_order_id = parcel->seller_order_id,
		.seller_id = objection->seller_id, .parcel_id = parcel->id, .quantity = quantity, .condition = "conform",
		.objection_id = objection->id
	};

	require_disputed(call, objection, quantity);
	receipt_write(call, &receipt, list_make1(&slice));
	return receipt.id;
}

/* withdrawn, unfounded */
static void
end_for_nothing(Call *call, Objection *objection, const char *decision, Numeric quantity, const char *reason)
{
	static Statement proved = STATEMENT("ilz",
		"UPDATE marketplace.parcels SET received_at = LEAST(received_at, $3) WHERE marketplace_id = $1 AND id = $2");
	int64		receipt_id = 0;

	if (objection->delivered)
	{
		receipt_id = accept_after_all(call, objection, quantity);
		(void) logistics_execute(&proved, VALUES(value_int32(call->marketplace_id), value_int64(objection->parcel_id),
												 value_timestamptz(call->now)));
	}
	else
		content_settle(call, objection->parcel_id, objection->order_line_id, NULL, NULL,
					   decimal_sub(decimal_from_int64(0), quantity));
	objection_end(call, objection, decision, quantity, receipt_id, reason);
	receipt_refresh_due(call, parcel_get(call, objection->parcel_id));
}

static int64
withdraw_objection(Call *call, int64 objection_id, Jsonb *json)
{
	Document	document = document_root(json);
	Objection  *objection = open_objection(call, objection_id, CAPACITY_BUYER);
	Numeric		quantity;

	document_only(&document, "quantity", "reason", NULL);
	quantity = read_quantity(&document, objection);
	end_for_nothing(call, objection, "withdrawn", quantity, document_text(&document, "reason"));
	return objection_id;
}

/* receipt_objection_withdraw(marketplace_id, objection_id, document, request_key) */
PG_FUNCTION_INFO_V1(receipt_objection_withdraw);
Datum
receipt_objection_withdraw(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = withdraw_objection(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

static int64
resolve_objection(Call *call, int64 objection_id, Jsonb *json)
{
	Document	document = document_root(json);
	Objection  *objection = open_objection(call, objection_id, 0);
	char	   *decision;
	char	   *reason;
	Numeric		quantity;

	document_only(&document, "decision", "quantity", "reason", NULL);
	decision = document_text(&document, "decision");
	reason = document_text(&document, "reason");
	quantity = read_quantity(&document, objection);
	if (strcmp(decision, "unfounded") == 0)
		end_for_nothing(call, objection, decision, quantity, reason);
	else if (strcmp(decision, "upheld") == 0 || strcmp(decision, "settled") == 0)
		objection_end(call, objection, decision, quantity, 0, reason);
	else
		document_refuse(&document, "decision", psprintf("\"%.40s\" is not known.", decision),
						"It is unfounded, upheld or settled.");
	return objection_id;
}

/* receipt_objection_resolve(marketplace_id, objection_id, document, request_key) */
PG_FUNCTION_INFO_V1(receipt_objection_resolve);
Datum
receipt_objection_resolve(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = resolve_objection(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

/*
 * cancelled.c
 *		What was invoiced is not cancelled by status alone (IV-64): a cancellation may take only what no invoice charges.
 *
 * The reaction looks after the quantity has moved; its refusal undoes the whole call.
 */
#include "postgres.h"

#include "invoicing/invoicing.h"
#include "kernel/decimal.h"
#include "kernel/document.h"
#include "kernel/errors.h"
#include "orders/orders.h"

void
invoicing_on_line_cancelled(Call *call, const Event *event)
{
	static Statement charged = STATEMENT("il",
		"SELECT pg_catalog.sum(quantity) FROM marketplace.invoice_lines WHERE marketplace_id = $1 AND order_line_id = $2");
	Document	payload = document_root(event->payload);
	OrderLine  *line = order_line_get(call, document_int64(&payload, "order_line_id"));
	Row			row;

	if (!query_row(&charged, VALUES(value_int32(call->marketplace_id), value_int64(line->id)), &row) || row_null(&row, 0) ||
		decimal_cmp(row_numeric(&row, 0), decimal_sub(line->quantity, line->cancelled)) <= 0)
		return;
	ereport(ERROR,
			errcode(MK_INVOICE),
			errmsg("what was invoiced of line %d cannot be cancelled", line->position),
			errdetail("%s of %s would be cancelled and %s are invoiced.", decimal_to_cstring(line->cancelled),
					  decimal_to_cstring(line->quantity), decimal_to_cstring(row_numeric(&row, 0))),
			errhint("Cancel at most what is not invoiced yet."));
}

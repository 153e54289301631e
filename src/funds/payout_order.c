/*
 * payout_order.c
 *		What a payout run is asked for: reading its document.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/payout.h"
#include "kernel/errors.h"
#include "utils/array.h"

#define SLOT_MAX 100			/* characters */

Value
payout_int64_array(Datum *elements, int n)
{
	return value_datum(PointerGetDatum(construct_array(elements, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

Value
payout_sellers(const PayoutOrder *order)
{
	return order->nsellers == 0 ? value_null() : payout_int64_array(order->sellers, order->nsellers);
}

bool
payout_order_names(const PayoutOrder *order, int64 seller_id)
{
	for (int i = 0; i < order->nsellers; i++)
		if (DatumGetInt64(order->sellers[i]) == seller_id)
			return true;
	return false;
}

static void
read_currency(const Document *document, PayoutOrder *order)
{
	char	   *code = document_text_or_null(document, "currency");

	if (code == NULL)
		return;
	order->currency = currency_lookup(code, strlen(code));
	if (order->currency == CURRENCY_NONE)
		document_refuse(document, "currency", psprintf("\"%s\" is no currency.", code),
						"Give its ISO 4217 code, such as \"EUR\".");
}

static void
read_minimum(const Document *document, PayoutOrder *order)
{
	char	   *written = document_text_or_null(document, "minimum");
	ParsedAmount parsed;

	order->has_minimum = written != NULL;
	if (written == NULL)
		return;
	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED || parsed.minor <= 0)
		document_refuse(document, "minimum", psprintf("\"%s\" is no amount of more than zero.", written),
						"Write it as \"10.00 EUR\".");
	if (order->currency != 0 && order->currency != parsed.currency)
		document_refuse(document, "minimum", "It is not in the currency of the run.", NULL);
	order->minimum = amount_make(parsed.currency, parsed.minor);
	order->currency = parsed.currency;
}

static int64
item_int64(const Document *array, int i)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array->container, i);

	if (value == NULL || value->type != jbvNumeric || decimal_scale(value->val.numeric) > 0 ||
		decimal_sign(value->val.numeric) <= 0 ||
		decimal_cmp(value->val.numeric, decimal_from_int64(PG_INT64_MAX)) > 0)
		document_refuse(array, NULL, psprintf("Item %d is no number of a seller.", i),
						"Give the sellers' party ids, such as [1, 2].");
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}

static void
read_sellers(Call *call, const Document *document, PayoutOrder *order)
{
	Document	sellers;

	if (!document_has(document, "sellers"))
		return;
	sellers = document_array(document, "sellers");
	order->nsellers = document_length(&sellers);
	if (order->nsellers == 0)
		document_refuse(document, "sellers", "It is empty.", "Leave it out to pay all sellers.");
	order->sellers = palloc(sizeof(Datum) * order->nsellers);
	for (int i = 0; i < order->nsellers; i++)
	{
		int64		seller_id = item_int64(&sellers, i);

		(void) party_get(call, seller_id);
		order->sellers[i] = Int64GetDatum(seller_id);
	}
}

/* A key of the caller's, or the day of the schedule, whose key it is then. */
static void
read_slot(Call *call, const Document *document, PayoutOrder *order)
{
	char	   *slot = document_text_or_null(document, "slot");

	order->scheduled = document_date_or_null(document, "scheduled", &order->day);
	if (order->scheduled && slot != NULL)
		document_refuse(document, "slot", "The run of a day of the schedule has that day as its key.",
						"Leave slot or scheduled out.");
	if (order->scheduled && order->day > payout_today(call))
		document_refuse(document, "scheduled", "The day has not come yet.", "Run it on that day, or later.");
	if (order->scheduled)
		slot = psprintf("schedule %s", payout_day_text(order->day));
	if (slot != NULL && !order->scheduled && (strlen(slot) > SLOT_MAX || strncmp(slot, "schedule ", 9) == 0))
		document_refuse(document, "slot", psprintf("A key has up to %d bytes and does not begin with \"schedule\".", SLOT_MAX),
						"Name what it is the run of, such as \"2026-07 first half\".");
	order->slot = slot;
}

PayoutOrder
payout_order_read(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	PayoutOrder order = {.nsellers = 0, .sellers = NULL};

	document_only(&document, "currency", "sellers", "minimum", "slot", "scheduled", NULL);
	read_currency(&document, &order);
	read_minimum(&document, &order);
	read_sellers(call, &document, &order);
	read_slot(call, &document, &order);
	return order;
}

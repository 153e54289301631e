/*
 * incoming.c
 *		Money that has arrived in the client account by itself: recorded once, paid to the orders that it names, kept for
 *		the buyer where it is too much, in suspense where nobody knows it (FD-12, FD-P02, FD-P25).
 *
 * What happens to money in suspense later is in suspense.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/incoming_internal.h"
#include "kernel/errors.h"

static Value
id_array(const int64 *ids, int n)
{
	Datum	   *values = palloc(sizeof(Datum) * Max(n, 1));

	for (int i = 0; i < n; i++)
		values[i] = Int64GetDatum(ids[i]);
	return value_datum(PointerGetDatum(construct_array(values, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

/* buyer_id 0: not known; note NULL: none. Returns the id of the event. */
int64
money_tell(Call *call, const char *type, int64 money_receipt_id, Amount amount, int64 buyer_id, const char *note)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "money_receipt_id", money_receipt_id);
	payload_amount(&payload, "amount", amount);
	if (buyer_id != 0)
		payload_int64(&payload, "buyer_id", buyer_id);
	if (note != NULL)
		payload_text(&payload, "note", note);
	return event_emit(call, "money_receipt", money_receipt_id, type, &payload);
}

void
lock_orders_of_matches(Call *call, const Match *matches, int n)
{
	static Statement all = STATEMENT("iL",
		"SELECT o.order_id FROM marketplace.payment_orders o"
		" WHERE o.marketplace_id = $1 AND o.payment_id IN (SELECT p.payment_id FROM marketplace.payment_orders p"
		"                                                    WHERE p.marketplace_id = $1 AND p.order_id = ANY ($2))"
		" UNION SELECT pg_catalog.unnest($2) ORDER BY 1");
	int			count = 0;
	int64	   *ids;
	Rows		rows;

	for (int i = 0; i < n; i++)
		count += matches[i].order_count;
	if (count == 0)
		return;
	ids = palloc(sizeof(int64) * count);
	count = 0;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < matches[i].order_count; j++)
			ids[count++] = matches[i].order_ids[j];
	rows = query_rows(&all, VALUES(value_int32(call->marketplace_id), id_array(ids, count)));
	for (uint64 i = 0; i < rows.count; i++)
		order_lock(call, row_int64(&rows.rows[i], 0));
}

/* As much as the payment and its orders take; returns what is left. */
static Amount
pay(Call *call, const Match *match, int64 payment_id, Amount left, bool from_suspense)
{
	Payment		payment = payment_lock(call, payment_id);
	Amount		most;

	payment.from_suspense = from_suspense;
	payment.money_receipt_id = match->money_receipt_id;
	if (payment.closed || payment.expires_at <= call->now || amount_currency(payment.authorised) != amount_currency(left))
		return left;
	most = capture_most(call, &payment);
	if (amount_minor(most) > amount_minor(left))
		most = left;
	if (amount_minor(most) > 0)
		capture_payment(call, &payment, most, NULL);
	return amount_sub(left, most);
}

/* Without a payment that was expected: one is recorded with what comes, shared by what the orders lack. */
static Amount
pay_without(Call *call, const Match *match, Amount left, bool from_suspense)
{
	NewPayment	new = {.payer_id = match->buyer_id, .method = "transfer", .expires_at = DT_NOEND};
	int64	   *lacks = palloc0(sizeof(int64) * match->order_count);
	int64	   *shares = palloc0(sizeof(int64) * match->order_count);
	int64		lacking = 0;
	int64		paid;

	for (int i = 0; i < match->order_count; i++)
	{
		int64		buyer_id;
		CurrencyCode currency;

		order_get(call, match->order_ids[i], &buyer_id, &currency);
		if (currency == amount_currency(left))
			lacking += lacks[i] = order_lacking(call, match->order_ids[i]);
	}
	paid = Min(lacking, amount_minor(left));
	if (paid == 0)
		return left;
	allocate_minor(paid, lacks, match->order_count, shares);
	new.amount = amount_of(amount_currency(left), paid);
	new.orders = palloc(sizeof(PaymentOrder) * match->order_count);
	for (int i = 0; i < match->order_count; i++)
		if (shares[i] > 0)
			new.orders[new.order_count++] = (PaymentOrder) {.order_id = match->order_ids[i],
															.amount = amount_of(amount_currency(left), shares[i])};
	return pay(call, match, payment_add(call, &new), left, from_suspense);
}

/* Transfers that were expected first, oldest first. */
Amount
pay_orders(Call *call, const Match *match, Amount amount, bool from_suspense)
{
	static Statement expected = STATEMENT("iL",
		"SELECT p.id FROM marketplace.payments p"
		" WHERE p.marketplace_id = $1 AND p.method = 'transfer' AND p.state IN ('expected', 'captured') AND p.captured < p.authorised"
		"   AND p.id IN (SELECT o.payment_id FROM marketplace.payment_orders o WHERE o.marketplace_id = $1 AND o.order_id = ANY ($2))"
		" ORDER BY p.id");
	Rows		rows;

	if (match->order_count == 0)
		return amount;
	rows = query_rows(&expected, VALUES(value_int32(call->marketplace_id), id_array(match->order_ids, match->order_count)));
	for (uint64 i = 0; i < rows.count && amount_minor(amount) > 0; i++)
		amount = pay(call, match, row_int64(&rows.rows[i], 0), amount, from_suspense);
	if (amount_minor(amount) > 0)
		amount = pay_without(call, match, amount, from_suspense);
	return amount;
}

/* The receipt with this external id, if there is one; 0: none. */
static int64
known_receipt(Call *call, const IncomingMoney *money)
{
	static Statement find = STATEMENT("it",
		"SELECT id, amount FROM marketplace.money_receipts WHERE marketplace_id = $1 AND external_id = $2");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_text(money->external_id)), &row))
		return 0;
	if (amount_cmp(row_amount(&row, 1), money->amount) != 0)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("\"%s\" is known with another amount", money->external_id),
				errdetail("It came in as %s; now told as %s.", amount_to_cstring(row_amount(&row, 1)), amount_to_cstring(money->amount)),
				errhint("Every receipt of money has a name of its own; find out which of the two reports is right."));
	return row_int64(&row, 0);
}

/* Returns 0 when another transaction has recorded it meanwhile. */
static int64
add_receipt(Call *call, const IncomingMoney *money, const Match *match)
{
	static Statement insert = STATEMENT("ittadtttttlaaz",
		"INSERT INTO marketplace.money_receipts (marketplace_id, external_id, source, amount, value_date, payer_name, payer_iban, virtual_iban,"
		" reference, state, note, buyer_id, to_orders, to_wallet, received_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $11 IS NULL THEN 'suspense' ELSE 'allocated' END, $10, $11, $12, $13, $14)"
		" ON CONFLICT (marketplace_id, external_id) DO NOTHING RETURNING id");
	Amount		zero = amount_zero(amount_currency(money->amount));
	bool		known = match->buyer_id != 0;
	bool		added;
	Row			row;

	guard_open("funds");
	added = query_row(&insert, VALUES(value_int32(call->marketplace_id), value_text(money->external_id), value_text(money->source),
									  value_amount(money->amount), value_date(money->value_date), value_text(money->payer_name),
									  value_text(money->payer_iban), value_text(money->virtual_iban), value_text(money->reference),
									  value_text(match->note), value_id(match->buyer_id),
									  value_amount(known ? money->amount : zero), value_amount(zero), value_timestamptz(call->now)), &row);
	guard_close();
	return added ? row_int64(&row, 0) : 0;
}

static void
keep_for_buyer(Call *call, int64 money_receipt_id, int64 buyer_id, Amount left, int64 cause)
{
	static Statement split = STATEMENT("ila",
		"UPDATE marketplace.money_receipts SET to_orders = amount - $3, to_wallet = $3 WHERE marketplace_id = $1 AND id = $2");

	funds_write(&split, VALUES(value_int32(call->marketplace_id), value_int64(money_receipt_id), value_amount(left)));
	ledger_move(call, psp_account(C_CASH, marketplace_get(call)), (Account) {C_BUYER, buyer_id, 0, 0}, left, "wallet", cause);
}

int64
money_take_in(Call *call, const IncomingMoney *money, const Match *match)
{
	Account		cash = psp_account(C_CASH, marketplace_get(call));
	int64		id = known_receipt(call, money);
	int64		cause;

	if (id == 0)
		id = add_receipt(call, money, match);
	else
		return id;
	if (id == 0)
		return known_receipt(call, money);
	cause = money_tell(call, match->buyer_id == 0 ? "money.unidentified" : "money.received", id, money->amount, match->buyer_id, match->note);
	if (match->buyer_id == 0)
		ledger_move(call, cash, own_account(C_SUSPENSE), money->amount, "unidentified", cause);
	else
	{
		Match		recorded = *match;
		Amount		left;

		recorded.money_receipt_id = id;
		left = pay_orders(call, &recorded, money->amount, false);
		if (amount_minor(left) > 0)
			keep_for_buyer(call, id, match->buyer_id, left, cause);
	}
	return id;
}

void
funds_take_in(Call *call, const IncomingMoney *money, int n, int64 *ids)
{
	Match	   *matches = palloc(sizeof(Match) * Max(n, 1));

	for (int i = 0; i < n; i++)
		matches[i] = incoming_match(call, &money[i]);
	lock_orders_of_matches(call, matches, n);
	for (int i = 0; i < n; i++)
		ids[i] = money_take_in(call, &money[i], &matches[i]);
}

/* funds_receive(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(funds_receive);
Datum
funds_receive(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 1));
		IncomingMoney money = {0};

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		document_only(&document, "external_id", "source", "amount", "value_date", "payer_name", "payer_iban", "virtual_iban", "reference", NULL);
		money.external_id = document_text(&document, "external_id");
		money.source = document_text(&document, "source");
		money.amount = document_positive_amount(&document, "amount");
		money.value_date = document_date(&document, "value_date");
		money.payer_name = document_text_or_null(&document, "payer_name");
		money.payer_iban = document_text_or_null(&document, "payer_iban");
		money.virtual_iban = document_text_or_null(&document, "virtual_iban");
		money.reference = document_text_or_null(&document, "reference");
		funds_take_in(&call, &money, 1, &call.result);
	}
	PG_RETURN_INT64(call_end(&call));
}

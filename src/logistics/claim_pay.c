/*
 * claim_pay.c
 *		A carrier pays for claims: its money goes to whoever bore the loss, in proportion, and each cent of it to somebody
 *		(FD-P27, LG §8). One transfer may pay several claims.
 *
 * Who bore a loss: the platform what it gave back as goodwill, the seller what was given back at its cost, and for the rest
 * who held the risk. The goods' gross price is the measure of it, the carrier owes without VAT.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/funds.h"
#include "kernel/errors.h"
#include "logistics/claim.h"
#include "orders/orders.h"
#include "utils/array.h"

/* In the order of FundsBearer. */
static const char *const bearers[] = {"seller", "buyer", "platform"};

typedef struct PaidClaim
{
	Claim	   *claim;
	Amount		amount;
	Amount		borne[lengthof(bearers)];
	Amount		shares[lengthof(bearers)];
} PaidClaim;

/* The gross price of a line's goods in the claim. */
static Amount
goods_price(Call *call, int64 order_line_id, Numeric quantity)
{
	OrderLine  *line = order_line_get(call, order_line_id);

	if (decimal_cmp(quantity, line->quantity) >= 0)
		return line->escrow_gross;
	return amount_share_cumulative(line->escrow_gross, quantity, line->quantity,
								   amount_zero(amount_currency(line->escrow_gross)));
}

/* What of the loss each bore, by the prices of the goods; it adds up to the loss. */
static void
find_bearers(Call *call, PaidClaim *paid)
{
	static Statement lines = STATEMENT("il",
		"SELECT order_line_id, pg_catalog.sum(quantity) FROM marketplace.carrier_claim_items WHERE marketplace_id = $1 AND "
		"claim_id = $2 GROUP BY order_line_id ORDER BY order_line_id");
	const Claim *claim = paid->claim;
	Rows		rows = query_rows(&lines, VALUES(value_int32(call->marketplace_id), value_int64(claim->id)));
	int			holder = strcmp(claim->borne_by, "buyer") == 0 ? FUNDS_BORNE_BY_BUYER : FUNDS_BORNE_BY_SELLER;
	int64		sums[lengthof(bearers)] = {0};
	Numeric		weights[lengthof(bearers)];

	for (uint64 i = 0; i < rows.count; i++)
	{
		int64		line_id = row_int64(&rows.rows[i], 0);
		Amount		by_seller = amount_zero(amount_currency(claim->loss));
		Amount		by_platform = by_seller;
		int64		left = amount_minor(goods_price(call, line_id, row_numeric(&rows.rows[i], 1)));
		int64		share;

		funds_line_made_good(call, claim->order_id, line_id, &by_seller, &by_platform);
		share = Min(amount_minor(by_platform), left);
		sums[FUNDS_BORNE_BY_PLATFORM] += share;
		left -= share;
		share = Min(amount_minor(by_seller), left);
		sums[FUNDS_BORNE_BY_SELLER] += share;
		sums[holder] += left - share;
	}
	if (sums[0] + sums[1] + sums[2] == 0)
		sums[holder] = 1;
	for (int i = 0; i < lengthof(bearers); i++)
		weights[i] = decimal_from_int64(sums[i]);
	allocate_amounts(claim->loss, weights, lengthof(bearers), paid->borne);
	allocate_amounts(paid->amount, weights, lengthof(bearers), paid->shares);
}

/*
 * ---- the document ----
 */

static void
read_paid(Call *call, const Document *item, PaidClaim *paid)
{
	document_only(item, "claim_id", "amount", NULL);
	paid->claim = claim_open_as_claimant(call, document_int64(item, "claim_id"));
	if (strcmp(paid->claim->state, "accepted") != 0)
		ereport(ERROR,
				errcode(MK_CARRIER_CLAIM),
				errmsg("claim %lld is not one that the carrier has accepted", (long long) paid->claim->id),
				errdetail("It is %s.", paid->claim->state),
				errhint("Record what the carrier says to it first: marketplace.carrier_claim_answer()."));
	paid->amount = DatumGetAmount(paid->claim->accepted.datum);
	if (document_has(item, "amount"))
	{
		Amount		amount = amount_read(item, "amount");

		if (amount_currency(amount) != amount_currency(paid->amount) || amount_minor(amount) > amount_minor(paid->amount))
			document_refuse(item, "amount", psprintf("The carrier has accepted %s.", amount_to_cstring(paid->amount)),
							"Give at most that; what is paid ends the claim.");
		paid->amount = amount;
	}
	find_bearers(call, paid);
}

static int
compare_claims(const void *a, const void *b)
{
	const PaidClaim *x = a;
	const PaidClaim *y = b;

	return x->claim->id < y->claim->id ? -1 : x->claim->id > y->claim->id;
}

/* Orders in ascending order, before anything is looked at. */
static void
lock_orders(Call *call, const Document *claims)
{
	static Statement order_of = STATEMENT("iL",
		"SELECT DISTINCT order_id FROM marketplace.carrier_claims WHERE marketplace_id = $1 AND id = ANY ($2) ORDER BY 1");
	int			n = document_length(claims);
	Datum	   *ids = palloc(n * sizeof(Datum));
	Rows		rows;

	for (int i = 0; i < n; i++)
	{
		Document	item = document_item(claims, i);

		ids[i] = Int64GetDatum(document_int64(&item, "claim_id"));
	}
	rows = query_rows(&order_of, VALUES(value_int32(call->marketplace_id), value_datum(PointerGetDatum(
		construct_array(ids, n, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)))));
	for (uint64 i = 0; i < rows.count; i++)
		order_lock(call, row_int64(&rows.rows[i], 0));
}

/*
 * ---- what is written ----
 */

static int64
close_claim(Call *call, const PaidClaim *paid)
{
	static Statement update = STATEMENT("ilaz",
		"UPDATE marketplace.carrier_claims SET state = 'paid', recovered = $3, closed_at = $4 WHERE marketplace_id = $1 AND "
		"id = $2");

	claim_move(&update, VALUES(value_int32(call->marketplace_id), value_int64(paid->claim->id),
							   value_amount(paid->amount), value_timestamptz(call->now)), paid->claim, "pay", "paid", NULL);
	return claim_tell(call, paid->claim, "paid", value_amount(paid->amount), NULL);
}

static void
record_share(Call *call, const PaidClaim *paid, int bearer, int position, int64 money_receipt_id, const char *reference)
{
	static Statement insert = STATEMENT("ililltaaltz",
		"INSERT INTO marketplace.carrier_recoveries (marketplace_id, claim_id, position, seller_id, buyer_id, bearer, borne, "
		"amount, money_receipt_id, reference, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");

	(void) logistics_execute(&insert, VALUES(value_int32(call->marketplace_id), value_int64(paid->claim->id),
											 value_int32(position), value_int64(paid->claim->seller_id),
											 value_int64(paid->claim->buyer_id), value_text(bearers[bearer]),
											 value_amount(paid->borne[bearer]), value_amount(paid->shares[bearer]),
											 value_id(money_receipt_id), value_text(reference),
											 value_timestamptz(call->now)));
}

/* Paid to the claimant itself: right only when nobody else bore anything of it. */
static void
require_own_loss(const PaidClaim *paid, const Document *document)
{
	for (int i = 0; i < lengthof(bearers); i++)
		if (amount_minor(paid->borne[i]) > 0 &&
			strcmp(bearers[i], strcmp(paid->claim->claimant, "operator") == 0 ? "platform" : paid->claim->claimant) != 0)
			document_refuse(document, "reference",
							psprintf("Of the loss of claim %lld the %s bears %s, and the %s was paid.",
									 (long long) paid->claim->id, bearers[i], amount_to_cstring(paid->borne[i]),
									 paid->claim->claimant),
							"Have the carrier pay into the client account, and name the money_receipt_id.");
}

static int64
pay_claims(Call *call, Jsonb *json)
{
	Document	document = document_root(json);
	Document	claims = document_array(&document, "claims");
	int			n = document_length(&claims);
	int64		money_receipt_id = document_int64_or(&document, "money_receipt_id", 0);
	char	   *reference = document_text_or_null(&document, "reference");
	PaidClaim  *paid = palloc0(Max(n, 1) * sizeof(PaidClaim));
	FundsRecovery *recoveries = palloc(Max(n, 1) * lengthof(bearers) * sizeof(FundsRecovery));
	int			count = 0;

	document_only(&document, "money_receipt_id", "reference", "claims", NULL);
	if (n == 0)
		document_refuse(&document, "claims", "It is empty.", "Say which claims the carrier pays.");
	if ((money_receipt_id == 0) == (reference == NULL))
		document_refuse(&document, "money_receipt_id", "Either money came in, or the claimant was paid itself.",
						"Give money_receipt_id (view money_receipt_overview), or the reference of the payment.");
	if (money_receipt_id != 0)
		access_require(call, CAPACITY_OPERATOR, 0);
	else
		access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER);
	lock_orders(call, &claims);
	for (int i = 0; i < n; i++)
	{
		Document	item = document_item(&claims, i);

		read_paid(call, &item, &paid[i]);
		if (reference != NULL)
			require_own_loss(&paid[i], &document);
	}
	qsort(paid, n, sizeof(PaidClaim), compare_claims);
	for (int i = 0; i < n; i++)
	{
		int64		cause;
		int			position = 0;

		if (i > 0 && paid[i].claim->id == paid[i - 1].claim->id)
			document_refuse(&document, "claims", psprintf("Claim %lld is named twice.", (long long) paid[i].claim->id),
							"Name each claim once.");
		cause = close_claim(call, &paid[i]);
		for (int b = 0; b < lengthof(bearers); b++)
		{
			if (amount_minor(paid[i].borne[b]) == 0)
				continue;
			record_share(call, &paid[i], b, ++position, money_receipt_id, reference);
			recoveries[count++] = (FundsRecovery) {b, b == FUNDS_BORNE_BY_SELLER ? paid[i].claim->seller_id :
				b == FUNDS_BORNE_BY_BUYER ? paid[i].claim->buyer_id : 0, paid[i].shares[b], cause};
		}
	}
	if (money_receipt_id != 0)
		funds_recover(call, money_receipt_id, recoveries, count);
	return paid[0].claim->id;
}

PG_FUNCTION_INFO_V1(carrier_claim_pay);
Datum
carrier_claim_pay(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require_any(&call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER | CAPACITY_CARRIER);
		call.result = pay_claims(&call, call_jsonb(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}

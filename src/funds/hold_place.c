/*
 * hold_place.c
 *		Placing holds: hold_put() for other pieces and areas, hold_place() for people (FD-38). What a hold is placed for is turned into parts, a
 *		line or a wallet each; how parts count is in hold.c, what becomes of payouts in hold_payout.c.
 */
#include "postgres.h"

#include "funds/hold.h"
#include "kernel/errors.h"

/* A hold that is being placed. */
typedef struct NewHold
{
	const HoldSpec *spec;
	const char *target;
	const char *slice;
	int64		order_id;		/* 0: a wallet or payout */
	int64		seller_order_id;
	int64		order_line_id;
	int64		seller_id;		/* 0: several */
	int64		buyer_id;
	bool		all;
	Amount		amount;			/* unless all */
	OrderLines	lines;			/* the lines that are held */
	bool		opens;			/* counts from now on */
} NewHold;

static NewHold
target_seller(Call *call, const HoldSpec *spec)
{
	(void) party_get(call, spec->seller_id);
	if (!party_has_capacity(call, spec->seller_id, "seller"))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("party %lld is no seller", (long long) spec->seller_id),
				errdetail("Only sellers have a wallet that can be held."),
				errhint("To hold a buyer's money name the order, seller order or order line."));
	if (!spec->all)
		require_positive(call, spec->amount, amount_currency(spec->amount), "amount");
	return (NewHold) {.spec = spec, .target = "seller", .slice = spec->slice, .seller_id = spec->seller_id,
					  .all = spec->all, .amount = spec->amount, .opens = true};
}

/* What of a payout is held: the money is in it; the hold counts once it is back in the wallet. */
static NewHold
target_payout(Call *call, const HoldSpec *spec)
{
	static Statement read = STATEMENT("il",
		"SELECT seller_id, amount, state FROM marketplace.payouts WHERE marketplace_id = $1 AND id = $2");
	Row			row;
	Amount		whole;

	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(spec->payout_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no payout %lld", call->marketplace_id, (long long) spec->payout_id),
				errhint("The view marketplace.payout_overview lists the payouts."));
	whole = row_amount(&row, 1);
	if (strcmp(row_text(&row, 2), "planned") != 0 && strcmp(row_text(&row, 2), "approved") != 0 && strcmp(row_text(&row, 2), "sent") != 0 &&
		strcmp(row_text(&row, 2), "accepted") != 0 && strcmp(row_text(&row, 2), "unknown") != 0)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("payout %lld is over: nothing of it can be held", (long long) spec->payout_id),
				errdetail("It is %s.", row_text(&row, 2)),
				errhint("Hold the seller's wallet or the order lines instead."));
	if (!spec->all && amount_currency(spec->amount) == amount_currency(whole) && amount_minor(spec->amount) > amount_minor(whole))
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("more is to be held than payout %lld pays", (long long) spec->payout_id),
				errdetail("To be held %s, payout %s.", amount_to_cstring(spec->amount), amount_to_cstring(whole)),
				errhint("Hold at most its amount, or hold the seller's wallet."));
	return (NewHold) {.spec = spec, .target = "payout", .slice = psprintf("payout:%lld", (long long) spec->payout_id),
					  .seller_id = row_int64(&row, 0),
					  .amount = spec->all ? whole : require_positive(call, spec->amount, amount_currency(whole), "amount")};
}

/*
 * A quantity's share of what the line is worth, cumulated over the quantities that other slices hold, so that holding piece by piece holds
 * exactly the whole (RD-9, RD-10).
 */
static Amount
amount_of_quantity(Call *call, const OrderLine *line, HoldSpec *spec)
{
	static Statement read = STATEMENT("ilta",
		"SELECT COALESCE(pg_catalog.sum(s.quantity), 0), COALESCE(marketplace.sum(s.amount), $4)"
		"  FROM (SELECT DISTINCT ON (h.slice) h.quantity, h.amount"
		"          FROM marketplace.holds h"
		"          JOIN marketplace.hold_parts p ON p.marketplace_id = $1 AND p.hold_id = h.id AND p.open"
		"         WHERE h.marketplace_id = $1 AND p.order_line_id = $2 AND h.quantity IS NOT NULL AND h.slice <> $3"
		"         ORDER BY h.slice, h.quantity DESC, h.id) s");
	Row			row;
	Numeric		others;
	Numeric		cumulated;
	Numeric		quantity = spec->quantity;

	if (!decimal_is_finite(quantity) || decimal_sign(quantity) <= 0)
		ereport(ERROR,
				errcode(MK_QUANTITY),
				errmsg("a quantity of more than zero is held"),
				errdetail("It is %s.", decimal_to_cstring(quantity)),
				errhint("Give the quantity whose share of the money is to be held."));
	if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(line->id), value_text(spec->slice),
								 value_amount(amount_zero(amount_currency(line->escrow_gross)))), &row))
		elog(ERROR, "a sum has no row");
	others = row_numeric(&row, 0);
	if (spec->at_most)
		quantity = spec->quantity = decimal_min(quantity, decimal_sub(line_active(line), others));
	if (spec->at_most && decimal_sign(quantity) <= 0)
		return amount_zero(amount_currency(line->escrow_gross));
	cumulated = decimal_add(others, quantity);
	if (decimal_cmp(cumulated, line_active(line)) > 0)
		ereport(ERROR,
				errcode(MK_QUANTITY),
				errmsg("more of line %d is to be held than there is", line->position),
				errdetail("To be held %s, held by other slices %s, of %s.", decimal_to_cstring(quantity), decimal_to_cstring(others),
						  decimal_to_cstring(line_active(line))),
				errhint("For goods that another hold is on already, name its slice: the larger hold counts."));
	return amount_share_cumulative(line->escrow_gross, cumulated, line->quantity, row_amount(&row, 1));
}

/* Part of an order; the order is locked from here on. */
static NewHold
target_order(Call *call, HoldSpec *spec)
{
	NewHold		hold = {.spec = spec, .slice = spec->slice, .order_id = spec->order_id, .seller_order_id = spec->seller_order_id,
						.order_line_id = spec->order_line_id, .all = spec->all, .amount = spec->amount, .opens = true};
	CurrencyCode currency;
	OrderLines	all;

	hold.target = spec->order_line_id != 0 ? "order_line" : spec->seller_order_id != 0 ? "seller_order" : "order";
	if (spec->order_line_id != 0)
	{
		OrderLine  *line = order_line_get(call, spec->order_line_id);

		hold.order_id = line->order_id;
		hold.seller_order_id = line->seller_order_id;
	}
	else if (spec->seller_order_id != 0)
		(void) seller_order_seller(call, spec->seller_order_id, &hold.order_id);
	order_get(call, hold.order_id, &hold.buyer_id, &currency);
	order_lock(call, hold.order_id);
	if (!spec->all && spec->quantity == NULL)
		require_positive(call, spec->amount, currency, "amount");

	all = order_lines(call, hold.order_id);
	hold.lines.lines = palloc(sizeof(OrderLine) * Max(all.count, 1));
	hold.lines.count = 0;
	for (int i = 0; i < all.count; i++)
		if ((hold.order_line_id == 0 || all.lines[i].id == hold.order_line_id) &&
			(hold.seller_order_id == 0 || all.lines[i].seller_order_id == hold.seller_order_id))
			hold.lines.lines[hold.lines.count++] = all.lines[i];
	if (spec->quantity != NULL)
		hold.amount = amount_of_quantity(call, &hold.lines.lines[0], spec);
	hold.seller_id = hold.lines.lines[0].seller_id;
	for (int i = 1; i < hold.lines.count; i++)
		if (hold.lines.lines[i].seller_id != hold.seller_id)
			hold.seller_id = 0;
	return hold;
}

/* What the lines have on the platform, not paid out; where nothing was captured yet, what they are worth. */
static void
weigh_lines(Call *call, const NewHold *hold, int64 *weights)
{
	static Statement read = STATEMENT("ill",
		"SELECT COALESCE(pg_catalog.sum(marketplace.minor_units(a.balance)), 0)::pg_catalog.int8"
		"  FROM marketplace.accounts a"
		" WHERE a.marketplace_id = $1 AND a.party_id = $2 AND a.order_line_id = $3"
		"   AND a.kind IN ('c_escrow', 'c_seller_pending', 'c_reserve', 'c_seller', 'c_payout_clearing')");
	int64		sum = 0;

	for (int i = 0; i < hold->lines.count; i++)
	{
		weights[i] = DatumGetInt64(query_datum(&read, VALUES(value_int32(call->marketplace_id),
															 value_int64(hold->lines.lines[i].seller_id),
															 value_int64(hold->lines.lines[i].id))));
		sum += weights[i];
	}
	for (int i = 0; i < hold->lines.count && sum == 0; i++)
		weights[i] = amount_minor(line_due(&hold->lines.lines[i]));
}

static bool
is_worthless(Call *call, const NewHold *hold)
{
	int64	   *weights = palloc(sizeof(int64) * Max(hold->lines.count, 1));
	int64		sum = 0;

	weigh_lines(call, hold, weights);
	for (int i = 0; i < hold->lines.count; i++)
		sum += weights[i];
	return sum == 0;
}

static void
refuse_worthless(const NewHold *hold)
{
	ereport(ERROR,
			errcode(MK_ORDER_STATE),
			errmsg("there is nothing in the %s that an amount could be held of", strcmp(hold->target, "order_line") == 0 ? "order line" :
				   strcmp(hold->target, "order") == 0 ? "order" : "seller order"),
			errdetail("Its lines are worth nothing: they are cancelled or free of charge."),
			errhint("Hold all of it, or the seller's wallet."));
}

static void
add_part(Call *call, const NewHold *hold, int64 hold_id, int position, const OrderLine *line, bool all, Amount amount)
{
	static Statement insert = STATEMENT("ililllltaabz",
		"INSERT INTO marketplace.hold_parts (marketplace_id, hold_id, position, order_id, order_line_id, payout_id, seller_id, slice,"
		" amount, lifted, open, opened_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
	Value		none = value_null();

	funds_write(&insert, VALUES(value_int32(call->marketplace_id), value_int64(hold_id), value_int32(position),
								line == NULL ? none : value_int64(line->order_id), line == NULL ? none : value_int64(line->id),
								value_id(hold->spec->payout_id), value_int64(line == NULL ? hold->seller_id : line->seller_id),
								value_text(hold->slice), all ? none : value_amount(amount),
								all ? none : value_amount(amount_zero(amount_currency(amount))), value_bool(hold->opens),
								hold->opens ? value_timestamptz(call->now) : none));
}

static void
add_parts(Call *call, const NewHold *hold, int64 hold_id)
{
	int			n = hold->lines.count;
	int64	   *weights = palloc(sizeof(int64) * Max(n, 1));
	int64	   *shares = palloc0(sizeof(int64) * Max(n, 1));
	int			position = 1;
	int64		sum = 0;

	if (hold->order_id == 0)
	{
		add_part(call, hold, hold_id, 1, NULL, hold->all, hold->amount);
		return;
	}
	if (!hold->all)
	{
		weigh_lines(call, hold, weights);
		for (int i = 0; i < n; i++)
			sum += weights[i];
		if (sum == 0)
			refuse_worthless(hold);
		allocate_minor(amount_minor(hold->amount), weights, n, shares);
	}
	for (int i = 0; i < n; i++)
		if (hold->all)
			add_part(call, hold, hold_id, position++, &hold->lines.lines[i], true, hold->amount);
		else if (shares[i] > 0)
			add_part(call, hold, hold_id, position++, &hold->lines.lines[i], false,
					 amount_of(amount_currency(hold->amount), shares[i]));
}

/* FD-41: the lock that payout runs take too; changed, so that a snapshot that is older than the hold is no use for paying out. */
static void
lock_wallets(Call *call, const NewHold *hold)
{
	static Statement count = STATEMENT("il",
		"UPDATE marketplace.wallet_locks SET holds = holds + 1 WHERE marketplace_id = $1 AND seller_id = $2");
	int			n = hold->order_id == 0 ? 1 : hold->lines.count;
	int64	   *sellers = palloc(sizeof(int64) * n);

	for (int i = 0; i < n; i++)
		sellers[i] = hold->order_id == 0 ? hold->seller_id : hold->lines.lines[i].seller_id;
	wallet_lock(call, sellers, n);
	for (int i = 0; i < n; i++)
	{
		bool		first = true;

		for (int j = 0; j < i && first; j++)
			first = sellers[j] != sellers[i];
		if (first)
			funds_write(&count, VALUES(value_int32(call->marketplace_id), value_int64(sellers[i])));
	}
}

static int64
add_hold(Call *call, const NewHold *hold)
{
	static Statement insert = STATEMENT("itlllllltanatttzztl",
		"INSERT INTO marketplace.holds (marketplace_id, target, order_id, seller_order_id, order_line_id, payout_id, seller_id, buyer_id,"
		" slice, amount, quantity, lifted, reason, owner, note, state, held_from, held_until, placed_by, cause)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'active', $16, $17, $18, $19) RETURNING id");
	const HoldSpec *spec = hold->spec;
	bool		ends = spec->until != 0 && spec->until != DT_NOEND;

	return funds_add(&insert,
					 VALUES(value_int32(call->marketplace_id), value_text(hold->target), value_id(hold->order_id),
							value_id(hold->seller_order_id), value_id(hold->order_line_id), value_id(spec->payout_id),
							value_id(hold->seller_id), value_id(hold->buyer_id), value_text(hold->slice),
							hold->all ? value_null() : value_amount(hold->amount), value_numeric(spec->quantity),
							hold->all ? value_null() : value_amount(amount_zero(amount_currency(hold->amount))),
							value_text(spec->reason), value_text(spec->owner == NULL ? "system" : spec->owner), value_text(spec->note),
							value_timestamptz(call->now), ends ? value_timestamptz(spec->until) : value_null(),
							value_text(call_actor()), value_id(spec->cause)));
}

static void
tell_placed(Call *call, const NewHold *hold, int64 hold_id)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "hold_id", hold_id);
	payload_text(&payload, "target", hold->target);
	if (hold->order_id != 0)
		payload_int64(&payload, "order_id", hold->order_id);
	if (hold->seller_order_id != 0)
		payload_int64(&payload, "seller_order_id", hold->seller_order_id);
	if (hold->order_line_id != 0)
		payload_int64(&payload, "order_line_id", hold->order_line_id);
	if (hold->spec->payout_id != 0)
		payload_int64(&payload, "payout_id", hold->spec->payout_id);
	if (hold->seller_id != 0)
		payload_int64(&payload, "seller_id", hold->seller_id);
	payload_text(&payload, "slice", hold->slice);
	payload_text(&payload, "amount", hold->all ? NULL : amount_to_cstring(hold->amount));
	payload_text(&payload, "reason", hold->spec->reason);
	event_emit(call, hold->order_id != 0 ? "order" : "hold", hold->order_id != 0 ? hold->order_id : hold_id, "hold.placed", &payload);
}

int64
hold_put(Call *call, const HoldSpec *given)
{
	HoldSpec	spec = *given;
	NewHold		hold;
	int64		hold_id;

	if (spec.slice == NULL)
		spec.slice = "whole";
	if (spec.payout_id != 0)
		hold = target_payout(call, &spec);
	else if (spec.seller_id != 0)
		hold = target_seller(call, &spec);
	else
		hold = target_order(call, &spec);
	if (spec.at_most && (amount_minor(hold.amount) == 0 || is_worthless(call, &hold)))
		return 0;

	lock_wallets(call, &hold);
	hold_id = add_hold(call, &hold);
	add_parts(call, &hold, hold_id);
	tell_placed(call, &hold, hold_id);
	hold_reach_payouts(call, hold_id);
	return hold_id;
}

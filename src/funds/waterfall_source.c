/*
 * waterfall_source.c
 *		What a seller has, wherever it lies, and what the platform advances for it: the sources of a refund whose money was
 *		released. In which order they are used is policy fd.waterfall.
 *
 * Cents of other lines are used when those of the line itself are gone; their movement names both lines (SETTLED 1). What
 * matures or is in reserve is taken of the order's own lines only, since whoever takes it has their order locked. What is
 * held for another case is not taken (CX-44).
 */
#include "postgres.h"

#include "funds/hold.h"
#include "funds/waterfall.h"
#include "kernel/errors.h"
#include "kernel/instruction.h"
#include "kernel/policy.h"

static void
refuse_order(const char *detail)
{
	ereport(ERROR,
			errcode(MK_POLICY),
			errmsg("policy fd.waterfall is no list of sources"),
			errdetail("%s", detail),
			errhint("Known are commission, seller_available, seller_pending, payout_planned, seller_reserve and platform_advance, each at most once."));
}

static StepKind
source_by_name(const char *name)
{
	static const StepKind sources[] = {
		STEP_COMMISSION, STEP_SELLER_AVAILABLE, STEP_SELLER_PENDING, STEP_PAYOUT_PLANNED, STEP_SELLER_RESERVE, STEP_PLATFORM_ADVANCE
	};

	for (int i = 0; i < lengthof(sources); i++)
		if (strcmp(step_name(sources[i]), name) == 0)
			return sources[i];
	return STEP_KINDS;
}

static void
read_order(Call *call, const PolicyScope *scope, SellerSources *sources)
{
	Jsonb	   *list = policy_jsonb(call, "fd.waterfall", scope);
	Document	array = {.path = "fd.waterfall"};

	if (list == NULL || !JB_ROOT_IS_ARRAY(list))
		refuse_order("It is no array.");
	array.container = &list->root;
	for (int i = 0; i < document_length(&array); i++)
	{
		JsonbValue *item = getIthJsonbValueFromContainer(array.container, i);
		char	   *name = item->type == jbvString ? pnstrdup(item->val.string.val, item->val.string.len) : NULL;
		StepKind	kind = name == NULL ? STEP_KINDS : source_by_name(name);

		if (kind == STEP_KINDS)
			refuse_order(psprintf("Place %d holds %s.", i + 1, name == NULL ? "no text" : psprintf("\"%s\"", name)));
		for (int j = 0; j < sources->norder; j++)
			if (sources->order[j] == kind)
				refuse_order(psprintf("\"%s\" stands there twice.", name));
		sources->order[sources->norder++] = kind;
	}
}

static bool
uses(const SellerSources *sources, StepKind kind)
{
	for (int i = 0; i < sources->norder; i++)
		if (sources->order[i] == kind)
			return true;
	return false;
}

static Account
receivable_account(int64 seller_id)
{
	return (Account) {O_SELLER_RECEIVABLE, seller_id, 0, 0};
}

/* FD-72: the limit is to what the seller owes in all. */
static void
read_advance(Call *call, const PolicyScope *scope, SellerSources *sources)
{
	Numeric		limit = policy_numeric(call, "fd.advance_limit", scope);
	Amount		most;
	int64		owed;

	sources->advance_left = PG_INT64_MAX;
	if (!uses(sources, STEP_PLATFORM_ADVANCE))
		sources->advance_left = 0;
	else if (limit != NULL)
	{
		most = amount_round_numeric(limit, sources->currency);
		owed = amount_minor(ledger_balance(call, receivable_account(sources->seller_id), sources->currency));
		sources->advance_left = Max(amount_minor(most) - owed, 0);
	}
}

static StepKind
kind_of(const char *account)
{
	if (strcmp(account, "c_seller") == 0)
		return STEP_SELLER_AVAILABLE;
	if (strcmp(account, "c_seller_pending") == 0)
		return STEP_SELLER_PENDING;
	return strcmp(account, "c_reserve") == 0 ? STEP_SELLER_RESERVE : STEP_PAYOUT_PLANNED;
}

static AccountKind
account_of(StepKind kind)
{
	switch (kind)
	{
		case STEP_SELLER_AVAILABLE:
			return C_SELLER;
		case STEP_SELLER_PENDING:
			return C_SELLER_PENDING;
		case STEP_SELLER_RESERVE:
			return C_RESERVE;
		default:
			return C_PAYOUT_CLEARING;
	}
}

/* What the call has moved before is not in the tables yet. */
static void
add_pending_moves(Call *call, SellerSources *sources)
{
	for (int i = 0; ledger_moves(call) && i < sources->count; i++)
		if (sources->sources[i].kind != STEP_PAYOUT_PLANNED)
			sources->sources[i].left = amount_minor(ledger_balance(call, sources->sources[i].account, sources->currency));
}

/* They come by allocation, as hold_leave_available() wants them. */
static void
leave_what_is_held(Call *call, SellerSources *sources)
{
	Account    *accounts = palloc(sizeof(Account) * Max(sources->count, 1));
	CurrencyCode *currencies = palloc(sizeof(CurrencyCode) * Max(sources->count, 1));
	Amount	   *balances = palloc(sizeof(Amount) * Max(sources->count, 1));
	int			n = 0;

	for (int i = 0; i < sources->count; i++)
	{
		SellerSource *source = &sources->sources[i];
		Allocation	allocation = {.id = source->account.allocation_id, .order_line_id = source->account.order_line_id,
			.seller_id = sources->seller_id, .amount = amount_of(sources->currency, 0)};

		if (source->kind == STEP_SELLER_AVAILABLE)
		{
			accounts[n] = source->account;
			currencies[n] = sources->currency;
			balances[n++] = amount_of(sources->currency, source->left);
		}
		else if (source->kind != STEP_PAYOUT_PLANNED)
			source->left = amount_minor(hold_available(call, &allocation, source->account,
													   amount_of(sources->currency, source->left)));
	}
	hold_leave_available(call, accounts, currencies, n, balances);
	n = 0;
	for (int i = 0; i < sources->count; i++)
		if (sources->sources[i].kind == STEP_SELLER_AVAILABLE)
			sources->sources[i].left = amount_minor(balances[n++]);
}

static void
read_sources(Call *call, int64 order_id, SellerSources *sources)
{
	static Statement read = STATEMENT("ilcl",
		"SELECT k.kind::pg_catalog.text, k.order_line_id, k.allocation_id, k.balance, 0::pg_catalog.int8"
		"  FROM marketplace.capture_allocations a"
		"  JOIN marketplace.accounts k ON k.marketplace_id = $1 AND k.party_id = $2 AND k.order_line_id = a.order_line_id"
		"   AND k.allocation_id = a.id AND k.currency = $3"
		"   AND (k.kind = 'c_seller' OR k.kind IN ('c_seller_pending', 'c_reserve') AND a.order_id = $4)"
		" WHERE a.marketplace_id = $1 AND a.seller_id = $2 AND a.open AND marketplace.sign(k.balance) > 0 "
		"UNION ALL "
		"SELECT k.kind::pg_catalog.text, 0, 0, k.balance, 0"
		"  FROM marketplace.accounts k"
		" WHERE k.marketplace_id = $1 AND k.party_id = $2 AND k.order_line_id = 0 AND k.allocation_id = 0"
		"   AND k.kind = 'c_seller' AND k.currency = $3 AND marketplace.sign(k.balance) > 0 "
		"UNION ALL "
		"SELECT 'c_payout_clearing', i.order_line_id, i.allocation_id, i.amount, o.id"
		"  FROM marketplace.payouts o"
		"  JOIN marketplace.payout_items i ON i.marketplace_id = $1 AND i.payout_id = o.id"
		" WHERE o.marketplace_id = $1 AND o.seller_id = $2 AND o.state IN ('planned', 'approved') AND marketplace.currency(o.amount) = $3 "
		"ORDER BY 3, 1, 5");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(sources->seller_id),
												value_currency(sources->currency), value_int64(order_id)));

	sources->sources = palloc(sizeof(SellerSource) * Max(rows.count, 1));
	for (uint64 i = 0; i < rows.count; i++)
	{
		Row		   *row = &rows.rows[i];
		StepKind	kind = kind_of(row_text(row, 0));
		SellerSource source = {.kind = kind, .payout_id = row_int64(row, 4), .stored = amount_minor(row_amount(row, 3))};

		source.account = (Account) {account_of(kind), sources->seller_id, row_int64(row, 1), row_int64(row, 2)};
		source.left = source.stored;
		sources->sources[sources->count++] = source;
	}
	add_pending_moves(call, sources);
	leave_what_is_held(call, sources);
	for (int i = 0; i < sources->count; i++)
		if (!uses(sources, sources->sources[i].kind))
			sources->sources[i].left = 0;
}

SellerSources *
seller_sources(Call *call, int64 order_id, const Allocation *allocation, bool forced)
{
	SellerSources *sources = palloc0(sizeof(SellerSources));
	PolicyScope scope = {.order_id = order_id, .seller_id = allocation->seller_id, .buyer_id = allocation->buyer_id};

	sources->seller_id = allocation->seller_id;
	sources->currency = amount_currency(allocation->amount);
	read_order(call, &scope, sources);
	if (forced && !uses(sources, STEP_PLATFORM_ADVANCE))
		sources->order[sources->norder++] = STEP_PLATFORM_ADVANCE;
	sources->reverses_commission = uses(sources, STEP_COMMISSION);
	read_advance(call, &scope, sources);
	if (forced)
		sources->advance_left = PG_INT64_MAX;
	read_sources(call, order_id, sources);
	return sources;
}

int64
sources_capacity(const SellerSources *sources)
{
	int64		sum = sources->advance_left;

	for (int i = 0; i < sources->count && sum != PG_INT64_MAX; i++)
		sum += sources->sources[i].left;
	return sum;
}

static void
take(const Allocation *allocation, StepKind kind, Account source, int64 payout_id, int64 amount, List **steps)
{
	WaterfallStep *step = palloc(sizeof(WaterfallStep));

	*step = (WaterfallStep) {kind, allocation, source, payout_id, amount};
	*steps = lappend(*steps, step);
}

/* How near the cents are: of the allocation itself, of its line, of others. */
static int
distance(const SellerSource *source, const Allocation *allocation)
{
	if (source->account.allocation_id == allocation->id)
		return 0;
	return source->account.order_line_id == allocation->order_line_id ? 1 : 2;
}

static int64
draw_kind(SellerSources *sources, StepKind kind, const Allocation *allocation, int64 wanted, List **steps)
{
	for (int near = 0; near <= 2; near++)
		for (int i = 0; i < sources->count && wanted > 0; i++)
		{
			SellerSource *source = &sources->sources[i];
			int64		amount = Min(source->left, wanted);

			if (source->kind != kind || amount == 0 || distance(source, allocation) != near)
				continue;
			take(allocation, kind, source->account, source->payout_id, amount, steps);
			source->left -= amount;
			source->used = true;
			wanted -= amount;
		}
	return wanted;
}

void
sources_draw(SellerSources *sources, const Allocation *allocation, int64 amount, List **steps)
{
	for (int i = 0; i < sources->norder && amount > 0; i++)
	{
		StepKind	kind = sources->order[i];
		int64		advance = Min(amount, sources->advance_left);

		if (kind != STEP_PLATFORM_ADVANCE)
			amount = draw_kind(sources, kind, allocation, amount, steps);
		else if (advance > 0)
		{
			take(allocation, kind, own_account(C_DUE_FROM_OWN), 0, advance, steps);
			if (sources->advance_left != PG_INT64_MAX)
				sources->advance_left -= advance;
			amount -= advance;
		}
	}
	Assert(amount == 0);
}

/* The next payout that is dropped, by number; 0: no more. */
static int64
next_payout(const List *sellers, int64 last)
{
	int64		next = PG_INT64_MAX;
	ListCell   *cell;

	foreach(cell, sellers)
	{
		const SellerSources *sources = lfirst(cell);

		for (int i = 0; i < sources->count; i++)
			if (sources->sources[i].used && sources->sources[i].payout_id > last)
				next = Min(next, sources->sources[i].payout_id);
	}
	return next == PG_INT64_MAX ? 0 : next;
}

/* By its instruction, as whoever reports its outcome does; false when one has been sent meanwhile. */
static bool
lock_payouts(Call *call, const List *sellers)
{
	static Statement read = STATEMENT("il", "SELECT state IN ('planned', 'approved') FROM marketplace.payouts WHERE marketplace_id = $1 AND id = $2");
	bool		unchanged = true;

	for (int64 id = next_payout(sellers, 0); id != 0; id = next_payout(sellers, id))
	{
		instruction_lock(call, "payout", "payout", id);
		if (!DatumGetBool(query_datum(&read, VALUES(value_int32(call->marketplace_id), value_int64(id)))))
			unchanged = false;
	}
	return unchanged;
}

/* In one go, by ascending number: the sellers' accounts, and the commission's, which may be swept meanwhile. */
static bool
lock_accounts(Call *call, const List *sellers, const List *steps)
{
	int			n = 0;
	int			most = 0;
	Account    *accounts;
	CurrencyCode *currencies;
	int64	   *stored;
	Amount	   *balances;
	ListCell   *cell;

	foreach(cell, sellers)
		most += ((const SellerSources *) lfirst(cell))->count;
	most += list_length(steps);
	accounts = palloc(sizeof(Account) * Max(most, 1));
	currencies = palloc(sizeof(CurrencyCode) * Max(most, 1));
	stored = palloc(sizeof(int64) * Max(most, 1));
	balances = palloc(sizeof(Amount) * Max(most, 1));
	foreach(cell, sellers)
	{
		const SellerSources *sources = lfirst(cell);

		for (int i = 0; i < sources->count; i++)
			if (sources->sources[i].used && sources->sources[i].payout_id == 0)
			{
				accounts[n] = sources->sources[i].account;
				currencies[n] = sources->currency;
				stored[n++] = sources->sources[i].stored;
			}
	}
	foreach(cell, steps)
	{
		const WaterfallStep *step = lfirst(cell);

		if (step->source.kind != C_COMMISSION)
			continue;
		if (n > 0 && accounts[n - 1].kind == C_COMMISSION && accounts[n - 1].allocation_id == step->source.allocation_id)
		{
			stored[n - 1] += step->amount;	/* what is reversed, and what is given up beyond it */
			continue;
		}
		accounts[n] = step->source;
		currencies[n] = amount_currency(step->allocation->amount);
		stored[n++] = step->amount;
	}
	ledger_lock_balances(call, accounts, currencies, NULL, n, balances);
	for (int i = 0; i < n; i++)
		if (amount_minor(balances[i]) < stored[i])
			return false;
	return true;
}

void
sources_lock_wallets(Call *call, const List *sellers)
{
	int64	   *ids = palloc(sizeof(int64) * Max(list_length(sellers), 1));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, sellers)
		ids[n++] = ((const SellerSources *) lfirst(cell))->seller_id;
	wallet_lock(call, ids, n);
}

bool
sources_lock(Call *call, const List *sellers, const List *steps)
{
	bool		unchanged = lock_payouts(call, sellers);

	return lock_accounts(call, sellers, steps) && unchanged;
}

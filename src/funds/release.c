/*
 * release.c
 *		Escrow becomes the seller's: how much of each line may go, and the posting of it with the commission carved
 *		out (FD-17…FD-20, FD-P06).
 *
 * Nothing here counts what was released: it is what the allocation's escrow account no longer holds. Every release
 * asks what should have been released by now, cumulatively, and moves the difference; so it may be asked as often as
 * one likes, and at completion exactly the whole has gone (RD-10).
 */
#include "postgres.h"

#include "funds/funds.h"
#include "funds/funds_internal.h"
#include "kernel/errors.h"
#include "kernel/policy.h"

/* What a seller order may release by now: part ÷ whole of each of its lines, by position in lines. */
typedef struct Releasable
{
	Numeric    *part;			/* NULL: nothing */
	Numeric    *whole;
} Releasable;

typedef struct ReleaseTerms
{
	const char *on;				/* fd.release_on */
	const char *scope;			/* fd.release_scope */
	PolicyScope policy;
} ReleaseTerms;

static ReleaseTerms
terms_of(Call *call, const Allocation *allocation, int64 order_id)
{
	ReleaseTerms terms = {.policy = {.order_id = order_id, .seller_id = allocation->seller_id,
									 .buyer_id = allocation->buyer_id}};

	terms.on = policy_text(call, "fd.release_on", &terms.policy);
	terms.scope = policy_text(call, "fd.release_scope", &terms.policy);
	return terms;
}

static Numeric
decimal_max(Numeric a, Numeric b)
{
	return decimal_cmp(a, b) >= 0 ? a : b;
}

/*
 * The quantity of the line for which the fact that releases has happened. What was accepted counts for the earlier
 * facts too.
 */
static Numeric
fulfilled(const OrderLine *line, const char *on)
{
	Numeric		quantity = line->accepted;

	if (strcmp(on, "delivered") == 0)
		quantity = decimal_max(quantity, line->delivered);
	else if (strcmp(on, "shipped") == 0)
		quantity = decimal_max(quantity, line->shipped);
	return decimal_min(quantity, line_active(line));
}

/* seller_order_id 0: the whole order */
static bool
goods_complete(const OrderLines *lines, int64 seller_order_id, const char *on)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (!line_is_goods(line) || (seller_order_id != 0 && line->seller_order_id != seller_order_id))
			continue;
		if (decimal_cmp(fulfilled(line, on), line_active(line)) < 0)
			return false;
	}
	return true;
}

/* Has everything of the seller order that was handed over been accepted? */
static bool
shipments_complete(const OrderLines *lines, int64 seller_order_id, const char *on)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line_is_goods(line) && line->seller_order_id == seller_order_id &&
			decimal_cmp(fulfilled(line, on), line->shipped) < 0)
			return false;
	}
	return true;
}

static bool
scope_complete(const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms)
{
	if (strcmp(terms->scope, "order") == 0)
		return goods_complete(lines, 0, terms->on);
	if (strcmp(terms->scope, "seller_order") == 0)
		return goods_complete(lines, seller_order_id, terms->on);
	if (strcmp(terms->scope, "shipment") == 0)
		return shipments_complete(lines, seller_order_id, terms->on);
	return true;
}

/* Goods that are not cancelled: they lead, the other lines follow. */
static bool
has_goods(const OrderLines *lines, int64 seller_order_id)
{
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id == seller_order_id && line_is_goods(line) && decimal_sign(line_active(line)) > 0)
			return true;
	}
	return false;
}

/* The value of a quantity of a line, for comparing only: equal quantities give equal values. */
static Numeric
value_of_quantity(const OrderLine *line, Numeric quantity)
{
	Numeric		product = decimal_mul(decimal_from_int64(amount_minor(line->escrow_gross)), quantity);

	return DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(product),
											   NumericGetDatum(line->quantity)));
}

/* Shipping, fees and services go with the value of the goods of their seller order (AREAS: fd.service_release). */
static void
share_with_goods(Call *call, const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms,
				 Releasable *releasable)
{
	bool		last = strcmp(policy_text(call, "fd.service_release", &terms->policy), "last") == 0;
	Numeric		part = decimal_from_int64(0);
	Numeric		whole = decimal_from_int64(0);

	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id != seller_order_id || !line_is_goods(line))
			continue;
		if (releasable->part[i] != NULL)
			part = decimal_add(part, value_of_quantity(line, releasable->part[i]));
		whole = decimal_add(whole, value_of_quantity(line, line_active(line)));
	}
	if (decimal_sign(whole) == 0)	/* goods that cost nothing */
		whole = part = decimal_from_int64(goods_complete(lines, seller_order_id, terms->on) ? 1 : 0);
	if (last && decimal_cmp(part, whole) < 0)
		return;
	for (int i = 0; i < lines->count; i++)
		if (lines->lines[i].seller_order_id == seller_order_id && !line_is_goods(&lines->lines[i]))
		{
			releasable->part[i] = part;
			releasable->whole[i] = whole;
		}
}

static Releasable
releasable_of(Call *call, const OrderLines *lines, int64 seller_order_id, const ReleaseTerms *terms)
{
	Releasable	releasable = {palloc0(sizeof(Numeric) * lines->count), palloc0(sizeof(Numeric) * lines->count)};
	bool		goods = has_goods(lines, seller_order_id);
	bool		others = false;

	if (strcmp(terms->on, "manual") == 0 || !scope_complete(lines, seller_order_id, terms))
		return releasable;
	for (int i = 0; i < lines->count; i++)
	{
		const OrderLine *line = &lines->lines[i];

		if (line->seller_order_id != seller_order_id)
			continue;
		if (goods && !line_is_goods(line))
		{
			others = true;
			continue;
		}
		releasable.part[i] = fulfilled(line, terms->on);
		releasable.whole[i] = line_active(line);
	}
	if (others)
		share_with_goods(call, lines, seller_order_id, terms, &releasable);
	return releasable;
}

/* One release of one line: over its allocations. */
typedef struct LineRelease
{
	const OrderLine *line;
	int			count;
	const Allocation **allocations;
	Amount	   *amounts;
	Amount	   *nets;			/* commission excluding VAT */
	Amount	   *vats;
	Amount		total;
	Amount		commission;		/* with its VAT */
} LineRelease;

/* What is due now of an allocation: zero when all that may go has gone. */
static Amount
due_of_allocation(Call *call, const Allocation *allocation, Numeric part, Numeric whole, Amount *released)
{
	CurrencyCode currency = amount_currency(allocation->amount);
	Amount		keeps = amount_sub(allocation->amount, allocation->refunded);
	Amount		escrow = ledger_balance(call, escrow_account(allocation), currency);
	int64		due;

	*released = amount_sub(keeps, escrow);
	if (part == NULL || decimal_sign(whole) <= 0)
		return amount_of(currency, 0);
	due = amount_minor(amount_share_cumulative(keeps, part, whole, *released));
	return amount_of(currency, Max(Min(due, amount_minor(escrow)), 0));
}

static LineRelease *
line_release(List **releases, const OrderLine *line, int most)
{
	LineRelease *release;
	ListCell   *cell;

	foreach(cell, *releases)
	{
		release = lfirst(cell);
		if (release->line == line)
			return release;
	}
	release = palloc0(sizeof(LineRelease));
	release->line = line;
	release->allocations = palloc(sizeof(Allocation *) * most);
	release->amounts = palloc(sizeof(Amount) * most);
	release->nets = palloc(sizeof(Amount) * most);
	release->vats = palloc(sizeof(Amount) * most);
	release->total = release->commission = amount_zero(amount_currency(line->escrow_gross));
	*releases = lappend(*releases, release);
	return release;
}

static void
add_to_release(LineRelease *release, const Allocation *allocation, Amount released, Amount due)
{
	Amount		net_before;
	Amount		vat_before;
	Amount		net;
	Amount		vat;

	commission_earned(allocation, released, &net_before, &vat_before);
	commission_earned(allocation, amount_add(released, due), &net, &vat);
	net = amount_sub(net, net_before);
	vat = amount_sub(vat, vat_before);
	release->allocations[release->count] = allocation;
	release->amounts[release->count] = due;
	release->nets[release->count] = net;
	release->vats[release->count] = vat;
	release->count++;
	release->total = amount_add(release->total, due);
	release->commission = amount_add(release->commission, amount_add(net, vat));
}

static void
move_unless_zero(Call *call, Account debit, Account credit, Amount amount, const char *reason, int64 cause)
{
	if (amount_minor(amount) != 0)
		ledger_move(call, debit, credit, amount, reason, cause);
}

/* FD-P06, with the event that explains it. */
static void
post_release(Call *call, const LineRelease *release)
{
	JsonbParseState *payload;
	int64		cause;
	Amount		net = amount_zero(amount_currency(release->total));
	Amount		vat = net;

	payload_begin(&payload);
	payload_int64(&payload, "order_id", release->line->order_id);
	payload_int64(&payload, "order_line_id", release->line->id);
	payload_int64(&payload, "seller_order_id", release->line->seller_order_id);
	payload_int64(&payload, "seller_id", release->line->seller_id);
	payload_amount(&payload, "amount", release->total);
	payload_amount(&payload, "commission", release->commission);
	cause = event_emit(call, "order", release->line->order_id, "escrow.released", &payload);
	for (int i = 0; i < release->count; i++)
	{
		const Allocation *allocation = release->allocations[i];
		Amount		kept = amount_add(release->nets[i], release->vats[i]);

		move_unless_zero(call, escrow_account(allocation), seller_account(allocation),
						 amount_sub(release->amounts[i], kept),
						 "release", cause);
		move_unless_zero(call, escrow_account(allocation), commission_account(allocation), kept, "commission", cause);
		net = amount_add(net, release->nets[i]);
		vat = amount_add(vat, release->vats[i]);
	}
	move_unless_zero(call, own_account(O_COMMISSION_RECEIVABLE), own_account(O_REVENUE), net, "commission", cause);
	move_unless_zero(call, own_account(O_COMMISSION_RECEIVABLE), own_account(O_VAT), vat, "commission", cause);
}

static bool
may_release(Call *call, const Allocation *allocation, const ReleaseTerms *terms)
{
	return allocation->final || policy_bool(call, "fd.release_before_final", &terms->policy);
}

static int
position_of(const OrderLines *lines, int64 order_line_id)
{
	return (int) (find_line(lines, order_line_id) - lines->lines);
}

static void
collect_seller_order(Call *call, const Allocations *all, const OrderLines *lines, const Allocation *first,
					 int64 order_id, List **releases)
{
	ReleaseTerms terms = terms_of(call, first, order_id);
	Releasable	releasable = releasable_of(call, lines, first->seller_order_id, &terms);

	for (int i = 0; i < all->count; i++)
	{
		const Allocation *allocation = &all->allocations[i];
		int			l = position_of(lines, allocation->order_line_id);
		Amount		released;
		Amount		due;

		if (allocation->seller_order_id != first->seller_order_id || releasable.part[l] == NULL ||
			decimal_sign(releasable.part[l]) <= 0 || !may_release(call, allocation, &terms))
			continue;
		due = due_of_allocation(call, allocation, releasable.part[l], releasable.whole[l], &released);
		if (amount_minor(due) > 0)
			add_to_release(line_release(releases, &lines->lines[l], all->count), allocation, released, due);
	}
}

/* Releases all that the order may release by now. The order is locked. */
void
release_order(Call *call, int64 order_id)
{
	Allocations all = allocations_of_order(call, order_id);
	OrderLines	lines;
	List	   *releases = NIL;
	ListCell   *cell;

	if (all.count == 0)
		return;
	lines = order_lines(call, order_id);
	for (int i = 0; i < all.count; i++)
	{
		bool		first = true;

		for (int j = 0; j < i && first; j++)
			first = all.allocations[j].seller_order_id != all.allocations[i].seller_order_id;
		if (first)
			collect_seller_order(call, &all, &lines, &all.allocations[i], order_id, &releases);
	}
	foreach(cell, releases)
		post_release(call, lfirst(cell));
}

void
funds_on_receipt_accepted(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);

	release_order(call, document_int64(&payload, "order_id"));
}

/* A fact before acceptance: looked at only where policy releases on it. */
static void
release_if_on(Call *call, const Event *event, const char *on)
{
	Document	payload = document_root(event->payload);
	PolicyScope scope = {.order_id = 0};
	CurrencyCode currency;
	int64		order_id;

	scope.seller_id = seller_order_seller(call, document_int64(&payload, "seller_order_id"), &order_id);
	order_get(call, order_id, &scope.buyer_id, &currency);
	scope.order_id = order_id;
	if (strcmp(policy_text(call, "fd.release_on", &scope), on) == 0)
		release_order(call, order_id);
}

void
funds_on_parcel_delivered(Call *call, const Event *event)
{
	release_if_on(call, event, "delivered");
}

void
funds_on_handed_over(Call *call, const Event *event)
{
	release_if_on(call, event, "shipped");
}

static void
release_seller_order(Call *call, int64 seller_order_id, int64 order_id)
{
	Allocations all = allocations_of_order(call, order_id);
	OrderLines	lines = order_lines(call, order_id);
	Numeric		one = decimal_from_int64(1);
	List	   *releases = NIL;
	ListCell   *cell;

	for (int i = 0; i < all.count; i++)
	{
		const Allocation *allocation = &all.allocations[i];
		Amount		released;
		Amount		due;

		if (allocation->seller_order_id != seller_order_id || !allocation->final)
			continue;
		due = due_of_allocation(call, allocation, one, one, &released);
		if (amount_minor(due) > 0)
			add_to_release(line_release(&releases, find_line(&lines, allocation->order_line_id), all.count),
						   allocation, released, due);
	}
	if (releases == NIL)
		ereport(ERROR,
				errcode(MK_PAYMENT),
				errmsg("seller order %lld has nothing in escrow that is final", (long long) seller_order_id),
				errdetail("Order %lld has %d shares of captures.", (long long) order_id, all.count),
				errhint("Capture and settle a payment first; what was released before is in the view marketplace.seller_balance."));
	foreach(cell, releases)
		post_release(call, lfirst(cell));
}

/* escrow_release(marketplace_id, seller_order_id, request_key) */
PG_FUNCTION_INFO_V1(escrow_release);
Datum
escrow_release(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		int64		seller_order_id = call_int64(&call, 1);
		int64		order_id;

		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) seller_order_seller(&call, seller_order_id, &order_id);
		order_lock(&call, order_id);
		release_seller_order(&call, seller_order_id, order_id);
		call.result = seller_order_id;
	}
	PG_RETURN_INT64(call_end(&call));
}

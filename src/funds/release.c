/*
 * release.c
 *		Escrow becomes the seller's: what is due of each allocation by now, and the posting of it with the commission
 *		carved out (FD-17…FD-20, FD-P06). releasable.c says which part of a line may go; escrow_release.c is the
 *		operator's own decision.
 *
 * Nothing here counts what was released: it is what the allocation's escrow account no longer holds. Every release
 * asks what should have been released by now, cumulatively, and moves the difference; so it may be asked as often as
 * one likes, and at completion exactly the whole has gone (RD-10).
 */
#include "postgres.h"

#include "funds/agent.h"
#include "funds/hold.h"
#include "funds/releasable.h"
#include "funds/release.h"
#include "kernel/errors.h"
#include "funds/reserve.h"

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
	Amount		free;			/* what holds leave of the line's escrow, less total */
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

/* What holds leave of all that the line has in escrow; no limit where there are none. */
static Amount
free_of_line(Call *call, const Allocations *all, const OrderLine *line)
{
	CurrencyCode currency = amount_currency(line->escrow_gross);
	Amount		escrow = amount_of(currency, 0);

	if (!hold_is_on_line(call, line->id))
		return amount_of(currency, AMOUNT_MINOR_MAX);
	for (int i = 0; i < all->count; i++)
		if (all->allocations[i].order_line_id == line->id)
			escrow = amount_add(escrow, ledger_balance(call, escrow_account(&all->allocations[i]), currency));
	return hold_escrow_available(call, line->id, escrow);
}

static LineRelease *
line_release(Call *call, Releases *releases, const OrderLine *line)
{
	int			most = releases->all->count;
	LineRelease *release;
	ListCell   *cell;

	foreach(cell, releases->lines)
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
	release->free = free_of_line(call, releases->all, line);
	releases->lines = lappend(releases->lines, release);
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
	release->free = amount_sub(release->free, due);
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
post_release(Call *call, const LineRelease *release, const CreditTerms *terms, const Authority *authority)
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
	payload_authority(&payload, authority);
	cause = event_emit(call, "order", release->line->order_id, "escrow.released", &payload);
	for (int i = 0; i < release->count; i++)
	{
		const Allocation *allocation = release->allocations[i];
		Amount		kept = amount_add(release->nets[i], release->vats[i]);

		credit_seller(call, terms, release->line, allocation, amount_sub(release->amounts[i], kept), cause);
		move_unless_zero(call, escrow_account(allocation), commission_account(allocation), kept, "commission", cause);
		net = amount_add(net, release->nets[i]);
		vat = amount_add(vat, release->vats[i]);
	}
	move_unless_zero(call, own_account(O_COMMISSION_RECEIVABLE), own_account(O_REVENUE), net, "commission", cause);
	move_unless_zero(call, own_account(O_COMMISSION_RECEIVABLE), own_account(O_VAT), vat, "commission", cause);
}

/* What the PSP was asked to release stays until it has decided (FD-51). */
static Amount
less_requested(Call *call, Releases *releases, const OrderLine *line, const Allocation *allocation, Amount due)
{
	Amount		requested;

	if (releases->requested == NULL)
	{
		releases->requested = palloc(sizeof(Amount) * releases->all->count);
		psp_requested(call, line->order_id, releases->all, releases->requested);
	}
	requested = releases->requested[allocation - releases->all->allocations];
	return amount_of(amount_currency(due), Max(amount_minor(due) - amount_minor(requested), 0));
}

void
release_collect(Call *call, Releases *releases, const OrderLine *line, const Allocation *allocation, Numeric part,
				Numeric whole)
{
	Amount		released;
	Amount		due = due_of_allocation(call, allocation, part, whole, &released);
	LineRelease *release;

	if (amount_minor(due) > 0)
		due = less_requested(call, releases, line, allocation, due);
	if (amount_minor(due) == 0)
		return;
	release = line_release(call, releases, line);
	if (amount_minor(due) > amount_minor(release->free))
		due = release->free;
	if (amount_minor(due) > 0)
		add_to_release(release, allocation, released, due);
}

bool
release_is_empty(const Releases *releases)
{
	const ListCell *cell;

	foreach(cell, releases->lines)
		if (((const LineRelease *) lfirst(cell))->count > 0)
			return false;
	return true;
}

/* No mandate covers it: the PSP is asked, the money stays in escrow under a hold (FD-51). */
static void
request_release(Call *call, const LineRelease *release)
{
	int64	   *allocation_ids = palloc(sizeof(int64) * release->count);
	int64	   *line_ids = palloc(sizeof(int64) * release->count);

	for (int i = 0; i < release->count; i++)
	{
		allocation_ids[i] = release->allocations[i]->id;
		line_ids[i] = release->line->id;
	}
	psp_request_open(call, &(PspRequest) {.operation = AGENT_RELEASE, .object = "order_line", .object_id = release->line->id,
										  .order_id = release->line->order_id, .seller_id = release->line->seller_id,
										  .amount = release->total, .count = release->count, .allocation_ids = allocation_ids,
										  .order_line_ids = line_ids, .amounts = release->amounts});
}

void
release_post(Call *call, const Releases *releases)
{
	const CreditTerms *terms = NULL;
	ListCell   *cell;

	foreach(cell, releases->lines)
	{
		const LineRelease *release = lfirst(cell);
		Authority	authority;

		if (release->count == 0)
			continue;
		authority = agent_authority(call, AGENT_RELEASE, release->total);
		if (agent_covers(&authority))
		{
			terms = credit_terms(call, release->line, terms);
			post_release(call, release, terms, &authority);
		}
		else
			request_release(call, release);
	}
}

/* The PSP has executed the request: exactly its items go. The order is locked. */
void
release_execute(Call *call, const PspRequest *request, const char *evidence)
{
	Allocations all = allocations_of_order(call, request->order_id);
	OrderLines	lines = order_lines(call, request->order_id);
	Releases	releases = {NIL, &all, NULL};

	for (int i = 0; i < request->count; i++)
	{
		const OrderLine *line = find_line(&lines, request->order_line_ids[i]);

		for (int a = 0; a < all.count; a++)
		{
			const Allocation *allocation = &all.allocations[a];
			Amount		escrow;

			if (allocation->id != request->allocation_ids[i])
				continue;
			escrow = ledger_balance(call, escrow_account(allocation), amount_currency(allocation->amount));
			if (amount_minor(escrow) < amount_minor(request->amounts[i]))
				ereport(ERROR,
						errcode(MK_AGENT),
						errmsg("what request %lld releases is not in escrow any more", (long long) request->id),
						errdetail("It releases %s of allocation %lld; %s is there.", amount_to_cstring(request->amounts[i]),
								  (long long) allocation->id, amount_to_cstring(escrow)),
						errhint("Ask the PSP to undo it, and record the request as failed."));
			add_to_release(line_release(call, &releases, line), allocation,
						   amount_sub(amount_sub(allocation->amount, allocation->refunded), escrow), request->amounts[i]);
		}
	}
	release_post(call, &releases);
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
					 int64 order_id, Releases *releases)
{
	ReleaseTerms terms = release_terms(call, first, order_id);
	Releasable	releasable = releasable_of(call, all, lines, first->seller_order_id, &terms);

	for (int i = 0; i < all->count; i++)
	{
		const Allocation *allocation = &all->allocations[i];
		int			l = position_of(lines, allocation->order_line_id);

		if (allocation->seller_order_id == first->seller_order_id && releasable.part[l] != NULL &&
			decimal_sign(releasable.part[l]) > 0 && may_release(call, allocation, &terms))
			release_collect(call, releases, &lines->lines[l], allocation, releasable.part[l], releasable.whole[l]);
	}
}

/* Releases all that the order may release by now. The order is locked. */
void
release_order(Call *call, int64 order_id)
{
	Allocations all = allocations_of_order(call, order_id);
	Releases	releases = {NIL, &all, NULL};
	OrderLines	lines;

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
	release_post(call, &releases);
}

void
funds_on_receipt_accepted(Call *call, const Event *event)
{
	Document	payload = document_root(event->payload);
	int64		order_id = document_int64(&payload, "order_id");

	release_order(call, order_id);
	hold_on_receipt_accepted(call, order_id);
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
	Document	payload = document_root(event->payload);
	int64		order_id;
	int64		seller_id = seller_order_seller(call, document_int64(&payload, "seller_order_id"), &order_id);

	hold_on_parcel_delivered(call, seller_id, document_int64(&payload, "parcel_id"));
	release_if_on(call, event, "delivered");
}

void
funds_on_handed_over(Call *call, const Event *event)
{
	release_if_on(call, event, "shipped");
}

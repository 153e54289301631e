/*
 * waterfall.c
 *		The plan of a refund: for each allocation what escrow still has, then the commission of what was released, then what
 *		the seller has wherever it lies, then the platform's advance; the insurer never (CX-29 … CX-44, FD-66).
 *
 * Planning reads and posts nothing, so refund_plan() shows exactly what refund_create() does. Sources are in
 * waterfall_source.c, posting in waterfall_post.c.
 */
#include "postgres.h"

#include "funds/waterfall.h"
#include "kernel/errors.h"

static const struct
{
	const char *name;
	const char *rule;
	const char *bearer;
} traits[STEP_KINDS] = {
	[STEP_ESCROW] = {"escrow", "FD-P14", "seller"},
	[STEP_COMMISSION] = {"commission", "FD-P17", "platform"},
	[STEP_COMMISSION_TO_SELLER] = {"commission_to_seller", "FD-P17", "platform"},
	[STEP_SELLER_AVAILABLE] = {"seller_available", "FD-P17", "seller"},
	[STEP_SELLER_PENDING] = {"seller_pending", "FD-P17", "seller"},
	[STEP_PAYOUT_PLANNED] = {"payout_planned", "FD-P12", "seller"},
	[STEP_SELLER_RESERVE] = {"seller_reserve", "FD-P20", "seller"},
	[STEP_PLATFORM_ADVANCE] = {"platform_advance", "FD-P19", "platform"},
	[STEP_GOODWILL] = {"goodwill", "FD-P23", "platform"}
};

const char *
step_name(StepKind kind)
{
	return traits[kind].name;
}

const char *
step_bearer(const WaterfallStep *step)
{
	return traits[step->kind].bearer;
}

/* Commission that lies with the platform already comes back as own money. */
const char *
step_rule(const WaterfallStep *step)
{
	bool		commission = step->kind == STEP_COMMISSION || step->kind == STEP_COMMISSION_TO_SELLER;

	return commission && step->source.kind == C_DUE_FROM_OWN ? "FD-P18" : traits[step->kind].rule;
}

static void
add_step(Waterfall *plan, StepKind kind, const Allocation *allocation, Account source, int64 amount)
{
	WaterfallStep *step;

	if (amount == 0)
		return;
	step = palloc(sizeof(WaterfallStep));
	*step = (WaterfallStep) {kind, allocation, source, 0, amount};
	plan->steps = lappend(plan->steps, step);
}

static SellerSources *
sources_of(Call *call, Waterfall *plan, const Allocation *allocation)
{
	SellerSources *sources;
	ListCell   *cell;

	foreach(cell, plan->sellers)
	{
		sources = lfirst(cell);
		if (sources->seller_id == allocation->seller_id)
			return sources;
	}
	sources = seller_sources(call, plan->order_id, allocation, plan->terms.forced);
	plan->sellers = lappend(plan->sellers, sources);
	return sources;
}

/* What is reversed when `taken` of the released money is taken back (FD-26, FD-27, FD-29). */
static int64
reversal(const WaterfallTarget *target, int64 released, int64 taken, Amount *net, Amount *vat)
{
	const Allocation *allocation = target->allocation;
	CurrencyCode currency = amount_currency(allocation->amount);
	Amount		net_after;
	Amount		vat_after;

	*net = *vat = net_after = vat_after = amount_of(currency, 0);
	if (taken == 0 || strcmp(target->how, "retained") == 0)
		return 0;
	commission_earned(allocation, amount_of(currency, released), net, vat);
	if (strcmp(target->how, "pro_rata") == 0)
		commission_earned(allocation, amount_of(currency, released - taken), &net_after, &vat_after);
	*net = amount_sub(*net, net_after);
	*vat = amount_sub(*vat, vat_after);
	return amount_minor(*net) + amount_minor(*vat);
}

/* Of what is taken back, the part that the seller pays. */
static int64
sellers_part(const WaterfallTarget *target, int64 released, int64 taken)
{
	Amount		net;
	Amount		vat;
	int64		commission = reversal(target, released, taken, &net, &vat);

	return taken - Min(commission, taken);
}

/* The most, up to `wanted`, of which the seller's part is not above the capacity. */
static int64
affordable(const WaterfallTarget *target, int64 released, int64 wanted, int64 capacity)
{
	int64		low = 0;
	int64		high = wanted;

	if (sellers_part(target, released, wanted) <= capacity)
		return wanted;
	while (high - low > 1)
	{
		int64		middle = low + (high - low) / 2;

		if (sellers_part(target, released, middle) <= capacity)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The commission's steps: what the platform has not swept yet, then its own money; first for the buyer. */
static void
plan_commission(Call *call, Waterfall *plan, const WaterfallTarget *target, int64 commission)
{
	const Allocation *allocation = target->allocation;
	int64		held = amount_minor(ledger_balance(call, commission_account(allocation), plan->currency));
	int64		back = Min(commission, target->reversed);
	int64		rest = commission - back;
	int64		from_held = Min(held, back);

	add_step(plan, STEP_COMMISSION, allocation, commission_account(allocation), from_held);
	add_step(plan, STEP_COMMISSION, allocation, own_account(C_DUE_FROM_OWN), back - from_held);
	held -= from_held;
	from_held = Min(held, rest);
	add_step(plan, STEP_COMMISSION_TO_SELLER, allocation, commission_account(allocation), from_held);
	add_step(plan, STEP_COMMISSION_TO_SELLER, allocation, own_account(C_DUE_FROM_OWN), rest - from_held);
}

static void
plan_reverse_release(Call *call, Waterfall *plan, WaterfallTarget *target, int64 released, int64 wanted)
{
	SellerSources *sources = sources_of(call, plan, target->allocation);
	int64		commission;

	if (plan->terms.commission != NULL)
		target->how = plan->terms.commission;
	else
		target->how = sources->reverses_commission ? target->allocation->commission_on_refund : "retained";
	target->reversed = affordable(target, released, wanted, sources_capacity(sources));
	commission = reversal(target, released, target->reversed, &target->net, &target->vat);
	plan_commission(call, plan, target, commission);
	sources_draw(sources, target->allocation, target->reversed - Min(commission, target->reversed), &plan->steps);
	target->funded += target->reversed;
}

static void
plan_target(Call *call, Waterfall *plan, WaterfallTarget *target)
{
	const Allocation *allocation = target->allocation;
	int64		escrow;
	int64		from_escrow;
	int64		released;

	target->funded = target->reversed = 0;
	target->net = target->vat = amount_of(plan->currency, 0);
	target->how = "pro_rata";
	if (plan->terms.goodwill)
	{
		add_step(plan, STEP_GOODWILL, allocation, own_account(C_DUE_FROM_OWN), target->amount);
		target->funded = target->amount;
		return;
	}
	escrow = amount_minor(ledger_balance(call, escrow_account(allocation), plan->currency));
	from_escrow = Min(escrow, target->amount);
	released = amount_minor(allocation->amount) - amount_minor(allocation->refunded) - escrow;
	add_step(plan, STEP_ESCROW, allocation, escrow_account(allocation), from_escrow);
	target->funded = from_escrow;
	if (target->amount > from_escrow && !plan->terms.withheld)
		plan_reverse_release(call, plan, target, released, target->amount - from_escrow);
}

void
waterfall_plan(Call *call, Waterfall *plan, int64 order_id, const WaterfallTerms *terms, WaterfallTarget *targets, int ntargets)
{
	*plan = (Waterfall) {.order_id = order_id, .terms = *terms, .ntargets = ntargets, .targets = targets};
	if (ntargets == 0)
		return;
	plan->currency = amount_currency(targets[0].allocation->amount);
	for (int i = 0; i < ntargets; i++)
		plan_target(call, plan, &targets[i]);
}

static void
plan_again(Call *call, Waterfall *plan)
{
	WaterfallTerms terms = plan->terms;

	waterfall_plan(call, plan, plan->order_id, &terms, plan->targets, plan->ntargets);
}

/* What is taken back of released money, whoever has it; or own money that is advanced. */
static int64
sum_of(const Waterfall *plan, bool advance)
{
	int64		sum = 0;
	ListCell   *cell;

	foreach(cell, plan->steps)
	{
		const WaterfallStep *step = lfirst(cell);

		if (step->kind != STEP_ESCROW && step->kind != STEP_GOODWILL && (step->kind == STEP_PLATFORM_ADVANCE) == advance)
			sum += step->amount;
	}
	return sum;
}

/* FD-50: taking back and advancing need a mandate. Where none covers it all, escrow only is used, and the rest awaits the PSP. */
static void
authorise(Call *call, Waterfall *plan)
{
	static const AgentOperation operations[] = {AGENT_REVERSE_RELEASE, AGENT_ADVANCE};
	Authority	first = {0, 0};
	const char *to_ask = NULL;

	for (int i = 0; i < lengthof(operations) && to_ask == NULL && !plan->terms.forced; i++)
	{
		int64		sum = sum_of(plan, operations[i] == AGENT_ADVANCE);
		Authority	authority;

		if (sum == 0)
			continue;
		authority = agent_authority(call, operations[i], amount_of(plan->currency, sum));
		if (!agent_covers(&authority))
			to_ask = agent_operation_name(operations[i]);
		else if (!agent_covers(&first))
			first = authority;
	}
	if (to_ask != NULL)
	{
		plan->terms.withheld = true;
		plan_again(call, plan);
		first = (Authority) {0, 0};
	}
	plan->authority = first;
	plan->to_ask = to_ask;
}

/*
 * Under the wallets' locks no hold and no payout run comes in between, so the plan is made again. A payout that was
 * planned may still be sent before it is locked; then once more. Whoever commits first wins (CX-59).
 */
void
waterfall_lock(Call *call, Waterfall *plan)
{
	if (plan->sellers == NIL)
		return;
	sources_lock_wallets(call, plan->sellers);
	for (int attempt = 0; attempt < 5; attempt++)
	{
		plan_again(call, plan);
		if (sources_lock(call, plan->sellers, plan->steps))
		{
			authorise(call, plan);
			return;
		}
	}
	ereport(ERROR,
			errcode(MK_CONCURRENT_CHANGE),
			errmsg("the money of the refund of order %lld is being moved by others", (long long) plan->order_id),
			errdetail("What was planned was gone five times before it could be locked."),
			errhint("Run the transaction again."));
}

/*
 * ledger.c
 *		The kinds of accounts, and the posting that a call builds in memory: what one transfer and one posting must obey whatever
 *		the balances are.
 *
 * Balances are looked at when the posting is written (ledger_write.c), under the accounts' locks.
 */
#include "kernel/ledger_internal.h"

#include "funcapi.h"
#include "kernel/errors.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

const AccountKindTraits account_kind_traits[ACCOUNT_KIND_COUNT] = {
#define ACCOUNT_KIND_TRAITS(constant, name, ring, side, checked) {name, ring, side, checked},
	ACCOUNT_KIND_LIST(ACCOUNT_KIND_TRAITS)
#undef ACCOUNT_KIND_TRAITS
};

/* FD-8: what the platform owes or is owed across the rings stands in both, and is equal at all times. */
static const struct
{
	AccountKind client;
	AccountKind own;
} mirrors[] = {
	{C_COMMISSION, O_COMMISSION_RECEIVABLE},
	{C_DUE_TO_OWN, O_DUE_FROM_CLIENT},
	{C_DUE_FROM_OWN, O_DUE_TO_CLIENT}
};

/* FD-10: what revenue is posted against (a carved-out commission, an invoiced fee, a named result entry). */
static const AccountKind revenue_sources[] = {
	O_COMMISSION_RECEIVABLE, O_DUE_FROM_CLIENT, O_DUE_TO_CLIENT, O_CASH, O_SELLER_RECEIVABLE, O_OTHER_RECEIVABLE, O_LOSS
};

/* Stands in call->posting once the posting is written. */
static Posting posting_written;

AccountKind
account_kind_by_name(const char *name)
{
	for (int kind = 0; kind < ACCOUNT_KIND_COUNT; kind++)
		if (strcmp(account_kind_traits[kind].name, name) == 0)
			return (AccountKind) kind;
	return ACCOUNT_KIND_COUNT;
}

const char *
account_kind_name(AccountKind kind)
{
	return account_kind_traits[kind].name;
}

bool
account_equal(const Account *a, const Account *b)
{
	return a->kind == b->kind && a->party_id == b->party_id && a->order_line_id == b->order_line_id &&
		a->allocation_id == b->allocation_id;
}

/* For messages: 'c_escrow of party 5, order line 7, allocation 9'. */
char *
account_describe(const Account *account)
{
	StringInfoData name;
	const char *separator = " of";

	initStringInfo(&name);
	appendStringInfoString(&name, account_kind_traits[account->kind].name);
	if (account->party_id != 0)
	{
		appendStringInfo(&name, "%s party %lld", separator, (long long) account->party_id);
		separator = ",";
	}
	if (account->order_line_id != 0)
	{
		appendStringInfo(&name, "%s order line %lld", separator, (long long) account->order_line_id);
		separator = ",";
	}
	if (account->allocation_id != 0)
		appendStringInfo(&name, "%s allocation %lld", separator, (long long) account->allocation_id);
	return name.data;
}

static void
check_amount(const Move *move)
{
	if (amount_minor(move->amount) > 0)
		return;
	ereport(ERROR,
			errcode(MK_LEDGER_RULE),
			errmsg("a transfer moves more than zero"),
			errdetail("From %s to %s: %s.", account_describe(&move->debit), account_describe(&move->credit),
					  amount_to_cstring(move->amount)),
			errhint("Swap debit and credit instead of giving a negative amount; leave out transfers of zero."));
}

static void
check_rings(const Move *move)
{
	if (account_kind_traits[move->debit.kind].ring != account_kind_traits[move->credit.kind].ring)
		ereport(ERROR,
				errcode(MK_LEDGER_RULE),
				errmsg("client money and own money never share a transfer"),
				errdetail("Debit %s, credit %s, %s (FD-2).", account_describe(&move->debit), account_describe(&move->credit),
						  amount_to_cstring(move->amount)),
				errhint("Post two balanced halves linked by mirror accounts (FD-8)."));
	if (account_equal(&move->debit, &move->credit))
		ereport(ERROR,
				errcode(MK_LEDGER_RULE),
				errmsg("a transfer moves between two accounts"),
				errdetail("Debit and credit are both %s.", account_describe(&move->debit)),
				errhint("Name the account that the money goes to."));
}

static bool
is_revenue_source(AccountKind kind)
{
	for (int i = 0; i < lengthof(revenue_sources); i++)
		if (revenue_sources[i] == kind)
			return true;
	return false;
}

static void
check_revenue(const Move *move)
{
	const Account *other;

	if (move->debit.kind == O_REVENUE)
		other = &move->credit;
	else if (move->credit.kind == O_REVENUE)
		other = &move->debit;
	else
		return;
	if (is_revenue_source(other->kind))
		return;
	ereport(ERROR,
			errcode(MK_LEDGER_RULE),
			errmsg("revenue is posted only with a commission, an invoiced fee or a named result entry"),
			errdetail("o_revenue against %s, %s (FD-10).", account_describe(other), amount_to_cstring(move->amount)),
			errhint("Post it against o_commission_receivable, o_due_from_client, o_due_to_client, o_cash, a receivable or o_loss."));
}

static void
check_explained(const Move *move)
{
	if (move->reason == NULL || move->reason[0] == '\0')
		ereport(ERROR,
				errcode(MK_LEDGER_RULE),
				errmsg("a transfer names its reason"),
				errdetail("From %s to %s: %s.", account_describe(&move->debit), account_describe(&move->credit),
						  amount_to_cstring(move->amount)),
				errhint("Give the posting rule, for example 'release'."));
	if (move->cause <= 0)
		ereport(ERROR,
				errcode(MK_LEDGER_RULE),
				errmsg("a transfer names the event that explains it"),
				errdetail("Transfer \"%s\" from %s to %s has none (FD-4).", move->reason, account_describe(&move->debit),
						  account_describe(&move->credit)),
				errhint("Emit the event first and hand over its id."));
}

static Posting *
posting_begin(void)
{
	MemoryContext context = AllocSetContextCreate(CurTransactionContext, "posting", ALLOCSET_DEFAULT_SIZES);
	Posting    *posting = MemoryContextAlloc(context, sizeof(Posting));

	posting->context = context;
	posting->count = 0;
	posting->capacity = 8;
	posting->moves = MemoryContextAlloc(context, sizeof(Move) * posting->capacity);
	posting->nknown = 0;
	posting->known = NULL;
	return posting;
}

void
ledger_know(Call *call, const OpenAccounts *locked)
{
	if (!call->changes || call->posting == &posting_written || locked->count == 0)
		return;
	if (call->posting == NULL)
		call->posting = posting_begin();
	ledger_remember(call->posting, locked);
}

void
ledger_move(Call *call, Account debit, Account credit, Amount amount, const char *reason, int64 cause)
{
	Move		move = {debit, credit, amount, reason, cause};
	Posting    *posting;

	if (!call->changes || call->posting == &posting_written)
		elog(ERROR, "%s() moves money outside its posting", call->function);
	if (debit.kind >= ACCOUNT_KIND_COUNT || credit.kind >= ACCOUNT_KIND_COUNT)
		elog(ERROR, "unknown kind of account");
	check_amount(&move);
	check_rings(&move);
	check_revenue(&move);
	check_explained(&move);

	if (call->posting == NULL)
		call->posting = posting_begin();
	posting = call->posting;
	if (posting->count == posting->capacity)
	{
		posting->capacity *= 2;
		posting->moves = repalloc_huge(posting->moves, sizeof(Move) * posting->capacity);
	}
	move.reason = MemoryContextStrdup(posting->context, reason);
	posting->moves[posting->count++] = move;
}

bool
ledger_moves(const Call *call)
{
	return call->posting != NULL && (call->posting == &posting_written || call->posting->count > 0);
}

/* What the transfer adds to accounts of the kind, on their normal side; true when it touches them. */
static bool
move_effect(const Move *move, AccountKind kind, Amount *effect)
{
	bool		grows_by_debit = account_kind_traits[kind].side == 'D';

	if ((move->debit.kind == kind) == (move->credit.kind == kind))
		return false;
	*effect = (move->debit.kind == kind) == grows_by_debit ? move->amount : amount_neg(move->amount);
	return true;
}

typedef struct MirrorSum
{
	Amount		client;
	Amount		own;
} MirrorSum;

/* The sums of the currency, added with zero when it is new. */
static MirrorSum *
mirror_sum(List **sums, CurrencyCode currency)
{
	MirrorSum  *sum;
	ListCell   *cell;

	foreach(cell, *sums)
	{
		sum = lfirst(cell);
		if (amount_currency(sum->client) == currency)
			return sum;
	}
	sum = palloc(sizeof(MirrorSum));
	sum->client = sum->own = amount_of(currency, 0);
	*sums = lappend(*sums, sum);
	return sum;
}

static void
check_mirror(const Posting *posting, AccountKind client, AccountKind own)
{
	List	   *sums = NIL;
	ListCell   *cell;

	for (int i = 0; i < posting->count; i++)
	{
		const Move *move = &posting->moves[i];
		CurrencyCode currency = amount_currency(move->amount);
		Amount		effect;

		if (move_effect(move, client, &effect))
			mirror_sum(&sums, currency)->client = amount_add(mirror_sum(&sums, currency)->client, effect);
		if (move_effect(move, own, &effect))
			mirror_sum(&sums, currency)->own = amount_add(mirror_sum(&sums, currency)->own, effect);
	}
	foreach(cell, sums)
	{
		MirrorSum  *sum = lfirst(cell);

		if (sum->client != sum->own)
			ereport(ERROR,
					errcode(MK_LEDGER_RULE),
					errmsg("%s and %s mirror one another", account_kind_traits[client].name, account_kind_traits[own].name),
					errdetail("The posting changes them by %s and %s (FD-8).", amount_to_cstring(sum->client),
							  amount_to_cstring(sum->own)),
					errhint("Post both halves in one call."));
	}
}

int64
ledger_flush_posting(Call *call)
{
	Posting    *posting = call->posting;
	MemoryContext previous;
	int64		posting_id;

	if (posting == NULL || posting == &posting_written || posting->count == 0)
		return 0;
	previous = MemoryContextSwitchTo(posting->context);
	for (int i = 0; i < lengthof(mirrors); i++)
		check_mirror(posting, mirrors[i].client, mirrors[i].own);
	posting_id = ledger_write(call, posting);
	MemoryContextSwitchTo(previous);

	call->posting = &posting_written;
	MemoryContextDelete(posting->context);
	return posting_id;
}

void
ledger_flush(Call *call)
{
	(void) ledger_flush_posting(call);
}

LedgerMark
ledger_mark(const Call *call)
{
	return (LedgerMark) {call->posting, call->posting == NULL || call->posting == &posting_written ? 0 : call->posting->count};
}

/*
 * A posting that was begun later, or written, is not there any more: its subtransaction was rolled back, and with it the locks that it had
 * taken.
 */
void
ledger_return_to(Call *call, LedgerMark mark)
{
	if (mark.posting != NULL && mark.posting != call->posting)
		elog(ERROR, "%s() wrote in an attempt what it had collected before", call->function);
	call->posting = mark.posting;
	if (mark.posting != NULL && mark.posting != &posting_written)
	{
		mark.posting->count = mark.count;
		mark.posting->nknown = 0;
	}
}

PG_FUNCTION_INFO_V1(account_kinds);
Datum
account_kinds(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int kind = 0; kind < ACCOUNT_KIND_COUNT; kind++)
	{
		const AccountKindTraits *traits = &account_kind_traits[kind];
		Datum		values[4];
		bool		nulls[4] = {false, false, false, false};

		values[0] = CStringGetTextDatum(traits->name);
		values[1] = CStringGetTextDatum(traits->ring == 'C' ? "client" : "own");
		values[2] = CStringGetTextDatum(traits->side == 'D' ? "debit" : "credit");
		values[3] = BoolGetDatum(traits->checked);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

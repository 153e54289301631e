/*
 * query_fact.c
 *		Rows that nothing changes during a call, asked for once: whose seller order it is, the currency of an order, the time zone of the
 *		marketplace. Areas ask their neighbours such things again and again within one call.
 *
 * Not for anything that a call changes, and not across calls: there is no invalidation, the memory ends with the call.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "kernel/call.h"

#define FACT_SLOTS 64			/* a later fact may take an earlier one's place */
#define FACT_ARGUMENTS 3

typedef struct Fact
{
	const Statement *statement; /* NULL: empty */
	Datum		arguments[FACT_ARGUMENTS];
	Row			row;
} Fact;

static Fact *
fact_slot(Call *call, const Statement *statement, const Datum *arguments)
{
	uint32		hash = hash_combine(murmurhash32((uint32) ((uintptr_t) statement >> 4)),
									hash_bytes((const unsigned char *) arguments, sizeof(Datum) * FACT_ARGUMENTS));

	if (call->facts == NULL)
		call->facts = MemoryContextAllocZero(call->memory, sizeof(Fact) * FACT_SLOTS);
	return &call->facts[hash % FACT_SLOTS];
}

bool
query_fact(Call *call, Statement *statement, const Value *args, Row *row)
{
	int			nargs = (int) strlen(statement->signature);
	Datum		arguments[FACT_ARGUMENTS] = {0};
	Fact	   *fact;
	MemoryContext previous;
	bool		found;

	if (nargs > FACT_ARGUMENTS || strspn(statement->signature, "ilb") != nargs)
		elog(ERROR, "a fact is asked for by a few numbers, not by \"%s\"", statement->signature);
	for (int i = 0; i < nargs; i++)
		arguments[i] = args[i].datum;
	fact = fact_slot(call, statement, arguments);
	if (fact->statement == statement && memcmp(fact->arguments, arguments, sizeof(arguments)) == 0)
	{
		*row = fact->row;
		return true;
	}

	previous = MemoryContextSwitchTo(call->memory);
	found = query_row(statement, args, row);
	MemoryContextSwitchTo(previous);
	if (found)
	{
		fact->statement = statement;
		memcpy(fact->arguments, arguments, sizeof(arguments));
		fact->row = *row;
	}
	return found;
}

/*
 * statement_follow.c
 *		What follows from the lines of a bank file: all of it, or all but the lines whose consequence cannot be carried out. Those become
 *		breaks with their reasons; a bank's fact is never refused (FD-86).
 *
 * Everything is tried at once, in a subtransaction, with the locks in the one order that all calls keep. When a line fails everything
 * is undone, the line is set apart, and the rest is tried again. Where only the common posting fails, the line that it takes is looked
 * for by halving.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break.h"
#include "kernel/attempt.h"
#include "kernel/errors.h"

typedef struct Follow
{
	BankLines	lines;
	const ErrorData **refused;	/* by line; NULL: it is tried */
	int			upto;			/* lines before it are tried */
	int			at;				/* the line at hand; -1: none */
	bool		together;		/* lines are done; what they collected is carried out */
} Follow;

/* Money that came is in the account whatever it was meant for: in suspense, until somebody has looked at the break. */
static BankOutcome
set_apart(Call *call, BankLine *line, const ErrorData *error)
{
	BankOutcome outcome = {.outcome = "break"};

	line->obstacle = psprintf("%s (%s)", error->message, unpack_sql_state(error->sqlerrcode));
	outcome.break_id = bank_line_break(call, line, "entry_break", NULL, "what follows from it cannot be carried out");
	if (line->credit && line->plan.kind != BANK_LINE_OTHER)
	{
		outcome.object = "money_receipt";
		outcome.object_id = bank_line_receive(call, line);
		outcome.outcome = "suspense";
	}
	return outcome;
}

static void
follow_lines(Call *call, void *argument)
{
	Follow	   *follow = argument;

	follow->at = -1;
	follow->together = false;
	bank_lines_lock(call, &follow->lines);
	for (int i = 0; i < follow->upto; i++)
	{
		BankLine   *line = &follow->lines.lines[i];
		BankOutcome outcome;

		follow->at = i;
		outcome = follow->refused[i] != NULL ? set_apart(call, line, follow->refused[i]) : bank_line_follow(call, line);
		bank_line_record(call, line, &outcome);
	}
	follow->at = -1;
	follow->together = true;
	attempt_carry_out(call);
}

/* The first line with which the posting fails; -1: it fails without any. */
static int
line_that_fails(Call *call, Follow *follow)
{
	int			stands = 0;		/* so many lines can be carried out */
	int			fails = follow->lines.count;
	ErrorData  *error;

	follow->upto = 0;
	if (!attempt_dry(call, follow_lines, follow, &error))
		return -1;
	while (fails - stands > 1)
	{
		follow->upto = (stands + fails) / 2;
		if (attempt_dry(call, follow_lines, follow, &error))
			stands = follow->upto;
		else
			fails = follow->upto;
	}
	follow->upto = follow->lines.count;
	return fails - 1;
}

void
bank_lines_follow(Call *call, BankLines lines)
{
	Follow		follow = {lines, MemoryContextAllocExtended(CurrentMemoryContext, sizeof(ErrorData *) * Max(lines.count, 1),
														  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO), lines.count, -1, false};
	ErrorData  *error;

	while (!attempt(call, follow_lines, &follow, &error))
	{
		int			line = follow.at;

		if (line < 0 && follow.together)
			line = line_that_fails(call, &follow);
		/* what is set apart and fails again is no matter of the line */
		if (line < 0 || follow.refused[line] != NULL)
			ReThrowError(error);
		follow.refused[line] = error;
	}
}

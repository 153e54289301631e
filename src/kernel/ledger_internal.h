/*
 * ledger_internal.h
 *		What the files of the ledger know of one another; everybody else includes ledger.h.
 */
#ifndef MARKETPLACE_LEDGER_INTERNAL_H
#define MARKETPLACE_LEDGER_INTERNAL_H

#include "kernel/ledger.h"

typedef struct AccountKindTraits
{
	const char *name;
	char		ring;			/* 'C' client money, 'O' own money */
	char		side;			/* 'D' or 'C': where the balance grows */
	bool		checked;
} AccountKindTraits;

typedef struct Move
{
	Account		debit;
	Account		credit;
	Amount		amount;
	const char *reason;
	int64		cause;
} Move;

/* Everything in it lives in its memory context. */
struct Posting
{
	MemoryContext context;
	int			count;
	int			capacity;
	Move	   *moves;
};
typedef struct Posting Posting;

/* ledger.c */
extern const AccountKindTraits account_kind_traits[ACCOUNT_KIND_COUNT];
extern AccountKind account_kind_by_name(const char *name);	/* ACCOUNT_KIND_COUNT when there is none */
extern char *account_describe(const Account *account);
extern bool account_equal(const Account *a, const Account *b);

/* As ledger_flush(); returns the id of the posting, 0 when there was nothing to post. */
extern int64 ledger_flush_posting(Call *call);

/* ledger_write.c: locks, checks balances, writes; returns the id of the posting. */
extern int64 ledger_write(Call *call, const Posting *posting);

#endif

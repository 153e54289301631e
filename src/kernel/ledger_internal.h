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

/* One account of a posting. */
typedef struct OpenAccount
{
	Account		account;
	CurrencyCode currency;
	int64		id;				/* 0 until found */
	bool		locked;			/* by this call, and balance read under the lock */
	bool		made;			/* by this posting, with what it leaves on it: nobody else can have it */
	Amount		balance;		/* of checked kinds: before the transfers that were not run yet */
} OpenAccount;

/* Everything in it lives in its memory context. */
struct Posting
{
	MemoryContext context;
	int			count;
	int			capacity;
	Move	   *moves;
	int			nknown;			/* accounts that the call locked before it moved anything, in key order */
	OpenAccount *known;
};
typedef struct Posting Posting;

/* The accounts in key order, and for each leg (2 × index of the transfer, + 1 for the credit) which of them it touches. */
typedef struct OpenAccounts
{
	int			count;
	OpenAccount *accounts;
	int		   *by_leg;
} OpenAccounts;

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* ledger.c */
extern const AccountKindTraits account_kind_traits[ACCOUNT_KIND_COUNT];
extern AccountKind account_kind_by_name(const char *name);	/* ACCOUNT_KIND_COUNT when there is none */
extern char *account_describe(const Account *account);
extern bool account_equal(const Account *a, const Account *b);

/* Remembers what the call has locked: it will not be looked for and locked again. */
extern void ledger_know(Call *call, const OpenAccounts *locked);

/* As ledger_flush(); returns the id of the posting, 0 when there was nothing to post. */
extern int64 ledger_flush_posting(Call *call);

/* ledger_accounts.c: all accounts with their ids; returns how many were not there */
extern OpenAccounts ledger_open_accounts(Call *call, const Posting *posting);
extern int	ledger_find_accounts(Call *call, OpenAccounts *open);
extern void ledger_remember(Posting *posting, const OpenAccounts *locked);
extern Value ledger_int64_array(Datum *elements, int n);
extern Value ledger_text_array(Datum *elements, int n);
extern Value ledger_amount_array(Datum *elements, bool *nulls, int n);	/* nulls may be NULL */

/* ledger_write.c */
extern bool ledger_leg_grows(const OpenAccount *open, bool debit);

/* ledger_write.c: locks, checks balances, writes; returns the id of the posting. */
extern int64 ledger_write(Call *call, const Posting *posting);

#endif

/*
 * debt.h
 *		What sellers owe the platform: how a debt arises and how releases repay it (FD-70 … FD-72).
 */
#ifndef MARKETPLACE_DEBT_H
#define MARKETPLACE_DEBT_H

#include "funds/funds_internal.h"

typedef struct Debt
{
	int64		id;
	int64		seller_id;
	int64		order_id;
	Amount		open;			/* principal */
	Amount		amount;
	const char *state;
	Numeric		interest;		/* accrued until interest_from, not rounded */
	Numeric		interest_pct;
	DateADT		interest_from;
	DateADT		due_on;
} Debt;

/* The platform has advanced the amount for a refund (FD-P19, posted by the caller). Returns the debt's id. */
extern int64 debt_arise(Call *call, int64 seller_id, int64 order_id, int64 decision_id, Amount amount, int64 cause);

/*
 * An account of a seller has been credited by a release, or by what matured of one: open, undisputed, due debts are repaid
 * from it, oldest first, at most policy fd.offset_cap_pct of the amount (FD-70, FD-P21). Posts; does nothing when the seller
 * owes nothing.
 */
extern void debt_offset(Call *call, Account account, Amount amount, int64 cause);

/* debt.c, for debt_functions.c */
extern Debt debt_lock(Call *call, int64 debt_id);	/* MK004 */
extern Amount debt_interest(Call *call, const Debt *debt);	/* due by now, rounded */

/* What a repayment or reduction does to the row: interest first, then principal. Leaves posting to the caller. */
typedef struct DebtChange
{
	const char *kind;			/* of the movement */
	const char *event;			/* of the lifecycle when something is left, NULL: the state stays */
	const char *state;
	const char *end_event;		/* and when nothing is */
	const char *end_state;
	Amount		principal;
	Amount		interest;
	const Account *source;		/* of an offset; or NULL */
	const char *note;
	int64		cause;
} DebtChange;
extern void debt_change(Call *call, const Debt *debt, const DebtChange *change);
extern int64 debt_tell(Call *call, const Debt *debt, const char *type, Amount amount, const char *note);

#endif

/*
 * ledger.h
 *		The books: accounts, transfers, and the posting that a call builds and hands over once (DESIGN.md §4, rules/funds.md §1).
 *
 * An area says which cents move and why; ledger_flush() (called by call_end()) sorts and locks the accounts, checks every
 * rule and writes all rows in one go.
 */
#ifndef MARKETPLACE_LEDGER_H
#define MARKETPLACE_LEDGER_H

#include "kernel/call.h"
#include "kernel/document.h"

/* X(constant, name, ring C/O, normal side debit/credit, checked: balance kept, never below zero) -- FD §1 */
#define ACCOUNT_KIND_LIST(X) \
	X(C_PSP_CLEARING, "c_psp_clearing", 'C', 'D', false) \
	X(C_CASH, "c_cash", 'C', 'D', false) \
	X(C_DUE_FROM_OWN, "c_due_from_own", 'C', 'D', false) \
	X(C_ESCROW, "c_escrow", 'C', 'C', true) \
	X(C_SELLER_PENDING, "c_seller_pending", 'C', 'C', true) \
	X(C_SELLER, "c_seller", 'C', 'C', true) \
	X(C_RESERVE, "c_reserve", 'C', 'C', true) \
	X(C_COMMISSION, "c_commission", 'C', 'C', true) \
	X(C_DUE_TO_OWN, "c_due_to_own", 'C', 'C', true) \
	X(C_BUYER, "c_buyer", 'C', 'C', true) \
	X(C_PAYOUT_CLEARING, "c_payout_clearing", 'C', 'C', true) \
	X(C_REFUND_CLEARING, "c_refund_clearing", 'C', 'C', true) \
	X(C_THIRD, "c_third", 'C', 'C', true) \
	X(C_SUSPENSE, "c_suspense", 'C', 'C', true) \
	X(C_FX, "c_fx", 'C', 'D', false) \
	X(O_CASH, "o_cash", 'O', 'D', false) \
	X(O_FUNDING, "o_funding", 'O', 'C', false) \
	X(O_COMMISSION_RECEIVABLE, "o_commission_receivable", 'O', 'D', false) \
	X(O_DUE_FROM_CLIENT, "o_due_from_client", 'O', 'D', false) \
	X(O_DUE_TO_CLIENT, "o_due_to_client", 'O', 'C', false) \
	X(O_SELLER_RECEIVABLE, "o_seller_receivable", 'O', 'D', true) \
	X(O_OTHER_RECEIVABLE, "o_other_receivable", 'O', 'D', true) \
	X(O_REVENUE, "o_revenue", 'O', 'C', false) \
	X(O_VAT, "o_vat", 'O', 'C', false) \
	X(O_PSP_FEES, "o_psp_fees", 'O', 'D', false) \
	X(O_FX, "o_fx", 'O', 'C', false) \
	X(O_LOSS, "o_loss", 'O', 'D', false)

typedef enum AccountKind
{
#define ACCOUNT_KIND_ENUM(constant, name, ring, side, checked) constant,
	ACCOUNT_KIND_LIST(ACCOUNT_KIND_ENUM)
#undef ACCOUNT_KIND_ENUM
	ACCOUNT_KIND_COUNT
} AccountKind;

/* Which account: 0 where a part does not apply. The currency is the amount's. */
typedef struct Account
{
	AccountKind kind;
	int64		party_id;		/* seller, buyer, PSP, third party */
	int64		order_line_id;
	int64		allocation_id;	/* the capture allocation whose cents these are (SETTLED 2) */
} Account;

extern const char *account_kind_name(AccountKind kind);

/* Adds one transfer to the call's posting. amount > 0. cause: id of the event that explains it. reason: 'release', 'payout', … (FD-P id in funds). */
extern void ledger_move(Call *call, Account debit, Account credit, Amount amount, const char *reason, int64 cause);

/* The same for each of the document's "transfers": [{"debit": {"kind", …}, "credit": {…}, "amount"}], as ledger_post() takes them. */
extern void ledger_move_document(Call *call, const Document *root, const char *reason, int64 cause);

/* Writes the call's posting; nothing to do when there is none. Called by call_end(); afterwards the call may build no other. */
extern void ledger_flush(Call *call);

/* What the call has built so far, and back to it: what was added is forgotten (attempt.c). */
typedef struct LedgerMark
{
	struct Posting *posting;
	int			count;
} LedgerMark;
extern LedgerMark ledger_mark(const Call *call);
extern void ledger_return_to(Call *call, LedgerMark mark);

/* Tick step: folds at most limit summed accounts of the call's marketplace; returns how many. Settled transfers only. */
extern int	ledger_tick(Call *call, int limit);

/* Does the call move anything so far, written or not? Otherwise its balances are the stored ones. */
extern bool ledger_moves(const Call *call);

/* Balance on the account's normal side, the call's own unflushed moves included. */
extern Amount ledger_balance(Call *call, Account account, CurrencyCode currency);

/*
 * Locks checked accounts, in ascending id, and returns their stored balances (zero where there is no account yet). For runs that
 * spend what they find; before they move anything. ids: of the accounts, where they are known; NULL: they are looked for.
 */
extern void ledger_lock_balances(Call *call, const Account *accounts, const CurrencyCode *currencies, const int64 *ids, int n, Amount *balances);

#endif

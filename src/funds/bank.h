/*
 * bank.h
 *		Bank files as they are read: statements and notifications of an account (camt.053, camt.054), status reports on our own
 *		orders (pain.002). What the files of this piece know of one another.
 *
 * Reading decides nothing: what a file says is kept as it says it. A file that does not say what it must is refused
 * whole (MK113); one whose content is odd is taken, and what is odd becomes a break.
 */
#ifndef MARKETPLACE_BANK_H
#define MARKETPLACE_BANK_H

#include "funds/incoming_internal.h"
#include "funds/settlement.h"
#include "kernel/instruction.h"
#include "kernel/xml.h"

/* A sum of money as written. amount is set only where exact. */
typedef struct BankAmount
{
	const char *written;		/* '8.850'; NULL: not given */
	const char *currency;		/* 'EUR', as written */
	Numeric		value;			/* not negative */
	bool		exact;			/* a known currency and no more decimals than it has */
	bool		trailing;		/* exact, but with more decimals than the currency has: zeros */
	Amount		amount;
} BankAmount;

typedef struct BankBalance
{
	const char *code;			/* OPBD, CLBD, … or the bank's own */
	BankAmount	amount;
	bool		credit;
	DateADT		day;
} BankBalance;

/* One transaction of an entry. */
typedef struct BankDetail
{
	BankAmount	amount;
	bool		credit;
	const char *end_to_end_id;	/* NULL too where it says NOTPROVIDED */
	const char *transaction_id;
	const char *instruction_id;
	const char *payment_information_id;
	const char *servicer_reference;
	const char *mandate_id;
	const char *debtor;
	const char *debtor_account;
	const char *creditor;
	const char *creditor_account;
	const char *remittance;		/* unstructured, lines joined by spaces */
	const char *creditor_reference;
	bool		returned;		/* has RtrInf */
	const char *return_reason;	/* AC01, … */
	const char *return_information;
	int64		id;				/* of bank_entry_details, once stored */
} BankDetail;

typedef struct BankEntry
{
	int			position;		/* in the statement, among all entries, from 1 */
	const char *reference;
	const char *servicer_reference;
	BankAmount	amount;
	bool		credit;
	bool		reversal;
	bool		booked;
	const char *status;
	Value		booked_on;
	Value		value_on;
	const char *code;			/* PMNT/RCDT/ESCT, or the bank's own */
	const char *batch_message_id;
	const char *payment_information_id;
	int64		batch_count;	/* transactions that the batch is said to have; -1: not said */
	bool		batch;
	bool		exploded;		/* its details stand for it (FD-87) */
	const char *information;
	int			ndetails;
	BankDetail *details;
	int64		id;				/* of bank_entries, once stored */
	int64		same_as;		/* the entry that told of it before; 0: none */
	bool		repeated;		/* in a message of the same kind: booked twice? */
} BankEntry;

typedef struct BankStatement
{
	const char *statement_id;
	int64		page;
	const char *account;		/* IBAN, or the bank's own number */
	const char *currency;
	Numeric		sequence;		/* electronic, else legal; NULL: not numbered */
	Value		created_at;
	Value		from_at;
	Value		until_at;
	const char *copy;			/* COPY, DUPL, CODU; NULL */
	int			nbalances;
	BankBalance *balances;
	int			nentries;
	BankEntry  *entries;
	bytea	   *sha256;			/* of the content, however it was written */

	/* statement_check.c */
	const BankBalance *opening; /* NULL: none given */
	const BankBalance *closing;
	int			nbooked;
	Numeric		booked;			/* credits less debits, whatever their currencies */
	Value		booked_amount;	/* the same; null where it is no amount of one currency */
	Value		balanced;		/* null where it cannot be said */
	Numeric		difference;		/* opening + booked - closing where they do not add up; else NULL */

	int64		id;				/* of bank_statements, once stored */
	bool		is_new;			/* stored by this import */
	int64		message_id;		/* that brought it */
	int64		bank_account_id;	/* 0: not one of ours */
	bool		client;			/* holds client money */
} BankStatement;

typedef struct BankFile
{
	const char *kind;			/* camt.053, camt.054, pain.002 */
	int			version;
	const char *message_id;
	Value		created_at;
	XmlNode    *message;		/* the element below Document */
	int			nstatements;
	BankStatement *statements;
	int64		id;				/* of bank_messages, once stored */
} BankFile;

/* bank_file.c: the file as a whole */
extern BankFile bank_file_read(Call *call, const char *content, const char *const *kinds);
extern bool bank_file_store(Call *call, BankFile *file, const char *content);
extern void bank_import_lock(Call *call);
extern void bank_refuse(const XmlNode *node, const char *detail) pg_attribute_noreturn();

/* bank_values.c: what elements say */
extern char *bank_required(const XmlNode *node, const char *path);
extern BankAmount bank_amount(const XmlNode *node);	/* an Amt element; NULL: not given */
extern bool bank_credit(const XmlNode *node);		/* of the element's CdtDbtInd */
extern Value bank_day(const XmlNode *node);			/* of a DateAndDateTimeChoice; NULL where there is none */
extern Value bank_instant(Call *call, const XmlNode *node, const char *path);
extern Numeric bank_signed(const BankAmount *amount, bool credit);

/* camt_statement.c, camt_entry.c */
extern void camt_read(Call *call, BankFile *file);
extern void camt_read_entry(const XmlNode *node, int position, BankEntry *entry);

/* statement_check.c: does it add up, does it follow the last one; what is odd in it */
extern void statement_add_up(BankStatement *statement);
extern void statement_report(Call *call, const BankFile *file, const BankStatement *statement);
extern char *statement_key(const BankFile *file, const BankStatement *statement);	/* names it in breaks */
extern Value bank_amount_value(const BankAmount *amount, bool credit);

/* statement_store.c */
extern bool statement_find(Call *call, const BankFile *file, BankStatement *statement);
extern void statement_store(Call *call, const BankFile *file, BankStatement *statement);

/* What a line is taken for before anything is done about it, so that all locks are taken first. */
typedef enum BankLineKind
{
	BANK_LINE_OTHER,
	BANK_LINE_RECEIPT,
	BANK_LINE_SETTLEMENT,
	BANK_LINE_FUNDING,
	BANK_LINE_CHARGEBACK
} BankLineKind;

typedef struct BankLinePlan
{
	BankLineKind kind;
	IncomingMoney money;		/* these of credits */
	Match		match;
	SettlementLine settlement_line;
	SettlementFound settlement;
	int64		capture_id;		/* of a chargeback */
	int64		payment_id;
} BankLinePlan;

/* statement_line.c: one thing that a statement says happened, and the break that it may need */
typedef struct BankLine
{
	const BankFile *file;
	const BankStatement *statement;
	const BankEntry *entry;
	const BankDetail *detail;	/* what it says of the payment; NULL: nothing */
	bool		part;			/* it is the transaction; else the entry as a whole */
	Amount		amount;			/* not negative */
	bool		credit;
	const char *end_to_end_id;
	const char *evidence;		/* for instructions: where it is written */
	const char *obstacle;		/* why what follows from it cannot be carried out; NULL: not known to fail */
	BankLinePlan plan;
} BankLine;

typedef struct BankLines
{
	int			count;
	BankLine   *lines;
} BankLines;

typedef struct BankOutcome
{
	const char *outcome;		/* a value of bank_line_outcome */
	const char *object;			/* NULL: none */
	int64		object_id;
	int64		break_id;
} BankOutcome;

extern BankLines bank_lines(const BankFile *file);	/* of its statements that were stored */
extern char *bank_line_written(const BankLine *line);	/* all its references and texts */
extern int64 bank_line_break(Call *call, const BankLine *line, const char *break_class, const Amount *ledger, const char *what);
extern void bank_line_record(Call *call, const BankLine *line, const BankOutcome *outcome);

/* statement_return.c: a payout or refund came back */
extern BankOutcome bank_line_return(Call *call, const BankLine *line, const InstructionFound *found);
extern void bank_lock_wallets(Call *call, const BankLines *lines);

/* statement_credit.c: settlements, own money and receipts */
extern void bank_credit_plan(Call *call, BankLine *line);
extern BankOutcome bank_credit_follow(Call *call, const BankLine *line);
extern int64 bank_line_receive(Call *call, const BankLine *line);	/* as a receipt of money */

/* statement_chargeback.c: what the payer's bank takes back */
extern void bank_debit_plan(Call *call, BankLine *line);
extern BankOutcome bank_debit_follow(Call *call, const BankLine *line);

/* statement_match.c: what the lines mean; all locks first. */
extern void bank_lines_lock(Call *call, BankLines *lines);
extern BankOutcome bank_line_follow(Call *call, const BankLine *line);

/* statement_follow.c: all of that, and breaks where it cannot be carried out */
extern void bank_lines_follow(Call *call, BankLines lines);

#endif

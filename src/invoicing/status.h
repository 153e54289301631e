/*
 * status.h
 *		Life-cycle statuses of issued documents: what the files of invoicing may say, and read, of them. The rules are rows of the views
 *		invoice_status_codes and invoice_status_reasons.
 */
#ifndef MARKETPLACE_STATUS_H
#define MARKETPLACE_STATUS_H

#include "kernel/event.h"

typedef struct StatusAmount
{
	const char *kind;			/* MDT-207 */
	Numeric		vat_rate;		/* NULL: none */
	Amount		amount;
} StatusAmount;

/* What of a document its statuses look at. */
typedef struct StatusInvoice
{
	int64		id;
	const char *kind;
	const char *type_code;
	const char *number;
	DateADT		issue_date;
	int64		issuer_id;
	int64		buyer_id;
	int64		order_id;		/* 0: none */
	const char *seller_legal_id;
	const char *business_process;	/* NULL: none */
	CurrencyCode currency;
	Amount		gross;
	Amount		prepaid;
	bool		credit_note;
} StatusInvoice;

typedef struct Status
{
	const char *code;
	const char *said_by;		/* NULL: who the code is of */
	bool		received;
	TimestampTz occurred_at;
	const char *reason;
	const char *note;
	const char *action;
	const char *message_id;
	List	   *amounts;		/* of StatusAmount */
	int64		cause_event_id;	/* 0: none */
} Status;

extern StatusInvoice *status_invoice(Call *call, int64 invoice_id);	/* MK004 when it does not exist */

/* Whether it may be said now: the code's order, and no end before. */
extern bool status_possible(Call *call, const StatusInvoice *invoice, const char *code);

/* Whether the buyer's last word is that it is disputed (207). */
extern bool status_disputed(Call *call, const StatusInvoice *invoice);

/* Checks, writes and tells; the order, or the document where it is of no order, is locked. Returns the status. */
extern int64 status_set(Call *call, const StatusInvoice *invoice, Status *status);

/* status_cash.c: what was cashed in and not reported yet, by VAT rate (IV-70); NIL when nothing was */
extern List *status_cash(Call *call, const StatusInvoice *invoice);

#endif

/*
 * sepa.h
 *		Credit transfers on their way to the bank: what a payment file is made of (RD-66…RD-71).
 */
#ifndef MARKETPLACE_FUNDS_SEPA_H
#define MARKETPLACE_FUNDS_SEPA_H

#include "funds/funds_internal.h"

#define SEPA_NAME_MAX	70
#define SEPA_TEXT_MAX	140

typedef struct SepaAddress
{
	const char *town;			/* NULL: none is given */
	const char *country;
	const char *postcode;
	const char *street;
	const char *lines[2];
} SepaAddress;

/* One transaction. */
typedef struct SepaTransfer
{
	int64		instruction_id;
	const char *object;			/* payout, refund */
	int64		object_id;
	int64		party_id;
	int64		bank_account_id;
	Amount		amount;
	const char *end_to_end_id;
	const char *name;
	const char *iban;
	const char *bic;			/* NULL: not given */
	SepaAddress address;
	const char *remittance;
	List	   *faults;			/* why it cannot be sent (texts) */
} SepaTransfer;

typedef struct SepaFile
{
	const char *message_id;		/* PmtInfId is the same with -1 */
	TimestampTz created_at;
	const char *initiator;
	DateADT		execution_date;
	bool		batch_booking;
	int64		debtor_account_id;
	const char *debtor;
	const char *debtor_iban;
	const char *debtor_bic;
	const char *address_form;	/* policy fd.file_address */
	Amount		control_sum;
	int			ntransfers;
	SepaTransfer *transfers;	/* by object and number */
} SepaFile;

/*
 * sepa_text.c: in the characters that SEPA has, cut to so many (0: not cut); accents are taken off. NULL when it has a character that has no equivalent:
 * *stranger is that one.
 */
extern char *sepa_text(const char *written, int most, char **stranger);

/* sepa_transfer.c: reads what a transaction needs and notes what is wrong with it */
extern void sepa_complete(Call *call, const SepaFile *file, SepaTransfer *transfer);
extern void sepa_refuse(const SepaFile *file, int64 batch_id);	/* returns when there is nothing to refuse */

/* sepa_write.c: pain.001.001.09 */
extern char *sepa_write(const SepaFile *file);
extern char *sepa_date(DateADT day);	/* 2026-11-24 */

#endif

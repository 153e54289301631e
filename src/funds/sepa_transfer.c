/*
 * sepa_transfer.c
 *		What a transaction of a payment file needs, and everything that is wrong with it (RD-67…RD-71). One that cannot be sent keeps
 *		the whole file from being made, each with its reasons (FD-84).
 */
#include "postgres.h"

#include "funds/sepa.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "lib/stringinfo.h"

#define SEPA_AMOUNT_MAX INT64CONST(99999999999)	/* EUR 999 999 999.99 */
#define FAULTS_SHOWN 50

static void
add_fault(SepaTransfer *transfer, char *fault)
{
	transfer->faults = lappend(transfer->faults, fault);
}

/* NULL stays NULL; a character that SEPA does not have is a fault of the transaction. */
static char *
write_text(SepaTransfer *transfer, const char *what, const char *written, int most)
{
	char	   *stranger;
	char	   *result;

	if (written == NULL)
		return NULL;
	result = sepa_text(written, most, &stranger);
	if (result == NULL)
		add_fault(transfer, psprintf("its %s has the character %s, which SEPA does not have", what, stranger));
	return result == NULL || result[0] == '\0' ? NULL : result;
}

static void
complete_account(Call *call, SepaTransfer *transfer)
{
	BankAccount account;

	if (transfer->bank_account_id == 0)
	{
		add_fault(transfer, psprintf("party %lld has no verified bank account", (long long) transfer->party_id));
		return;
	}
	account = bank_account_get(call, transfer->bank_account_id);
	if (strcmp(account.state, "verified") != 0)
		add_fault(transfer, psprintf("its bank account %lld is %s", (long long) account.id, account.state));
	transfer->name = write_text(transfer, "payee's name", account.holder, SEPA_NAME_MAX);
	transfer->iban = account.iban;
	transfer->bic = account.bic;
	if (transfer->name == NULL && transfer->faults == NIL)
		add_fault(transfer, pstrdup("its payee has no name"));
}

static void
check_amount(SepaTransfer *transfer)
{
	if (amount_currency(transfer->amount) != currency_lookup("EUR", CURRENCY_ALPHA_SIZE))
		add_fault(transfer, psprintf("it is %s: a SEPA file takes euros only", amount_to_cstring(transfer->amount)));
	else if (amount_minor(transfer->amount) < 1 || amount_minor(transfer->amount) > SEPA_AMOUNT_MAX)
		add_fault(transfer, psprintf("%s is not between 0.01 and 999999999.99", amount_to_cstring(transfer->amount)));
}

static char *
address_part(const Document *address, const char *key)
{
	return address->container == NULL ? NULL : document_text_or_null(address, key);
}

/* RD-71. The street is one line in the fields' form; the hybrid one has two lines, town and country. */
static void
complete_address(Call *call, const SepaFile *file, SepaTransfer *transfer)
{
	Document	party = document_root(party_get(call, transfer->party_id)->snapshot);
	Document	address = {.container = NULL};
	SepaAddress *out = &transfer->address;
	const char *form = file->address_form;

	if (strcmp(form, "none") == 0 || !document_has(&party, "address"))
		return;
	address = document_object(&party, "address");
	if (strcmp(form, "unstructured") == 0)
	{
		DateADT		until = policy_date(call, "fd.unstructured_address_until", NULL);
		char	   *postcode = address_part(&address, "postcode");
		char	   *town = address_part(&address, "city");

		out->lines[0] = write_text(transfer, "address", address_part(&address, "line1"), SEPA_NAME_MAX);
		out->lines[1] = write_text(transfer, "address", postcode == NULL ? town : psprintf("%s %s", postcode, town), SEPA_NAME_MAX);
		if (file->execution_date >= until)
			add_fault(transfer, psprintf("unstructured address not allowed since %s", sepa_date(until)));
		return;
	}
	out->town = write_text(transfer, "town", address_part(&address, "city"), 35);
	out->country = address_part(&address, "country");
	out->postcode = write_text(transfer, "postcode", address_part(&address, "postcode"), 16);
	if (strcmp(form, "structured") == 0)
		out->street = write_text(transfer, "street", address_part(&address, "line1"), SEPA_NAME_MAX);
	else
	{
		out->lines[0] = write_text(transfer, "address", address_part(&address, "line1"), SEPA_NAME_MAX);
		out->lines[1] = write_text(transfer, "address", address_part(&address, "line2"), SEPA_NAME_MAX);
	}
}

void
sepa_complete(Call *call, const SepaFile *file, SepaTransfer *transfer)
{
	check_amount(transfer);
	complete_account(call, transfer);
	complete_address(call, file, transfer);
	transfer->remittance = write_text(transfer, "remittance text", psprintf("%s %s %lld", marketplace_get(call)->name,
																			transfer->object, (long long) transfer->object_id),
									  SEPA_TEXT_MAX);
}

void
sepa_refuse(const SepaFile *file, int64 batch_id)
{
	StringInfoData detail;
	int			n = 0;

	initStringInfo(&detail);
	for (int i = 0; i < file->ntransfers; i++)
	{
		const SepaTransfer *transfer = &file->transfers[i];
		const ListCell *cell;

		foreach(cell, transfer->faults)
		{
			if (n++ < FAULTS_SHOWN)
				appendStringInfo(&detail, "%s%s %lld: %s.", detail.len > 0 ? "\n" : "", transfer->object,
								 (long long) transfer->object_id, (char *) lfirst(cell));
		}
	}
	if (n == 0)
		return;
	if (n > FAULTS_SHOWN)
		appendStringInfo(&detail, "\nand %d more.", n - FAULTS_SHOWN);
	ereport(ERROR,
			errcode(MK_PAYOUT),
			batch_id != 0 ? errmsg("no payment file of run %lld: %d faults", (long long) batch_id, n) :
			errmsg("no payment file: %d faults", n),
			errdetail("%s", detail.data),
			errhint("A file is made whole or not at all. Mend these, or drop those payouts (payout_fail()), and ask again."));
}

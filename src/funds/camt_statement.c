/*
 * camt_statement.c
 *		Reading the statements (camt.053) or notifications (camt.054) of a file: whose account, which number, balances, entries.
 *
 * The elements are the same from version 2 to 8 but for what camt_entry.c says; a notification has no balances.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "kernel/errors.h"
#include "kernel/seal.h"

/* 'ElctrncSeqNb', 'LglSeqNb': up to 18 digits */
static Numeric
read_number(const XmlNode *node, const char *path)
{
	char	   *written = xml_text(node, path);

	if (written == NULL)
		return NULL;
	if (strlen(written) > 18 || strspn(written, "0123456789") != strlen(written))
		bank_refuse(xml_at(node, path), psprintf("\"%.30s\" is no number.", written));
	return decimal_from_int64(strtoll(written, NULL, 10));
}

static BankBalance
read_balance(const XmlNode *node)
{
	BankBalance balance = {.credit = bank_credit(node)};
	Value		day = bank_day(xml_child(node, "Dt"));

	balance.code = xml_text(node, "Tp/CdOrPrtry/Cd");
	if (balance.code == NULL)
		balance.code = bank_required(node, "Tp/CdOrPrtry/Prtry");
	balance.amount = bank_amount(xml_child(node, "Amt"));
	if (balance.amount.written == NULL)
		bank_refuse(node, "Amt is missing.");
	if (day.null)
		bank_refuse(node, "Dt is missing.");
	balance.day = DatumGetDateADT(day.datum);
	return balance;
}

static int
count_children(const XmlNode *node, const char *name)
{
	int			n = 0;

	for (const XmlNode *child = xml_child(node, name); child != NULL; child = xml_next(child))
		n++;
	return n;
}

static const char *
read_account_number(const XmlNode *node)
{
	char	   *iban = xml_text(node, "Acct/Id/IBAN");

	return iban != NULL ? iban : bank_required(node, "Acct/Id/Othr/Id");
}

/* The account's, else that of what is counted in it. */
static const char *
currency_of(const XmlNode *node, const BankStatement *statement)
{
	char	   *currency = xml_text(node, "Acct/Ccy");

	if (currency != NULL)
		return currency;
	for (int i = 0; i < statement->nbalances; i++)
		if (strcmp(statement->balances[i].code, "OPBD") == 0)
			return statement->balances[i].amount.currency;
	if (statement->nbalances > 0)
		return statement->balances[0].amount.currency;
	return statement->nentries > 0 ? statement->entries[0].amount.currency : NULL;
}

static int64
read_page(const XmlNode *node)
{
	Numeric		page = read_number(node, xml_child(node, "StmtPgntn") != NULL ? "StmtPgntn/PgNb" : "NtfctnPgntn/PgNb");

	return page == NULL ? 1 : DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(page)));
}

static void
read_statement(Call *call, const XmlNode *node, bool with_balances, BankStatement *statement)
{
	char	   *canonical = xml_canonical(node);
	int			n = 0;

	*statement = (BankStatement) {
		.statement_id = bank_required(node, "Id"),
		.page = read_page(node),
		.account = read_account_number(node),
		.sequence = read_number(node, "ElctrncSeqNb"),
		.created_at = bank_instant(call, node, "CreDtTm"),
		.from_at = bank_instant(call, node, "FrToDt/FrDtTm"),
		.until_at = bank_instant(call, node, "FrToDt/ToDtTm"),
		.copy = xml_text(node, "CpyDplctInd"),
		.nbalances = count_children(node, "Bal"),
		.nentries = count_children(node, "Ntry"),
		.sha256 = seal_text(NULL, canonical)
	};
	pfree(canonical);
	if (statement->sequence == NULL)
		statement->sequence = read_number(node, "LglSeqNb");
	if (with_balances && statement->nbalances == 0)
		bank_refuse(node, "It has no balance.");
	statement->balances = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BankBalance) * Max(statement->nbalances, 1));
	statement->entries = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BankEntry) * Max(statement->nentries, 1));
	for (const XmlNode *balance = xml_child(node, "Bal"); balance != NULL; balance = xml_next(balance))
		statement->balances[n++] = read_balance(balance);
	n = 0;
	for (const XmlNode *entry = xml_child(node, "Ntry"); entry != NULL; entry = xml_next(entry), n++)
		camt_read_entry(entry, n + 1, &statement->entries[n]);
	statement->currency = currency_of(node, statement);
}

void
camt_read(Call *call, BankFile *file)
{
	bool		is_statement = strcmp(file->kind, "camt.053") == 0;
	const char *element = is_statement ? "Stmt" : "Ntfctn";
	int			n = 0;

	file->nstatements = count_children(file->message, element);
	if (file->nstatements == 0)
		bank_refuse(file->message, psprintf("%s is missing.", element));
	file->statements = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BankStatement) * file->nstatements);
	for (const XmlNode *node = xml_child(file->message, element); node != NULL; node = xml_next(node))
		read_statement(call, node, is_statement, &file->statements[n++]);
}

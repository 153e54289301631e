/*
 * camt_entry.c
 *		Reading one entry of a camt.053 or camt.054, of any version from 2 to 8, with its transactions; and whether these
 *		stand for it (FD-87, RD-76).
 */
#include "postgres.h"

#include "funds/bank.h"
#include "lib/stringinfo.h"

/* BOOK is the text of Sts up to version 4 and of Sts/Cd later; whichever is there is taken. */
static char *
read_status(const XmlNode *node)
{
	char	   *status = xml_text(node, "Sts");

	if (status == NULL)
		status = xml_text(node, "Sts/Cd");
	return status != NULL ? status : bank_required(node, "Sts/Prtry");
}

static const char *
read_code(const XmlNode *node)
{
	const XmlNode *domain = xml_at(node, "BkTxCd/Domn");

	if (domain == NULL)
		return xml_text(node, "BkTxCd/Prtry/Cd");
	return psprintf("%s/%s/%s", bank_required(domain, "Cd"), bank_required(domain, "Fmly/Cd"), bank_required(domain, "Fmly/SubFmlyCd"));
}

static bool
read_boolean(const XmlNode *node, const char *path)
{
	char	   *written = xml_text(node, path);

	if (written == NULL || strcmp(written, "false") == 0 || strcmp(written, "0") == 0)
		return false;
	if (strcmp(written, "true") != 0 && strcmp(written, "1") != 0)
		bank_refuse(xml_at(node, path), psprintf("\"%.10s\" is neither true nor false.", written));
	return true;
}

static bool
same_currency(const BankAmount *a, const BankAmount *b)
{
	return strcmp(a->currency, b->currency) == 0;
}

/* The sum that moved on the account: the first that is in the entry's currency, else the first that is there. */
static BankAmount
read_detail_amount(const XmlNode *node, const BankAmount *entry)
{
	static const char *const places[] = {"Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt"};
	BankAmount	first = {.written = NULL};

	for (int i = 0; i < lengthof(places); i++)
	{
		BankAmount	amount = bank_amount(xml_at(node, places[i]));

		if (amount.written != NULL && same_currency(&amount, entry))
			return amount;
		if (first.written == NULL)
			first = amount;
	}
	return first;
}

static const char *
read_party(const XmlNode *parties, const char *role)
{
	char	   *name = xml_text(parties, psprintf("%s/Nm", role));

	return name != NULL ? name : xml_text(parties, psprintf("%s/Pty/Nm", role));
}

static const char *
read_account(const XmlNode *parties, const char *role)
{
	char	   *iban = xml_text(parties, psprintf("%s/Id/IBAN", role));

	return iban != NULL ? iban : xml_text(parties, psprintf("%s/Id/Othr/Id", role));
}

static const char *
read_remittance(const XmlNode *node)
{
	StringInfoData lines;

	initStringInfo(&lines);
	for (const XmlNode *line = xml_at(node, "RmtInf/Ustrd"); line != NULL; line = xml_next(line))
	{
		char	   *content = xml_text(line, "");

		if (content != NULL)
			appendStringInfo(&lines, "%s%s", lines.len > 0 ? " " : "", content);
	}
	return lines.len > 0 ? lines.data : NULL;
}

/* The first; several blocks are rare, and one transaction has one payer's reference. */
static const char *
read_creditor_reference(const XmlNode *node)
{
	for (const XmlNode *block = xml_at(node, "RmtInf/Strd"); block != NULL; block = xml_next(block))
	{
		char	   *reference = xml_text(block, "CdtrRefInf/Ref");

		if (reference != NULL)
			return reference;
	}
	return NULL;
}

static void
read_return(const XmlNode *node, BankDetail *detail)
{
	const XmlNode *information = xml_child(node, "RtrInf");

	detail->returned = information != NULL;
	if (!detail->returned)
		return;
	detail->return_reason = xml_text(information, "Rsn/Cd");
	if (detail->return_reason == NULL)
		detail->return_reason = xml_text(information, "Rsn/Prtry");
	detail->return_information = xml_text(information, "AddtlInf");
}

static void
read_detail(const XmlNode *node, const BankEntry *entry, BankDetail *detail)
{
	const XmlNode *references = xml_child(node, "Refs");
	const XmlNode *parties = xml_child(node, "RltdPties");

	*detail = (BankDetail) {
		.amount = read_detail_amount(node, &entry->amount),
		.credit = xml_child(node, "CdtDbtInd") != NULL ? bank_credit(node) : entry->credit,
		.end_to_end_id = xml_text(references, "EndToEndId"),
		.transaction_id = xml_text(references, "TxId"),
		.instruction_id = xml_text(references, "InstrId"),
		.payment_information_id = xml_text(references, "PmtInfId"),
		.servicer_reference = xml_text(references, "AcctSvcrRef"),
		.mandate_id = xml_text(references, "MndtId"),
		.debtor = read_party(parties, "Dbtr"),
		.debtor_account = read_account(parties, "DbtrAcct"),
		.creditor = read_party(parties, "Cdtr"),
		.creditor_account = read_account(parties, "CdtrAcct"),
		.remittance = read_remittance(node),
		.creditor_reference = read_creditor_reference(node)
	};
	if (detail->end_to_end_id != NULL && strcmp(detail->end_to_end_id, "NOTPROVIDED") == 0)
		detail->end_to_end_id = NULL;
	read_return(node, detail);
}

/* What the bank says of the batch: its number of transactions, -1 where any part does not say. */
static void
read_batches(const XmlNode *node, BankEntry *entry)
{
	entry->batch_count = -1;
	for (const XmlNode *block = xml_child(node, "NtryDtls"); block != NULL; block = xml_next(block))
	{
		const XmlNode *batch = xml_child(block, "Btch");
		char	   *count = xml_text(batch, "NbOfTxs");

		if (batch == NULL)
			continue;
		if (entry->payment_information_id == NULL)
			entry->payment_information_id = xml_text(batch, "PmtInfId");
		if (entry->batch_message_id == NULL)
			entry->batch_message_id = xml_text(batch, "MsgId");
		entry->batch = true;
		if (count == NULL)
			continue;
		if (strlen(count) > 15 || strspn(count, "0123456789") != strlen(count))
			bank_refuse(batch, psprintf("NbOfTxs is \"%.20s\", no number.", count));
		entry->batch_count = Max(entry->batch_count, 0) + strtoll(count, NULL, 10);
	}
}

static void
read_details(const XmlNode *node, BankEntry *entry)
{
	int			n = 0;

	for (const XmlNode *block = xml_child(node, "NtryDtls"); block != NULL; block = xml_next(block))
		for (const XmlNode *detail = xml_child(block, "TxDtls"); detail != NULL; detail = xml_next(detail))
			n++;
	entry->details = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(BankDetail) * Max(n, 1));
	for (const XmlNode *block = xml_child(node, "NtryDtls"); block != NULL; block = xml_next(block))
		for (const XmlNode *detail = xml_child(block, "TxDtls"); detail != NULL; detail = xml_next(detail))
			read_detail(detail, entry, &entry->details[entry->ndetails++]);
	entry->batch |= n > 1;
}

/* RD-76: all of them are there, in the entry's currency, and add up to it. An amount is never counted twice. */
static bool
details_stand_for(const BankEntry *entry)
{
	Numeric		sum = decimal_from_int64(0);

	if (!entry->batch || entry->ndetails == 0 || (entry->batch_count >= 0 && entry->batch_count != entry->ndetails))
		return false;
	for (int i = 0; i < entry->ndetails; i++)
	{
		const BankDetail *detail = &entry->details[i];

		if (detail->amount.written == NULL || !same_currency(&detail->amount, &entry->amount))
			return false;
		sum = decimal_add(sum, bank_signed(&detail->amount, detail->credit));
	}
	return decimal_cmp(sum, bank_signed(&entry->amount, entry->credit)) == 0;
}

void
camt_read_entry(const XmlNode *node, int position, BankEntry *entry)
{
	*entry = (BankEntry) {
		.position = position,
		.reference = xml_text(node, "NtryRef"),
		.servicer_reference = xml_text(node, "AcctSvcrRef"),
		.amount = bank_amount(xml_child(node, "Amt")),
		.credit = bank_credit(node),
		.reversal = read_boolean(node, "RvslInd"),
		.status = read_status(node),
		.booked_on = bank_day(xml_child(node, "BookgDt")),
		.value_on = bank_day(xml_child(node, "ValDt")),
		.code = read_code(node),
		.information = xml_text(node, "AddtlNtryInf")
	};
	if (entry->amount.written == NULL)
		bank_refuse(node, "Amt is missing.");
	entry->booked = strcmp(entry->status, "BOOK") == 0;
	read_batches(node, entry);
	read_details(node, entry);
	entry->exploded = details_stand_for(entry);
}

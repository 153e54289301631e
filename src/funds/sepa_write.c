/*
 * sepa_write.c
 *		A payment file as pain.001.001.09: one payment information, its transactions in the order that they were given (RD-66).
 */
#include "postgres.h"

#include "funds/sepa.h"
#include "kernel/xml_write.h"
#include "utils/datetime.h"

#define PAIN_NAMESPACE "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

char *
sepa_date(DateADT day)
{
	int			year,
				month,
				dom;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &dom);
	return psprintf("%04d-%02d-%02d", year, month, dom);
}

static char *
iso_instant(TimestampTz at)
{
	struct pg_tm tm;
	fsec_t		fraction;

	if (timestamp2tm(at, NULL, &tm, &fraction, NULL, NULL) != 0)
		elog(ERROR, "the clock is out of range");
	return psprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static char *
value_of(Amount amount)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(amount_to_numeric(amount))));
}

/* <outer><Nm>…</Nm></outer> and the like */
static void
write_within(XmlWriter *xml, const char *outer, const char *name, const char *value)
{
	xml_open(xml, outer);
	xml_element(xml, name, value);
	xml_close(xml);
}

static void
write_account(XmlWriter *xml, const char *name, const char *iban)
{
	xml_open(xml, name);
	write_within(xml, "Id", "IBAN", iban);
	xml_close(xml);
}

static void
write_agent(XmlWriter *xml, const char *name, const char *bic)
{
	xml_open(xml, name);
	xml_open(xml, "FinInstnId");
	if (bic != NULL)
		xml_element(xml, "BICFI", bic);
	else
		write_within(xml, "Othr", "Id", "NOTPROVIDED");
	xml_close(xml);
	xml_close(xml);
}

static void
write_address(XmlWriter *xml, const SepaAddress *address)
{
	if (address->town == NULL && address->lines[0] == NULL)
		return;
	xml_open(xml, "PstlAdr");
	xml_element(xml, "StrtNm", address->street);
	xml_element(xml, "PstCd", address->postcode);
	xml_element(xml, "TwnNm", address->town);
	xml_element(xml, "Ctry", address->country);
	xml_element(xml, "AdrLine", address->lines[0]);
	xml_element(xml, "AdrLine", address->lines[1]);
	xml_close(xml);
}

static void
write_transfer(XmlWriter *xml, const SepaTransfer *transfer)
{
	xml_open(xml, "CdtTrfTxInf");
	write_within(xml, "PmtId", "EndToEndId", transfer->end_to_end_id);
	xml_open(xml, "Amt");
	xml_element_with(xml, "InstdAmt", "Ccy", currency_alpha(amount_currency(transfer->amount)), value_of(transfer->amount));
	xml_close(xml);
	if (transfer->bic != NULL)
		write_agent(xml, "CdtrAgt", transfer->bic);
	xml_open(xml, "Cdtr");
	xml_element(xml, "Nm", transfer->name);
	write_address(xml, &transfer->address);
	xml_close(xml);
	write_account(xml, "CdtrAcct", transfer->iban);
	write_within(xml, "RmtInf", "Ustrd", transfer->remittance);
	xml_close(xml);
}

static void
write_totals(XmlWriter *xml, const SepaFile *file)
{
	xml_element(xml, "NbOfTxs", psprintf("%d", file->ntransfers));
	xml_element(xml, "CtrlSum", value_of(file->control_sum));
}

static void
write_header(XmlWriter *xml, const SepaFile *file)
{
	xml_open(xml, "GrpHdr");
	xml_element(xml, "MsgId", file->message_id);
	xml_element(xml, "CreDtTm", iso_instant(file->created_at));
	write_totals(xml, file);
	write_within(xml, "InitgPty", "Nm", file->initiator);
	xml_close(xml);
}

char *
sepa_write(const SepaFile *file)
{
	XmlWriter  *xml = xml_write_begin();

	xml_open(xml, "Document");
	xml_attribute(xml, "xmlns", PAIN_NAMESPACE);
	xml_open(xml, "CstmrCdtTrfInitn");
	write_header(xml, file);
	xml_open(xml, "PmtInf");
	xml_element(xml, "PmtInfId", psprintf("%s-1", file->message_id));
	xml_element(xml, "PmtMtd", "TRF");
	xml_element(xml, "BtchBookg", file->batch_booking ? "true" : "false");
	write_totals(xml, file);
	xml_open(xml, "PmtTpInf");
	write_within(xml, "SvcLvl", "Cd", "SEPA");
	xml_close(xml);
	write_within(xml, "ReqdExctnDt", "Dt", sepa_date(file->execution_date));
	write_within(xml, "Dbtr", "Nm", file->debtor);
	write_account(xml, "DbtrAcct", file->debtor_iban);
	write_agent(xml, "DbtrAgt", file->debtor_bic);
	xml_element(xml, "ChrgBr", "SLEV");
	for (int i = 0; i < file->ntransfers; i++)
		write_transfer(xml, &file->transfers[i]);
	xml_close(xml);
	xml_close(xml);
	xml_close(xml);
	return TextDatumGetCString(PointerGetDatum(xml_write_end(xml)));
}

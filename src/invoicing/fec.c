/*
 * fec.c
 *		fec_entries(), fec_file(): what a party issued and was charged, as the French audit file of accounting entries (IV-76; LPF A47 A-1).
 *
 * Every document is one entry: the third party against net and VAT by goods and services; credit notes the other way round. Money is
 * not in it: payments are the books of whoever has the account. Which accounts is policy iv.fec_accounts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "invoicing/edocument.h"
#include "invoicing/invoice.h"
#include "kernel/errors.h"
#include "lib/stringinfo.h"
#include "utils/datetime.h"

static const char *const roles[] = {"journal_sales", "journal_purchases", "customer", "supplier", "sales_goods", "sales_services",
	"vat_collected", "fees", "vat_deductible", "rounding_gain", "rounding_loss"};

#define FEC_DOCUMENTS \
	"WITH documents AS (" \
	"  SELECT i.*, i.issuer_id = $2 AS sale, CASE WHEN i.issuer_id = $2 THEN i.buyer_id ELSE i.issuer_id END AS other_id," \
	"    CASE WHEN i.issuer_id = $2 THEN i.buyer ->> 'name' ELSE i.seller ->> 'name' END AS other," \
	"    CASE WHEN (i.issuer_id = $2) = (i.type_code NOT IN (" CREDIT_TYPES ")) THEN 1 ELSE -1 END AS side," \
	"    i.type_code IN (" CREDIT_TYPES ") AS credit_note, pg_catalog.row_number() OVER (ORDER BY i.issue_date, i.id) AS entry," \
	"    CASE WHEN i.currency::text = 'EUR' THEN 1 ELSE i.vat_currency_rate END AS rate" \
	"  FROM marketplace.invoices i WHERE i.marketplace_id = $1 AND i.kind <> 'envelope' AND i.issue_date <= $4" \
	"    AND (i.issuer_id = $2 OR (i.buyer_id = $2 AND i.kind = 'commission')))"

/* Of each document what the third party owes, and what it is for with the other sign; sums are 0 */
#define FEC_LEGS \
	", parts AS (" \
	"  SELECT d.id, CASE WHEN NOT d.sale THEN 'fees' WHEN t.category = 'goods' THEN 'sales_goods' ELSE 'sales_services' END AS role, 2 AS place," \
	"    t.category || t.vat_category || COALESCE(t.vat_rate::text, '') || COALESCE(t.exemption_code, '') AS detail, pg_catalog.abs(t.net) AS amount" \
	"  FROM documents d JOIN marketplace.invoice_tax_lines t ON t.marketplace_id = d.marketplace_id AND t.invoice_id = d.id" \
	"    WHERE d.issue_date >= $3" \
	"  UNION ALL SELECT d.id, CASE WHEN d.sale THEN 'vat_collected' ELSE 'vat_deductible' END, 3, v.position::text, marketplace.amount_value(v.tax)" \
	"  FROM documents d JOIN marketplace.invoice_vat v ON v.marketplace_id = d.marketplace_id AND v.invoice_id = d.id WHERE d.issue_date >= $3" \
	"  UNION ALL SELECT d.id, CASE WHEN (marketplace.sign(d.rounding) > 0) = d.sale THEN 'rounding_gain' ELSE 'rounding_loss' END, 4, ''," \
	"    marketplace.amount_value(d.rounding) FROM documents d WHERE d.issue_date >= $3)," \
	" converted AS (" \
	"  SELECT p.id, p.role, p.place, p.detail, -p.amount AS given, -pg_catalog.round(p.amount * d.rate, 2) AS amount" \
	"  FROM parts p JOIN documents d ON d.id = p.id WHERE p.amount <> 0)," \
	" legs AS (" \
	"  SELECT c.id, c.role, c.place, c.detail, c.given, c.amount FROM converted c" \
	"  UNION ALL SELECT c.id, CASE WHEN d.sale THEN 'customer' ELSE 'supplier' END, 1, '', -pg_catalog.sum(c.given), -pg_catalog.sum(c.amount)" \
	"  FROM converted c JOIN documents d ON d.id = c.id GROUP BY c.id, d.sale)"

#define FEC_COLUMNS \
	" SELECT $5 -> j.journal ->> 0, $5 -> j.journal ->> 1, d.entry, d.issue_date, $5 -> l.role ->> 0, $5 -> l.role ->> 1," \
	"   CASE WHEN l.place = 1 THEN COALESCE(p.reference, d.other_id::text) END, CASE WHEN l.place = 1 THEN d.other END, d.number, d.issue_date," \
	"   CASE WHEN d.credit_note THEN 'Avoir ' ELSE 'Facture ' END || d.number || ' ' || d.other," \
	"   pg_catalog.round(GREATEST(d.side * l.amount, 0), 2), pg_catalog.round(GREATEST(-d.side * l.amount, 0), 2)," \
	"   NULL::text, NULL::date, d.issue_date, CASE WHEN d.currency::text <> 'EUR' THEN d.side * l.given END," \
	"   CASE WHEN d.currency::text <> 'EUR' THEN d.currency::text END" \
	" FROM documents d JOIN legs l ON l.id = d.id" \
	" CROSS JOIN LATERAL (SELECT CASE WHEN d.sale THEN 'journal_sales' ELSE 'journal_purchases' END AS journal) AS j" \
	" LEFT JOIN marketplace.parties p ON p.marketplace_id = d.marketplace_id AND p.id = d.other_id" \
	" WHERE d.issue_date >= $3 ORDER BY d.entry, l.place, l.role, l.detail"

static Statement entries = STATEMENT("ilddj", FEC_DOCUMENTS FEC_LEGS FEC_COLUMNS);

static Jsonb *
accounts_of(Call *call, int64 party_id)
{
	PolicyScope scope = {.seller_id = party_id};
	Jsonb	   *accounts = policy_jsonb(call, "iv.fec_accounts", &scope);
	Document	root = document_root(accounts);

	for (int i = 0; i < lengthof(roles); i++)
	{
		Document	pair = document_array(&root, roles[i]);

		if (document_length(&pair) != 2)
			document_refuse(&root, roles[i], "It is not number and name.", "Write [\"411000\", \"Clients\"] (policy iv.fec_accounts).");
		(void) document_item_text(&pair, 0);
		(void) document_item_text(&pair, 1);
	}
	return accounts;
}

/* The accounts, once it is clear that the caller may read and all documents can be told in EUR. */
static Jsonb *
prepare(Call *call, int64 party_id, DateADT from_day, DateADT to_day)
{
	static Statement without_rate = STATEMENT("ildd",
		"SELECT i.number, i.currency::text FROM marketplace.invoices i WHERE i.marketplace_id = $1 AND i.kind <> 'envelope'"
		" AND (i.issuer_id = $2 OR (i.buyer_id = $2 AND i.kind = 'commission')) AND i.issue_date BETWEEN $3 AND $4"
		" AND i.currency::text <> 'EUR' AND i.vat_currency_rate IS NULL ORDER BY i.id LIMIT 1");
	Row			row;

	(void) party_get(call, party_id);
	if (!access_allows(call->caller, call->marketplace_id, CAPACITY_SELLER | CAPACITY_BUYER, party_id))
		access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	if (from_day > to_day)
		ereport(ERROR,
				errcode(MK_INVALID_ARGUMENT),
				errmsg("the first day comes after the last"),
				errdetail("Both days are included."),
				errhint("Give from_day and to_day in this order."));
	if (query_row(&without_rate, VALUES(value_int32(call->marketplace_id), value_int64(party_id), value_date(from_day), value_date(to_day)),
				  &row))
		ereport(ERROR,
				errcode(MK_FX),
				errmsg("document %s in %s has no rate to EUR", row_text(&row, 0), row_text(&row, 1)),
				errdetail("The file is in EUR, and only the rate frozen at issue counts."),
				errhint("Enter the document by hand and export the days around it."));
	return accounts_of(call, party_id);
}

PG_FUNCTION_INFO_V1(fec_entries);
Datum
fec_entries(PG_FUNCTION_ARGS)
{
	Call		call;
	int64		party_id;
	DateADT		from_day;
	DateADT		to_day;

	call_begin_read(&call, fcinfo);
	party_id = call_int64(&call, 1);
	from_day = call_date(&call, 2);
	to_day = call_date(&call, 3);
	query_return_set(fcinfo, &entries, VALUES(value_int32(call.marketplace_id), value_int64(party_id), value_date(from_day),
											  value_date(to_day), value_jsonb(prepare(&call, party_id, from_day, to_day))));
	call_end_read(&call);
	return (Datum) 0;
}

/*
 * ---- the file ----
 */

static void
put_text(StringInfo file, const char *field)
{
	if (field == NULL)
		return;
	for (const char *c = field; *c != '\0'; c++)	/* control characters are one byte in every server encoding */
		appendStringInfoChar(file, (unsigned char) *c < 0x20 || *c == 0x7f ? ' ' : *c);
}

static void
put_date(StringInfo file, const Row *row, int column)
{
	int			year;
	int			month;
	int			day;

	if (row_null(row, column))
		return;
	j2date(row_date(row, column) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	appendStringInfo(file, "%04d%02d%02d", year, month, day);
}

static void
put_amount(StringInfo file, const Row *row, int column)
{
	if (row_null(row, column))
		return;
	for (char *c = DatumGetCString(DirectFunctionCall1(numeric_out, row_datum(row, column))); *c != '\0'; c++)
		appendStringInfoChar(file, *c == '.' ? ',' : *c);
}

static void
put_entry(StringInfo file, const Row *row)
{
	for (int column = 0; column < row->ncolumns; column++)
	{
		if (column > 0)
			appendStringInfoChar(file, '\t');
		switch (column)
		{
			case 2:
				appendStringInfo(file, "%lld", (long long) row_int64(row, column));
				break;
			case 3:
			case 9:
			case 14:
			case 15:
				put_date(file, row, column);
				break;
			case 11:
			case 12:
			case 16:
				put_amount(file, row, column);
				break;
			default:
				put_text(file, row_text(row, column));
		}
	}
	appendStringInfoString(file, "\r\n");
}

static char *
file_name(const Party *party, DateADT to_day)
{
	int			year;
	int			month;
	int			day;

	if (party->siren == NULL)
		ereport(ERROR,
				errcode(MK_INVOICE),
				errmsg("%s has no SIREN to name the file by", party->name),
				errdetail("The audit file is a duty of French businesses."),
				errhint("fec_entries() returns the entries all the same."));
	j2date(to_day + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return psprintf("%sFEC%04d%02d%02d.txt", party->siren, year, month, day);
}

PG_FUNCTION_INFO_V1(fec_file);
Datum
fec_file(PG_FUNCTION_ARGS)
{
	Call		call;
	TupleDesc	columns;
	StringInfoData file;
	Datum		values[2];
	bool		nulls[2] = {false, false};
	int64		party_id;
	DateADT		from_day;
	DateADT		to_day;
	Rows		rows;

	call_begin_read(&call, fcinfo);
	party_id = call_int64(&call, 1);
	from_day = call_date(&call, 2);
	to_day = call_date(&call, 3);
	rows = query_rows(&entries, VALUES(value_int32(call.marketplace_id), value_int64(party_id), value_date(from_day), value_date(to_day),
									   value_jsonb(prepare(&call, party_id, from_day, to_day))));
	values[0] = CStringGetTextDatum(file_name(party_get(&call, party_id), to_day));
	initStringInfo(&file);
	appendStringInfoString(&file, "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\t"
						   "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n");
	for (uint64 i = 0; i < rows.count; i++)
		put_entry(&file, &rows.rows[i]);
	values[1] = CStringGetTextDatum(file.data);
	call_end_read(&call);
	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "fec_file() returns a row");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), values, nulls)));
}

/*
 * payout_file.c
 *		payout_file(): the approved payouts of a run, and refunds by transfer, as a pain.001 for the bank (FD-84). It is kept as it was
 *		made: asking again gives the same bytes. payment_file_send() records that the bank has it.
 *
 * The EndToEndId is the idempotency key that was minted with the instruction (FD-80), so whatever is sent twice is one payment.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/sepa.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "kernel/policy.h"
#include "kernel/seal.h"
#include "utils/xml.h"

/* What was asked for. */
typedef struct FileOrder
{
	int64		batch_id;		/* 0: none */
	Jsonb	   *document;
	bool		has_date;
	DateADT		execution_date;
	int64		debtor_account_id;	/* 0: not said */
	int			nrefunds;
	int64	   *refunds;
} FileOrder;

static int64
item_number(const Document *array, int i)
{
	JsonbValue *value = getIthJsonbValueFromContainer(array->container, i);

	if (value == NULL || value->type != jbvNumeric || decimal_scale(value->val.numeric) > 0 ||
		decimal_sign(value->val.numeric) <= 0 ||
		decimal_cmp(value->val.numeric, decimal_from_int64(PG_INT64_MAX)) > 0)
		document_refuse(array, NULL, psprintf("Item %d is no number of a refund.", i), "Give the refunds' numbers, such as [1, 2].");
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}

static FileOrder
read_order(Call *call)
{
	FileOrder	order = {.batch_id = call_is_null(call, 1) ? 0 : call_int64(call, 1), .document = call_jsonb(call, 2)};
	Document	document = document_root(order.document);

	document_only(&document, "execution_date", "debtor_account", "refunds", NULL);
	order.has_date = document_date_or_null(&document, "execution_date", &order.execution_date);
	order.debtor_account_id = document_has(&document, "debtor_account") ? document_int64(&document, "debtor_account") : 0;
	if (document_has(&document, "refunds"))
	{
		Document	refunds = document_array(&document, "refunds");

		order.nrefunds = document_length(&refunds);
		order.refunds = palloc(sizeof(int64) * Max(order.nrefunds, 1));
		for (int i = 0; i < order.nrefunds; i++)
			order.refunds[i] = item_number(&refunds, i);
	}
	if (order.batch_id == 0 && order.nrefunds == 0)
		ereport(ERROR,
				errcode(MK_MISSING_VALUE),
				errmsg("payout_file() needs batch_id"),
				errdetail("Neither a payout run nor refunds are named."),
				errhint("Give the number that payout_run() returned, or {\"refunds\": [1, 2]}."));
	return order;
}

#define TRANSFER_COLUMNS \
	"i.instruction_id, i.object, i.object_id, i.state, replace(i.idempotency_key::text, '-', '')"

static void
add_transfer(SepaFile *file, const Row *row, int64 party_id, int64 bank_account_id, Amount amount, char *fault)
{
	SepaTransfer *transfer = &file->transfers[file->ntransfers++];

	*transfer = (SepaTransfer) {.instruction_id = row_int64(row, 0), .object = row_text(row, 1), .object_id = row_int64(row, 2),
		.end_to_end_id = row_text(row, 4), .party_id = party_id, .bank_account_id = bank_account_id, .amount = amount};
	if (fault != NULL)
		transfer->faults = list_make1(fault);
}

static bool
has_transfer(const SepaFile *file, int64 instruction_id)
{
	for (int i = 0; i < file->ntransfers; i++)
		if (file->transfers[i].instruction_id == instruction_id)
			return true;
	return false;
}

/* Payouts that wait to be sent. */
static void
collect_payouts(Call *call, const FileOrder *order, SepaFile *file)
{
	static Statement batch = STATEMENT("il",
		"SELECT FROM marketplace.payout_batches WHERE marketplace_id = $1 AND id = $2");
	static Statement read = STATEMENT("il",
		"SELECT " TRANSFER_COLUMNS ", p.seller_id, p.bank_account_id, p.amount, p.state, p.execution_date"
		"  FROM marketplace.payouts p"
		"  JOIN marketplace.instruction_overview i ON i.marketplace_id = $1 AND i.object = 'payout' AND i.object_id = p.id AND i.kind = 'payout'"
		" WHERE p.marketplace_id = $1 AND p.batch_id = $2 AND i.state = 'planned' ORDER BY p.id");
	Rows		rows;
	Row			row;

	if (order->batch_id == 0)
		return;
	if (!query_row(&batch, VALUES(value_int32(call->marketplace_id), value_int64(order->batch_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("marketplace %d has no payout run %lld", call->marketplace_id, (long long) order->batch_id),
				errhint("It is payouts.batch_id: see the view marketplace.payout_overview."));
	rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), value_int64(order->batch_id)));
	file->transfers = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(SepaTransfer) * (rows.count + order->nrefunds + 1));
	for (uint64 i = 0; i < rows.count; i++)
	{
		file->execution_date = Max(file->execution_date, row_date(&rows.rows[i], 9));
		add_transfer(file, &rows.rows[i], row_int64(&rows.rows[i], 5), row_int64(&rows.rows[i], 6), row_amount(&rows.rows[i], 7),
					 strcmp(row_text(&rows.rows[i], 8), "approved") == 0 ? NULL :
					 psprintf("it is %s, not approved", row_text(&rows.rows[i], 8)));
	}
}

/* Where a refund by transfer goes: to the account that was named, else to the buyer's; others are not the bank's. */
static int64
refund_account(Call *call, const Row *row, char **fault)
{
	Amount		amount = row_amount(row, 7);

	*fault = NULL;
	if (!row_null(row, 8))
		return row_int64(row, 8);
	if (row_null(row, 6) || strcmp(row_text(row, 6), "transfer") != 0)
		*fault = row_null(row, 6) ? pstrdup("it is a credit to the buyer's wallet") :
			psprintf("its payment was by %s, which the PSP refunds", row_text(row, 6));
	return party_bank_account(call, row_int64(row, 5), amount_currency(amount));
}

/* Refunds that are named: by transfer, to a verified bank account of the buyer. */
static void
collect_refunds(Call *call, const FileOrder *order, SepaFile *file)
{
	static Statement read = STATEMENT("il",
		"SELECT " TRANSFER_COLUMNS ", r.buyer_id, p.method, r.amount, r.bank_account_id, r.state::text"
		"  FROM marketplace.refunds r"
		"  LEFT JOIN marketplace.payments p ON p.marketplace_id = $1 AND p.id = r.payment_id"
		"  LEFT JOIN marketplace.instruction_overview i ON i.marketplace_id = $1 AND i.object = 'refund' AND i.object_id = r.id AND i.kind = 'refund'"
		" WHERE r.marketplace_id = $1 AND r.id = $2 ORDER BY i.instruction_id DESC LIMIT 1");
	Row			row;

	if (file->transfers == NULL)
		file->transfers = palloc(sizeof(SepaTransfer) * (order->nrefunds + 1));
	for (int i = 0; i < order->nrefunds; i++)
	{
		int64		account_id;
		char	   *fault;

		if (!query_row(&read, VALUES(value_int32(call->marketplace_id), value_int64(order->refunds[i])), &row))
			ereport(ERROR,
					errcode(MK_NOT_FOUND),
					errmsg("marketplace %d has no refund %lld", call->marketplace_id, (long long) order->refunds[i]),
					errhint("The view marketplace.refund_overview lists the refunds."));
		if (row_null(&row, 0))
			ereport(ERROR,
					errcode(MK_PAYOUT),
					errmsg("refund %lld is not to be sent", (long long) order->refunds[i]),
					errdetail("It is %s and has no instruction to the bank.", row_text(&row, 9)),
					errhint("Leave it out, or bring together what it lacks."));
		if (strcmp(row_text(&row, 3), "planned") != 0 || has_transfer(file, row_int64(&row, 0)))
			continue;
		account_id = refund_account(call, &row, &fault);
		add_transfer(file, &row, row_int64(&row, 5), account_id, row_amount(&row, 7), fault);
	}
}

/* The last file of the run or of those very refunds. */
static int64
last_file(Call *call, const FileOrder *order, bool *same_order)
{
	static Statement find = STATEMENT("ilj",
		"SELECT id, document = $3 FROM marketplace.payment_files"
		" WHERE marketplace_id = $1 AND batch_id IS NOT DISTINCT FROM $2 AND ($2 IS NOT NULL OR document = $3) ORDER BY id DESC LIMIT 1");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_id(order->batch_id), value_jsonb(order->document)), &row))
		return 0;
	*same_order = row_bool(&row, 1);
	return row_int64(&row, 0);
}

/* It has each of these transactions, and none that was dropped since. */
static bool
still_holds(Call *call, int64 file_id, const SepaFile *file)
{
	static Statement items = STATEMENT("il",
		"SELECT t.instruction_id, i.state FROM marketplace.payment_file_items t"
		"  JOIN marketplace.instruction_overview i ON i.marketplace_id = $1 AND i.instruction_id = t.instruction_id"
		" WHERE t.marketplace_id = $1 AND t.file_id = $2");
	Rows		rows = query_rows(&items, VALUES(value_int32(call->marketplace_id), value_int64(file_id)));

	for (uint64 i = 0; i < rows.count; i++)
		if (strcmp(row_text(&rows.rows[i], 1), "planned") != 0 || !has_transfer(file, row_int64(&rows.rows[i], 0)))
			return false;
	return rows.count == (uint64) file->ntransfers;
}

/* Client money leaves the client account: the debtor is a verified account of the PSP, in euros. */
static void
choose_debtor(Call *call, const FileOrder *order, SepaFile *file)
{
	Marketplace *marketplace = marketplace_get(call);
	CurrencyCode euro = currency_lookup("EUR", CURRENCY_ALPHA_SIZE);
	BankAccount account;
	char	   *stranger;

	file->debtor_account_id = order->debtor_account_id != 0 ? order->debtor_account_id :
		party_bank_account(call, marketplace->psp_party_id, euro);
	if (file->debtor_account_id == 0)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("there is no client account that payouts could be paid from"),
				errdetail("Marketplace %d has no verified euro bank account of its PSP.", call->marketplace_id),
				errhint("Record it with bank_account_add() for the PSP's party, and bank_account_verify()."));
	account = bank_account_get(call, file->debtor_account_id);
	if (account.party_id != marketplace->psp_party_id || account.currency != euro || strcmp(account.state, "verified") != 0)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("payouts cannot be paid from bank account %lld", (long long) account.id),
				errdetail("It is %s, in %s, of party %lld; client money is in verified euro accounts of the PSP, party %lld.",
						  account.state, currency_alpha(account.currency), (long long) account.party_id,
						  (long long) marketplace->psp_party_id),
				errhint("Leave debtor_account out, or name an account of the PSP."));
	file->debtor = sepa_text(account.holder, SEPA_NAME_MAX, &stranger);
	file->debtor_iban = account.iban;
	file->debtor_bic = account.bic;
	if (file->debtor != NULL)
		file->initiator = sepa_text(party_get(call, marketplace->operator_party_id)->name, SEPA_NAME_MAX, &stranger);
	if (file->debtor == NULL || file->initiator == NULL)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("the names of the operator and of the client account's holder must be written in SEPA's characters"),
				errdetail("%s has no equivalent.", stranger),
				errhint("Record the holder, or the operator's name, in Latin letters."));
}

/* Unique for ever: it is made of the keys of the instructions, and of when it was made. */
static char *
message_id(const SepaFile *file, int64 former)
{
	char	   *keys = psprintf("%lld/%lld", (long long) file->created_at, (long long) former);
	bytea	   *hash;
	char		hex[65];

	hash = seal_text(NULL, keys);
	for (int i = 0; i < file->ntransfers; i++)
		hash = seal_text(hash, file->transfers[i].end_to_end_id);
	hex_encode(VARDATA_ANY(hash), 32, hex);
	return psprintf("MK%.28s", hex);
}

static int64
store_file(Call *call, const FileOrder *order, const SepaFile *file)
{
	static Statement add = STATEMENT("iljtldiatytz",
		"INSERT INTO marketplace.payment_files (marketplace_id, batch_id, document, message_id, debtor_account_id, execution_date,"
		" transactions, control_sum, content, sha256, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		" RETURNING id");
	static Statement add_item = STATEMENT("ililtllat",
		"INSERT INTO marketplace.payment_file_items (marketplace_id, file_id, position, instruction_id, object, object_id, bank_account_id,"
		" amount, end_to_end_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
	char	   *content = sepa_write(file);
	int64		file_id = funds_add(&add, VALUES(value_int32(call->marketplace_id), value_id(order->batch_id), value_jsonb(order->document),
												 value_text(file->message_id), value_int64(file->debtor_account_id),
												 value_date(file->execution_date), value_int32(file->ntransfers),
												 value_amount(file->control_sum), value_text(content),
												 value_bytea(seal_text(NULL, content)), value_text(call_actor()),
												 value_timestamptz(call->now)));

	for (int i = 0; i < file->ntransfers; i++)
	{
		const SepaTransfer *t = &file->transfers[i];

		funds_write(&add_item, VALUES(value_int32(call->marketplace_id), value_int64(file_id), value_int32(i + 1),
									  value_int64(t->instruction_id), value_text(t->object), value_int64(t->object_id),
									  value_int64(t->bank_account_id), value_amount(t->amount), value_text(t->end_to_end_id)));
	}
	return file_id;
}

static void
complete_file(Call *call, const FileOrder *order, SepaFile *file)
{
	DateADT		today = calendar_local_date(call->now, marketplace_get(call)->time_zone);

	/* the one that was asked for, else the payouts' own (FD-59) */
	if (order->has_date)
		file->execution_date = order->execution_date;
	file->execution_date = calendar_next_open("TARGET", Max(file->execution_date, today));
	file->address_form = policy_text(call, "fd.file_address", NULL);
	file->batch_booking = policy_bool(call, "fd.batch_booking", NULL);
	choose_debtor(call, order, file);
	file->control_sum = amount_zero(currency_lookup("EUR", CURRENCY_ALPHA_SIZE));
	for (int i = 0; i < file->ntransfers; i++)
		sepa_complete(call, file, &file->transfers[i]);
	sepa_refuse(file, order->batch_id);
	for (int i = 0; i < file->ntransfers; i++)
		file->control_sum = amount_add(file->control_sum, file->transfers[i].amount);
}

static int64
make_file(Call *call)
{
	FileOrder	order = read_order(call);
	SepaFile	file = {.created_at = call->now, .execution_date = DATEVAL_NOBEGIN};
	bool		same_order = false;
	int64		former;

	bank_import_lock(call);
	collect_payouts(call, &order, &file);
	collect_refunds(call, &order, &file);
	former = last_file(call, &order, &same_order);
	if (former != 0 && (file.ntransfers == 0 || (same_order && still_holds(call, former, &file))))
		return former;
	if (file.ntransfers == 0)
		ereport(ERROR,
				errcode(MK_PAYOUT),
				errmsg("there is nothing to be paid"),
				errdetail("No payout of the run and no refund that was named waits to be sent."),
				errhint("See the views marketplace.payout_overview and marketplace.refund_overview."));
	complete_file(call, &order, &file);
	file.message_id = message_id(&file, former);
	return store_file(call, &order, &file);
}

/* payout_file(marketplace_id, batch_id, document, request_key) */
PG_FUNCTION_INFO_V1(payout_file);
Datum
payout_file(PG_FUNCTION_ARGS)
{
	static Statement read = STATEMENT("il",
		"SELECT content FROM marketplace.payment_files WHERE marketplace_id = $1 AND id = $2");
	Call		call;
	Datum		content;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = make_file(&call);
	}
	content = query_datum(&read, VALUES(value_int32(call.marketplace_id), value_int64(call.result)));
	call_end(&call);
	PG_RETURN_XML_P((xmltype *) DatumGetPointer(content));
}

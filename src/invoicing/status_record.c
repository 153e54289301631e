/*
 * status_record.c
 *		invoice_status_record(): a status of an issued document as somebody says it, or as a platform sends it (IV-69).
 */
#include "postgres.h"

#include "invoicing/edocument.h"
#include "invoicing/invoice.h"
#include "invoicing/status.h"
#include "kernel/errors.h"
#include "types/amount_parse.h"

/* MDT-207, MDT-121 */
static const char *const amount_kinds[] = {"MEN", "MPA", "RAP", "ESC", "RAB", "REM", "MAP", "MAPTTC", "MNA", "MNATTC", "CBB", "DIV", "DVA",
	"MAJ"};
static const char *const actions[] = {"NOA", "PIN", "NIN", "CNF", "CNP", "CNA", "OTH"};
static const char *const speakers[] = {"platform", "buyer", "seller"};

static void
require_listed(const Document *object, const char *key, const char *given, const char *const *list, int count)
{
	char	   *all = "";

	for (int i = 0; i < count; i++)
	{
		if (strcmp(list[i], given) == 0)
			return;
		all = psprintf("%s%s%s", all, i > 0 ? ", " : "", list[i]);
	}
	document_refuse(object, key, psprintf("\"%s\" is not known.", clipped(given)), psprintf("One of: %s.", all));
}

static Amount
parse_amount(const Document *item)
{
	char	   *written = document_text(item, "amount");
	ParsedAmount parsed;

	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED)
		document_refuse(item, "amount", psprintf("\"%s\" is no amount.", clipped(written)),
						"Write number and currency, for example \"12.00 EUR\".");
	return amount_make(parsed.currency, parsed.minor);
}

static StatusAmount *
read_amount(const Document *item, CurrencyCode currency)
{
	StatusAmount *amount = palloc0(sizeof(StatusAmount));

	document_only(item, "kind", "amount", "vat_rate", NULL);
	amount->kind = document_has(item, "kind") ? document_text(item, "kind") : "MEN";
	require_listed(item, "kind", amount->kind, amount_kinds, lengthof(amount_kinds));
	amount->vat_rate = document_numeric_or_null(item, "vat_rate");
	if (amount->vat_rate == NULL && strcmp(amount->kind, "MEN") == 0)
		document_refuse(item, "vat_rate", "What was cashed in is stated by VAT rate.", "Give the rate in percent; 0 where there is no VAT.");
	if (amount->vat_rate != NULL && (decimal_sign(amount->vat_rate) < 0 || decimal_cmp(amount->vat_rate, decimal_from_int64(100)) > 0))
		document_refuse(item, "vat_rate", "It is no rate of 0 to 100 percent.", NULL);
	amount->amount = parse_amount(item);
	if (amount_currency(amount->amount) != currency)
		ereport(ERROR,
				errcode(MK_CURRENCY_MISMATCH),
				errmsg("%s.amount is not in the invoice's currency", item->path),
				errdetail("It is %s, the invoice is in %s.", amount_to_cstring(amount->amount), currency_alpha(currency)),
				errhint("Statuses state amounts in the currency of the invoice."));
	return amount;
}

static Status *
read_status(Call *call, const Document *root, CurrencyCode currency)
{
	Status	   *status = palloc0(sizeof(Status));

	document_only(root, "invoice_id", "code", "occurred_at", "reason", "note", "action", "amounts", "received", "said_by", "message_id", NULL);
	status->code = document_text(root, "code");
	if (strlen(status->code) != 3 || status->code[strspn(status->code, "0123456789")] != '\0')
		document_refuse(root, "code", psprintf("\"%s\" is no code of three digits.", clipped(status->code)),
						"See the view marketplace.invoice_status_codes.");
	status->received = document_bool_or(root, "received", false);
	status->occurred_at = document_has(root, "occurred_at") ? document_timestamptz(root, "occurred_at") : call->now;
	if (!status->received && status->occurred_at > call->now)
		document_refuse(root, "occurred_at", "It is in the future.", NULL);
	status->reason = document_text_or_null(root, "reason");
	status->note = document_text_or_null(root, "note");
	status->action = document_text_or_null(root, "action");
	if (status->action != NULL)
		require_listed(root, "action", status->action, actions, lengthof(actions));
	status->said_by = document_text_or_null(root, "said_by");
	if (status->said_by != NULL)
		require_listed(root, "said_by", status->said_by, speakers, lengthof(speakers));
	status->message_id = document_text_or_null(root, "message_id");
	if (document_has(root, "amounts"))
	{
		Document	list = document_array(root, "amounts");

		for (int i = 0; i < document_length(&list); i++)
		{
			Document	item = document_item(&list, i);

			status->amounts = lappend(status->amounts, read_amount(&item, currency));
		}
	}
	return status;
}

/* Buyer and seller of a document say what is theirs, in whatever capacity; platforms speak through the operator. */
static void
require_speaker(Call *call, const StatusInvoice *invoice, const Status *status)
{
	static Statement whose = STATEMENT("t", "SELECT c.said_by FROM marketplace.invoice_status_codes c WHERE c.code = $1");
	int			party = CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_BUYER;
	const char *speaker = NULL;
	Row			row;

	if (!status->received && query_row(&whose, VALUES(value_text(status->code)), &row))
		speaker = row_text(&row, 0);
	if (speaker != NULL && strcmp(speaker, "buyer") == 0)
		access_require(call, party, invoice->buyer_id);
	else if (speaker != NULL && strcmp(speaker, "seller") == 0)
		access_require(call, party, invoice->issuer_id);
	else
		access_require(call, CAPACITY_OPERATOR, 0);
}

static void
lock_invoice(Call *call, const StatusInvoice *invoice)
{
	static Statement lock = STATEMENT("il", "SELECT id FROM marketplace.invoices WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");

	if (invoice->order_id != 0)
		order_lock(call, invoice->order_id);
	else
		(void) query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id)));
}

/* The status that a message brought already; 0: none. */
static int64
already_received(Call *call, const StatusInvoice *invoice, const Status *status)
{
	static Statement find = STATEMENT("ilt",
		"SELECT id FROM marketplace.invoice_statuses WHERE marketplace_id = $1 AND invoice_id = $2 AND message_id = $3");
	Row			row;

	if (status->message_id == NULL || !query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(invoice->id),
															   value_text(status->message_id)), &row))
		return 0;
	return row_int64(&row, 0);
}

static int64
record_status(Call *call, Jsonb *document)
{
	Document	root = document_root(document);
	StatusInvoice *invoice = status_invoice(call, document_int64(&root, "invoice_id"));
	Status	   *status = read_status(call, &root, invoice->currency);
	int64		id;

	require_speaker(call, invoice, status);
	lock_invoice(call, invoice);
	id = already_received(call, invoice, status);
	return id != 0 ? id : status_set(call, invoice, status);
}

PG_FUNCTION_INFO_V1(invoice_status_record);
Datum
invoice_status_record(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = record_status(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

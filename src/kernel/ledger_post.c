/*
 * ledger_post.c
 *		ledger_post(): a posting by hand, for corrections that no area's function makes. The books' rules hold for it as for any other.
 */
#include "kernel/ledger_internal.h"

#include "kernel/document.h"
#include "kernel/errors.h"
#include "kernel/event.h"
#include "miscadmin.h"
#include "utils/acl.h"

/* FD-54: manual postings want two persons. Until approvals exist, only those who own the books make them. */
static void
require_owner(Call *call)
{
	access_require(call, CAPACITY_OPERATOR, 0);
	if (has_privs_of_role(call->caller, query_owner()))
		return;
	ereport(ERROR,
			errcode(MK_NOT_PERMITTED),
			errmsg("a manual posting is made by the owner of the books"),
			errdetail("Role \"%s\" is an operator, not the owner \"%s\".", GetUserNameFromId(call->caller, false),
					  GetUserNameFromId(query_owner(), false)),
			errhint("Call the function of the business event, or ask the owner."));
}

static Account
read_account(const Document *transfer, const char *side)
{
	Document	document = document_object(transfer, side);
	Account		account;
	char	   *kind;

	document_only(&document, "kind", "party_id", "order_line_id", "allocation_id", NULL);
	kind = document_text(&document, "kind");
	account.kind = account_kind_by_name(kind);
	if (account.kind == ACCOUNT_KIND_COUNT)
		document_refuse(&document, "kind", psprintf("\"%s\" is no kind of account", kind),
						"marketplace.account_kinds() lists them.");
	account.party_id = document_int64_or(&document, "party_id", 0);
	account.order_line_id = document_int64_or(&document, "order_line_id", 0);
	account.allocation_id = document_int64_or(&document, "allocation_id", 0);
	return account;
}

static Amount
read_amount(const Document *transfer)
{
	char	   *written = document_text(transfer, "amount");
	ParsedAmount parsed;

	if (amount_parse(written, strlen(written), &parsed) != AMOUNT_PARSED)
		document_refuse(transfer, "amount", psprintf("\"%s\" is no amount", written),
						"Write number and currency, for example \"12.00 EUR\".");
	return amount_make(parsed.currency, parsed.minor);
}

/* Returns the id of the event that explains the posting. */
static int64
emit_posted(Call *call, const char *reason, const char *note, int transfers)
{
	static Statement take_id = STATEMENT("", "SELECT pg_catalog.nextval('marketplace.manual_posting_ids')");
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_text(&payload, "reason", reason);
	payload_text(&payload, "note", note);
	payload_int64(&payload, "transfers", transfers);
	return event_emit(call, "manual_posting", DatumGetInt64(query_datum(&take_id, NO_VALUES)), "ledger.posted", &payload);
}

void
ledger_move_document(Call *call, const Document *root, const char *reason, int64 cause)
{
	Document	transfers = document_array(root, "transfers");

	for (int i = 0; i < document_length(&transfers); i++)
	{
		Document	transfer = document_item(&transfers, i);

		document_only(&transfer, "debit", "credit", "amount", NULL);
		ledger_move(call, read_account(&transfer, "debit"), read_account(&transfer, "credit"), read_amount(&transfer),
					reason, cause);
	}
}

static int64
post_document(Call *call, Jsonb *json)
{
	Document	root = document_root(json);
	Document	transfers;
	char	   *reason;
	char	   *note;
	int64		cause;

	document_only(&root, "reason", "note", "transfers", NULL);
	reason = document_text(&root, "reason");
	note = document_text(&root, "note");
	transfers = document_array(&root, "transfers");
	if (document_length(&transfers) == 0)
		document_refuse(&root, "transfers", "a posting has at least one transfer", "Give debit, credit and amount of each.");
	cause = emit_posted(call, reason, note, document_length(&transfers));
	ledger_move_document(call, &root, reason, cause);
	return ledger_flush_posting(call);
}

/* ledger_post(marketplace_id, posting, request_key) */
PG_FUNCTION_INFO_V1(ledger_post);
Datum
ledger_post(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		require_owner(&call);
		call.result = post_document(&call, call_jsonb(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}

/*
 * break_resolve.c
 *		break_resolve(): what a person decides about a break. What changes the books wants a second person (FD-54, FD §11).
 */
#include "postgres.h"

#include "funds/break_internal.h"
#include "funds/funds_internal.h"
#include "kernel/approval.h"
#include "kernel/errors.h"

/* What may stand in the document, by how. */
static const char *
read_how(const Document *document)
{
	static const char *const events[][2] = {
		{"matched", "match"}, {"explained", "explain"}, {"corrected", "correct"}, {"written_off", "write_off"}
	};
	char	   *how = document_text(document, "how");

	for (int i = 0; i < lengthof(events); i++)
		if (strcmp(events[i][0], how) == 0)
			return events[i][1];
	document_refuse(document, "how", psprintf("\"%s\" ends no break.", how),
					"Known are matched, explained, corrected and written_off.");
}

static void
read_explanation(const Document *document)
{
	static const char *const known[] = {"timing", "fee", "fx", "other"};
	char	   *because = document_text(document, "because");

	for (int i = 0; i < lengthof(known); i++)
		if (strcmp(known[i], because) == 0)
			return;
	document_refuse(document, "because", psprintf("\"%s\" is no explanation.", because), "Known are timing, fee, fx and other.");
}

/* The books are changed by what a second person approved: this break, this document. */
static void
require_second_person(Call *call, const Break *found, Jsonb *json)
{
	approval_require(call, "break_resolve", found->id, approval_hash(json), APPROVAL_NO_AMOUNT);
}

static int64
post_correction(Call *call, const Break *found, const Document *document, const char *reason)
{
	Document	transfers = document_array(document, "transfers");
	int64		cause;

	if (document_length(&transfers) == 0)
		document_refuse(document, "transfers", "A correction has at least one transfer.", "Give debit, credit and amount of each.");
	cause = break_tell(call, found->id, "break.posted", found->break_class, found->difference, "reason", reason);
	ledger_move_document(call, document, "break_corrected", cause);
	return cause;
}

static AccountKind
read_account(const Document *document)
{
	char	   *written = document_text_or_null(document, "account");

	if (written == NULL || strcmp(written, "c_cash") == 0)
		return C_CASH;
	if (strcmp(written, "c_psp_clearing") != 0)
		document_refuse(document, "account", psprintf("\"%s\" holds no money of a PSP.", written), "Give c_cash or c_psp_clearing.");
	return C_PSP_CLEARING;
}

/*
 * What the books have more than the outside lacks of client money: the platform owes it and bears the loss. Too much money is nobody's
 * to write off.
 */
static int64
post_write_off(Call *call, const Break *found, const Document *document, const char *reason)
{
	Account		short_of = psp_account(read_account(document), marketplace_get(call));
	Amount		lacking = amount_sub(found->ledger, found->outside);
	int64		cause;

	if (!found->has_ledger || amount_minor(lacking) <= 0)
		ereport(ERROR,
				errcode(MK_RECONCILIATION),
				errmsg("break %lld has nothing to write off", (long long) found->id),
				errdetail("The books say %s, the outside says %s.",
						  found->has_ledger ? amount_to_cstring(found->ledger) : "nothing",
						  found->has_outside ? amount_to_cstring(found->outside) : "nothing"),
				errhint("Money that is there and not in the books is somebody's: correct the break into c_suspense."));
	cause = break_tell(call, found->id, "break.posted", found->break_class, found->difference, "reason", reason);
	ledger_move(call, own_account(C_DUE_FROM_OWN), short_of, lacking, "break_written_off", cause);
	ledger_move(call, own_account(O_LOSS), own_account(O_DUE_TO_CLIENT), lacking, "break_written_off", cause);
	return cause;
}

static int64
resolve(Call *call, int64 break_id, Jsonb *json)
{
	Document	document = document_root(json);
	Break		found = break_lock(call, break_id);
	const char *event = read_how(&document);
	char	   *reason = document_text(&document, "reason");
	int64		posting = 0;

	break_require_open(&found);
	if (strcmp(event, "match") == 0)
		document_only(&document, "how", "reason", NULL);
	else if (strcmp(event, "explain") == 0)
	{
		document_only(&document, "how", "reason", "because", NULL);
		read_explanation(&document);
	}
	else if (strcmp(event, "correct") == 0)
	{
		document_only(&document, "how", "reason", "transfers", NULL);
		require_second_person(call, &found, json);
		posting = post_correction(call, &found, &document, reason);
	}
	else
	{
		document_only(&document, "how", "reason", "account", NULL);
		require_second_person(call, &found, json);
		posting = post_write_off(call, &found, &document, reason);
	}
	break_end(call, &found, event, call_actor(), reason, posting);
	return break_id;
}

/* break_resolve(marketplace_id, break_id, document, request_key) */
PG_FUNCTION_INFO_V1(break_resolve);
Datum
break_resolve(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = resolve(&call, call_int64(&call, 1), call_jsonb(&call, 2));
	}
	PG_RETURN_INT64(call_end(&call));
}

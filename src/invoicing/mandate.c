/*
 * mandate.c
 *		Mandates: by what right the marketplace issues invoices in a seller's name (IV-7 … IV-13). Signing, terminating, finding.
 *
 * A mandate is valid for a range of time and a scope of document types and currencies; an exclusion constraint keeps two of one
 * mandator apart. Without a valid one no document of the seller is issued.
 */
#include "postgres.h"

#include "invoicing/invoice.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "kernel/lifecycle.h"
#include "kernel/policy.h"

typedef struct MandateTerms
{
	int64		mandator_id;
	char	   *form;
	TimestampTz signed_at;
	TimestampTz valid_from;
	TimestampTz valid_until;	/* DT_NOEND: open */
	Datum		types;			/* text[] */
	Value		currencies;		/* text[]; NULL: all */
	Jsonb	   *contest_delay;
	bytea	   *proof;
} MandateTerms;

int64
mandate_find(Call *call, int64 mandator_id, const char *type_code, CurrencyCode currency)
{
	static Statement find = STATEMENT("ilttz",
		"SELECT id FROM marketplace.mandates WHERE marketplace_id = $1 AND mandator_id = $2 AND state = 'active'"
		" AND $3 = ANY (document_types) AND (currencies IS NULL OR $4 = ANY (currencies)) AND valid @> $5");
	Row			row;

	if (!query_row(&find, VALUES(value_int32(call->marketplace_id), value_int64(mandator_id), value_text(type_code),
								 value_text(currency_alpha(currency)), value_timestamptz(call->now)), &row))
		return 0;
	return row_int64(&row, 0);
}

static Datum
text_array(Datum *elements, int count)
{
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
read_types(const Document *root)
{
	static const char *const known[] = {"380", "381", "384", "386"};
	Document	list;
	Datum	   *elements;
	int			count;

	if (!document_has(root, "document_types"))
	{
		elements = palloc(2 * sizeof(Datum));
		elements[0] = CStringGetTextDatum("380");
		elements[1] = CStringGetTextDatum("381");
		return text_array(elements, 2);
	}
	list = document_array(root, "document_types");
	count = document_length(&list);
	if (count == 0)
		document_refuse(root, "document_types", "It is empty.", "Leave it out for invoices and their credit notes (380, 381).");
	elements = palloc(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
	{
		char	   *type = document_item_text(&list, i);
		bool		found = false;

		for (int k = 0; k < lengthof(known) && !found; k++)
			found = strcmp(known[k], type) == 0;
		if (!found)
			document_refuse(root, psprintf("document_types[%d]", i), psprintf("A mandate does not cover type \"%.20s\".", type),
							"380 invoice, 381 credit note, 384 corrective invoice, 386 deposit; never self-billing (IV-12).");
		elements[i] = CStringGetTextDatum(type);
	}
	return text_array(elements, count);
}

static Value
read_currencies(const Document *root)
{
	Document	list;
	Datum	   *elements;
	int			count;

	if (!document_has(root, "currencies"))
		return value_null();
	list = document_array(root, "currencies");
	count = document_length(&list);
	if (count == 0)
		document_refuse(root, "currencies", "It is empty.", "Leave it out for all currencies.");
	elements = palloc(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
	{
		char	   *alpha = document_item_text(&list, i);
		CurrencyCode currency = currency_lookup(alpha, strlen(alpha));

		if (currency == CURRENCY_NONE || !currency_is_payable(currency))
			document_refuse(root, psprintf("currencies[%d]", i), psprintf("\"%.20s\" is not a payable currency of ISO 4217.", alpha),
							"See marketplace.currencies().");
		elements[i] = CStringGetTextDatum(alpha);
	}
	return value_datum(text_array(elements, count));
}

static bytea *
read_proof(const Document *root)
{
	char	   *hex = document_text(root, "proof_sha256");

	if (strlen(hex) != 64 || hex[strspn(hex, "0123456789abcdefABCDEF")] != '\0')
		document_refuse(root, "proof_sha256", "It is not a SHA-256 in hexadecimal.", "64 digits: sha256sum of the signed document.");
	return DatumGetByteaPP(DirectFunctionCall2(binary_decode, CStringGetTextDatum(hex), CStringGetTextDatum("hex")));
}

static void
check_form(Call *call, const Document *root, const MandateTerms *terms)
{
	PolicyScope scope = {.seller_id = terms->mandator_id};

	if (strcmp(terms->form, "written") != 0 && strcmp(terms->form, "tacit") != 0)
		document_refuse(root, "form", psprintf("\"%.20s\" is not a form of mandate.", terms->form), "written or tacit.");
	if (strcmp(terms->form, "tacit") == 0 && !policy_bool(call, "iv.tacit_mandate_allowed", &scope))
		ereport(ERROR,
				errcode(MK_MANDATE),
				errmsg("a tacit mandate is not allowed here"),
				errdetail("Policy iv.tacit_mandate_allowed is false."),
				errhint("Have the seller sign a written mandate (IV-9)."));
	if (strcmp(terms->form, "written") == 0 && terms->signed_at > terms->valid_from)
		document_refuse(root, "valid_from", "A written mandate is prior: it cannot be valid before it was signed.", "See IV-9.");
	if (terms->signed_at > call->now)
		document_refuse(root, "signed_at", "It is in the future.", NULL);
	if (terms->valid_until <= terms->valid_from)
		document_refuse(root, "valid_until", "It is not after valid_from.", "The range is half open: [valid_from, valid_until).");
}

static Jsonb *
read_contest_delay(Call *call, const Document *root, int64 mandator_id)
{
	PolicyScope scope = {.seller_id = mandator_id};
	Document	delay;
	char	   *unit;
	int64		n;

	if (!document_has(root, "contest_delay"))
		return policy_jsonb(call, "iv.contest_delay", &scope);
	delay = document_object(root, "contest_delay");
	document_only(&delay, "n", "unit", NULL);
	n = document_int64(&delay, "n");
	unit = document_text(&delay, "unit");
	if (n < 0 || n > 3650)
		document_refuse(&delay, "n", "A contest delay has 0 to 3650 units.", NULL);
	if (strcmp(unit, "hours") != 0 && strcmp(unit, "calendar_days") != 0 && strcmp(unit, "business_days") != 0)
		document_refuse(&delay, "unit", psprintf("\"%.20s\" is not a unit.", unit), "hours, calendar_days or business_days.");
	return document_jsonb_or_null(root, "contest_delay");
}

static MandateTerms
read_terms(Call *call, const Document *root)
{
	MandateTerms terms = {0};

	document_only(root, "mandator_id", "form", "signed_at", "valid_from", "valid_until", "document_types", "currencies",
				  "contest_delay", "proof_sha256", NULL);
	terms.mandator_id = document_int64(root, "mandator_id");
	terms.form = document_text(root, "form");
	terms.signed_at = document_timestamptz(root, "signed_at");
	terms.valid_from = document_has(root, "valid_from") ? document_timestamptz(root, "valid_from") : terms.signed_at;
	terms.valid_until = document_has(root, "valid_until") ? document_timestamptz(root, "valid_until") : DT_NOEND;
	terms.types = read_types(root);
	terms.currencies = read_currencies(root);
	terms.proof = read_proof(root);
	return terms;
}

static Value
range_end(TimestampTz at)
{
	return TIMESTAMP_NOT_FINITE(at) ? value_null() : value_timestamptz(at);
}

static void
refuse_overlap(Call *call, const MandateTerms *terms)
{
	static Statement overlapping = STATEMENT("ilTTzz",
		"SELECT id, valid::text FROM marketplace.mandates WHERE marketplace_id = $1 AND mandator_id = $2 AND document_types && $3"
		" AND (currencies IS NULL OR $4 IS NULL OR currencies && $4) AND valid && pg_catalog.tstzrange($5, $6) ORDER BY id LIMIT 1");
	Row			row;

	if (!query_row(&overlapping, VALUES(value_int32(call->marketplace_id), value_int64(terms->mandator_id), value_datum(terms->types),
										terms->currencies, value_timestamptz(terms->valid_from), range_end(terms->valid_until)), &row))
		return;
	ereport(ERROR,
			errcode(MK_MANDATE),
			errmsg("another mandate of %s covers part of this", party_get(call, terms->mandator_id)->name),
			errdetail("Mandate %lld is valid in %s.", (long long) row_int64(&row, 0), row_text(&row, 1)),
			errhint("Terminate it first, or let this one begin when it ends."));
}

static int64
write_mandate(Call *call, const MandateTerms *terms)
{
	static Statement insert = STATEMENT("illtTTzzzjyz",
		"INSERT INTO marketplace.mandates (marketplace_id, mandator_id, mandatary_id, form, document_types, currencies, covered_types,"
		" covered_currencies, signed_at, valid, contest_delay, proof_sha256, state, recorded_at)"
		" SELECT $1, $2, $3, $4, $5, $6,"
		" (SELECT pg_catalog.range_agg(pg_catalog.int4range(t::int4, t::int4, '[]')) FROM pg_catalog.unnest($5) AS t),"
		" CASE WHEN $6 IS NULL THEN '{(,)}'::pg_catalog.int4multirange ELSE"
		" (SELECT pg_catalog.range_agg(pg_catalog.int4range(c.numeric_code::int4, c.numeric_code::int4, '[]'))"
		" FROM marketplace.currencies() AS c WHERE c.code::text = ANY ($6)) END,"
		" $7, pg_catalog.tstzrange($8, $9), $10, $11, 'active', $12 RETURNING id");
	int64		id;

	guard_open("invoicing");
	id = DatumGetInt64(query_datum(&insert, VALUES(value_int32(call->marketplace_id), value_int64(terms->mandator_id),
												   value_int64(marketplace_get(call)->operator_party_id), value_text(terms->form),
												   value_datum(terms->types), terms->currencies, value_timestamptz(terms->signed_at),
												   value_timestamptz(terms->valid_from), range_end(terms->valid_until),
												   value_jsonb(terms->contest_delay), value_bytea(terms->proof),
												   value_timestamptz(call->now))));
	guard_close();
	return id;
}

static void
tell(Call *call, const char *type, int64 mandate_id, int64 mandator_id, const char *reason)
{
	JsonbParseState *payload;

	payload_begin(&payload);
	payload_int64(&payload, "mandate_id", mandate_id);
	payload_int64(&payload, "mandator_id", mandator_id);
	if (reason != NULL)
		payload_text(&payload, "reason", reason);
	event_emit(call, "mandate", mandate_id, type, &payload);
}

static int64
sign(Call *call, Jsonb *document)
{
	Document	root = document_root(document);
	MandateTerms terms = read_terms(call, &root);
	int64		id;

	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, terms.mandator_id);
	(void) party_get(call, terms.mandator_id);
	if (!party_has_capacity(call, terms.mandator_id, "seller"))
		document_refuse(&root, "mandator_id", "The party does not sell here.", "Give it the capacity seller: party_update().");
	check_form(call, &root, &terms);
	terms.contest_delay = read_contest_delay(call, &root, terms.mandator_id);
	refuse_overlap(call, &terms);
	id = write_mandate(call, &terms);
	tell(call, "mandate.signed", id, terms.mandator_id, NULL);
	return id;
}

PG_FUNCTION_INFO_V1(mandate_sign);
Datum
mandate_sign(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = sign(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

/* Ends now; a mandate that has not begun ends where it would have begun, and never covers anything. */
static int64
terminate(Call *call, int64 mandate_id, const char *reason)
{
	static Statement lock = STATEMENT("il",
		"SELECT mandator_id, state FROM marketplace.mandates WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	static Statement end = STATEMENT("ilz",
		"UPDATE marketplace.mandates SET state = 'terminated', terminated_at = $3, valid = valid * pg_catalog.tstzrange(NULL, $3)"
		" WHERE marketplace_id = $1 AND id = $2");
	Row			row;

	if (!query_row(&lock, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("mandate %lld does not exist in marketplace %d", (long long) mandate_id, call->marketplace_id),
				errhint("See the view marketplace.mandate_overview."));
	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER, row_int64(&row, 0));
	if (strcmp(row_text(&row, 1), "active") != 0)
		ereport(ERROR,
				errcode(MK_TRANSITION_REFUSED),
				errmsg("mandate %lld is %s already", (long long) mandate_id, row_text(&row, 1)),
				errdetail("Only an active mandate is terminated."),
				errhint("See the view marketplace.mandate_overview."));
	guard_open("invoicing");
	(void) lifecycle_execute(&end, VALUES(value_int32(call->marketplace_id), value_int64(mandate_id), value_timestamptz(call->now)),
							 "terminate", reason);
	guard_close();
	tell(call, "mandate.terminated", mandate_id, row_int64(&row, 0), reason);
	return mandate_id;
}

PG_FUNCTION_INFO_V1(mandate_terminate);
Datum
mandate_terminate(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = terminate(&call, call_int64(&call, 1), call_text(&call, 2));
	PG_RETURN_INT64(call_end(&call));
}

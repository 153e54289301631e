/*
 * incoming_match.c
 *		Whose incoming money is: by the virtual IBAN that it was paid to and the references in its remittance text. Only
 *		reads; what follows is in incoming.c.
 *
 * Payers write references with spaces and signs of their own, and text around them: only letters and digits count, and
 * a reference may be any run of up to ten words of the text.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funds/incoming_internal.h"
#include "kernel/errors.h"
#include "utils/array.h"

#define MAX_RUN 10
#define MAX_WORDS 400			/* of one text that are looked at */
#define MIN_WORD 4				/* shorter ones are met by chance */
#define MIN_REFERENCE 6
#define MAX_REFERENCE 70

/* Letters and digits in capitals; bytes beyond ASCII separate. */
char *
reference_normalise(const char *written)
{
	char	   *result = palloc(strlen(written) + 1);
	char	   *to = result;

	for (const char *from = written; *from != '\0'; from++)
		if (isalnum((unsigned char) *from) && !IS_HIGHBIT_SET(*from))
			*to++ = pg_ascii_toupper((unsigned char) *from);
	*to = '\0';
	return result;
}

ArrayType *
reference_candidates(const char *written)
{
	char	   *words[MAX_WORDS];
	int			n = 0;
	char	   *copy = pstrdup(written);
	Datum	   *runs = palloc(sizeof(Datum) * MAX_WORDS * MAX_RUN);
	int			nruns = 0;

	for (char *at = copy; *at != '\0' && n < MAX_WORDS;)
	{
		char	   *begin = at;
		bool		more;

		while (*at != '\0' && isalnum((unsigned char) *at) && !IS_HIGHBIT_SET(*at))
			at++;
		more = *at != '\0';
		*at = '\0';
		if (*begin != '\0')
			words[n++] = reference_normalise(begin);
		if (more)
			at++;
	}
	for (int first = 0; first < n; first++)
	{
		StringInfoData run;

		initStringInfo(&run);
		for (int last = first; last < n && last < first + MAX_RUN; last++)
		{
			appendStringInfoString(&run, words[last]);
			if (run.len > MAX_REFERENCE)
				break;
			if (run.len >= MIN_REFERENCE)
				runs[nruns++] = CStringGetTextDatum(run.data);
		}
		pfree(run.data);
	}
	return construct_array(runs, nruns, TEXTOID, -1, false, TYPALIGN_INT);
}

ArrayType *
reference_words(const char *written)
{
	char	   *copy = pstrdup(written);
	Datum	   *words = palloc(sizeof(Datum) * MAX_WORDS);
	int			n = 0;

	for (char *word = strtok(copy, " \t\r\n,;"); word != NULL && n < MAX_WORDS; word = strtok(NULL, " \t\r\n,;"))
		if (strlen(word) >= MIN_WORD)
			words[n++] = CStringGetTextDatum(word);
	return construct_array(words, n, TEXTOID, -1, false, TYPALIGN_INT);
}

static void
add_order(Match *match, int64 order_id)
{
	for (int i = 0; i < match->order_count; i++)
		if (match->order_ids[i] == order_id)
			return;
	match->order_ids = match->order_ids == NULL ? palloc(sizeof(int64)) :
		repalloc(match->order_ids, sizeof(int64) * (match->order_count + 1));
	match->order_ids[match->order_count++] = order_id;
}

/* Rows of (buyer, order): all of one buyer, or nobody's. */
static void
take_rows(Match *match, const Rows *rows)
{
	for (uint64 i = 0; i < rows->count; i++)
	{
		int64		buyer_id = row_int64(&rows->rows[i], 0);

		if (match->buyer_id != 0 && match->buyer_id != buyer_id)
		{
			match->note = "it names several buyers";
			return;
		}
		match->buyer_id = buyer_id;
		if (!row_null(&rows->rows[i], 1))
			add_order(match, row_int64(&rows->rows[i], 1));
	}
}

Match
incoming_match(Call *call, const IncomingMoney *money)
{
	static Statement by_iban = STATEMENT("it",
		"SELECT buyer_id, order_id FROM marketplace.payment_references WHERE marketplace_id = $1 AND kind = 'virtual_iban' AND value = $2");
	static Statement by_text = STATEMENT("iT",
		"SELECT buyer_id, order_id FROM marketplace.payment_references WHERE marketplace_id = $1 AND kind = 'reference' AND value = ANY ($2)"
		" ORDER BY id");
	Match		match = {.note = money->obstacle};
	Rows		rows;

	if (match.note != NULL)
		return match;
	if (money->virtual_iban != NULL)
	{
		rows = query_rows(&by_iban, VALUES(value_int32(call->marketplace_id), value_text(reference_normalise(money->virtual_iban))));
		take_rows(&match, &rows);
	}
	if (money->reference != NULL)
	{
		rows = query_rows(&by_text, VALUES(value_int32(call->marketplace_id),
										   value_datum(PointerGetDatum(reference_candidates(money->reference)))));
		take_rows(&match, &rows);
	}
	if (match.note != NULL)
		match.buyer_id = match.order_count = 0;
	else if (match.buyer_id == 0)
		match.note = money->virtual_iban != NULL ? "its virtual IBAN is nobody's" :
			money->reference != NULL ? "its text names nothing that is known" : "it names nothing";
	return match;
}

/* One of the two keys is given; returns the kind. */
static const char *
read_value(const Document *document, char **value)
{
	bool		iban = document_has(document, "virtual_iban");
	const char *kind = iban ? "virtual_iban" : "reference";

	if (iban && document_has(document, "reference"))
		document_refuse(document, "reference", "A virtual IBAN is given too.", "Assign one at a time.");
	*value = reference_normalise(document_text(document, kind));
	if (strlen(*value) < MIN_REFERENCE || strlen(*value) > MAX_REFERENCE)
		document_refuse(document, kind, psprintf("It has %d letters and digits.", (int) strlen(*value)),
						psprintf("It has %d to %d, so that it is not met by chance.", MIN_REFERENCE, MAX_REFERENCE));
	return kind;
}

static int64
set_reference(Call *call, const Document *document)
{
	static Statement insert = STATEMENT("ittllz",
		"INSERT INTO marketplace.payment_references (marketplace_id, kind, value, buyer_id, order_id, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (marketplace_id, kind, value) DO NOTHING RETURNING id");
	int64		order_id = document_int64_or(document, "order_id", 0);
	int64		buyer_id;
	CurrencyCode currency;
	const char *kind;
	char	   *value;
	bool		added;
	Row			row;

	document_only(document, "reference", "virtual_iban", "order_id", "buyer_id", NULL);
	kind = read_value(document, &value);
	if (document_has(document, "order_id"))
	{
		order_get(call, order_id, &buyer_id, &currency);
		if (document_has(document, "buyer_id") && document_int64(document, "buyer_id") != buyer_id)
			document_refuse(document, "buyer_id", psprintf("Order %lld is of party %lld.", (long long) order_id, (long long) buyer_id),
							"Leave it out: the order says whose it is.");
	}
	else
	{
		buyer_id = document_int64(document, "buyer_id");
		(void) party_get(call, buyer_id);
		if (!party_has_capacity(call, buyer_id, "buyer"))
			document_refuse(document, "buyer_id", psprintf("Party %lld is no buyer.", (long long) buyer_id), "Give the capacity buyer to it first.");
	}
	guard_open("funds");
	added = query_row(&insert, VALUES(value_int32(call->marketplace_id), value_text(kind), value_text(value), value_int64(buyer_id),
									  value_id(order_id), value_timestamptz(call->now)), &row);
	guard_close();
	if (!added)
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the %s %s is assigned already", strcmp(kind, "reference") == 0 ? "reference" : "virtual IBAN", value),
				errhint("Assign another; what was assigned once stays."));
	return row_int64(&row, 0);
}

/* payment_reference_set(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(payment_reference_set);
Datum
payment_reference_set(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		Document	document = document_root(call_jsonb(&call, 1));

		access_require(&call, CAPACITY_OPERATOR, 0);
		call.result = set_reference(&call, &document);
	}
	PG_RETURN_INT64(call_end(&call));
}

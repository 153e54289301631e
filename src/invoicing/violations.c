/*
 * violations.c
 *		invoice_violations(): what is wrong with a document, rule by rule (rules/invoicing.md §12).
 *
 * The rules are rows of the view marketplace.invoice_rules, each a jsonpath that must be true of what its scope selects of the document's
 * facts (violation_facts.c). They are evaluated here rather than by one statement: a planner that sees hundreds of set-returning
 * calls takes longer than they do. Pure but for the rules, which are data of the code, not of a marketplace.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "invoicing/invoice.h"
#include "invoicing/violations.h"
#include "kernel/calendar.h"
#include "kernel/errors.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/datum.h"

/* Columns of a rule, in the order of the statement that loads it. */
enum
{
	RULE_NAME, RULE_SEVERITY, RULE_SCOPE, RULE_TERM, RULE_APPLIES, RULE_CONDITION, RULE_MESSAGE, RULE_FOUND, RULE_PROFILES,
	RULE_FROM, RULE_UNTIL
};

/* What a path selects of the facts: hundreds of rules share a few scopes and conditions of application. */
typedef struct Selection
{
	Datum		path;
	int			count;
	Jsonb	  **items;
} Selection;

typedef struct Judge
{
	Jsonb	   *facts;
	Jsonb	   *vars;			/* {"doc": facts} */
	List	   *selections;
	JsonbParseState *result;	/* an array of violations */
} Judge;

/* What a path selects; errors within a path (a term of another kind) select nothing. */
static Jsonb *
select_all(const Judge *judge, Jsonb *target, Datum path)
{
	return DatumGetJsonbP(DirectFunctionCall4(jsonb_path_query_array, JsonbPGetDatum(target), path, JsonbPGetDatum(judge->vars),
											  BoolGetDatum(true)));
}

static Selection *
select_of_facts(Judge *judge, Datum path)
{
	Selection  *selection;
	Jsonb	   *answer;
	ListCell   *cell;

	foreach(cell, judge->selections)
	{
		selection = lfirst(cell);
		if (datumIsEqual(selection->path, path, false, -1))
			return selection;
	}
	answer = select_all(judge, judge->facts, path);
	selection = palloc(sizeof(Selection));
	selection->path = path;
	selection->count = (int) JB_ROOT_COUNT(answer);
	selection->items = palloc(sizeof(Jsonb *) * Max(selection->count, 1));
	for (int i = 0; i < selection->count; i++)
		selection->items[i] = JsonbValueToJsonb(getIthJsonbValueFromContainer(&answer->root, i));
	judge->selections = lappend(judge->selections, selection);
	return selection;
}

static bool
is_true(Jsonb *answer)
{
	JsonbValue	value;

	return JB_ROOT_IS_SCALAR(answer) && JsonbExtractScalar(&answer->root, &value) && value.type == jbvBool && value.val.boolean;
}

static bool
applies(Judge *judge, const Row *rule)
{
	Selection  *answer;

	if (row_null(rule, RULE_APPLIES))
		return true;
	answer = select_of_facts(judge, row_datum(rule, RULE_APPLIES));
	return answer->count > 0 && is_true(answer->items[0]);
}

static bool
holds(const Judge *judge, Jsonb *target, Datum path)
{
	Jsonb	   *answer = select_all(judge, target, path);
	JsonbValue *value;

	if (JB_ROOT_COUNT(answer) == 0)
		return false;
	value = getIthJsonbValueFromContainer(&answer->root, 0);
	return value->type == jbvBool && value->val.boolean;
}

static char *
show(Jsonb *json)
{
	return JsonbToCString(NULL, &json->root, VARSIZE(json));
}

/* The message with the values that make it so. */
static char *
message_of(const Judge *judge, const Row *rule, Jsonb *item)
{
	const char *message = row_text(rule, RULE_MESSAGE);
	StringInfoData found;
	Jsonb	   *values;

	if (row_null(rule, RULE_FOUND))
		return pstrdup(message);
	values = select_all(judge, item, row_datum(rule, RULE_FOUND));
	initStringInfo(&found);
	for (uint32 i = 0; i < JB_ROOT_COUNT(values); i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(&values->root, i);

		appendStringInfo(&found, "%s%s", i > 0 ? ", " : "", value->type == jbvString ?
						 pnstrdup(value->val.string.val, value->val.string.len) : show(JsonbValueToJsonb(value)));
	}
	return found.len == 0 ? pstrdup(message) : psprintf("%s (found %s)", message, found.data);
}

static void
add_violation(Judge *judge, const Row *rule, Jsonb *item)
{
	Document	object = {&item->root, ""};
	const char *place = document_text_or_null(&object, "place");
	const char *term = row_text(rule, RULE_TERM);

	json_begin_object(&judge->result, NULL);
	json_text(&judge->result, "rule", row_text(rule, RULE_NAME));
	json_text(&judge->result, "severity", row_text(rule, RULE_SEVERITY));
	json_text(&judge->result, "place", place == NULL ? (term != NULL ? term : "") : term == NULL ? place : psprintf("%s.%s", place, term));
	json_text(&judge->result, "message", message_of(judge, rule, item));
	json_end_object(&judge->result);
}

static void
judge_rule(Judge *judge, const Row *rule)
{
	Selection  *scope;

	if (!applies(judge, rule))
		return;
	scope = select_of_facts(judge, row_datum(rule, RULE_SCOPE));
	for (int i = 0; i < scope->count; i++)
	{
		Jsonb	   *item = scope->items[i];

		if (JB_ROOT_IS_OBJECT(item) && !holds(judge, item, row_datum(rule, RULE_CONDITION)))
			add_violation(judge, rule, item);
	}
}

static Jsonb *
vars_of(Jsonb *facts)
{
	JsonbParseState *state = NULL;

	json_begin_object(&state, NULL);
	json_value(&state, "doc", facts);
	return json_finish(&state);
}

static bool
is_of_profile(const Row *rule, const char *profile)
{
	Datum	   *names;
	int			count;

	if (row_null(rule, RULE_PROFILES))
		return true;
	deconstruct_array(DatumGetArrayTypeP(row_datum(rule, RULE_PROFILES)), TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
	for (int i = 0; i < count; i++)
		if (strcmp(TextDatumGetCString(names[i]), profile) == 0)
			return true;
	return false;
}

/* Dates as a document writes them. */
static bool
is_in_force(const Row *rule, const char *issue_date)
{
	if (row_null(rule, RULE_FROM) && row_null(rule, RULE_UNTIL))
		return true;
	return issue_date != NULL &&
		(row_null(rule, RULE_FROM) || strcmp(issue_date, row_text(rule, RULE_FROM)) >= 0) &&
		(row_null(rule, RULE_UNTIL) || strcmp(issue_date, row_text(rule, RULE_UNTIL)) < 0);
}

Jsonb *
violations_of(Jsonb *json, const InvoiceProfile *profile)
{
	static KeptRows rules = KEPT_ROWS(
		"SELECT rule, severity, scope, term, applies, condition, message, found, profiles,"
		" pg_catalog.to_char(valid_from, 'YYYY-MM-DD'), pg_catalog.to_char(valid_until, 'YYYY-MM-DD')"
		" FROM marketplace.invoice_rules");
	const Rows *all = query_rows_kept(&rules);
	Document	root = document_root(json);
	const char *issue_date = document_text_or_null(&root, "issue_date");
	Judge		judge = {.facts = violation_facts(json, profile)};

	judge.vars = vars_of(judge.facts);
	json_begin_array(&judge.result, NULL);
	for (uint64 i = 0; i < all->count; i++)
		if (is_of_profile(&all->rows[i], profile->name) && is_in_force(&all->rows[i], issue_date))
			judge_rule(&judge, &all->rows[i]);
	return JsonbValueToJsonb(pushJsonbValue(&judge.result, WJB_END_ARRAY, NULL));
}

int
due_days(Call *call, const Invoice *invoice, const PolicyScope *scope)
{
	return invoice->gross == invoice->prepaid ? 0 : (int) policy_int64(call, "iv.payment_days", scope);
}

/*
 * Which profile a seller's documents must satisfy: in France that of the reform, whatever the buyer takes. In another currency than EUR
 * French rules want the VAT in EUR too (IV-29), for which nobody freezes a rate of exchange at issue: EN 16931 alone.
 */
static const char *
profile_of(const Invoice *invoice)
{
	Document	seller = document_root(invoice->seller);
	const char *country = document_text_or_null(&seller, "country");

	return country != NULL && strcmp(country, "FR") == 0 && invoice->currency == currency_lookup("EUR", 3) ? "extended-ctc-fr" : "en16931";
}

/* Number and dates are given only at issue; currencies that EN 16931 cannot express are not judged by it (IV-28). */
char *
invoice_fault(Call *call, const Invoice *invoice, const PolicyScope *scope)
{
	Invoice		preview = *invoice;
	InvoiceProfile profile;
	Document	list;
	Jsonb	   *violations;

	if (currency_exponent(invoice->currency) > 2 || !policy_bool(call, "iv.validate", scope))
		return NULL;
	if (preview.number == NULL)
		preview.number = "0";
	if (preview.issue_date == 0)
		preview.issue_date = calendar_local_date(call->now, marketplace_get(call)->time_zone);
	if (!preview.has_due_date)
		preview.due_date = preview.issue_date + invoice->due_days;
	preview.has_due_date = true;
	profile = invoice_profile(profile_of(invoice), NULL);
	violations = violations_of(invoice_compose(&preview), &profile);
	list = (Document) {&violations->root, "violations"};
	for (int i = 0; i < document_length(&list); i++)
	{
		Document	violation = document_item(&list, i);

		if (strcmp(document_text(&violation, "severity"), "fatal") == 0)
			return psprintf("%s at %s: %s", document_text(&violation, "rule"), document_text(&violation, "place"),
							document_text(&violation, "message"));
	}
	return NULL;
}

PG_FUNCTION_INFO_V1(invoice_violations);
Datum
invoice_violations(PG_FUNCTION_ARGS)
{
	/* one violation once, though a path may select an object twice */
	static Statement print = STATEMENT("j",
		"SELECT DISTINCT v.rule, v.severity, v.place, v.message"
		" FROM pg_catalog.jsonb_to_recordset($1) AS v (rule text, severity text, place text, message text) ORDER BY 1, 3, 4");
	InvoiceProfile profile;

	for (int i = 0; i < 2; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					errcode(MK_MISSING_VALUE),
					errmsg("invoice_violations() needs %s", i == 0 ? "document" : "profile"),
					errdetail("Argument %d is NULL.", i + 1),
					errhint("Give the document as rules/invoice-document.md describes it, and a profile of marketplace.invoice_profiles."));
	profile = invoice_profile(text_to_cstring(PG_GETARG_TEXT_PP(1)), NULL);
	query_return_set(fcinfo, &print, VALUES(value_jsonb(violations_of(PG_GETARG_JSONB_P(0), &profile))));
	return (Datum) 0;
}

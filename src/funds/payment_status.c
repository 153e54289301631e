/*
 * payment_status.c
 *		payment_status_import(): a pain.002 of the bank says how far our orders are. Their instructions move forward only; what contradicts
 *		what was known is a break, not a transition (FD-85, RD-72).
 *
 * A status of the whole file, or of its payment information, holds for those of its orders that have none of their own.
 */
#include "postgres.h"

#include "funds/bank.h"
#include "funds/break.h"

#define RANK_ACCEPTED 2
#define RANK_SETTLED 4
#define RANK_FINAL 9

/* RD-72: how far on an order is. What is not here (PDNG, PART, RCVC, …) says nothing of that. */
static const struct
{
	const char *status;
	int			rank;
}			ranks[] = {
	{"RCVD", 1}, {"ACTC", RANK_ACCEPTED}, {"ACCP", RANK_ACCEPTED}, {"ACWC", RANK_ACCEPTED}, {"ACFC", RANK_ACCEPTED}, {"ACSP", 3},
	{"ACSC", RANK_SETTLED}, {"ACCC", 5}, {"RJCT", RANK_FINAL}, {"CANC", RANK_FINAL}
};

/* One status that the report gives. */
typedef struct Status
{
	const char *level;			/* group, payment, transaction */
	const char *end_to_end_id;	/* NULL: of a file */
	const char *status;
	const char *reason;
	const char *information;
	const XmlNode *node;
} Status;

typedef struct Report
{
	BankFile   *file;
	const char *original_message_id;
	List	   *told;			/* end-to-end ids that have a status of their own */
} Report;

static int
rank_of(const char *status)
{
	for (int i = 0; i < lengthof(ranks); i++)
		if (strcmp(ranks[i].status, status) == 0)
			return ranks[i].rank;
	return 0;
}

static bool
is(const char *state, const char *name)
{
	return strcmp(state, name) == 0;
}

static Status
read_status(const XmlNode *node, const char *level, const char *path)
{
	Status		status = {.level = level, .status = xml_text(node, path), .node = node};

	status.reason = xml_text(node, "StsRsnInf/Rsn/Cd");
	if (status.reason == NULL)
		status.reason = xml_text(node, "StsRsnInf/Rsn/Prtry");
	status.information = xml_text(node, "StsRsnInf/AddtlInf");
	return status;
}

static void
record(Call *call, const Report *report, const Status *status, int64 instruction_id, const char *outcome, int64 break_id)
{
	static Statement add = STATEMENT("illttttitttlz",
		"INSERT INTO marketplace.payment_statuses (marketplace_id, message_id, instruction_id, original_message_id, end_to_end_id, level,"
		" status, rank, reason, information, outcome, break_id, recorded_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");

	funds_write(&add, VALUES(value_int32(call->marketplace_id), value_int64(report->file->id), value_id(instruction_id),
							 value_text(report->original_message_id), value_text(status->end_to_end_id), value_text(status->level),
							 value_text(status->status), value_int32(rank_of(status->status)), value_text(status->reason),
							 value_text(status->information), value_text(outcome), value_id(break_id),
							 value_timestamptz(call->now)));
}

static int64
open_break(Call *call, const Status *status, const InstructionFound *found)
{
	BreakSpec	spec = {.break_class = "status_break", .source = "payment_status"};
	Amount		ledger = found->has_amount ? amount_neg(found->amount) : amount_zero(currency_lookup("EUR", CURRENCY_ALPHA_SIZE));
	JsonbParseState *causes;

	payload_begin(&causes);
	payload_text(&causes, "what", psprintf("%s, but known to be %s", status->status, found->state));
	payload_text(&causes, "reason", status->reason);
	spec.natural_key = psprintf("%s/%s", status->end_to_end_id, status->status);
	spec.ledger = &ledger;
	spec.difference = ledger;
	spec.end_to_end_id = status->end_to_end_id;
	spec.object = found->object;
	spec.object_id = found->object_id;
	spec.causes = JsonbValueToJsonb(pushJsonbValue(&causes, WJB_END_OBJECT, NULL));
	return break_open(call, &spec);
}

static int
furthest_rank(Call *call, int64 instruction_id)
{
	static Statement furthest = STATEMENT("il",
		"SELECT pg_catalog.max(rank) FROM marketplace.payment_statuses WHERE marketplace_id = $1 AND instruction_id = $2 AND rank < 9");
	Row			row;

	return query_row(&furthest, VALUES(value_int32(call->marketplace_id), value_int64(instruction_id)), &row) && !row_null(&row, 0) ?
		row_int32(&row, 0) : 0;
}

/* The event of the instruction that the status stands for; NULL: none. */
static const char *
event_for(int rank, const char *state)
{
	if (rank == RANK_FINAL)
		return "fail";
	if (rank >= RANK_SETTLED)
		return "confirm";
	return rank >= RANK_ACCEPTED && !is(state, "acknowledged") ? "acknowledge" : NULL;
}

/* 'break', 'late', 'recorded', or 'applied': then the instruction is to be moved. */
static const char *
judge(int rank, int furthest, const InstructionFound *found)
{
	bool		confirmed = is(found->state, "confirmed");
	bool		failed = is(found->state, "failed") || is(found->state, "cancelled");

	if (rank == 0)
		return "recorded";
	if (rank == RANK_FINAL)
		return confirmed ? "break" : failed ? "late" : "applied";
	if (failed)
		return rank >= RANK_SETTLED ? "break" : "late";
	if (rank <= furthest)
		return "late";
	if (confirmed)
		return rank > RANK_SETTLED ? "recorded" : "late";
	return event_for(rank, found->state) == NULL ? "recorded" : "applied";
}

/* A status of one order of ours. */
static void
apply(Call *call, const Report *report, const Status *status, const InstructionFound *found)
{
	int			rank = rank_of(status->status);
	const char *outcome = judge(rank, furthest_rank(call, found->id), found);
	char	   *evidence = psprintf("pain.002 %s: %s%s%s", report->file->message_id, status->status, status->reason != NULL ? " " : "",
									status->reason != NULL ? status->reason : "");

	if (is(outcome, "applied"))
	{
		const char *event = event_for(rank, found->state);

		if (is(found->state, "planned"))
			instruction_move(call, found->kind, found->object, found->object_id, "send", evidence);
		instruction_move(call, found->kind, found->object, found->object_id, event, evidence);
	}
	record(call, report, status, found->id, outcome, is(outcome, "break") ? open_break(call, status, found) : 0);
}

static bool
was_filed(Call *call, int64 instruction_id)
{
	static Statement find = STATEMENT("il",
		"SELECT FROM marketplace.payment_file_items WHERE marketplace_id = $1 AND instruction_id = $2 LIMIT 1");

	return query_execute(&find, VALUES(value_int32(call->marketplace_id), value_int64(instruction_id))) > 0;
}

static void
take_order(Call *call, Report *report, const Status *status)
{
	InstructionFound found;

	if (status->end_to_end_id == NULL || !instruction_find(call, status->end_to_end_id, &found) ||
		(is(found.state, "planned") && !was_filed(call, found.id)))
		record(call, report, status, 0, "unknown", 0);
	else
		apply(call, report, status, &found);
}

/* Orders of a file of ours, or of its payment information, in ascending order of their instructions. */
static Rows
orders_of(Call *call, const char *message_id, const char *payment_information_id)
{
	static Statement orders = STATEMENT("itt",
		"SELECT t.end_to_end_id FROM marketplace.payment_files f"
		"  JOIN marketplace.payment_file_items t ON t.marketplace_id = $1 AND t.file_id = f.id"
		" WHERE f.marketplace_id = $1 AND (f.message_id = $2 OR f.message_id || '-1' = $3) ORDER BY t.instruction_id");

	return query_rows(&orders, VALUES(value_int32(call->marketplace_id), value_text(message_id), value_text(payment_information_id)));
}

static bool
was_told(const Report *report, const char *end_to_end_id)
{
	const ListCell *cell;

	foreach(cell, report->told)
		if (strcmp(lfirst(cell), end_to_end_id) == 0)
			return true;
	return false;
}

/* Of a file: for its orders that are not told of by themselves. PART and the like are kept as they are. */
static void
take_group(Call *call, Report *report, const Status *status, const Rows *orders)
{
	if (status->status == NULL)
		return;
	if (rank_of(status->status) == 0 || orders->count == 0)
		record(call, report, status, 0, orders->count == 0 ? "unknown" : "recorded", 0);
	else
		for (uint64 i = 0; i < orders->count; i++)
		{
			Status		one = *status;

			one.end_to_end_id = row_text(&orders->rows[i], 0);
			if (!was_told(report, one.end_to_end_id))
				take_order(call, report, &one);
		}
}

static void
take_transactions(Call *call, Report *report, const XmlNode *payment)
{
	const char *inherited = xml_text(payment, "PmtInfSts");

	for (const XmlNode *node = xml_child(payment, "TxInfAndSts"); node != NULL; node = xml_next(node))
	{
		Status		status = read_status(node, "transaction", "TxSts");

		status.end_to_end_id = xml_text(node, "OrgnlEndToEndId");
		if (status.status == NULL)
			status.status = inherited;
		if (status.status == NULL)
			bank_refuse(node, "TxSts is missing.");
		take_order(call, report, &status);
		if (status.end_to_end_id != NULL)
			report->told = lappend(report->told, unconstify(char *, status.end_to_end_id));
	}
}

/* All that the report may move, before anything of what they are for. */
static void
lock_orders(Call *call, const BankFile *file, const Rows *of_file)
{
	List	   *keys = NIL;
	const char **array;
	int			n = 0;

	for (uint64 i = 0; i < of_file->count; i++)
		keys = lappend(keys, row_text(&of_file->rows[i], 0));
	for (const XmlNode *payment = xml_child(file->message, "OrgnlPmtInfAndSts"); payment != NULL; payment = xml_next(payment))
		for (const XmlNode *node = xml_child(payment, "TxInfAndSts"); node != NULL; node = xml_next(node))
			if (xml_text(node, "OrgnlEndToEndId") != NULL)
				keys = lappend(keys, xml_text(node, "OrgnlEndToEndId"));
	array = palloc(sizeof(char *) * Max(list_length(keys), 1));
	for (n = 0; n < list_length(keys); n++)
		array[n] = list_nth(keys, n);
	instruction_lock_keys(call, array, n);
}

static int64
import(Call *call, const char *content)
{
	static const char *const kinds[] = {"pain.002", NULL};
	BankFile	file = bank_file_read(call, content, kinds);
	Report		report = {.file = &file};
	Status		group;
	Rows		of_file;

	bank_import_lock(call);
	report.original_message_id = bank_required(file.message, "OrgnlGrpInfAndSts/OrgnlMsgId");
	if (!bank_file_store(call, &file, content))
		return file.id;
	of_file = orders_of(call, report.original_message_id, NULL);
	lock_orders(call, &file, &of_file);
	for (const XmlNode *payment = xml_child(file.message, "OrgnlPmtInfAndSts"); payment != NULL; payment = xml_next(payment))
	{
		Status		status = read_status(payment, "payment", "PmtInfSts");
		Rows		orders = orders_of(call, NULL, xml_text(payment, "OrgnlPmtInfId"));

		take_transactions(call, &report, payment);
		take_group(call, &report, &status, &orders);
		for (uint64 i = 0; status.status != NULL && i < orders.count; i++)
			report.told = lappend(report.told, row_text(&orders.rows[i], 0));
	}
	group = read_status(xml_child(file.message, "OrgnlGrpInfAndSts"), "group", "GrpSts");
	take_group(call, &report, &group, &of_file);
	return file.id;
}

/* payment_status_import(marketplace_id, document, request_key) */
PG_FUNCTION_INFO_V1(payment_status_import);
Datum
payment_status_import(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
	{
		access_require(&call, CAPACITY_OPERATOR, 0);
		(void) marketplace_get(&call);
		call.result = import(&call, call_text(&call, 1));
	}
	PG_RETURN_INT64(call_end(&call));
}

/*
 * payout_plan.c
 *		The dry run: what payout_run() would freeze now, and who is not paid and why (FD-56). Changes and locks nothing.
 */
#include "postgres.h"

#include "funcapi.h"
#include "funds/payout.h"
#include "kernel/errors.h"

static PayoutPlan
plan(Call *call, FunctionCallInfo fcinfo)
{
	PayoutOrder order;

	access_require(call, CAPACITY_OPERATOR | CAPACITY_AUDITOR, 0);
	(void) marketplace_get(call);
	order = payout_order_read(call, call_jsonb(call, 1));
	InitMaterializedSRF(fcinfo, 0);
	return payout_select(call, &order, false);
}

static void
put_group(ReturnSetInfo *result, const Payable *payable, const SellerGroup *group, DateADT execution_date)
{
	for (int i = group->first; i < group->end; i++)
	{
		Datum		values[7];
		bool		nulls[7] = {false};

		if (amount_minor(payable->free[i]) == 0)
			continue;
		values[0] = Int64GetDatum(group->seller_id);
		values[1] = Int64GetDatum(group->bank_account_id);
		values[2] = DateADTGetDatum(execution_date);
		values[3] = Int64GetDatum(payable->accounts[i].order_line_id);
		values[4] = Int64GetDatum(payable->accounts[i].allocation_id);
		values[5] = NumericGetDatum(amount_to_numeric(payable->free[i]));
		values[6] = CStringGetTextDatum(currency_alpha(payable->currencies[i]));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* payout_plan(marketplace_id, document) */
PG_FUNCTION_INFO_V1(payout_plan);
Datum
payout_plan(PG_FUNCTION_ARGS)
{
	Call		call;
	PayoutPlan	found;
	DateADT		execution_date;

	call_begin_read(&call, fcinfo);
	found = plan(&call, fcinfo);
	execution_date = payout_execution_day(&call, call.now);
	for (int i = 0; i < found.count; i++)
		if (found.groups[i].obstacle == NULL)
			put_group((ReturnSetInfo *) fcinfo->resultinfo, &found.payable, &found.groups[i], execution_date);
	call_end_read(&call);
	return (Datum) 0;
}

/* payout_obstacles(marketplace_id, document) */
PG_FUNCTION_INFO_V1(payout_obstacles);
Datum
payout_obstacles(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call;
	PayoutPlan	found;

	call_begin_read(&call, fcinfo);
	found = plan(&call, fcinfo);
	for (int i = 0; i < found.count; i++)
	{
		const SellerGroup *group = &found.groups[i];
		Datum		values[6];
		bool		nulls[6] = {false};

		if (group->obstacle == NULL && group->balance == group->total)
			continue;
		values[0] = Int64GetDatum(group->seller_id);
		values[1] = NumericGetDatum(amount_to_numeric(group->balance));
		values[2] = NumericGetDatum(amount_to_numeric(amount_sub(group->balance, group->total)));
		values[3] = CStringGetTextDatum(currency_alpha(amount_currency(group->balance)));
		values[4] = CStringGetTextDatum(group->obstacle != NULL ? group->obstacle : "partly_held");
		values[5] = CStringGetTextDatum(group->obstacle != NULL ? group->detail :
										psprintf("%s is paid, the rest is held.", amount_to_cstring(group->total)));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	call_end_read(&call);
	return (Datum) 0;
}

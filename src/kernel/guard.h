/*
 * guard.h
 *		Refusing triggers: what is recorded stays, and what functions keep is written by functions only.
 *
 *		guard_open("ledger");
 *		query_execute(&balance_update, ...);
 *		guard_close();
 *
 * The name is the first argument of the trigger guard_by_function() on the table. An error between the two calls
 * closes the guard with the (sub)transaction that it aborts.
 */
#ifndef MARKETPLACE_GUARD_H
#define MARKETPLACE_GUARD_H

#include "postgres.h"

#include "commands/trigger.h"

/*
 * Opens may be nested, of the same or of different names; each close ends the last open. The name is not copied: give
 * a literal.
 */
extern void guard_open(const char *name);
extern void guard_close(void);

/*
 * For C triggers of every area. trigger_for_each_row() refuses any other call than as a trigger for each row; a
 * column that is not there is an error that names trigger and table, or 0 from trigger_find_column();
 * trigger_column_changed() is for UPDATE; trigger_result() is what a trigger returns to let the statement pass
 * unchanged.
 */
extern TriggerData *trigger_for_each_row(FunctionCallInfo fcinfo, const char *function);
extern int	trigger_column(TriggerData *trigger, const char *name);
extern int	trigger_find_column(TriggerData *trigger, const char *name);
extern bool trigger_column_changed(TriggerData *trigger, int attnum);
extern HeapTuple trigger_result(TriggerData *trigger);

#endif

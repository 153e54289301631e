/*
 * guard.h
 *		Refusing triggers: what is recorded stays, and what functions keep is written by functions only.
 *
 *		guard_open("ledger");
 *		query_execute(&balance_update, ...);
 *		guard_close();
 *
 * The name is the first argument of the trigger guard_by_function() on the table. An error between the two calls closes
 * the guard with the (sub)transaction that it aborts.
 */
#ifndef MARKETPLACE_GUARD_H
#define MARKETPLACE_GUARD_H

#include "postgres.h"

#include "commands/trigger.h"

/* Opens may be nested, of the same or of different names; each close ends the last open. The name is not copied: give a literal. */
extern void guard_open(const char *name);
extern void guard_close(void);

/* For C triggers of every area: refuses any other call than as a trigger for each row; the number of a column named in the arguments. */
extern TriggerData *trigger_for_each_row(FunctionCallInfo fcinfo, const char *function);
extern int	trigger_column(TriggerData *trigger, const char *name);
extern HeapTuple trigger_result(TriggerData *trigger);

#endif

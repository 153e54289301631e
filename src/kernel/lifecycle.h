/*
 * lifecycle.h
 *		States move only along their lifecycle: the C side of the trigger lifecycle_guard().
 */
#ifndef MARKETPLACE_LIFECYCLE_H
#define MARKETPLACE_LIFECYCLE_H

#include "kernel/call.h"

/*
 * Runs an UPDATE (or INSERT) that changes a guarded state, naming the lifecycle's event and the reason for the
 * history (may be NULL). Returns the rows touched. Without it a bare UPDATE is taken as the first event that leads
 * from the old state to the new one.
 */
extern uint64 lifecycle_execute(Statement *change, const Value *args, const char *event, const char *reason);

#endif

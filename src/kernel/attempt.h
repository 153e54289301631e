/*
 * attempt.h
 *		Something that may fail and must not take the whole call with it: tried in a subtransaction.
 *
 * What fails is undone whole: its rows, its locks, and what the call collected in it for its end (posting, documents). Errors that say
 * nothing of what was tried are raised again and end the call, as any other would: deadlocks, serialization failures, cancels, shutdowns,
 * out of memory, a lock or another transaction in the way.
 */
#ifndef MARKETPLACE_ATTEMPT_H
#define MARKETPLACE_ATTEMPT_H

#include "kernel/call.h"

typedef void (*AttemptFunction) (Call *call, void *argument);

/* True when it was carried out; else *error says why, in the caller's memory. */
extern bool attempt(Call *call, AttemptFunction function, void *argument, ErrorData **error);

/* Only to learn whether it would be carried out: undone either way. */
extern bool attempt_dry(Call *call, AttemptFunction function, void *argument, ErrorData **error);

/*
 * Within an attempt of a call that had collected nothing before: the posting and the documents are written now, so that they fail or
 * stand with it. Afterwards the call may post nothing more.
 */
extern void attempt_carry_out(Call *call);

/* An error of this extension (class MK): the domain refuses. */
extern bool error_is_of_domain(const ErrorData *error);

#endif

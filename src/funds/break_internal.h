/*
 * break_internal.h
 *		What break.c and break_resolve.c know of one another.
 */
#ifndef MARKETPLACE_FUNDS_BREAK_INTERNAL_H
#define MARKETPLACE_FUNDS_BREAK_INTERNAL_H

#include "funds/break.h"

typedef struct Break
{
	int64		id;
	const char *break_class;
	const char *state;
	Amount		difference;
	bool		has_ledger;
	Amount		ledger;			/* zero where the books say nothing */
	bool		has_outside;
	Amount		outside;		/* what the PSP says, else the bank; zero where neither does */
} Break;

/* As break_open(); is_new: it was not known before. */
extern int64 break_open_new(Call *call, const BreakSpec *spec, bool *is_new);
extern Break break_lock(Call *call, int64 break_id);	/* MK004 */
extern bool break_is_open(const Break *found);			/* escalated included */
extern void break_require_open(const Break *found);		/* MK114 */
extern void break_end(Call *call, const Break *found, const char *event, const char *by, const char *reason, int64 posting_event_id);
/* Returns the id of the event. */
extern int64 break_tell(Call *call, int64 break_id, const char *type, const char *break_class, Amount difference, const char *word,
						const char *said);

#endif

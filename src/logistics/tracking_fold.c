/*
 * tracking_fold.c
 *		What a set of tracking events says of a parcel (LG-20…LG-23): a pure function, the same for any order and any
 *		repetition.
 *
 * Nothing is read or written here; tracking_apply.c carries out what the fold says.
 */
#include "postgres.h"

#include "logistics/tracking.h"
#include "miscadmin.h"

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static int
compare_events(const void *x, const void *y)
{
	const FoldEvent *a = x;
	const FoldEvent *b = y;
	int			order;

	if (a->occurred_at != b->occurred_at)
		return a->occurred_at < b->occurred_at ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank - b->rank;
	order = strcmp(a->source, b->source);
	return order != 0 ? order : strcmp(a->event_key, b->event_key);
}

/* In quarantine until an operator accepts it (LG-25); a rejected one never counts. */
static const char *
quarantine_standing(const FoldEvent *event)
{
	if (same(event->quarantine, "pending"))
		return "quarantined";
	return same(event->quarantine, "rejected") ? "rejected" : NULL;
}

typedef enum Liveness
{
	UNKNOWN,
	ASKED,						/* being found out: only a cycle asks again, and cycles are refused when stored */
	LIVE,
	DEAD
} Liveness;

/* An event counts unless a correction that itself counts names it (LG-23). */
static bool
is_live(const FoldEvent *events, int count, int index, Liveness *known)
{
	const FoldEvent *event = &events[index];

	if (known[index] != UNKNOWN)
		return known[index] == LIVE;
	check_stack_depth();		/* corrections of corrections of …, as long as a source likes */
	known[index] = ASKED;
	if (quarantine_standing(event) != NULL)
	{
		known[index] = DEAD;
		return false;
	}
	for (int i = 0; i < count; i++)
	{
		if (same(events[i].corrects_event_id, event->source_event_id) && same(events[i].corrects_source,
																			  event->source) &&
			is_live(events, count, i, known))
		{
			known[index] = DEAD;
			return false;
		}
	}
	known[index] = LIVE;
	return true;
}

bool
fold_state_is_final(const char *state)
{
	return same(state, "delivered") || same(state, "returned") || same(state, "lost") || same(state, "void");
}

/* LG-21 */
static bool
applies(const Fold *fold, const char *next)
{
	bool		returns = same(next, "returning") || same(next, "returned");

	if (same(fold->state, "returned") || same(fold->state, "void"))
		return false;
	if (fold->delivered_at != DT_NOBEGIN)
		return returns;
	if (same(fold->state, "lost"))
		return returns || same(next, "delivered") || same(next, "found");
	return true;
}

static void
apply(Fold *fold, FoldEvent *event)
{
	fold->last_event_at = event->occurred_at;
	if (event->rank >= RANK_WITH_CARRIER && event->rank != RANK_VOID && fold->first_scan_at == DT_NOBEGIN)
		fold->first_scan_at = event->occurred_at;
	if (!applies(fold, event->state))
	{
		event->standing = "ignored_terminal";
		return;
	}
	event->standing = "applied";
	fold->state = same(event->state, "found") ? "in_transit" : event->state;
	fold->state_at = event->occurred_at;
	if (same(event->state, "delivered"))
	{
		fold->delivered_at = event->occurred_at;
		fold->signed_by = event->signed_by;
	}
}

Fold
tracking_fold(FoldEvent *events, int count)
{
	Fold		fold = {NULL, DT_NOBEGIN, DT_NOBEGIN, DT_NOBEGIN, DT_NOBEGIN, NULL};
	Liveness   *known = palloc0(Max(count, 1) * sizeof(Liveness));

	qsort(events, count, sizeof(FoldEvent), compare_events);
	for (int i = 0; i < count; i++)
	{
		FoldEvent  *event = &events[i];
		const char *quarantine = quarantine_standing(event);

		if (quarantine != NULL)
			event->standing = quarantine;
		else if (!is_live(events, count, i, known))
			event->standing = "corrected";
		else if (event->corrects_event_id != NULL)
			event->standing = "correction";
		else if (event->state == NULL)
			event->standing = "unmapped";
		else
			apply(&fold, event);
	}
	pfree(known);
	return fold;
}

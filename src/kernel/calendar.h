/*
 * calendar.h
 *		Business days and deadlines over holiday calendars that are data (RD-14, RD-24…RD-27).
 *
 * Unknown calendars raise MK071; days outside the years 1583 to 9999 and counts beyond the limits below raise MK002.
 */
#ifndef MARKETPLACE_CALENDAR_H
#define MARKETPLACE_CALENDAR_H

#include "kernel/call.h"

#define CALENDAR_MAX_DAYS	36525	/* a hundred years */
#define CALENDAR_MAX_HOURS	(CALENDAR_MAX_DAYS * 24)

extern bool calendar_is_open(const char *calendar, DateADT day);
extern DateADT calendar_add_days(const char *calendar, DateADT day, int business_days);
extern DateADT calendar_next_open(const char *calendar, DateADT day);	/* the day itself when open */

/* Open days in (from, to]; negative backwards. */
extern int	calendar_count(const char *calendar, DateADT from, DateADT to);

extern DateADT calendar_easter(int year);

/* RD-14. unit: 'hours', 'calendar_days', 'business_days'; zone: where local time is kept, e.g. 'Europe/Paris'. */
extern TimestampTz calendar_deadline(TimestampTz start, int n, const char *unit, const char *calendar,
									 const char *zone);

/*
 * A time during which the clock stands still: [from, to), in order and apart; DT_NOBEGIN and DT_NOEND for an open
 * end.
 */
typedef struct CalendarPause
{
	TimestampTz from;
	TimestampTz to;
} CalendarPause;

extern TimestampTz calendar_deadline_with_pauses(TimestampTz start, int n, const char *unit, const char *calendar,
												 const char *zone, const CalendarPause *pauses, int npauses);

/* The local date of an instant. */
extern DateADT calendar_local_date(TimestampTz at, const char *zone);

/* For walks over many days: the cached year is looked up only when the walk leaves it. */
typedef struct CalendarWalk
{
	const char *calendar;
	const struct CalendarYear *year;
} CalendarWalk;

extern bool calendar_walk_is_open(CalendarWalk *walk, DateADT day);
extern void calendar_check_days(int n);

#endif

/*
 * calendar.h
 *		Business days and deadlines over holiday calendars that are data (RD-14, RD-24…RD-27).
 */
#ifndef MARKETPLACE_CALENDAR_H
#define MARKETPLACE_CALENDAR_H

#include "kernel/call.h"

extern bool calendar_is_open(const char *calendar, DateADT day);
extern DateADT calendar_add_days(const char *calendar, DateADT day, int business_days);

/* RD-14. unit: 'hours', 'calendar_days', 'business_days'; zone: where local time is kept, e.g. 'Europe/Paris'. */
extern TimestampTz calendar_deadline(TimestampTz start, int n, const char *unit, const char *calendar,
									 const char *zone);

/* The local date of an instant. */
extern DateADT calendar_local_date(TimestampTz at, const char *zone);

#endif

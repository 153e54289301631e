/*
 * kernel.h
 *		What the files of the kernel know of one another and no area needs.
 */
#ifndef MARKETPLACE_KERNEL_H
#define MARKETPLACE_KERNEL_H

#include "kernel/call.h"

/* The version of the tables that this code works with; migrate.c brings a database to it. */
#define MARKETPLACE_SCHEMA_VERSION 1

/* query.c */
extern void query_init(void);
extern int	query_pin_path(void);
extern void query_plan_by_index(void);
extern void query_unpin_path(int level);
extern void query_as_owner_begin(void);	/* around query_script() */
extern void query_as_owner_end(void);

/* call.c, access.c, clock.c */
extern void call_init(void);
extern void access_init(void);
extern void clock_init(void);
extern void access_grant_again(void);	/* access_grant.c */

/* call.c: what a call has collected is carried out */
extern void call_carry_out(Call *call);

/* event.c */
extern void event_init(void);
extern const struct TickStep *tick_registered_steps(void);	/* ends with a NULL name */

/* request.c: true when the call is new; else call->result is the first result */
extern bool request_begin(Call *call);
extern void request_end(Call *call);

#endif

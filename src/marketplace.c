/*
 * marketplace.c
 *		The loadable module: its magic block and what happens when it is loaded.
 *
 * Nothing of the domain is decided here; choreography.c says who reacts to what.
 */
#include "postgres.h"

#include "choreography.h"
#include "fmgr.h"
#include "kernel/kernel.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	query_init();
	call_init();
	access_init();
	clock_init();
	event_init();
	choreography_init();
	MarkGUCPrefixReserved("marketplace");
}

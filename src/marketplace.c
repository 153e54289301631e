/*
 * marketplace.c
 *		The loadable module: its magic block, its settings and what happens when it is loaded.
 *
 * Nothing of the domain is decided here; see choreography.c for who reacts to what.
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;

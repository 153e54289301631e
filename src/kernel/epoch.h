/*
 * epoch.h
 *		One ascending number per writing transaction that survives a move to another cluster (SETTLED 8).
 *
 * Rows that are read in the order of transactions (events, transfers) keep it in a column `xact bigint NOT NULL`. Transaction ids
 * of PostgreSQL start anew in another cluster; a new epoch then begins above every number that is stored already, so that
 * what was restored counts as settled and what is written next comes after it.
 */
#ifndef MARKETPLACE_EPOCH_H
#define MARKETPLACE_EPOCH_H

#include "kernel/query.h"

/* The number of the current transaction, for the rows it writes; gives the transaction an id. */
extern int64 epoch_xact(void);

/*
 * Every transaction with a number below it has ended, and its rows, if any, are visible to the query that called us. What has
 * this number or a higher one may still be under way.
 */
extern int64 epoch_horizon(void);

/* Every transaction that gets its id after this moment has this number or a higher one. */
extern int64 epoch_next_xact(void);

#endif

/*
 * trace.h
 *		Who may read which rows of the timeline, for trace.c and evidence.c.
 */
#ifndef MARKETPLACE_TRACE_H
#define MARKETPLACE_TRACE_H

#include "logistics/handling_unit.h"

/* What the caller may see of some orders. */
typedef struct Reader
{
	bool		all;			/* operator or auditor */
	IdSet		buyer_of;		/* orders of which it is the buyer */
	IdSet		sellers;		/* parties that it is */
	IdSet		carriers;
} Reader;

/* Refuses with MK005 who may see nothing of the orders. */
extern Reader reader_of_orders(Call *call, const IdSet *orders);

/* Of a row of marketplace.timeline; parameters of the statement by number. */
#define READER_SEES(all, buyer_of, sellers, carriers) \
	"(" all " OR (order_id = ANY (" buyer_of ") AND 'buyer' = ANY (audience)) OR (seller_id = ANY (" sellers ") AND 'seller' = ANY (audience)) " \
	"OR (carrier_party_id = ANY (" carriers ") AND 'carrier' = ANY (audience)))"

#endif

/*
 * envelope.h
 *		What the files that make and read the buyer's one document know of one another.
 */
#ifndef MARKETPLACE_ENVELOPE_H
#define MARKETPLACE_ENVELOPE_H

#include "invoicing/invoice.h"
#include "kernel/seal.h"
#include "lib/stringinfo.h"

/* Documents of the operator's series, which all orders share, come after those of sellers (IV-16). */
#define ENVELOPE_ORDER_KEY	(PG_INT64_MAX - 1)

/* envelope_read.c: lines and VAT rows of the units as those of the envelope */
extern void envelope_merge(Invoice *envelope);

#endif

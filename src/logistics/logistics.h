/*
 * logistics.h
 *		What the choreography may know of logistics.
 */
#ifndef MARKETPLACE_LOGISTICS_H
#define MARKETPLACE_LOGISTICS_H

#include "kernel/event.h"

/* tick(): receipts that the buyer's silence has become (LG-30); locks their orders in ascending order. */
extern int	logistics_tick_deemed(Call *call, int limit);

/* tick(): parcels that are presumed lost, where policy records that (LG-35). */
extern int	logistics_tick_lost(Call *call, int limit);

/* tick(): returns that were not sent, or not inspected, in time. */
extern int	logistics_tick_returns(Call *call, int limit);

/* tick(): claims against carriers that were not filed, or not acknowledged, in time. */
extern int	logistics_tick_claims(Call *call, int limit);

#endif

/*
 * contract.h
 *		Terms of carriers and what they promised, for the files of logistics.
 */
#ifndef MARKETPLACE_CONTRACT_H
#define MARKETPLACE_CONTRACT_H

#include "kernel/document.h"
#include "logistics/shipment.h"
#include "types/currency_table.h"

/*
 * The terms in force, one row per carrier and service: the most specific lane that the contracts name, a seller's own contract before the
 * platform's. $1 marketplace, $2 seller, $3 origin, $4 destination, $5 day, $6 carrier or NULL, $7 service or NULL.
 */
#define TERMS_IN_FORCE \
	"SELECT * FROM (SELECT DISTINCT ON (k.carrier_id, l.service_id) k.carrier_id, l.service_id, k.id AS contract_id, " \
	"k.reference, k.regime, l.id AS lane_id, l.offered, l.lead_n, l.lead_unit, l.by_time, l.price, l.price_per_kg " \
	"FROM marketplace.carrier_contracts k CROSS JOIN LATERAL (SELECT DISTINCT ON (l.service_id, l.origin, " \
	"l.destination) l.* FROM marketplace.carrier_lanes l WHERE l.marketplace_id = $1 AND l.contract_id = k.id AND " \
	"l.origin IN ($3, '*') AND l.destination IN ($4, '*') AND l.valid_from <= $5 AND ($7 IS NULL OR l.service_id = $7) " \
	"ORDER BY l.service_id, l.origin, l.destination, l.valid_from DESC) l " \
	"WHERE k.marketplace_id = $1 AND ($6 IS NULL OR k.carrier_id = $6) AND (k.seller_id IS NULL OR k.seller_id = $2) " \
	"AND k.valid_from <= $5 AND (k.valid_until IS NULL OR $5 < k.valid_until) " \
	"ORDER BY k.carrier_id, l.service_id, k.seller_id IS NULL, (l.origin = '*')::int + (l.destination = '*')::int, " \
	"l.origin = '*', k.valid_from DESC, k.id DESC) t WHERE t.offered"

/* The terms of one carrier's service. */
typedef struct Terms
{
	int64		service_id;		/* 0: none was named, and no contract has just one */
	int64		contract_id;	/* 0: none */
	int64		lane_id;
	const char *regime;			/* of the contract; NULL: it names none */
	int32		lead_n;			/* -1: no lead time is agreed */
	const char *lead_unit;
	TimeADT		by_time;		/* -1: the end of the day */
	Value		price;
	Value		price_per_kg;
} Terms;
extern Terms terms_of_row(const Row *row);	/* of TERMS_IN_FORCE */

/* The last instant of a delivery in time, of goods handed over at an instant. counted_from: the day that it was counted from. */
extern TimestampTz lead_time(const Terms *terms, TimestampTz handed_over_at, bool after_cut_off, const char *calendar,
							 const char *zone, DateADT *counted_from);

/* Price plus kilograms; null when none is agreed, or by a weight that is not known (NULL). */
extern Value terms_freight(const Terms *terms, Numeric weight_kg);

/* Reckons what the carrier promises with this hand-over and keeps it. */
extern void promise_make(Call *call, const Shipment *shipment, TimestampTz handed_over_at);

/* "service" of a shipment's document: one of the carrier's; 0 when it names none. */
extern int64 service_read(Call *call, const Document *document, int64 carrier_id);

/* A country of two letters, or *. */
extern char *lane_country(const Document *document, const char *key);

/* An amount above zero with its currency, "12.00 EUR"; MK003. */
extern Amount amount_read(const Document *document, const char *key);

/* "currency" of a document: one that can be paid in; MK003. */
extern CurrencyCode currency_read(const Document *document);

/* "HH:MM", NULL when there is none; MK003. */
extern char *document_clock_time(const Document *document, const char *key);

/* Refuses a regime that view carriage_regimes does not have; NULL when the document names none. */
extern char *regime_read(Call *call, const Document *document);

#endif

/*
 * claim.h
 *		Carriers' liability and claims against them, for the files of logistics.
 */
#ifndef MARKETPLACE_CLAIM_H
#define MARKETPLACE_CLAIM_H

#include "kernel/decimal.h"
#include "logistics/contract.h"

/*
 * liability.c
 */
typedef struct AffectedPackage
{
	int64		parcel_id;		/* 0: not one of ours */
	Numeric		kg;				/* gross weight lost or damaged */
} AffectedPackage;

typedef struct LiabilityCase
{
	const char *regime;
	int64		contract_id;	/* 0 none */
	DateADT		day;			/* of the hand-over: whose rows are in force */
	DateADT		today;			/* whose worth of the XDR counts */
	Numeric		shipment_kg;
	int			npackages;
	AffectedPackage *packages;
	Value		declared_value;
	bool		delay;			/* owed is the freight at most, if policy lg.delay_cap says so */
	Value		freight;
	Amount		loss;
} LiabilityCase;

typedef struct Liability
{
	bool		capped;
	Amount		cap;
	Amount		claim;			/* the lesser of loss and cap */
	Jsonb	   *reckoning;		/* how it was found, step by step */
} Liability;

extern Liability liability_of(Call *call, const LiabilityCase *what);

/* The steps of a reckoning as the result of a set-returning function. */
extern void reckoning_return(FunctionCallInfo fcinfo, Jsonb *reckoning);

/*
 * claim.c
 */
typedef struct Claim
{
	int64		id;
	int64		order_id;
	int64		seller_order_id;
	int64		shipment_id;
	int64		seller_id;
	int64		buyer_id;
	int64		carrier_id;
	int64		carrier_party_id;	/* 0 none */
	const char *claimant;		/* 'seller', 'buyer', 'operator' */
	const char *kind;			/* 'loss', 'damage', 'missing', 'delay' */
	const char *state;			/* as it was when read */
	const char *incoterm;
	const char *borne_by;
	const char *regime;
	Numeric		shipment_kg;
	Amount		loss;
	bool		has_protest_by;
	DateADT		protest_by;
	bool		protested;
	bool		forfeited;
	TimestampTz claim_by;
	Value		claimed;
	Value		accepted;
	Value		answer;
} Claim;

extern Claim *claim_get(Call *call, int64 claim_id);	/* MK004 when there is none */

/* Locks the order and reads it again. The first is for the claimant and operators, the second for the carrier and operators: MK005. */
extern Claim *claim_open_as_claimant(Call *call, int64 claim_id);
extern Claim *claim_open_as_carrier(Call *call, int64 claim_id);

/* Moves it along its lifecycle; statements take marketplace and claim first. */
extern void claim_move(Statement *change, const Value *args, const Claim *claim, const char *event, const char *state,
					   const char *reason);

/* 'carrier_claim.<what>' on the order, amount and reason may be null. Returns the event. */
extern int64 claim_tell(Call *call, const Claim *claim, const char *what, Value amount, const char *reason);

/* Refuses with MK005 who is neither an operator nor the claimant. */
extern void claim_require_claimant(Call *call, const Claim *claim);

/* What view carriage_losses says of a line in a parcel. */
typedef struct ClaimGoods
{
	Numeric		quantity;
	Numeric		claimed;		/* of it, in claims that were not abandoned */
	TimestampTz since;
	const char *borne_by;
	int64		shipment_id;
} ClaimGoods;
extern bool claim_find_goods(Call *call, int64 parcel_id, int64 order_line_id, const char *kind, ClaimGoods *goods);
extern void claim_refuse_goods(int64 parcel_id, int64 order_line_id, const char *kind, const ClaimGoods *goods, Numeric asked)
			pg_attribute_noreturn();

/* Refuses when goods of the claim are no longer as it says, or are in another claim. */
extern void claim_require_goods(Call *call, const Claim *claim);

/* claim_file.c: what it would come to now */
extern Liability claim_liability(Call *call, const Claim *claim);

/* Whether the regime takes the kind of claim away when nobody protested in time. */
extern bool claim_needs_protest(Call *call, const Claim *claim);

#endif

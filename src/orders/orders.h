/*
 * orders.h
 *		What other areas may know of orders: reading a line or a seller order, locking an order, moving quantities, parties.
 */
#ifndef MARKETPLACE_ORDERS_H
#define MARKETPLACE_ORDERS_H

#include "kernel/event.h"

/* A marketplace's own settings (table marketplaces). */
typedef struct Marketplace
{
	int32		id;
	const char *name;
	int64		operator_party_id;	/* the platform as a legal person: issues commission invoices */
	int64		psp_party_id;		/* payment provider; 0 none */
	const char *country;
	const char *time_zone;		/* 'Europe/Paris' */
	const char *calendar;		/* 'FR' */
} Marketplace;
extern Marketplace *marketplace_get(Call *call);	/* MK004 when there is none */

typedef struct OrderLine
{
	int64		id;
	int64		order_id;
	int64		seller_order_id;
	int64		seller_id;
	int64		buyer_id;
	int32		position;
	const char *kind;			/* 'goods', 'service', 'shipping', 'fee', 'discount' */
	const char *seller_order_state;	/* 'placed', 'accepted', 'refused' */
	const char *commission_category;
	const char *sku;			/* NULL when not given */
	const char *gtin;			/* likewise */
	const char *description;
	const char *unit;			/* UN/ECE Rec 20 */
	Numeric		net_price;		/* per price_base_quantity, excluding VAT */
	Numeric		price_base_quantity;
	const char *vat_category;
	Numeric		vat_rate;		/* NULL for category O */
	const char *exemption_code;	/* VATEX code, part of the VAT key; NULL for none */
	Numeric		quantity;
	Numeric		cancelled;
	Numeric		shipped;
	Numeric		delivered;
	Numeric		accepted;
	Numeric		disputed;
	Numeric		returned;		/* after receipt */
	Amount		net;			/* as ordered */
	Amount		vat;
	Amount		gross;
	Amount		escrow_net;		/* discounts folded in (SETTLED 9): what is captured, held and released for the line */
	Amount		escrow_gross;
} OrderLine;

typedef struct OrderLines
{
	int			count;
	OrderLine  *lines;			/* by position */
} OrderLines;

/* Locks the order (FOR NO KEY UPDATE): before its lines, before anything of funds. MK004 when it does not exist. */
extern void order_lock(Call *call, int64 order_id);

/* Many at once, in ascending order: the array of their ids. Those that do not exist are passed over. */
extern void orders_lock(Call *call, Value order_ids);

/* The same for steps of tick(), which lock many orders and must not wait for one: false when somebody else has it. */
extern bool order_try_lock(Call *call, int64 order_id);

/* The order's buyer and currency; MK004 when it does not exist. */
extern void order_get(Call *call, int64 order_id, int64 *buyer_id, CurrencyCode *currency);

/* When the order was placed: nothing of it can have happened before. MK004 likewise. */
extern TimestampTz order_placed_at(Call *call, int64 order_id);

/* The buyer's purchase order number (BT-13), for documents; MK004 likewise. */
extern char *order_reference(Call *call, int64 order_id);

extern OrderLines order_lines(Call *call, int64 order_id);
extern OrderLine *order_line_get(Call *call, int64 order_line_id);	/* MK004 when it does not exist */
extern int64 seller_order_seller(Call *call, int64 seller_order_id, int64 *order_id);	/* MK004 likewise */

/*
 * Quantities (LG-5…LG-10) change only by movements; the order must be locked by this transaction. quantity > 0, at most 4
 * decimals and available, else MK100 with the figures. parcel_id 0 where none is concerned.
 */
typedef enum QuantityMovement
{
	QUANTITY_CANCEL,			/* to_ship -> cancelled */
	QUANTITY_SHIP,				/* to_ship -> in_transit */
	QUANTITY_DELIVER,			/* in_transit -> delivered, awaiting receipt */
	QUANTITY_LOSE,				/* in_transit -> lost */
	QUANTITY_SEND_BACK,			/* in_transit -> sent_back */
	QUANTITY_ACCEPT,			/* awaiting receipt -> accepted */
	QUANTITY_DISPUTE,			/* awaiting receipt -> disputed */
	QUANTITY_UNDISPUTE,			/* disputed -> accepted */
	QUANTITY_RETURN_IN			/* disputed, then accepted -> returned */
} QuantityMovement;
extern int64 quantity_move(Call *call, int64 order_line_id, QuantityMovement movement, Numeric quantity, int64 parcel_id,
						   TimestampTz occurred_at);

/* A movement that names another and undoes it whole. */
extern int64 quantity_reverse(Call *call, int64 movement_id, TimestampTz occurred_at);

/* Legal data of a party, for whoever freezes it on a document. MK004 when it does not exist. */
typedef struct Party
{
	int64		id;
	const char *name;			/* legal name */
	const char *siren;			/* NULL outside France */
	const char *siret;
	const char *vat_id;
	const char *country;
	Jsonb	   *snapshot;		/* everything a document prints: name, identifiers, address, e-invoice address */
} Party;
extern Party *party_get(Call *call, int64 party_id);
extern bool party_has_capacity(Call *call, int64 party_id, const char *capacity);

/* The party's active (verified, not blocked) bank account for payouts in the currency; 0 when there is none. */
extern int64 party_bank_account(Call *call, int64 party_id, CurrencyCode currency);

/* Any bank account of anybody, in whatever state; MK004 when it does not exist. */
typedef struct BankAccount
{
	int64		id;
	int64		party_id;
	CurrencyCode currency;
	const char *holder;			/* as the bank knows it */
	const char *iban;
	const char *bic;			/* NULL: not given */
	const char *state;			/* added, verified, blocked */
} BankAccount;
extern BankAccount bank_account_get(Call *call, int64 bank_account_id);

/* The party's bank account with that IBAN, in the currency when there are several (0: any); 0 when there is none. */
extern int64 bank_account_with_iban(Call *call, int64 party_id, const char *iban, CurrencyCode currency);

/* The bank says that the account cannot be paid: blocks it unless it is blocked already. */
extern void bank_account_stop(Call *call, int64 bank_account_id, const char *reason);

/* tick(): seller orders whose deadline to accept has passed (policy od.accept_on_silence). */
extern int	orders_tick_accept(Call *call, int limit);

#endif

/*
 * orders_internal.h
 *		What the files of orders know of one another and no other area needs.
 */
#ifndef MARKETPLACE_ORDERS_INTERNAL_H
#define MARKETPLACE_ORDERS_INTERNAL_H

#include "orders/orders.h"

#define ORDER_MAX_LINES			10000
#define QUANTITY_MAX_DECIMALS	4
#define DECIMAL_LIMIT	INT64CONST(1000000000000)	/* quantities and prices stay below it */
#define PRICE_MAX_DECIMALS		6

/* party_document.c: the legal data of a party as a document states it; NULL where it says nothing. */
typedef struct PartyDocument
{
	const char *reference;
	const char *name;
	const char *trade_name;
	const char *legal_form;
	Value		share_capital;
	const char *country;
	const char *siren;
	const char *siret;
	const char *vat_id;
	const char *legal_id;
	const char *legal_id_scheme;
	const char *einvoice_address;
	const char *einvoice_scheme;
	const char *email;
	const char *phone;
	const char *time_zone;
	const char *calendar;
	int			ncapacities;	/* -1: the document has no such key */
	const char **capacities;
	int			naddresses;		/* -1 likewise */
	struct AddressDocument *addresses;
} PartyDocument;

typedef struct AddressDocument
{
	const char *kind;
	const char *recipient;
	const char *line1;
	const char *line2;
	const char *line3;
	const char *postcode;
	const char *city;
	const char *subdivision;
	const char *country;
	const char *gln;
} AddressDocument;

extern PartyDocument *party_document_read(const Document *document);
extern char *document_country(const Document *object, const char *key);
extern char *document_identifier(const Document *object, const char *key, bool (*valid) (const char *, size_t),
								 const char *what);
extern char *document_short_text(const Document *object, const char *key, int max_bytes);
extern char *document_short_text_or_null(const Document *object, const char *key, int max_bytes);

/* Reads and checks the keys of an address; kind only where with_kind. */
extern AddressDocument address_document_read(const Document *object, bool with_kind);

/* Time zone and calendar exist, else MK003 at the key. */
extern void document_check_zone_and_calendar(const Document *object, const char *time_zone, const char *calendar);

/* party.c */
extern int64 party_insert(Call *call, const PartyDocument *party);

/* order_document.c: an order as its document states it, checked, nothing computed */
typedef enum OrderLineKind
{
	LINE_GOODS,
	LINE_SERVICE,
	LINE_SHIPPING,
	LINE_FEE,
	LINE_DISCOUNT
} OrderLineKind;
extern const char *const order_line_kinds[];

typedef struct OrderDocumentLine
{
	Document	place;			/* for errors found later */
	int32		position;
	int64		seller_id;
	OrderLineKind kind;
	const char *sku;
	const char *gtin;
	const char *description;
	Numeric		quantity;
	const char *unit;
	Numeric		net_price;
	Numeric		price_base_quantity;
	const char *vat_category;
	Numeric		vat_rate;		/* NULL outside the scope of VAT */
	const char *exemption_code;
	const char *commission_category;
	int32		applies_to;		/* position of a goods line; 0 none */
	Value		ship_by;
	Value		deliver_from;
	Value		deliver_by;
	Amount		net;			/* from here on: order_amounts.c */
	Amount		vat;
	Amount		escrow_net;
	Amount		escrow_vat;
	int64		seller_order_id;	/* order_place.c */
} OrderDocumentLine;

typedef struct OrderDocument
{
	const char *reference;
	int64		buyer_id;
	CurrencyCode currency;
	Value		placed_at;
	const char *incoterm;		/* NULL: by policy */
	Jsonb	   *delivery_address;
	int			nlines;
	OrderDocumentLine *lines;	/* by position */
} OrderDocument;

extern void order_document_read(const Document *document, OrderDocument *order);

/* order_amounts.c: net, VAT and escrow of every line */
extern void order_amounts_compute(OrderDocument *order);

/* An array of one type for a Statement; nulls may be NULL. */
extern Value value_array(Datum *values, bool *nulls, int n, Oid type);

#endif

/*
 * handling_unit.c
 *		Handling units: making them, finding them, who may speak for them, and the locks under which they change.
 *
 * Lock order: orders ascending, then units ascending. What is in a unit is known only once it is locked; when that has grown by an
 * order that is not locked yet, that one is tried, never waited for.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "kernel/decimal.h"
#include "kernel/errors.h"
#include "logistics/handling_unit.h"
#include "orders/orders.h"
#include "types/identifier_check.h"
#include "utils/array.h"

/*
 * ---- sets of numbers ----
 */

void
id_set_add(IdSet *set, int64 id)
{
	int			at = 0;

	while (at < set->count && set->ids[at] < id)
		at++;
	if (at < set->count && set->ids[at] == id)
		return;
	set->ids = set->ids == NULL ? palloc(sizeof(int64)) : repalloc(set->ids, sizeof(int64) * (set->count + 1));
	memmove(&set->ids[at + 1], &set->ids[at], sizeof(int64) * (set->count - at));
	set->ids[at] = id;
	set->count++;
}

static bool
id_set_has(const IdSet *set, int64 id)
{
	for (int i = 0; i < set->count; i++)
		if (set->ids[i] == id)
			return true;
	return false;
}

Value
id_set_value(const IdSet *set)
{
	Datum	   *items = palloc(sizeof(Datum) * Max(set->count, 1));

	for (int i = 0; i < set->count; i++)
		items[i] = Int64GetDatum(set->ids[i]);
	return value_datum(PointerGetDatum(construct_array(items, set->count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

static IdSet
id_set_of(const Rows *rows)
{
	IdSet		set = {0, NULL};

	for (uint64 i = 0; i < rows->count; i++)
		id_set_add(&set, row_int64(&rows->rows[i], 0));
	return set;
}

/*
 * ---- finding ----
 */

#define UNIT_COLUMNS \
	"SELECT u.id, u.keeper_id, c.party_id FROM marketplace.handling_units u " \
	"LEFT JOIN marketplace.carriers c ON c.marketplace_id = u.marketplace_id AND c.id = u.carrier_id " \
	"WHERE u.marketplace_id = $1 AND "

static HandlingUnit *
unit_of(const Row *row)
{
	HandlingUnit *unit = palloc(sizeof(HandlingUnit));

	*unit = (HandlingUnit) {row_int64(row, 0), row_id(row, 1), row_id(row, 2)};
	return unit;
}

HandlingUnit *
handling_unit_get(Call *call, int64 id)
{
	static Statement get = STATEMENT("il", UNIT_COLUMNS "u.id = $2");
	Row			row;

	if (!query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(id)), &row))
		ereport(ERROR,
				errcode(MK_NOT_FOUND),
				errmsg("there is no handling unit %lld", (long long) id),
				errdetail("Marketplace %d has none with this id.", call->marketplace_id),
				errhint("See marketplace.handling_unit_overview."));
	return unit_of(&row);
}

HandlingUnit *
handling_unit_by_sscc(Call *call, const char *sscc)
{
	static Statement get = STATEMENT("it", UNIT_COLUMNS "u.sscc = $2");
	Row			row;

	return query_row(&get, VALUES(value_int32(call->marketplace_id), value_text(sscc)), &row) ? unit_of(&row) : NULL;
}

HandlingUnit *
handling_unit_by_number(Call *call, int64 carrier_id, const char *number)
{
	static Statement get = STATEMENT("ilt", UNIT_COLUMNS "u.carrier_id = $2 AND u.tracking_number = $3");
	Row			row;

	return query_row(&get, VALUES(value_int32(call->marketplace_id), value_int64(carrier_id), value_text(number)), &row)
		? unit_of(&row) : NULL;
}

/*
 * ---- who may ----
 */

static bool
holds_others(Call *call, const HandlingUnit *unit)
{
	static Statement others = STATEMENT("ill",
		"SELECT 1 FROM marketplace.handling_unit_parcels h "
		"JOIN marketplace.parcels p ON p.marketplace_id = $1 AND p.id = h.parcel_id "
		"JOIN marketplace.shipments s ON s.marketplace_id = $1 AND s.id = p.shipment_id AND s.seller_id <> $3 "
		"WHERE h.marketplace_id = $1 AND h.handling_unit_id = $2 LIMIT 1");

	return query_execute(&others, VALUES(value_int32(call->marketplace_id), value_int64(unit->id), value_int64(unit->keeper_id))) > 0;
}

/* The capacity in which the caller may, with the party; 0: none. */
static int
capacity_on(Call *call, const HandlingUnit *unit, int64 *party_id)
{
	const int64 carriers[] = {unit->keeper_id, unit->carrier_party_id};

	*party_id = 0;
	if (access_allows(call->caller, call->marketplace_id, CAPACITY_OPERATOR, 0))
		return CAPACITY_OPERATOR;
	for (int i = 0; i < lengthof(carriers); i++)
	{
		*party_id = carriers[i];
		if (carriers[i] != 0 && access_allows(call->caller, call->marketplace_id, CAPACITY_CARRIER, carriers[i]))
			return CAPACITY_CARRIER;
	}
	*party_id = unit->keeper_id;
	if (unit->keeper_id != 0 && access_allows(call->caller, call->marketplace_id, CAPACITY_SELLER, unit->keeper_id) &&
		!holds_others(call, unit))
		return CAPACITY_SELLER;
	return 0;
}

bool
handling_unit_permits(Call *call, const HandlingUnit *unit)
{
	int64		party_id;

	return capacity_on(call, unit, &party_id) != 0;
}

void
handling_unit_require(Call *call, const HandlingUnit *unit)
{
	int64		party_id;
	int			capacity = capacity_on(call, unit, &party_id);

	access_require(call, capacity == 0 ? CAPACITY_OPERATOR : capacity, party_id);
}

/*
 * ---- locks ----
 */

static IdSet
orders_of(Call *call, const IdSet *units, const IdSet *parcels)
{
	static Statement read = STATEMENT("iLL",
		"SELECT DISTINCT p.order_id FROM marketplace.parcels p WHERE p.marketplace_id = $1 AND (p.id = ANY ($3) OR p.id IN ("
		"SELECT h.parcel_id FROM marketplace.handling_unit_parcels h WHERE h.marketplace_id = $1 AND h.handling_unit_id = ANY ($2)))");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), id_set_value(units), id_set_value(parcels)));

	return id_set_of(&rows);
}

/* The units and all that they ever were in. */
static IdSet
units_above(Call *call, const IdSet *units)
{
	static Statement read = STATEMENT("iL",
		"WITH RECURSIVE up (id) AS (SELECT pg_catalog.unnest($2) UNION SELECT n.handling_unit_id FROM up "
		"JOIN marketplace.nestings n ON n.marketplace_id = $1 AND n.child_unit_id = up.id) SELECT id FROM up");
	Rows		rows = query_rows(&read, VALUES(value_int32(call->marketplace_id), id_set_value(units)));

	return id_set_of(&rows);
}

static void
refuse_change(void)
{
	ereport(ERROR,
			errcode(MK_CONCURRENT_CHANGE),
			errmsg("the handling unit is being packed by another transaction"),
			errdetail("What is in it changed while it was waited for."),
			errhint("Run the transaction again."));
}

void
handling_units_lock(Call *call, const IdSet *units, const IdSet *parcels)
{
	static Statement lock = STATEMENT("il",
		"SELECT 1 FROM marketplace.handling_units WHERE marketplace_id = $1 AND id = $2 FOR NO KEY UPDATE");
	IdSet		orders = orders_of(call, units, parcels);
	IdSet		above = units_above(call, units);
	IdSet		later;

	for (int i = 0; i < orders.count; i++)
		order_lock(call, orders.ids[i]);
	for (int i = 0; i < above.count; i++)
		(void) query_execute(&lock, VALUES(value_int32(call->marketplace_id), value_int64(above.ids[i])));
	later = orders_of(call, units, parcels);
	for (int i = 0; i < later.count; i++)
		if (!id_set_has(&orders, later.ids[i]) && !order_try_lock(call, later.ids[i]))
			refuse_change();
	later = units_above(call, units);
	for (int i = 0; i < later.count; i++)
		if (!id_set_has(&above, later.ids[i]))
			refuse_change();
}

/*
 * ---- made ----
 */

static int64
insert_unit(Call *call, const Value *args)
{
	static Statement insert = STATEMENT("ittltltnnzt",
		"INSERT INTO marketplace.handling_units (marketplace_id, kind, sscc, carrier_id, tracking_number, keeper_id, reference, tare_kg, "
		"gross_kg, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id");
	Row			row;

	return logistics_row(&insert, args, &row) ? row_int64(&row, 0) : 0;
}

HandlingUnit *
handling_unit_of_event(Call *call, const char *sscc)
{
	HandlingUnit *unit = handling_unit_by_sscc(call, sscc);

	if (unit != NULL)
		return unit;
	/* another transaction may have been faster: its unit is found once it has committed */
	(void) insert_unit(call, VALUES(value_int32(call->marketplace_id), value_text("other"), value_text(sscc), value_null(), value_null(),
									value_id(call->party_id), value_null(), value_null(), value_null(), value_timestamptz(call->now),
									value_text(call_actor())));
	unit = handling_unit_by_sscc(call, sscc);
	if (unit == NULL)
		refuse_change();
	return unit;
}

static Numeric
read_weight(const Document *document, const char *key, bool positive)
{
	Numeric		weight = document_numeric_or_null(document, key);

	if (weight != NULL && (!decimal_is_finite(weight) || decimal_sign(weight) < (positive ? 1 : 0)))
		document_refuse(document, key, psprintf("%.40s is no weight.", decimal_to_cstring(weight)), "Give it in kilograms.");
	return weight;
}

/* Whose unit it is: an operator may say; everybody else's is his own. */
static int64
read_keeper(Call *call, const Document *document)
{
	if (!document_has(document, "keeper_id"))
	{
		access_require_any(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER);
		return call->party_id;
	}
	access_require(call, CAPACITY_OPERATOR | CAPACITY_SELLER | CAPACITY_CARRIER, document_int64(document, "keeper_id"));
	return party_get(call, document_int64(document, "keeper_id"))->id;
}

static int64
create_unit(Call *call, Jsonb *json)
{
	static const char *const kinds[] = {"pallet", "container", "cage", "consignment", "other"};
	Document	document = document_root(json);
	int64		keeper_id;
	int64		carrier_id = 0;
	char	   *kind;
	char	   *sscc;
	char	   *number;
	Numeric		tare;
	Numeric		gross;
	int64		id;
	bool		known = false;

	document_only(&document, "kind", "sscc", "carrier", "tracking_number", "keeper_id", "reference", "tare_kg", "gross_kg", NULL);
	keeper_id = read_keeper(call, &document);
	kind = document_text(&document, "kind");
	for (int i = 0; i < lengthof(kinds); i++)
		known |= strcmp(kind, kinds[i]) == 0;
	if (!known)
		document_refuse(&document, "kind", psprintf("\"%.40s\" is not known.", kind), "It is pallet, container, cage, consignment or other.");
	sscc = document_text_or_null(&document, "sscc");
	if (sscc != NULL && !sscc_valid(sscc, strlen(sscc)))
		document_refuse(&document, "sscc", psprintf("\"%.40s\" is no SSCC.", sscc), "An SSCC has 18 digits, the last is a check digit.");
	number = document_text_or_null(&document, "tracking_number");
	if (document_has(&document, "carrier"))
		carrier_id = carrier_by_code(call, document_text(&document, "carrier"), NULL);
	else if (number != NULL)
		document_refuse(&document, "carrier", "A tracking number is a carrier's.", "Say whose it is.");
	tare = read_weight(&document, "tare_kg", false);
	gross = read_weight(&document, "gross_kg", true);
	if (tare != NULL && gross != NULL && decimal_cmp(tare, gross) > 0)
		document_refuse(&document, "gross_kg", "It is less than the tare.", NULL);
	id = insert_unit(call, VALUES(value_int32(call->marketplace_id), value_text(kind), value_text(sscc), value_id(carrier_id),
								  value_text(number), value_id(keeper_id), value_text(document_text_or_null(&document, "reference")),
								  value_numeric(tare), value_numeric(gross), value_timestamptz(call->now), value_text(call_actor())));
	if (id == 0)
		ereport(ERROR,
				errcode(MK_ALREADY_EXISTS),
				errmsg("the numbers of the handling unit are in use"),
				errdetail("Another unit has SSCC %s, or tracking number %s with this carrier.", sscc == NULL ? "(none)" : sscc,
						  number == NULL ? "(none)" : number),
				errhint("Pack the unit that there is: see marketplace.handling_unit_overview."));
	return id;
}

PG_FUNCTION_INFO_V1(handling_unit_create);
Datum
handling_unit_create(PG_FUNCTION_ARGS)
{
	Call		call;

	if (call_begin(&call, fcinfo))
		call.result = create_unit(&call, call_jsonb(&call, 1));
	PG_RETURN_INT64(call_end(&call));
}

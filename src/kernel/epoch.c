/*
 * epoch.c
 *		Numbers transactions: PostgreSQL's 64-bit transaction id plus the offset of the epoch.
 *
 * An epoch is the time the tables spend in one cluster, told by the cluster's system identifier. The first transaction that
 * writes in another cluster (after pg_restore, pg_upgrade, or on a promoted logical replica) begins the next epoch. Physical
 * standbys and point-in-time recovery keep identifier and transaction ids, hence the epoch.
 */
#include "kernel/epoch.h"

#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "kernel/errors.h"
#include "kernel/guard.h"
#include "utils/inval.h"
#include "utils/snapmgr.h"

/* The offset of the running epoch, as long as nothing says that it may have changed. */
static bool offset_known = false;
static int64 known_offset;

static void
forget_offset(Datum arg, Oid relid)
{
	offset_known = false;
}

static void
forget_offset_at_abort(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT)
		offset_known = false;
}

static void
forget_offset_at_subabort(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		offset_known = false;
}

static void
register_callbacks(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterRelcacheCallback(forget_offset, (Datum) 0);
	RegisterXactCallback(forget_offset_at_abort, NULL);
	RegisterSubXactCallback(forget_offset_at_subabort, NULL);
	registered = true;
}

/*
 * True when the latest epoch is of this cluster: its offset. False when there is none yet: the highest number stored. One
 * statement, so that no row of an epoch that is just beginning slips in between.
 */
static bool
epoch_read(int64 *number)
{
	static Statement latest = STATEMENT("l",
		"SELECT e.xact_offset,"
		"       CASE WHEN e.xact_offset IS NULL THEN"
		"           GREATEST((SELECT pg_catalog.max(t.xact) FROM marketplace.transfers t),"
		"                    (SELECT pg_catalog.max(v.xact) FROM marketplace.events v), 0)"
		"       END"
		"  FROM (SELECT 1) AS always"
		"  LEFT JOIN (SELECT l.system_identifier, l.xact_offset FROM marketplace.xact_epochs l ORDER BY l.number DESC LIMIT 1) e"
		"    ON e.system_identifier = $1");
	Row			row;

	if (!query_row(&latest, VALUES(value_int64((int64) GetSystemIdentifier())), &row))
		elog(ERROR, "no answer about the epoch");
	*number = row_null(&row, 0) ? row_int64(&row, 1) : row_int64(&row, 0);
	return !row_null(&row, 0);
}

/* Sequences do not travel with logical replication: the new epoch also moves the postings' sequence past what is stored. */
static int64
epoch_begin(void)
{
	static Statement lock = STATEMENT("", "LOCK TABLE marketplace.xact_epochs IN SHARE ROW EXCLUSIVE MODE");
	static Statement insert = STATEMENT("ll",
		"INSERT INTO marketplace.xact_epochs (number, system_identifier, xact_offset)"
		" SELECT COALESCE(pg_catalog.max(number), 0) + 1, $1, $2 FROM marketplace.xact_epochs"
		" ON CONFLICT DO NOTHING");
	static Statement advance = STATEMENT("",
		"SELECT pg_catalog.setval('marketplace.posting_ids', s.highest)"
		"  FROM (SELECT pg_catalog.max(posting_id) AS highest FROM marketplace.transfers) s, marketplace.posting_ids p"
		" WHERE s.highest > p.last_value");
	int64		offset;

	query_execute(&lock, NO_VALUES);
	if (epoch_read(&offset))
		return offset;

	guard_open("epoch");
	query_execute(&insert, VALUES(value_int64((int64) GetSystemIdentifier()), value_int64(offset)));
	guard_close();
	query_execute(&advance, NO_VALUES);
	return offset;
}

static int64
epoch_offset(void)
{
	int64		offset;

	register_callbacks();
	if (offset_known)
		return known_offset;
	if (!epoch_read(&offset))
		offset = epoch_begin();
	known_offset = offset;
	offset_known = true;
	return offset;
}

int64
epoch_xact(void)
{
	int64		offset = epoch_offset();

	return offset + (int64) U64FromFullTransactionId(GetTopFullTransactionId());
}

int64
epoch_next_xact(void)
{
	int64		offset = epoch_offset();

	return offset + (int64) U64FromFullTransactionId(ReadNextFullTransactionId());
}

/* The 64-bit form of the snapshot's xmin, which is at most 2^31 behind the next transaction id. */
static int64
snapshot_horizon(void)
{
	FullTransactionId next = ReadNextFullTransactionId();
	TransactionId xmin = GetActiveSnapshot()->xmin;
	uint32		epoch = EpochFromFullTransactionId(next);

	if (xmin > XidFromFullTransactionId(next))
		epoch--;
	return (int64) U64FromFullTransactionId(FullTransactionIdFromEpochAndXid(epoch, xmin));
}

int64
epoch_horizon(void)
{
	int64		number;

	register_callbacks();
	if (offset_known)
		return known_offset + snapshot_horizon();

	/* nothing has been written in this cluster: all that is stored is settled */
	if (!epoch_read(&number))
		return number + 1;
	known_offset = number;
	offset_known = true;
	return number + snapshot_horizon();
}

CREATE FUNCTION marketplace.order_timeline(
	marketplace_id int, order_id bigint, as_of timestamptz DEFAULT NULL,
	OUT occurred_at timestamptz, OUT recorded_at timestamptz, OUT area text, OUT what text, OUT meaning text, OUT seller_id bigint, OUT order_line_id bigint,
	OUT parcel_id bigint, OUT quantity numeric, OUT value numeric, OUT currency text, OUT who text, OUT source text, OUT source_id bigint, OUT details jsonb)
RETURNS SETOF record AS 'MODULE_PATHNAME', 'order_timeline' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION marketplace.order_timeline(int, bigint, timestamptz) IS
'What happened to an order, in every area, in the order in which it happened: placed, shipped, tracked, received, held, released, paid out, invoiced, returned, refunded, each with when it happened and when it was known, as was known at as_of (NULL: now). Operators and auditors see all; the buyer its order, but not what is between platform and sellers; a seller what concerns its lines; a carrier its parcels, without prices (LG-55). Errors: MK001, MK004, MK005.';

CREATE FUNCTION marketplace.trace(
	marketplace_id int, object text, object_id bigint, as_of timestamptz DEFAULT NULL,
	OUT step text, OUT order_id bigint, OUT seller_id bigint, OUT order_line_id bigint, OUT shipment_id bigint, OUT parcel_id bigint, OUT handling_unit_id bigint,
	OUT occurred_at timestamptz, OUT until_at timestamptz, OUT recorded_at timestamptz, OUT quantity numeric, OUT value numeric, OUT currency text, OUT what text,
	OUT details jsonb)
RETURNS SETOF record AS 'MODULE_PATHNAME', 'trace' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 100;
COMMENT ON FUNCTION marketplace.trace(int, text, bigint, timestamptz) IS
'Where goods went and came from, both ways (LG-51). object: order, seller_order, order_line, shipment, parcel, handling_unit, return, or sscc (its 18 digits as a number). Steps: order_line (what is traced, and how many), content (how much of which line is in which parcel), handling_unit (which unit held the parcel from when until when, through all levels), custody (who had it: handed over, tracked, packed, delivered, received, sent back), document, money (cents of the lines; when parcels are traced, of the whole lines in them), quantity. As was known at as_of (NULL: now). So the trace of a line shows its pallets, and the trace of a pallet the orders, sellers and euros on it. Everybody sees its own part (LG-55): see order_timeline(). Errors: MK001, MK002 (no such kind), MK004, MK005.';

CREATE FUNCTION marketplace.evidence_bundle(
	marketplace_id int, order_line_id bigint, as_of timestamptz DEFAULT NULL, OUT content text, OUT sha256 text, OUT entries int)
RETURNS record AS 'MODULE_PATHNAME', 'evidence_bundle' LANGUAGE c STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION marketplace.evidence_bundle(int, bigint, timestamptz) IS
'All that is on record of an order line until as_of (NULL: now), for a dispute or a claim: one JSON text and its SHA-256. The line as it was ordered, its parcels, then every event, tracking event, packing fact, scan, receipt, movement of quantity and of money, each with when it happened and when it was known, the hash of each event in its order''s chain, and the head of that chain. Only facts that are never changed: the same line and as_of give the same bytes at any later time and from a restored copy. Anybody verifies it with sha256 over the bytes of content in UTF-8; evidence_verify() also against the records. A seller or buyer gets what it may see (content: "for"). Tamper evidence, not a legal certification (LG-52). Operators, auditors, the buyer and the seller. Errors: MK001, MK002 (as_of is in the future), MK004, MK005.';

CREATE FUNCTION marketplace.evidence_verify(
	marketplace_id int, content jsonb, sha256 text, OUT check_name text, OUT expected text, OUT found text)
RETURNS SETOF record AS 'MODULE_PATHNAME', 'evidence_verify' LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 1;
COMMENT ON FUNCTION marketplace.evidence_verify(int, jsonb, text) IS
'Checks an evidence bundle; no rows when all is as it should be. check_name: sha256 (the text is not the one that was hashed), entry N (the first one that the records do not have so), line, parcels, chain … (parts of the head that differ), chain, event N (the order''s events do not follow from one another). Content is the text of a bundle as jsonb. Operators and auditors. Errors: MK001, MK003 (no bundle of this marketplace), MK004, MK005.';

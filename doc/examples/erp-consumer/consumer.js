// Hands the events of a marketplace to an ERP's own database, each exactly once, also when it is killed at any instant.
//
//   MARKETPLACE_URL=postgres://… ERP_URL=postgres://… node consumer.js [--once]
//   MARKETPLACE_ID (1), CONSUMER (erp), BATCH (100): which marketplace, which consumer (event_consumer_create()), how many at a time
//
// What was done with an event and how far we are stand in ONE transaction of the ERP's database; the acknowledgement comes after it. Killed
// in between, the next run starts from what the ERP's database says, so nothing is lost and nothing is done twice.
'use strict';
const { Client } = require('pg');

const marketplaceId = Number(process.env.MARKETPLACE_ID || 1);
const consumer = process.env.CONSUMER || 'erp';
const batch = Number(process.env.BATCH || 100);
const once = process.argv.includes('--once');

const tables = `
CREATE TABLE IF NOT EXISTS erp_cursor (
	marketplace_id int, consumer text, event_id bigint NOT NULL, PRIMARY KEY (marketplace_id, consumer));
CREATE TABLE IF NOT EXISTS erp_inbox (
	marketplace_id int, event_id bigint, aggregate text, aggregate_id bigint, sequence int, type text, schema_version int,
	payload jsonb, recorded_at timestamptz, PRIMARY KEY (marketplace_id, event_id))`;

// The ERP's own work with one event goes here: the example keeps it.
async function handle(erp, event) {
  await erp.query(
    `INSERT INTO erp_inbox VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [marketplaceId, event.event_id, event.aggregate, event.aggregate_id, event.sequence, event.type, event.schema_version,
      JSON.stringify(event.payload), event.recorded_at]);
}

async function takeBatch(erp, events) {
  const last = events[events.length - 1].event_id;
  await erp.query('BEGIN');
  try {
    for (const event of events) await handle(erp, event);
    await erp.query(
      `INSERT INTO erp_cursor VALUES ($1, $2, $3)
       ON CONFLICT (marketplace_id, consumer) DO UPDATE SET event_id = EXCLUDED.event_id`, [marketplaceId, consumer, last]);
    await erp.query('COMMIT');
  } catch (error) {
    await erp.query('ROLLBACK');
    throw error;
  }
  return last;
}

async function main() {
  const marketplace = new Client({ connectionString: process.env.MARKETPLACE_URL });
  const erp = new Client({ connectionString: process.env.ERP_URL });
  await marketplace.connect();
  await erp.connect();
  await erp.query(tables);
  const known = await erp.query('SELECT event_id FROM erp_cursor WHERE marketplace_id = $1 AND consumer = $2', [marketplaceId, consumer]);
  // the ERP's word counts: also when its database was restored, or when we were killed before the acknowledgement
  await marketplace.query('SELECT marketplace.events_replay($1, $2, $3)', [marketplaceId, consumer, known.rows.length ? known.rows[0].event_id : 0]);
  for (;;) {
    const { rows } = await marketplace.query(
      'SELECT * FROM marketplace.events_fetch($1, $2, $3)', [marketplaceId, consumer, batch]);
    if (rows.length > 0) {
      const last = await takeBatch(erp, rows);
      await marketplace.query('SELECT marketplace.events_ack($1, $2, $3)', [marketplaceId, consumer, last]);
    } else if (once) {
      break;
    } else {
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  }
  await marketplace.end();
  await erp.end();
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

-- What breaks a rule of invoice_violations() is not issued: blocked where goods moved, refused where somebody asked, issued once mended (IV-82).
\set m 5311
SET marketplace.clock = '2026-11-24 10:00:00+00';
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set, marketplace.commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') > 0 AS rule;
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', s, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))))
  FROM (VALUES (:alpha), (:beta)) AS v (s);
\i :demo_order
-- beta is rid of its electronic address: not what it sells stops, its invoice does
SELECT marketplace.party_update(:m, :beta, '{"name": "VENDEUR BETA SARL", "country": "FR", "siren": "400000006", "vat_id": "FR32400000006", "capacities": ["seller"],
	"addresses": [{"kind": "registered", "line1": "2 rue Edison", "postcode": "69001", "city": "LYON", "country": "FR"}]}') = :beta AS updated;
SELECT marketplace.seller_order_accept(:m, :alpha_order) > 0 AS alpha, marketplace.seller_order_accept(:m, :beta_order) > 0 AS beta;
SELECT number, issue_date, due_date, business_process FROM marketplace.invoices WHERE marketplace_id = :m ORDER BY number;
SELECT cause, detail, gross FROM marketplace.invoices_blocked WHERE marketplace_id = :m;
SELECT payload ->> 'cause' AS cause, payload ->> 'detail' AS detail FROM marketplace.events WHERE marketplace_id = :m AND type = 'invoice.blocked';
\set VERBOSITY default
SELECT marketplace.invoice_issue(:m, :beta_order);
\set VERBOSITY terse
-- no number was spent; mended, it is issued
SELECT marketplace.party_update(:m, :beta, '{"name": "VENDEUR BETA SARL", "country": "FR", "siren": "400000006", "vat_id": "FR32400000006", "capacities": ["seller"],
	"einvoice_address": "400000006", "einvoice_scheme": "0225",
	"addresses": [{"kind": "registered", "line1": "2 rue Edison", "postcode": "69001", "city": "LYON", "country": "FR"}]}') = :beta AS updated;
SELECT marketplace.invoice_issue(:m, :beta_order) AS invoice \gset
SELECT number, issue_date, due_date, gross, prepaid FROM marketplace.invoices WHERE marketplace_id = :m AND id = :invoice;
SELECT count(*) AS blocked FROM marketplace.invoices_blocked WHERE marketplace_id = :m;
-- every invoice that was issued is a good one, and can be written
SELECT i.number, count(v) AS violations, count(*) FILTER (WHERE marketplace.invoice_xml(:m, i.id, 'cii', 'extended-ctc-fr')::text LIKE '%' || i.number || '%') AS written
  FROM marketplace.invoices i LEFT JOIN LATERAL marketplace.invoice_violations(marketplace.invoice_document(:m, i.id), 'extended-ctc-fr') AS v ON v.severity = 'fatal'
  WHERE i.marketplace_id = :m GROUP BY i.number ORDER BY i.number;
SELECT * FROM marketplace.invoice_verify(:m);

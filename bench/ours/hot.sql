\set a random(1, 10000)
SELECT marketplace.ledger_post(1, format('{"reason":"transfer","note":"bench","transfers":[{"debit":{"kind":"c_seller","party_id":%s},"credit":{"kind":"c_cash"},"amount":"0.01 EUR"}]}', :a::int)::jsonb);

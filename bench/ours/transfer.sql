\set a random(1, 10000)
\set b (:a + random(0, 9998)) % 10000 + 1
SELECT marketplace.ledger_post(1, format('{"reason":"transfer","note":"bench","transfers":[{"debit":{"kind":"c_seller","party_id":%s},"credit":{"kind":"c_seller","party_id":%s},"amount":"0.01 EUR"}]}', :a::int, :b::int)::jsonb);

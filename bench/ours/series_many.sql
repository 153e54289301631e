\set root random(1, 1000)
SELECT marketplace.series_issue(2, format('{"issuer": 11, "kind": "bench.note", "root": "R%s", "content": {"goods": "bench", "quantity": 1}}', :root::int)::jsonb);

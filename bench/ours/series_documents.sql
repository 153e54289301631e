-- 10 000 documents to be numbered in one call; and the thousand series, so that none begins while measuring.
INSERT INTO batches SELECT 'series', jsonb_build_object('issuer', 11, 'kind', 'bench.note', 'root', 'BULK', 'contents',
	(SELECT jsonb_agg(jsonb_build_object('goods', 'bench', 'quantity', 1)) FROM generate_series(1, 10000)));
SELECT marketplace.series_issue(2, format('{"issuer": 11, "kind": "bench.note", "root": "R%s", "content": {"goods": "bench", "quantity": 1}}', g)::jsonb) FROM generate_series(1, 1000) g;

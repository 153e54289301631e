SELECT marketplace.series_issue(2, '{"issuer": 11, "kind": "bench.note", "root": "ONE", "content": {"goods": "bench", "quantity": 1}}');

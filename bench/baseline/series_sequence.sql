\set root random(1, 1000)
WITH next AS (SELECT nextval('numbers') AS n) INSERT INTO numbered(issuer, root, n, number, issue_date, content) SELECT 11, 'R' || :root::int, n, format('R-2026-%s', lpad(n::text, 6, '0')), now()::date, '{"goods": "bench", "quantity": 1}' FROM next;

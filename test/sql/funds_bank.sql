-- Bank files and what follows from them: statements confirm payouts and refunds, bring money in, give it back; payment files are made whole or
-- not at all. Vectors and the toolkit's files are in test/pgtap/funds_bank.sql.
\set m 6121
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET marketplace.clock = '2026-03-10 08:00+00';
\set SHOW_CONTEXT never
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_funds :tests '/fixtures/demo_funds.sql'
\set bank :tests '/fixtures/bank.sql'
\set ECHO none
\i :demo_parties
\i :demo_funds
\i :bank
CREATE FUNCTION pg_temp.payouts(m int, run bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(amount || ' ' || state, ', ' ORDER BY amount) FROM marketplace.payout_overview WHERE marketplace_id = m AND batch_id = run $$;
CREATE FUNCTION pg_temp.lines(m int, named text) RETURNS TABLE (amount numeric, outcome text, object text, class text) LANGUAGE sql AS $$
	SELECT l.amount, l.outcome, l.object, b.class FROM marketplace.bank_entry_overview l
	  JOIN marketplace.bank_statements s ON s.marketplace_id = m AND s.id = l.bank_statement_id
	  LEFT JOIN marketplace.reconciliation_breaks b ON b.marketplace_id = m AND b.break_id = l.break_id
	 WHERE l.marketplace_id = m AND s.statement_id = named ORDER BY l.entry_id, l.detail_id $$;
\set ECHO all
-- two payouts in one file; the message is the same when it is asked for again
SELECT pg_temp.owe(:m, :buyer, :alpha, '100.00') > 0 AS alpha, pg_temp.owe(:m, :buyer, :beta, '250.50') > 0 AS beta;
SELECT marketplace.payout_run(:m) AS run \gset
SELECT max(payout_id) FILTER (WHERE seller_id = :alpha) AS p1, max(payout_id) FILTER (WHERE seller_id = :beta) AS p2
  FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SELECT marketplace.payout_file(:m, :run)::text AS pain \gset
SELECT marketplace.payout_file(:m, :run)::text = :'pain' AS same, count(*) AS files FROM marketplace.payment_files WHERE marketplace_id = :m;
SELECT payment_file_id AS pf, message_id AS msg FROM marketplace.payment_file_overview WHERE marketplace_id = :m \gset
SELECT regexp_split_to_table(regexp_replace(regexp_replace(replace(:'pain', :'msg', 'MSG'), '[0-9a-f]{32}', 'KEY', 'g'), '(payout) \d+', '\1 #', 'g'), '\s*(?<=>)\s*(?=<[^/])');
SELECT batch_id = :run AS of_the_run, execution_date, transactions, control_sum, currency, to_send, in_flight, confirmed, failed FROM marketplace.payment_file_overview WHERE marketplace_id = :m;

-- one is dropped before the file was sent: that file is not to be sent, the next has what is left
SELECT marketplace.payout_fail(:m, :p1, 'changed his mind') = :p1 AS dropped;
SELECT replace(pg_temp.refused(format('SELECT marketplace.payment_file_send(%s, %s)', :m, :pf)), 'file ' || :pf, 'file #');
SELECT (xpath('//*[local-name()="CtrlSum"]/text()', marketplace.payout_file(:m, :run)))[1];
SELECT payment_file_id AS pf, message_id AS msg FROM marketplace.payment_file_overview WHERE marketplace_id = :m ORDER BY 1 DESC LIMIT 1 \gset
SELECT marketplace.payment_file_send(:m, :pf, 'EBICS order A1', 'send-1') = :pf AS sent, pg_temp.payouts(:m, :run) AS payouts;
SELECT marketplace.payment_file_send(:m, :pf, 'EBICS order A1', 'send-1') = :pf AS retried;
SELECT replace(pg_temp.refused(format('SELECT marketplace.payment_file_send(%s, %s)', :m, :pf)), 'file ' || :pf, 'file #');

-- the bank books it: by EndToEndId, then (another run) as one sum for the whole file
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-1', 1, pg_temp.entry('DBIT', '250.50', pg_temp.e2e(:m, 'payout', :p2)))) AS import \gset
SELECT * FROM pg_temp.lines(:m, 'ST-1');
SELECT pg_temp.payouts(:m, :run);
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-1', 1, pg_temp.entry('DBIT', '250.50', pg_temp.e2e(:m, 'payout', :p2)))) = :import AS same_message;
SELECT regexp_replace(pg_temp.refused(format('SELECT marketplace.statement_import(%s, %L)', :m, pg_temp.statement('ST-1', 1, pg_temp.entry('DBIT', '250.51', pg_temp.e2e(:m, 'payout', :p2))))), 'statement \d+', 'statement #');
SELECT pg_temp.owe(:m, :buyer, :alpha, '30.00') > 0 AS alpha, pg_temp.owe(:m, :buyer, :beta, '70.00') > 0 AS beta;
SELECT marketplace.payout_run(:m) AS run \gset
SELECT length(marketplace.payout_file(:m, :run)::text) > 0 AS made;
SELECT payment_file_id AS pf, message_id AS msg FROM marketplace.payment_file_overview WHERE marketplace_id = :m ORDER BY 1 DESC LIMIT 1 \gset
SELECT marketplace.payment_file_send(:m, :pf) = :pf AS sent;
\set batch '<NtryDtls><Btch><PmtInfId>' :msg '-1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>'
SELECT pg_temp.payouts(:m, :run);
-- a sum that is not the file's; then the one that is
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-2', 2, pg_temp.entry('DBIT', '99.00', more := :'batch'))) > 0 AS taken;
SELECT * FROM pg_temp.lines(:m, 'ST-2');
SELECT sum(amount) AS paid FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-3', 3, pg_temp.entry('DBIT', :'paid', more := :'batch'))) > 0 AS taken;
SELECT * FROM pg_temp.lines(:m, 'ST-3');
SELECT pg_temp.payouts(:m, :run);

-- another sum than was ordered; money that left though it was rejected; money that nobody asked for; money of the platform itself
SELECT pg_temp.owe(:m, :buyer, :alpha, '40.00') > 0 AS alpha, pg_temp.owe(:m, :buyer, :beta, '60.00') > 0 AS beta;
SELECT marketplace.payout_run(:m) AS run \gset
SELECT max(payout_id) FILTER (WHERE seller_id = :alpha) AS p1, max(payout_id) FILTER (WHERE seller_id = :beta) AS p2
  FROM marketplace.payout_overview WHERE marketplace_id = :m AND batch_id = :run \gset
SELECT marketplace.payout_send(:m, :p1) > 0 AND marketplace.payout_send(:m, :p2) > 0 AND marketplace.payout_fail(:m, :p2, 'RJCT') > 0 AS sent;
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-4', 4, pg_temp.entry('DBIT', '41.00', pg_temp.e2e(:m, 'payout', :p1))
	|| pg_temp.entry('DBIT', '60.00', pg_temp.e2e(:m, 'payout', :p2)) || pg_temp.entry('DBIT', '5.00', 'FEES')
	|| '<Ntry><Amt Ccy="EUR">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>', '99894.00')) > 0 AS taken;
SELECT * FROM pg_temp.lines(:m, 'ST-4');
SELECT pg_temp.payouts(:m, :run);
SELECT entries, not_booked, balanced FROM marketplace.bank_statement_overview WHERE marketplace_id = :m AND statement_id = 'ST-4';

-- money comes in: a notification and the statement tell of it once; the same booking in two statements is one too many
SELECT marketplace.statement_import(:m, pg_temp.statement('N-1', 1, pg_temp.entry('CRDT', '12.00', NULL, '<RmtInf><Ustrd>who am I</Ustrd></RmtInf>', '<AcctSvcrRef>REF-1</AcctSvcrRef>'), kind := 'camt.054')) > 0 AS notified;
SELECT marketplace.statement_import(:m, pg_temp.statement('N-2', 2, pg_temp.entry('CRDT', '13.00', NULL, '<RmtInf><Ustrd>no reference of the booking</Ustrd></RmtInf>'), kind := 'camt.054')) > 0 AS notified;
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-5', 5, pg_temp.entry('CRDT', '12.00', NULL, '<RmtInf><Ustrd>who am I</Ustrd></RmtInf>', '<AcctSvcrRef>REF-1</AcctSvcrRef>')
	|| pg_temp.entry('CRDT', '13.00', NULL, '<RmtInf><Ustrd>no reference of the booking</Ustrd></RmtInf>'))) > 0 AS booked;
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-6', 6, pg_temp.entry('CRDT', '12.00', NULL, '', '<AcctSvcrRef>REF-1</AcctSvcrRef>'))) > 0 AS again;
SELECT 'N-1' AS id, * FROM pg_temp.lines(:m, 'N-1') UNION ALL SELECT 'N-2', * FROM pg_temp.lines(:m, 'N-2') UNION ALL SELECT 'ST-5', * FROM pg_temp.lines(:m, 'ST-5') UNION ALL SELECT 'ST-6', * FROM pg_temp.lines(:m, 'ST-6');
SELECT amount, source, payer_name, reference, state FROM marketplace.money_receipts WHERE marketplace_id = :m ORDER BY id;

-- a payer who is known by his reference
SELECT marketplace.payment_reference_set(:m, jsonb_build_object('reference', 'ACHETEUR42', 'buyer_id', :buyer)) > 0 AS known;
SELECT marketplace.statement_import(:m, pg_temp.statement('N-3', 3, pg_temp.entry('CRDT', '15.00', NULL,
	'<RltdPties><Dbtr><Pty><Nm>ACHETEUR SA</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>ref ACHETEUR42</Ustrd></RmtInf>', '<AcctSvcrRef>REF-3</AcctSvcrRef>'), kind := 'camt.054')) > 0 AS notified;
SELECT * FROM pg_temp.lines(:m, 'N-3');

-- a number left out is a break, which its arrival heals; accounts that are not ours are kept, and nothing follows
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-8', 8, '')) > 0 AS taken;
SELECT class, state, causes ->> 'missing' AS missing FROM marketplace.reconciliation_breaks WHERE marketplace_id = :m AND class = 'no_statement';
SELECT marketplace.statement_import(:m, pg_temp.statement('ST-7', 7, '')) > 0 AS taken;
SELECT class, state, causes ->> 'missing' AS missing FROM marketplace.reconciliation_breaks WHERE marketplace_id = :m AND class = 'no_statement';
SELECT marketplace.statement_import(:m, pg_temp.statement('X-1', 1, pg_temp.entry('CRDT', '1000.00', NULL), account := 'DE89370400440532013000')) > 0 AS taken;
SELECT * FROM pg_temp.lines(:m, 'X-1');

-- everything that is odd, typed
SELECT class, difference, state, source FROM marketplace.reconciliation_breaks WHERE marketplace_id = :m ORDER BY break_id;

-- files that are refused, and what is said of them
SELECT pg_temp.refused(format('SELECT marketplace.statement_import(%s, %L)', :m, v)) FROM (VALUES ('<a><b></a>'), ('plain text'), ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>'),
	('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">&e;</Document>')) t(v) WHERE v <> '<a><b></a>';
SELECT pg_temp.refused(format('SELECT marketplace.statement_import(%s, %L)', :m, replace(replace(pg_temp.statement('B', 9, pg_temp.entry('CRDT', '1.00'))::text, x, y), 'ST-', 'B-')))
  FROM (VALUES ('<Amt Ccy="EUR">1.00<', '<Amt Ccy="EUR">1,00<'), ('<Amt Ccy="EUR">1.00<', '<Amt Ccy="EUR">-1.00<'), ('<Amt Ccy="EUR">1.00<', '<Amt>1.00<'), ('CRDT</CdtDbtInd><Sts>', 'CREDIT</CdtDbtInd><Sts>'),
	('<Dt>2026-03-10</Dt></BookgDt>', '<Dt>2026-02-30</Dt></BookgDt>'), ('<Id>B</Id>', ''), ('2026-03-11T06:00:00+01:00', '2026-03-11 six')) t(x, y);
SELECT pg_temp.refused(format('SELECT marketplace.payment_status_import(%s, %L)', :m, pg_temp.statement('B', 9, '')));
SELECT pg_temp.refused(format('SELECT marketplace.statement_import(%s, NULL)', :m));

-- payment files that cannot be made: every reason is told
SELECT marketplace.party_create(:m, '{"name": "Кирилл", "country": "FR", "capacities": ["seller"]}') AS gamma \gset
SELECT marketplace.bank_account_verify(:m, marketplace.bank_account_add(:m, :gamma, '{"iban": "DE02120300000000202051", "currency": "EUR"}')) > 0 AS account;
SELECT marketplace.bank_account_verify(:m, marketplace.bank_account_add(:m, :gamma, '{"iban": "DE02120300000000202051", "currency": "USD", "holder": "Kirill"}')) > 0 AS account;
SELECT pg_temp.owe(:m, :buyer, :gamma, '9.00') > 0 AS gamma, pg_temp.owe(:m, :buyer, :gamma, '8.00', currency := 'USD') > 0 AS dollars;
SELECT marketplace.payout_run(:m, jsonb_build_object('sellers', jsonb_build_array(:gamma))) AS run \gset
SELECT regexp_replace(pg_temp.refused(format('SELECT marketplace.payout_file(%s, %s)', :m, :run)), 'run \d+', 'run #');
SELECT pg_temp.refused(format('SELECT marketplace.payout_file(%s, %s)', :m, 99999999));
SELECT pg_temp.refused(format('SELECT marketplace.payout_file(%s, NULL)', :m));
SELECT regexp_replace(pg_temp.refused(format('SELECT marketplace.payout_file(%s, %s, ''{"debtor_account": %s}'')', :m, :run, :alpha_bank)), 'account \d+', 'account #');
-- names are written in SEPA's characters
SELECT marketplace.party_create(:m, '{"name": "Société Générale d''Équipement & Œuvres – Straße", "country": "FR", "capacities": ["seller"]}') AS delta \gset
SELECT marketplace.bank_account_verify(:m, marketplace.bank_account_add(:m, :delta, '{"iban": "DE02120300000000202051", "currency": "EUR"}')) > 0 AS account;
SELECT pg_temp.owe(:m, :buyer, :delta, '9.00') > 0 AS delta;
SELECT marketplace.payout_run(:m, jsonb_build_object('sellers', jsonb_build_array(:delta))) AS run \gset
SELECT (xpath('//*[local-name()="Cdtr"]/*[local-name()="Nm"]/text()', marketplace.payout_file(:m, :run)))[1];

-- what banks said stays as it is
UPDATE marketplace.bank_entries SET information = 'x' WHERE marketplace_id = :m;
DELETE FROM marketplace.payment_files WHERE marketplace_id = :m;
INSERT INTO marketplace.payment_file_items SELECT * FROM marketplace.payment_file_items WHERE marketplace_id = :m LIMIT 1;
SELECT * FROM marketplace.ledger_verify(:m);
SELECT * FROM marketplace.events_verify(:m);

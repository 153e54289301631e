-- What is reported and exported of issued documents (rules/invoicing.md §11, IV-5, IV-75, IV-78).

CREATE OR REPLACE VIEW marketplace.invoice_tax_lines WITH (security_invoker = true) AS
SELECT i.marketplace_id, i.id AS invoice_id, i.kind::text AS kind, i.type_code, i.number, i.issue_date, i.issuer_id, i.issuer_identifier, i.seller ->> 'siren' AS issuer_siren,
	i.buyer_id, i.buyer #>> '{address,country}' AS buyer_country, i.buyer ->> 'vat_id' AS buyer_vat_id,
	COALESCE(
		(SELECT n.value ->> 'text' FROM pg_catalog.jsonb_array_elements(i.notes) AS n WHERE n.value ->> 'subject_code' = 'BAR' LIMIT 1),
		CASE WHEN i.seller ->> 'siren' IS NULL THEN 'OUTOFSCOPE'
			WHEN i.buyer #>> '{address,country}' = 'FR' THEN CASE WHEN i.buyer ->> 'siren' IS NULL AND i.buyer ->> 'vat_id' IS NULL THEN 'B2C' ELSE 'B2B' END
			WHEN i.buyer ->> 'siren' IS NULL AND i.buyer ->> 'vat_id' IS NULL THEN 'B2CINT' ELSE 'B2BINT' END) AS route,
	k.category, k.vat_category, k.vat_rate, k.exemption_code, i.currency::text AS currency, x.sign * k.net AS net,
	x.sign * CASE WHEN v.taxable = 0 THEN CASE WHEN k.cumulated = k.net THEN v.tax ELSE 0 END
		ELSE pg_catalog.round(v.tax * k.cumulated / v.taxable, pg_catalog.scale(v.tax))
			- pg_catalog.round(v.tax * (k.cumulated - k.net) / v.taxable, pg_catalog.scale(v.tax)) END AS vat
FROM (
	SELECT s.*, pg_catalog.sum(s.net) OVER (PARTITION BY s.marketplace_id, s.invoice_id, s.vat_category, s.vat_rate, s.exemption_code ORDER BY s.category) AS cumulated
	FROM (
		SELECT l.marketplace_id, l.invoice_id, CASE WHEN l.order_line_id IS NULL OR o.kind = 'service' THEN 'services' ELSE 'goods' END AS category,
			l.vat_category, l.vat_rate, l.exemption_code, pg_catalog.sum(marketplace.amount_value(l.net)) AS net
		FROM marketplace.invoice_lines l
		LEFT JOIN marketplace.order_lines o ON o.marketplace_id = l.marketplace_id AND o.id = l.order_line_id
		GROUP BY 1, 2, 3, 4, 5, 6
	) AS s
) AS k
JOIN (
	SELECT v.marketplace_id, v.invoice_id, v.vat_category, v.vat_rate, v.exemption_code, marketplace.amount_value(v.taxable) AS taxable, marketplace.amount_value(v.tax) AS tax
	FROM marketplace.invoice_vat v
) AS v ON v.marketplace_id = k.marketplace_id AND v.invoice_id = k.invoice_id AND v.vat_category = k.vat_category
	AND v.vat_rate IS NOT DISTINCT FROM k.vat_rate AND v.exemption_code IS NOT DISTINCT FROM k.exemption_code
JOIN marketplace.invoices i ON i.marketplace_id = k.marketplace_id AND i.id = k.invoice_id AND i.kind <> 'envelope'
CROSS JOIN LATERAL (SELECT CASE WHEN i.type_code IN ('381', '261', '262', '396', '502', '503') THEN -1 ELSE 1 END AS sign) AS x;
COMMENT ON VIEW marketplace.invoice_tax_lines IS 'Net and VAT of issued documents by goods or services and VAT key; credit notes are negative. The VAT of a key goes to goods and services in proportion of their net, to the cent. Envelopes repeat units and are left out.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_tax_lines.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.kind IS 'Its kind.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.type_code IS 'Its type, UNTDID 1001.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.number IS 'Its legal number.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.issue_date IS 'Date of issue.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.issuer_id IS 'Issuer: who owes the VAT.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.issuer_identifier IS 'Its SIREN or VAT number.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.issuer_siren IS 'Its SIREN; NULL outside France.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.buyer_id IS 'Party that is invoiced.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.buyer_country IS 'Its country.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.buyer_vat_id IS 'Its VAT number.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.route IS 'B2B, B2BINT, B2C, B2CINT, OUTOFSCOPE: as the document''s note BAR says, else by the parties. Only French issuers report.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.category IS 'goods (with their shipping and fees) or services.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.vat_category IS 'VAT category.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.vat_rate IS 'Rate in percent.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.exemption_code IS 'VATEX code.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.net IS 'Base.';
COMMENT ON COLUMN marketplace.invoice_tax_lines.vat IS 'VAT.';

CREATE OR REPLACE VIEW marketplace.ereporting_categories WITH (security_invoker = true) AS
SELECT code, category, taxed, description, source, verified
FROM (VALUES
	('TLB1', 'goods', true, 'Deliveries of goods on which VAT is due', 'Spécifications externes DGFiP, flux 10; from memory', false),
	('TPS1', 'services', true, 'Services on which VAT is due', 'Spécifications externes DGFiP, flux 10; from memory', false),
	('TNT1', 'goods', false, 'Goods on which no French VAT is due', 'Spécifications externes DGFiP, flux 10; from memory', false),
	('TNT1', 'services', false, 'Services on which no French VAT is due', 'Spécifications externes DGFiP, flux 10; from memory', false)
) AS rows (code, category, taxed, description, source, verified);
COMMENT ON VIEW marketplace.ereporting_categories IS 'Categories of transactions of Flux 10, by goods or services and VAT category.';
COMMENT ON COLUMN marketplace.ereporting_categories.code IS 'Code.';
COMMENT ON COLUMN marketplace.ereporting_categories.category IS 'goods or services.';
COMMENT ON COLUMN marketplace.ereporting_categories.taxed IS 'Whether VAT is due (categories S and Z).';
COMMENT ON COLUMN marketplace.ereporting_categories.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.ereporting_categories.source IS 'Where it comes from.';
COMMENT ON COLUMN marketplace.ereporting_categories.verified IS 'Whether it was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.ereporting_international WITH (security_invoker = true) AS
SELECT t.marketplace_id, t.issuer_id, t.issuer_siren, pg_catalog.date_trunc('month', t.issue_date::timestamp)::date AS month, t.invoice_id, t.number, t.type_code, t.issue_date, t.currency,
	t.buyer_country, t.buyer_vat_id, t.vat_category, t.vat_rate, t.exemption_code, pg_catalog.sum(t.net) AS net, pg_catalog.sum(t.vat) AS vat
FROM marketplace.invoice_tax_lines t
WHERE t.route = 'B2BINT' AND t.issuer_siren IS NOT NULL
GROUP BY t.marketplace_id, t.issuer_id, t.issuer_siren, t.invoice_id, t.number, t.type_code, t.issue_date, t.currency, t.buyer_country, t.buyer_vat_id, t.vat_category, t.vat_rate,
	t.exemption_code;
COMMENT ON VIEW marketplace.ereporting_international IS 'Flux 10, international business: a row a document and VAT rate of French sellers to taxable persons abroad. Corrections are documents of their own. IV-75 a.';
COMMENT ON COLUMN marketplace.ereporting_international.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.ereporting_international.issuer_id IS 'Seller who reports.';
COMMENT ON COLUMN marketplace.ereporting_international.issuer_siren IS 'Its SIREN.';
COMMENT ON COLUMN marketplace.ereporting_international.month IS 'First day of the month of issue.';
COMMENT ON COLUMN marketplace.ereporting_international.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.ereporting_international.number IS 'Its legal number.';
COMMENT ON COLUMN marketplace.ereporting_international.type_code IS 'Its type, UNTDID 1001.';
COMMENT ON COLUMN marketplace.ereporting_international.issue_date IS 'Date of issue.';
COMMENT ON COLUMN marketplace.ereporting_international.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.ereporting_international.buyer_country IS 'Country of the buyer.';
COMMENT ON COLUMN marketplace.ereporting_international.buyer_vat_id IS 'VAT number of the buyer.';
COMMENT ON COLUMN marketplace.ereporting_international.vat_category IS 'VAT category.';
COMMENT ON COLUMN marketplace.ereporting_international.vat_rate IS 'Rate in percent.';
COMMENT ON COLUMN marketplace.ereporting_international.exemption_code IS 'VATEX code.';
COMMENT ON COLUMN marketplace.ereporting_international.net IS 'Base; credit notes negative.';
COMMENT ON COLUMN marketplace.ereporting_international.vat IS 'VAT; credit notes negative.';

CREATE OR REPLACE VIEW marketplace.ereporting_consumers WITH (security_invoker = true) AS
SELECT t.marketplace_id, t.issuer_id, t.issuer_siren, t.issue_date AS day, pg_catalog.date_trunc('month', t.issue_date::timestamp)::date AS month, t.currency, c.code AS category,
	t.vat_rate, pg_catalog.count(DISTINCT t.invoice_id) AS documents, pg_catalog.sum(t.net) AS net, pg_catalog.sum(t.vat) AS vat
FROM marketplace.invoice_tax_lines t
JOIN marketplace.ereporting_categories c ON c.category = t.category AND c.taxed = (t.vat_category IN ('S', 'Z'))
WHERE t.route IN ('B2C', 'B2CINT') AND t.issuer_siren IS NOT NULL
GROUP BY t.marketplace_id, t.issuer_id, t.issuer_siren, t.issue_date, t.currency, c.code, t.vat_rate;
COMMENT ON VIEW marketplace.ereporting_consumers IS 'Flux 10, sales to consumers: a row a French seller, day, currency, category of transactions and VAT rate. Credit notes lower the day that they were issued. IV-75 b.';
COMMENT ON COLUMN marketplace.ereporting_consumers.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.ereporting_consumers.issuer_id IS 'Seller who reports.';
COMMENT ON COLUMN marketplace.ereporting_consumers.issuer_siren IS 'Its SIREN.';
COMMENT ON COLUMN marketplace.ereporting_consumers.day IS 'Date of issue.';
COMMENT ON COLUMN marketplace.ereporting_consumers.month IS 'First day of its month.';
COMMENT ON COLUMN marketplace.ereporting_consumers.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.ereporting_consumers.category IS 'Category of transactions, see ereporting_categories.';
COMMENT ON COLUMN marketplace.ereporting_consumers.vat_rate IS 'Rate in percent.';
COMMENT ON COLUMN marketplace.ereporting_consumers.documents IS 'How many documents.';
COMMENT ON COLUMN marketplace.ereporting_consumers.net IS 'Base.';
COMMENT ON COLUMN marketplace.ereporting_consumers.vat IS 'VAT.';

CREATE OR REPLACE VIEW marketplace.dac7_totals WITH (security_invoker = true) AS
SELECT t.marketplace_id, t.seller_id, p.name AS seller_name, t.year, t.quarter, t.currency, t.consideration, t.fees, t.operations
FROM (
	SELECT m.marketplace_id, m.seller_id, pg_catalog.date_part('year', m.at)::int AS year, pg_catalog.date_part('quarter', m.at)::int AS quarter, m.currency,
		pg_catalog.sum(m.amount) FILTER (WHERE m.kind <> 'c_commission') AS consideration,
		COALESCE(pg_catalog.sum(m.amount) FILTER (WHERE m.kind = 'c_commission'), 0) AS fees,
		pg_catalog.count(DISTINCT m.order_line_id) FILTER (WHERE m.amount > 0) AS operations
	FROM (
		SELECT e.marketplace_id, e.party_id AS seller_id, t.recorded_at AT TIME ZONE k.time_zone AS at, marketplace.currency(t.amount)::text AS currency, o.kind,
			CASE WHEN t.debit_account = e.id THEN 1 ELSE -1 END * marketplace.amount_value(t.amount) AS amount, t.order_line_id
		FROM marketplace.accounts e
		JOIN marketplace.transfers t ON t.marketplace_id = e.marketplace_id AND (t.debit_account = e.id OR t.credit_account = e.id)
		JOIN marketplace.accounts o ON o.marketplace_id = e.marketplace_id AND o.id = CASE WHEN t.debit_account = e.id THEN t.credit_account ELSE t.debit_account END
			AND o.kind IN ('c_seller', 'c_pending', 'c_reserve', 'c_commission')
		JOIN marketplace.marketplaces k ON k.marketplace_id = e.marketplace_id
		WHERE e.kind = 'c_escrow'
	) AS m
	GROUP BY GROUPING SETS ((m.marketplace_id, m.seller_id, m.currency, pg_catalog.date_part('year', m.at), pg_catalog.date_part('quarter', m.at)),
		(m.marketplace_id, m.seller_id, m.currency, pg_catalog.date_part('year', m.at)))
) AS t
LEFT JOIN marketplace.parties p ON p.marketplace_id = t.marketplace_id AND p.id = t.seller_id;
COMMENT ON VIEW marketplace.dac7_totals IS 'What platforms report of sellers (directive 2021/514, DAC7): credited to the seller, withheld as fees, and how many order lines, by quarter and, with quarter NULL, by year; from the releases that payouts pay. What was taken back lowers the quarter that it was taken back in. IV-78.';
COMMENT ON COLUMN marketplace.dac7_totals.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.dac7_totals.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.dac7_totals.seller_name IS 'Its name now.';
COMMENT ON COLUMN marketplace.dac7_totals.year IS 'Year, in the marketplace''s time zone.';
COMMENT ON COLUMN marketplace.dac7_totals.quarter IS 'Quarter, 1 to 4; NULL: the year.';
COMMENT ON COLUMN marketplace.dac7_totals.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.dac7_totals.consideration IS 'Credited to the seller, fees taken off already.';
COMMENT ON COLUMN marketplace.dac7_totals.fees IS 'Commission withheld, its VAT included.';
COMMENT ON COLUMN marketplace.dac7_totals.operations IS 'Order lines of which something was released.';

CREATE OR REPLACE VIEW marketplace.three_way_match WITH (security_invoker = true) AS
SELECT m.marketplace_id, m.order_id, m.seller_order_id, m.seller_id, m.buyer_id, m.order_line_id, m.description, m.ordered, m.cancelled, m.delivered, m.accepted, m.returned,
	m.invoiced, m.credited, m.kept - m.charged AS not_invoiced, m.accepted - m.charged AS accepted_not_invoiced,
	CASE WHEN m.charged > m.kept THEN 'credit_owed'
		WHEN m.blocked IS NOT NULL THEN 'blocked_' || m.blocked
		WHEN m.kind = 'goods' AND m.disputed > 0 THEN 'disputed'
		WHEN m.kind = 'goods' AND m.awaited > 0 THEN 'awaits_receipt'
		WHEN m.kind = 'goods' AND m.lost + m.sent_back > 0 THEN 'lost_or_sent_back'
		WHEN m.kind = 'goods' AND m.in_transit > 0 THEN 'in_transit'
		WHEN m.kind = 'goods' AND m.to_ship > 0 THEN 'to_ship'
		ELSE 'to_invoice' END AS reason
FROM (
	SELECT l.marketplace_id, l.order_id, l.seller_order_id, l.seller_id, l.buyer_id, l.id AS order_line_id, l.kind::text AS kind, l.description, l.quantity AS ordered, l.cancelled,
		l.delivered, CASE WHEN l.kind = 'goods' THEN l.accepted ELSE l.quantity - l.cancelled END AS accepted, l.returned, l.disputed, l.awaited, l.lost, l.sent_back,
		l.in_transit, l.to_ship, COALESCE(x.invoiced, 0) AS invoiced, COALESCE(x.credited, 0) AS credited, l.quantity - l.cancelled - l.returned AS kept,
		COALESCE(x.invoiced, 0) - COALESCE(x.credited, 0) AS charged, b.cause AS blocked
	FROM marketplace.order_lines l
	LEFT JOIN LATERAL (
		SELECT pg_catalog.sum(n.quantity) FILTER (WHERE i.type_code NOT IN ('381', '261', '262', '396', '502', '503')) AS invoiced,
			pg_catalog.sum(n.quantity) FILTER (WHERE i.type_code IN ('381', '261', '262', '396', '502', '503')) AS credited
		FROM marketplace.invoice_lines n
		JOIN marketplace.invoices i ON i.marketplace_id = n.marketplace_id AND i.id = n.invoice_id
		WHERE n.marketplace_id = l.marketplace_id AND n.order_line_id = l.id
	) AS x ON true
	LEFT JOIN LATERAL (
		SELECT b.cause::text AS cause FROM marketplace.invoice_obstacles b
		WHERE b.marketplace_id = l.marketplace_id AND b.seller_order_id = l.seller_order_id AND b.invoice_id IS NULL ORDER BY b.id LIMIT 1
	) AS b ON true
	WHERE l.kind <> 'discount'
) AS m
WHERE m.kept <> m.charged OR m.accepted <> m.charged;
COMMENT ON VIEW marketplace.three_way_match IS 'Order lines whose quantities ordered, accepted and invoiced less credited differ, with the reason. Discounts are in the net of the goods. IV-5.';
COMMENT ON COLUMN marketplace.three_way_match.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.three_way_match.order_id IS 'Order.';
COMMENT ON COLUMN marketplace.three_way_match.seller_order_id IS 'Seller order.';
COMMENT ON COLUMN marketplace.three_way_match.seller_id IS 'Seller.';
COMMENT ON COLUMN marketplace.three_way_match.buyer_id IS 'Buyer.';
COMMENT ON COLUMN marketplace.three_way_match.order_line_id IS 'Order line.';
COMMENT ON COLUMN marketplace.three_way_match.description IS 'What it sells.';
COMMENT ON COLUMN marketplace.three_way_match.ordered IS 'Ordered quantity.';
COMMENT ON COLUMN marketplace.three_way_match.cancelled IS 'Of it cancelled.';
COMMENT ON COLUMN marketplace.three_way_match.delivered IS 'Of it delivered.';
COMMENT ON COLUMN marketplace.three_way_match.accepted IS 'Of it accepted; of services, shipping and fees what is not cancelled.';
COMMENT ON COLUMN marketplace.three_way_match.returned IS 'Of it sent back to the seller.';
COMMENT ON COLUMN marketplace.three_way_match.invoiced IS 'Of it invoiced.';
COMMENT ON COLUMN marketplace.three_way_match.credited IS 'Of it credited.';
COMMENT ON COLUMN marketplace.three_way_match.not_invoiced IS 'Ordered, neither cancelled nor returned, and not charged; negative: charged too much.';
COMMENT ON COLUMN marketplace.three_way_match.accepted_not_invoiced IS 'Accepted and not charged; negative: charged before it is accepted.';
COMMENT ON COLUMN marketplace.three_way_match.reason IS 'Why: credit_owed, blocked_ and the cause (invoices_blocked), disputed, awaits_receipt, lost_or_sent_back, in_transit, to_ship, or to_invoice (nothing hinders).';

CREATE OR REPLACE VIEW marketplace.policy_registry_invoicing_export WITH (security_invoker = true) AS
SELECT name, value_type, default_value, description, source, verified
FROM (VALUES
	('iv.fec_accounts', 'json',
		'{"journal_sales": ["VE", "Ventes"], "journal_purchases": ["AC", "Achats"], "customer": ["411000", "Clients"], "supplier": ["401000", "Fournisseurs"],
		  "sales_goods": ["707000", "Ventes de marchandises"], "sales_services": ["706000", "Prestations de services"], "vat_collected": ["445710", "TVA collectée"],
		  "fees": ["622200", "Commissions et courtages sur ventes"], "vat_deductible": ["445660", "TVA déductible sur autres biens et services"],
		  "rounding_gain": ["758000", "Produits divers de gestion courante"], "rounding_loss": ["658000", "Charges diverses de gestion courante"]}'::jsonb,
		'Journals and accounts of the accounting export, each with its name; a seller may have its own', 'IV-76; plan comptable général; LPF A47 A-1', false)
) AS rows (name, value_type, default_value, description, source, verified);
COMMENT ON VIEW marketplace.policy_registry_invoicing_export IS 'Policy parameters of exports.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_export.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_export.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_export.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_export.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_export.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_export.verified IS 'True when the default was confirmed by a public source.';

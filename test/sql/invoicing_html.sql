-- Documents as pages to be read (invoice_html): all that they state, nothing that a name could do to the page, the same bytes every time.
\set m 5341
SET marketplace.clock = '2026-11-24 10:00:00+00';
\getenv tests PG_ABS_SRCDIR
\set demo_parties :tests '/fixtures/demo_parties.sql'
\set demo_order :tests '/fixtures/demo_order.sql'
\i :demo_parties
SELECT marketplace.policy_set(:m, 'iv.trigger', '"order"') > 0 AS set, marketplace.commission_rule_set(:m, '{"rate_pct": 10, "vat_rate_pct": 20}') > 0 AS rule;
SELECT count(marketplace.mandate_sign(:m, jsonb_build_object('mandator_id', s, 'form', 'written', 'signed_at', '2026-01-02T09:00:00Z', 'proof_sha256', repeat('ab', 32))))
  FROM (VALUES (:alpha), (:beta)) AS v (s);
SELECT marketplace.party_update(:m, :alpha, E'{"reference": "alpha", "name": "<script>alert(1)</script> & \\"Fils\\" \\u0001 日本 😀", "legal_form": "SAS", "share_capital": "10000.00 EUR", "country": "FR",
	"siren": "300000007", "vat_id": "FR83300000007", "einvoice_address": "300000007", "einvoice_scheme": "0225", "capacities": ["seller"],
	"addresses": [{"kind": "registered", "line1": "2 rue <b>Edison</b>", "postcode": "69001", "city": "LYON", "country": "FR"}]}') = :alpha AS updated;
\i :demo_order
SELECT marketplace.payment_settle(:m, marketplace.payment_capture(:m, marketplace.payment_authorize(:m, :order_id, '100.00 EUR'))) > 0 AS settled;
SELECT marketplace.seller_order_accept(:m, :alpha_order) > 0 AS alpha, marketplace.seller_order_accept(:m, :beta_order) > 0 AS beta;
SELECT marketplace.envelope_issue(:m, :order_id) > 0 AS envelope;
CREATE TEMP TABLE pages AS
SELECT i.id, i.kind::text AS kind, i.number, l.language, marketplace.invoice_html(:m, i.id, l.language) AS page, marketplace.invoice_document(:m, i.id) AS document
  FROM marketplace.invoices i, (VALUES ('fr'), ('en')) AS l (language) WHERE i.marketplace_id = :m;
-- well-formed, one page a document, title and language right
SELECT kind, language, page LIKE E'<!DOCTYPE html>\n<html lang="' || language || '">%' AS begins, xml_is_well_formed_document(substr(page, 17)) AS well_formed,
	(xpath('/html/body/main/h1/text()', substr(page, 17)::xml))[1]::text AS title
  FROM pages ORDER BY id, language DESC;
-- nothing of a name is markup, nothing is loaded from elsewhere, no element of a kind that does things
SELECT count(*) FILTER (WHERE page ~* '<(script|b|img|link|iframe|object|a|form)[ >/]') AS markup, count(*) FILTER (WHERE page ~* '(src|href|onload|url)\s*[=(]') AS loads,
	count(*) FILTER (WHERE page LIKE '%&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Fils&quot;%') AS escaped FROM pages;
-- every number, date, identifier, name, address, note and amount of the document is on the page (but a rounding of nothing, and a seller's e-mail within an envelope)
SELECT p.kind, p.language, count(*) AS terms, count(*) FILTER (WHERE strpos(x.shown, CASE WHEN p.language = 'fr' AND t.value ~ '^-?[0-9]+\.[0-9]+$' THEN replace(t.value, '.', ',')
		WHEN p.language = 'fr' AND t.value ~ '^2026-..-..$' THEN to_char(t.value::date, 'DD/MM/YYYY') ELSE translate(t.value, E'\u0001', ' ') END) = 0) AS missing
  FROM pages p, LATERAL (SELECT string_agg(n::text, '|') AS shown FROM unnest(xpath('//text()', substr(replace(replace(replace(page, '&lt;', U&'\2039'), '&gt;', U&'\203A'), '&amp;', U&'\FF06'), 17)::xml)) AS n) AS x,
	LATERAL (
		SELECT replace(replace(replace(v #>> '{}', '<', U&'\2039'), '>', U&'\203A'), '&', U&'\FF06') AS value
		  FROM jsonb_path_query(p.document, '$.**{0 to last} ? (@.type() == "string")') AS v
	) AS t
 WHERE t.value !~ '^(PMT|PMD|AAB|DCL|BAR|REG|0225|95|0.00|contact@beta.example)$' GROUP BY p.kind, p.language, p.id ORDER BY p.id, p.language DESC;
SELECT bool_and(page = marketplace.invoice_html(:m, id, language)) AS same_bytes FROM pages;
SELECT marketplace.invoice_html(:m, min(id)) = min(page) AS french_unless_said FROM pages WHERE id = (SELECT min(id) FROM pages) AND language = 'fr';
-- tables have captions, cells of heads their scope
SELECT count(*) FILTER (WHERE NOT xpath_exists('//table[not(caption)]', substr(page, 17)::xml)) AS captions, count(*) FILTER (WHERE NOT xpath_exists('//th[not(@scope)]', substr(page, 17)::xml)) AS scopes,
	count(*) AS pages FROM pages;
SELECT marketplace.invoice_html(:m, 0, 'fr');
SELECT marketplace.invoice_html(:m, min(id), 'de') FROM pages;
SELECT marketplace.invoice_html(:m, min(id), NULL) FROM pages;

-- Codes and reasons of the life cycle as dated rows, and what each document's statuses come to (rules/invoicing.md §10, RD-94, RD-95).

CREATE OR REPLACE VIEW marketplace.invoice_status_codes (code, label_fr, label_en, said_by, said_after, never_after, reason_required, amounts_required, compulsory,
	closes, description, source, valid_from, valid_until)
WITH (security_invoker = true) AS
VALUES
	('200', 'Déposée', 'Submitted', 'platform'::text, NULL::text[], ARRAY['201', '202', '203', '213']::text[], false, false, true, false,
		'Handed in and controlled by the seller''s platform', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL::date, NULL::date),
	('201', 'Émise par la plateforme', 'Issued by the platform', 'platform', ARRAY['200']::text[], ARRAY['202', '203', '213']::text[], false, false, false, false,
		'Sent to the buyer''s platform', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('202', 'Reçue par la plateforme', 'Received by the platform', 'platform', ARRAY['201']::text[], ARRAY['203', '213']::text[], false, false, false, false,
		'Arrived at the buyer''s platform', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('203', 'Mise à disposition', 'Made available', 'platform', ARRAY['202']::text[], ARRAY['213']::text[], false, false, false, false,
		'The buyer can see it', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('204', 'Prise en charge', 'Being processed', 'buyer', ARRAY['202']::text[], ARRAY['210', '213', '220']::text[], false, false, false, false,
		'The buyer works on it', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('205', 'Approuvée', 'Approved', 'buyer', ARRAY['202']::text[], ARRAY['210', '213', '220']::text[], false, false, false, false,
		'The buyer agrees', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('206', 'Approuvée partiellement', 'Approved in part', 'buyer', ARRAY['202']::text[], ARRAY['210', '213', '220']::text[], true, false, false, false,
		'The buyer agrees to a part', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('207', 'En litige', 'Disputed', 'buyer', ARRAY['202']::text[], ARRAY['210', '213', '220']::text[], true, false, false, false,
		'The buyer disagrees; a credit note or an agreement ends it', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('208', 'Suspendue', 'Suspended', 'buyer', ARRAY['202']::text[], ARRAY['210', '213', '220']::text[], true, false, false, false,
		'Something is missing: 209 answers', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('209', 'Complétée', 'Completed', 'seller', ARRAY['208']::text[], ARRAY['210', '213', '220']::text[], false, false, false, false,
		'The seller has completed what was missing', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('210', 'Refusée', 'Refused', 'buyer', ARRAY['202']::text[], ARRAY['210', '213', '220']::text[], true, false, true, true,
		'The buyer refuses all of it; the seller cancels it by an internal credit note (IV-67)', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('211', 'Paiement transmis', 'Payment sent', 'buyer', ARRAY['202']::text[], ARRAY['210', '213', '220']::text[], false, false, false, false,
		'The buyer has paid', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('212', 'Encaissée', 'Cashed in', 'seller', ARRAY['200']::text[], ARRAY['210', '213', '220']::text[], false, true, true, false,
		'The seller has the money, by VAT rate; to the tax portal where VAT is due on receipt', 'XP Z12-014; BR-FR-CDV-14', NULL, NULL),
	('213', 'Rejetée', 'Rejected', 'platform', NULL, ARRAY['203', '204', '205', '206', '207', '208', '210', '211', '213', '220']::text[], true, false, true, true,
		'A platform''s controls refuse it; cancelled by an internal credit note (IV-67)', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('220', 'Annulée', 'Cancelled', 'seller', ARRAY['200']::text[], ARRAY['213', '220']::text[], false, false, false, true,
		'A corrective invoice was sent in its place', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('214', 'Visée', 'Endorsed', NULL, NULL, NULL, false, false, false, false,
		'Stored as received', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('221', 'Erreur de routage', 'Routing error', NULL, NULL, NULL, false, false, false, false,
		'Stored as received', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('224', 'Demande de paiement direct', 'Direct payment asked for', NULL, NULL, NULL, false, false, false, false,
		'Stored as received', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('225', 'Affacturée', 'Factored', NULL, NULL, NULL, false, false, false, false,
		'Stored as received', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('226', 'Affacturée confidentiel', 'Factored in confidence', NULL, NULL, NULL, false, false, false, false,
		'Stored as received', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('227', 'Changement de compte à payer', 'Other account to be paid', NULL, NULL, NULL, false, false, false, false,
		'Stored as received', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('228', 'Non affacturée', 'Not factored', NULL, NULL, NULL, false, false, false, false,
		'Stored as received', 'XP Z12-014; BR-FR-CDV-15, -CL-06', NULL, NULL),
	('501', 'Irrecevable', 'Inadmissible', NULL, NULL, NULL, true, false, false, false,
		'Stored as received: no platform could read it', 'BR-FR-CDV-15', NULL, NULL);
COMMENT ON VIEW marketplace.invoice_status_codes IS
'Codes of the life cycle (MDT-105): who says each, when, and what it needs. What is said here must keep to them; what platforms send is stored and flagged. IV-69.';
COMMENT ON COLUMN marketplace.invoice_status_codes.code IS 'Code.';
COMMENT ON COLUMN marketplace.invoice_status_codes.label_fr IS 'Name in French.';
COMMENT ON COLUMN marketplace.invoice_status_codes.label_en IS 'Name in English.';
COMMENT ON COLUMN marketplace.invoice_status_codes.said_by IS 'Who says it: platform, buyer or seller; NULL: it is only received.';
COMMENT ON COLUMN marketplace.invoice_status_codes.said_after IS 'One of these must have been said before; NULL: none.';
COMMENT ON COLUMN marketplace.invoice_status_codes.never_after IS 'None of these may have been said before; NULL: any.';
COMMENT ON COLUMN marketplace.invoice_status_codes.reason_required IS 'Whether it needs a reason of invoice_status_reasons.';
COMMENT ON COLUMN marketplace.invoice_status_codes.amounts_required IS 'Whether it needs amounts by VAT rate (MEN).';
COMMENT ON COLUMN marketplace.invoice_status_codes.compulsory IS 'Whether the law wants it, within 24 hours; 212 only where VAT is due on receipt.';
COMMENT ON COLUMN marketplace.invoice_status_codes.closes IS 'Whether the life cycle ends with it.';
COMMENT ON COLUMN marketplace.invoice_status_codes.description IS 'What it means.';
COMMENT ON COLUMN marketplace.invoice_status_codes.source IS 'Standard or rule that it comes from.';
COMMENT ON COLUMN marketplace.invoice_status_codes.valid_from IS 'First day that it may be said; NULL: ever.';
COMMENT ON COLUMN marketplace.invoice_status_codes.valid_until IS 'First day that it may not be said any more; NULL: open.';

CREATE OR REPLACE VIEW marketplace.invoice_status_reasons WITH (security_invoker = true) AS
SELECT r.reason, r.label_fr, c.code, 'XP Z12-014; BR-FR-CDV-CL-09'::text AS source, NULL::date AS valid_from, NULL::date AS valid_until
FROM (VALUES
	('AUTRE', 'Autre', ARRAY['207', '206']),
	('COORD_BANC_ERR', 'Coordonnées bancaires erronées', ARRAY['207', '208']),
	('TX_TVA_ERR', 'Taux de TVA erroné', ARRAY['207', '210']),
	('MONTANTTOTAL_ERR', 'Montant total erroné', ARRAY['207', '210', '213']),
	('CALCUL_ERR', 'Erreur de calcul', ARRAY['207', '210', '213']),
	('NON_CONFORME', 'Mention légale manquante', ARRAY['207', '210']),
	('DOUBLON', 'Facture en doublon', ARRAY['207', '210', '213']),
	('DEST_INC', 'Destinataire inconnu', ARRAY['207', '213']),
	('DEST_ERR', 'Erreur de destinataire', ARRAY['207', '210']),
	('TRANSAC_INC', 'Transaction inconnue', ARRAY['207', '210']),
	('EMMET_INC', 'Émetteur inconnu', ARRAY['207', '210']),
	('CONTRAT_TERM', 'Contrat terminé', ARRAY['207', '210']),
	('DOUBLE_FACT', 'Double facturation', ARRAY['207', '210']),
	('CMD_ERR', 'Numéro de commande erroné ou manquant', ARRAY['207', '206', '208', '210']),
	('ADR_ERR', 'Adresse de facturation erronée', ARRAY['207', '210', '213']),
	('SIRET_ERR', 'SIRET erroné ou absent', ARRAY['207', '206', '208']),
	('CODE_ROUTAGE_ERR', 'Code de routage erroné ou absent', ARRAY['207', '206', '208']),
	('REF_CT_ABSENT', 'Référence contractuelle manquante', ARRAY['207', '206', '208', '210']),
	('REF_ERR', 'Référence erronée', ARRAY['207', '206', '208']),
	('PU_ERR', 'Prix unitaire erroné', ARRAY['207', '206']),
	('REM_ERR', 'Remise erronée', ARRAY['207', '206']),
	('QTE_ERR', 'Quantité facturée erronée', ARRAY['207', '206']),
	('ART_ERR', 'Article facturé erroné', ARRAY['207', '206']),
	('MODPAI_ERR', 'Modalités de paiement erronées', ARRAY['207', '206']),
	('QUALITE_ERR', 'Qualité de la livraison erronée', ARRAY['207', '206']),
	('LIVR_INCOMP', 'Livraison incomplète', ARRAY['207', '206']),
	('JUSTIF_ABS', 'Justificatif absent ou insuffisant', ARRAY['208']),
	('REJ_SEMAN', 'Rejet sémantique', ARRAY['213']),
	('REJ_UNI', 'Rejet : contrôle d''unicité', ARRAY['213']),
	('REJ_COH', 'Rejet : contrôle de cohérence', ARRAY['213']),
	('REJ_ADR', 'Rejet : contrôle d''adressage', ARRAY['213']),
	('REJ_CONT_B2G', 'Rejet : contrôles métier B2G', ARRAY['213']),
	('REJ_REF_PJ', 'Rejet : référence de pièce jointe', ARRAY['213']),
	('REJ_ASS_PJ', 'Rejet : association de pièce jointe', ARRAY['213']),
	('NON_TRANSMISE', 'Non transmise : pas de plateforme de réception', ARRAY['200']),
	('ROUTAGE_ERR', 'Erreur de routage', ARRAY['221']),
	('IRR_VIDE_F', 'Irrecevable : fichier vide', ARRAY['501']),
	('IRR_TYPE_F', 'Irrecevable : type de fichier', ARRAY['501']),
	('IRR_SYNTAX', 'Irrecevable : syntaxe', ARRAY['501']),
	('IRR_TAILLE_PJ', 'Irrecevable : taille de pièce jointe', ARRAY['501']),
	('IRR_NOM_PJ', 'Irrecevable : nom de pièce jointe', ARRAY['501']),
	('IRR_VID_PJ', 'Irrecevable : pièce jointe vide', ARRAY['501']),
	('IRR_EXT_DOC', 'Irrecevable : extension de document', ARRAY['501']),
	('IRR_TAILLE_F', 'Irrecevable : taille de fichier', ARRAY['501']),
	('IRR_ANTIVIRUS', 'Irrecevable : antivirus', ARRAY['501']),
	('IRR_NOM_F', 'Irrecevable : nom de fichier', ARRAY['501'])
) AS r (reason, label_fr, codes)
CROSS JOIN LATERAL pg_catalog.unnest(r.codes) AS c (code);
COMMENT ON VIEW marketplace.invoice_status_reasons IS 'Reasons (MDT-113) that each code may give. RD-95.';
COMMENT ON COLUMN marketplace.invoice_status_reasons.reason IS 'Reason.';
COMMENT ON COLUMN marketplace.invoice_status_reasons.label_fr IS 'What it means, in French.';
COMMENT ON COLUMN marketplace.invoice_status_reasons.code IS 'Code that may give it.';
COMMENT ON COLUMN marketplace.invoice_status_reasons.source IS 'Standard or rule that it comes from.';
COMMENT ON COLUMN marketplace.invoice_status_reasons.valid_from IS 'First day that it may be given; NULL: ever.';
COMMENT ON COLUMN marketplace.invoice_status_reasons.valid_until IS 'First day that it may not be given any more; NULL: open.';

CREATE OR REPLACE VIEW marketplace.policy_registry_invoicing_status (name, value_type, default_value, description, source, verified)
WITH (security_invoker = true) AS
VALUES
	('iv.reserve_disputes', 'boolean', 'true'::jsonb,
		'Whether goods received with reserves put their invoice in dispute (207), once the buyer''s platform has it', 'IV-70; rule book default', false),
	('iv.reserve_reasons', 'json', '{"damaged": "QUALITE_ERR", "missing": "LIVR_INCOMP", "wrong": "ART_ERR", "other": "AUTRE"}',
		'Reason of that dispute by kind of reserve', 'RD-95', false);
COMMENT ON VIEW marketplace.policy_registry_invoicing_status IS 'Policy parameters of the life cycle of invoices.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_status.name IS 'Name of the parameter.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_status.value_type IS 'Type of its values.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_status.default_value IS 'Value where none has been set.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_status.description IS 'Meaning.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_status.source IS 'Rule id, law or standard that the default comes from.';
COMMENT ON COLUMN marketplace.policy_registry_invoicing_status.verified IS 'True when the default was confirmed by a public source.';

CREATE OR REPLACE VIEW marketplace.invoice_status_history WITH (security_invoker = true) AS
SELECT s.marketplace_id, s.invoice_id, i.number, s.sequence, s.id AS status_id, s.code, c.label_fr, c.label_en, s.said_by, s.received, s.occurred_at, s.recorded_at,
	s.reason, r.label_fr AS reason_fr, s.note, s.action, s.message_id, s.flags, s.cause_event_id, a.cashed, i.currency::text AS currency, s.issuer_id, s.buyer_id
FROM marketplace.invoice_statuses s
JOIN marketplace.invoices i ON i.marketplace_id = s.marketplace_id AND i.id = s.invoice_id
LEFT JOIN marketplace.invoice_status_codes c ON c.code = s.code
LEFT JOIN marketplace.invoice_status_reasons r ON r.code = s.code AND r.reason = s.reason
LEFT JOIN LATERAL (
	SELECT marketplace.amount_value(marketplace.sum(a.amount)) AS cashed FROM marketplace.invoice_status_amounts a
	WHERE a.marketplace_id = s.marketplace_id AND a.status_id = s.id AND a.kind = 'MEN'
) AS a ON true;
COMMENT ON VIEW marketplace.invoice_status_history IS 'All that was said of each document, in the order in which it became known.';
COMMENT ON COLUMN marketplace.invoice_status_history.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_status_history.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.invoice_status_history.number IS 'Its legal number.';
COMMENT ON COLUMN marketplace.invoice_status_history.sequence IS 'First, second … status of the document.';
COMMENT ON COLUMN marketplace.invoice_status_history.status_id IS 'Number of the status.';
COMMENT ON COLUMN marketplace.invoice_status_history.code IS 'Code.';
COMMENT ON COLUMN marketplace.invoice_status_history.label_fr IS 'Its name in French.';
COMMENT ON COLUMN marketplace.invoice_status_history.label_en IS 'Its name in English.';
COMMENT ON COLUMN marketplace.invoice_status_history.said_by IS 'platform, buyer or seller.';
COMMENT ON COLUMN marketplace.invoice_status_history.received IS 'Whether it came from a platform.';
COMMENT ON COLUMN marketplace.invoice_status_history.occurred_at IS 'When it holds from.';
COMMENT ON COLUMN marketplace.invoice_status_history.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN marketplace.invoice_status_history.reason IS 'Why.';
COMMENT ON COLUMN marketplace.invoice_status_history.reason_fr IS 'What the reason means, in French.';
COMMENT ON COLUMN marketplace.invoice_status_history.note IS 'Why, in words.';
COMMENT ON COLUMN marketplace.invoice_status_history.action IS 'What the sender asks for.';
COMMENT ON COLUMN marketplace.invoice_status_history.message_id IS 'Message that brought it.';
COMMENT ON COLUMN marketplace.invoice_status_history.flags IS 'What is wrong with it; empty: nothing.';
COMMENT ON COLUMN marketplace.invoice_status_history.cause_event_id IS 'Event that it follows from; NULL: recorded by a call.';
COMMENT ON COLUMN marketplace.invoice_status_history.cashed IS 'Sum of the amounts cashed in (MEN) that it states.';
COMMENT ON COLUMN marketplace.invoice_status_history.currency IS 'Their currency.';
COMMENT ON COLUMN marketplace.invoice_status_history.issuer_id IS 'Issuer of the document.';
COMMENT ON COLUMN marketplace.invoice_status_history.buyer_id IS 'Party that is invoiced.';

CREATE OR REPLACE VIEW marketplace.invoice_status_current WITH (security_invoker = true) AS
SELECT i.marketplace_id, i.id AS invoice_id, i.number, i.type_code, i.issue_date, i.issuer_id, i.buyer_id, s.code, c.label_fr, c.label_en, s.reason, s.occurred_at,
	COALESCE(c.closes, false) AS closed, x.disputed, COALESCE(x.flagged, 0) AS flagged, i.currency::text AS currency, marketplace.amount_value(i.gross) AS gross,
	COALESCE(a.cashed, 0) AS cashed, x.invoice_id IS NULL AS awaits_platform,
	CASE WHEN x.invoice_id IS NULL THEN i.recorded_at + '24 hours'::interval END AS submit_by
FROM marketplace.invoices i
LEFT JOIN LATERAL (
	SELECT s.code, s.reason, s.occurred_at FROM marketplace.invoice_statuses s WHERE s.marketplace_id = i.marketplace_id AND s.invoice_id = i.id
	ORDER BY s.occurred_at DESC, s.sequence DESC LIMIT 1
) AS s ON true
LEFT JOIN marketplace.invoice_status_codes c ON c.code = s.code
LEFT JOIN LATERAL (
	SELECT pg_catalog.max(s.invoice_id) AS invoice_id, pg_catalog.count(*) FILTER (WHERE pg_catalog.cardinality(s.flags) > 0) AS flagged,
		(pg_catalog.array_agg(s.code ORDER BY s.occurred_at DESC, s.sequence DESC) FILTER (WHERE s.said_by = 'buyer' AND s.code IN ('205', '206', '207', '210')))[1]
			= '207' AS disputed
	FROM marketplace.invoice_statuses s WHERE s.marketplace_id = i.marketplace_id AND s.invoice_id = i.id
) AS x ON true
LEFT JOIN LATERAL (
	SELECT marketplace.amount_value(marketplace.sum(a.amount)) AS cashed FROM marketplace.invoice_status_amounts a
	WHERE a.marketplace_id = i.marketplace_id AND a.invoice_id = i.id AND a.code = '212' AND a.kind = 'MEN'
) AS a ON true;
COMMENT ON VIEW marketplace.invoice_status_current IS 'Where each document stands in its life cycle: the status that holds from the latest instant.';
COMMENT ON COLUMN marketplace.invoice_status_current.marketplace_id IS 'Marketplace (tenant).';
COMMENT ON COLUMN marketplace.invoice_status_current.invoice_id IS 'Document.';
COMMENT ON COLUMN marketplace.invoice_status_current.number IS 'Its legal number.';
COMMENT ON COLUMN marketplace.invoice_status_current.type_code IS 'Its type, UNTDID 1001.';
COMMENT ON COLUMN marketplace.invoice_status_current.issue_date IS 'Date of issue.';
COMMENT ON COLUMN marketplace.invoice_status_current.issuer_id IS 'Issuer.';
COMMENT ON COLUMN marketplace.invoice_status_current.buyer_id IS 'Party that is invoiced.';
COMMENT ON COLUMN marketplace.invoice_status_current.code IS 'Code; NULL: no platform has said anything yet.';
COMMENT ON COLUMN marketplace.invoice_status_current.label_fr IS 'Its name in French.';
COMMENT ON COLUMN marketplace.invoice_status_current.label_en IS 'Its name in English.';
COMMENT ON COLUMN marketplace.invoice_status_current.reason IS 'Why.';
COMMENT ON COLUMN marketplace.invoice_status_current.occurred_at IS 'Since when.';
COMMENT ON COLUMN marketplace.invoice_status_current.closed IS 'Whether the life cycle has ended.';
COMMENT ON COLUMN marketplace.invoice_status_current.disputed IS 'Whether the buyer''s last word is that it is disputed; NULL: the buyer has said nothing.';
COMMENT ON COLUMN marketplace.invoice_status_current.flagged IS 'How many statuses were received with something wrong.';
COMMENT ON COLUMN marketplace.invoice_status_current.currency IS 'Currency of the amounts.';
COMMENT ON COLUMN marketplace.invoice_status_current.gross IS 'Total with VAT.';
COMMENT ON COLUMN marketplace.invoice_status_current.cashed IS 'Of it reported as cashed in (212); negative on credit notes.';
COMMENT ON COLUMN marketplace.invoice_status_current.awaits_platform IS 'No platform has said that it was submitted or rejected.';
COMMENT ON COLUMN marketplace.invoice_status_current.submit_by IS 'Then: until when it should have been (24 hours after issue, IV-69).';

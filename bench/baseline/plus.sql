-- P+: the reference P (plain.sql) with what marketplace.ledger_post() does besides moving money, by hand in idiomatic PL/pgSQL:
-- accounts named by kind and holder, a posting of several transfers given as one document and checked, who may post, a request
-- key that makes a retry harmless, and an outbox whose events are numbered and hash-chained per aggregate. To be run after plain.sql.
CREATE TABLE account_names(
  kind text NOT NULL,
  party_id bigint NOT NULL DEFAULT 0,
  order_line_id bigint NOT NULL DEFAULT 0,
  account_id bigint NOT NULL REFERENCES accounts,
  PRIMARY KEY (kind, party_id, order_line_id));
CREATE TABLE grants(
  role_name name NOT NULL,
  capacity text NOT NULL,
  PRIMARY KEY (role_name, capacity));
CREATE TABLE requests(
  request_key text PRIMARY KEY,
  role_name name NOT NULL,
  arguments_hash bytea NOT NULL,
  result bigint,
  recorded_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE events(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
  aggregate text NOT NULL,
  aggregate_id bigint NOT NULL,
  sequence int NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  request_key text,
  actor name NOT NULL DEFAULT session_user,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  hash bytea NOT NULL,
  UNIQUE (aggregate, aggregate_id, sequence));
CREATE INDEX events_feed ON events(xact, id);
CREATE SEQUENCE postings;

CREATE FUNCTION emit(p_aggregate text, p_id bigint, p_type text, p_payload jsonb, p_key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_sequence int; v_hash bytea; v_event bigint;
BEGIN
  SELECT sequence, hash INTO v_sequence, v_hash FROM events
   WHERE aggregate = p_aggregate AND aggregate_id = p_id ORDER BY sequence DESC LIMIT 1;
  v_sequence := COALESCE(v_sequence, 0) + 1;
  INSERT INTO events(aggregate, aggregate_id, sequence, type, payload, request_key, hash)
  VALUES (p_aggregate, p_id, v_sequence, p_type, p_payload, p_key,
          sha256(COALESCE(v_hash, '') || convert_to(concat_ws('|', p_aggregate, p_id, v_sequence, p_type, p_payload, now(), session_user), 'UTF8')))
  RETURNING id INTO v_event;
  RETURN v_event;
END $$;

CREATE FUNCTION named_account(d jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_id bigint;
BEGIN
  SELECT account_id INTO v_id FROM account_names
   WHERE kind = d->>'kind' AND party_id = COALESCE((d->>'party_id')::bigint, 0) AND order_line_id = COALESCE((d->>'order_line_id')::bigint, 0);
  IF NOT FOUND THEN RAISE EXCEPTION 'no account %', d; END IF;
  RETURN v_id;
END $$;

CREATE FUNCTION post(p_document jsonb, p_key text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_result bigint; v_hash bytea; v_former requests; v_transfer jsonb; v_id bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM grants WHERE role_name = session_user AND capacity = 'owner') THEN
    RAISE EXCEPTION 'role % may not post', session_user;
  END IF;
  IF p_key IS NOT NULL THEN
    v_hash := sha256(convert_to(p_document::text, 'UTF8'));
    INSERT INTO requests(request_key, role_name, arguments_hash) VALUES (p_key, session_user, v_hash) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      SELECT * INTO v_former FROM requests WHERE request_key = p_key;
      IF v_former.role_name <> session_user OR v_former.arguments_hash <> v_hash THEN
        RAISE EXCEPTION 'request key % was used for another call', p_key;
      END IF;
      RETURN v_former.result;
    END IF;
  END IF;
  IF p_document->>'reason' IS NULL OR jsonb_array_length(p_document->'transfers') = 0 THEN
    RAISE EXCEPTION 'a posting has a reason and at least one transfer';
  END IF;
  v_id := nextval('postings');
  PERFORM emit('posting', v_id, 'ledger.posted', jsonb_build_object('reason', p_document->>'reason',
    'note', p_document->>'note', 'transfers', jsonb_array_length(p_document->'transfers')), p_key);
  FOR v_transfer IN SELECT t FROM jsonb_array_elements(p_document->'transfers') t LOOP
    v_result := transfer(named_account(v_transfer->'debit'), named_account(v_transfer->'credit'),
                         (split_part(v_transfer->>'amount', ' ', 1)::numeric * 100)::bigint);
  END LOOP;
  IF p_key IS NOT NULL THEN UPDATE requests SET result = v_result WHERE request_key = p_key; END IF;
  RETURN v_result;
END $$;

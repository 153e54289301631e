-- Numbering by hand. P: a counter row and a document. P+: with rights, dates that do not decrease, a hash chain and an event, as
-- marketplace.series_issue() has. sequence: the document takes nextval(), with gaps when a transaction fails.
CREATE TABLE numbering(
  issuer bigint NOT NULL,
  root text NOT NULL,
  year int NOT NULL,
  last bigint NOT NULL DEFAULT 0,
  last_date date,
  head bytea,
  PRIMARY KEY (issuer, root, year)) WITH (fillfactor = 50);
CREATE TABLE numbered(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issuer bigint NOT NULL,
  root text NOT NULL,
  n bigint NOT NULL,
  number text NOT NULL,
  issue_date date NOT NULL,
  content jsonb NOT NULL,
  previous_hash bytea,
  hash bytea,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (issuer, number));
CREATE SEQUENCE numbers;
INSERT INTO numbering(issuer, root, year) VALUES (11, 'ONE', extract(year FROM now()));

CREATE FUNCTION number_plain(p_issuer bigint, p_root text, p_content jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_year int := extract(year FROM now()); v_n bigint; v_number text;
BEGIN
  UPDATE numbering SET last = last + 1 WHERE issuer = p_issuer AND root = p_root AND year = v_year RETURNING last INTO v_n;
  v_number := format('%s-%s-%s', p_root, v_year, lpad(v_n::text, 6, '0'));
  INSERT INTO numbered(issuer, root, n, number, issue_date, content) VALUES (p_issuer, p_root, v_n, v_number, now()::date, p_content);
  RETURN v_number;
END $$;

CREATE FUNCTION number_plus(p_issuer bigint, p_root text, p_content jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_year int := extract(year FROM now()); v_row numbering; v_number text; v_date date; v_hash bytea;
BEGIN
  IF NOT EXISTS (SELECT FROM grants WHERE role_name = session_user AND capacity = 'owner') THEN
    RAISE EXCEPTION 'role % may not number', session_user;
  END IF;
  SELECT * INTO v_row FROM numbering WHERE issuer = p_issuer AND root = p_root AND year = v_year FOR NO KEY UPDATE;
  v_date := GREATEST(now()::date, v_row.last_date);
  v_number := format('%s-%s-%s', p_root, v_year, lpad((v_row.last + 1)::text, 6, '0'));
  v_hash := sha256(COALESCE(v_row.head, '') || convert_to(concat_ws('|', p_issuer, p_root, v_number, v_date, p_content), 'UTF8'));
  INSERT INTO numbered(issuer, root, n, number, issue_date, content, previous_hash, hash)
  VALUES (p_issuer, p_root, v_row.last + 1, v_number, v_date, p_content, v_row.head, v_hash);
  UPDATE numbering SET last = last + 1, last_date = v_date, head = v_hash WHERE issuer = p_issuer AND root = p_root AND year = v_year;
  PERFORM emit('series', p_issuer, 'series.issued', jsonb_build_object('root', p_root, 'number', v_number), NULL);
  RETURN v_number;
END $$;

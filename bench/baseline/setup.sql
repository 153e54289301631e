-- Helpers of the runs in P and P+.
CREATE FUNCTION cpu() RETURNS numeric LANGUAGE sql VOLATILE AS $$
SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::numeric / 1000
$$;

-- CPU µs of one of n calls within one transaction; the arguments are made beforehand.
CREATE FUNCTION calls_plain(n int) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE v_pairs bigint[]; v_pair bigint[]; v_began numeric;
BEGIN
  SELECT array_agg(ARRAY[1 + a, 1 + (a + b) % 10000]) INTO v_pairs
    FROM (SELECT floor(random() * 10000)::bigint AS a, 1 + floor(random() * 9999)::bigint AS b FROM generate_series(1, n)) x;
  v_began := cpu();
  FOREACH v_pair SLICE 1 IN ARRAY v_pairs LOOP PERFORM transfer(v_pair[1], v_pair[2], 1); END LOOP;
  RETURN (cpu() - v_began) / n;
END $$;

CREATE FUNCTION calls_plus(n int) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE v_documents jsonb[]; v_document jsonb; v_began numeric;
BEGIN
  SELECT array_agg(jsonb_build_object('reason', 'transfer', 'note', 'bench', 'transfers', jsonb_build_array(jsonb_build_object(
      'debit', jsonb_build_object('kind', 'c_seller', 'party_id', 1 + a), 'credit', jsonb_build_object('kind', 'c_seller', 'party_id', 1 + (a + b) % 10000),
      'amount', '0.01 EUR'))))
    INTO v_documents
    FROM (SELECT floor(random() * 10000)::int AS a, 1 + floor(random() * 9999)::int AS b FROM generate_series(1, n)) x;
  v_began := cpu();
  FOREACH v_document IN ARRAY v_documents LOOP PERFORM post(v_document); END LOOP;
  RETURN (cpu() - v_began) / n;
END $$;

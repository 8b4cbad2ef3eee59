-- Up Migration

-- Requests per subject and minute, over all replicas. A subject is a SHA-256 of a tenant or of an address, cut to 128 bits. Unlogged: a
-- crash loses the counts of a minute.
CREATE UNLOGGED TABLE request_counts (
  minute bigint NOT NULL,
  subject bytea NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (minute, subject)
);

-- Adds counts, and returns the sums. The API calls it, and reads nothing else of the table. In one order, so that no two wait for each other.
CREATE FUNCTION count_requests(of_minute bigint, subjects bytea[], counts bigint[]) RETURNS TABLE (subject bytea, total bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  INSERT INTO request_counts AS known (minute, subject, count)
  SELECT of_minute, given.subject, given.count FROM unnest(subjects, counts) AS given (subject, count) ORDER BY given.subject
  ON CONFLICT (minute, subject) DO UPDATE SET count = known.count + excluded.count
  RETURNING known.subject, known.count
$$;

CREATE FUNCTION delete_old_request_counts(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  WITH deleted AS (
    DELETE FROM request_counts WHERE (minute, subject) IN (
      SELECT minute, subject FROM request_counts WHERE minute < extract(epoch FROM now()) / 60 - 10
      ORDER BY minute, subject LIMIT most FOR UPDATE SKIP LOCKED
    ) RETURNING minute
  )
  SELECT count(*) FROM deleted
$$;
REVOKE ALL ON FUNCTION count_requests, delete_old_request_counts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_requests, delete_old_request_counts TO promptops_api;

-- Down Migration

DROP FUNCTION count_requests, delete_old_request_counts;
DROP TABLE request_counts;

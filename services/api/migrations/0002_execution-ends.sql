-- Up Migration

-- How many executions have ended, by state. It is counted in the transaction that ends them, whoever does: a count that a worker
-- keeps in memory is lost when it is killed, and misses what the sweep fails and what tenants cancel.
CREATE TABLE execution_ends (
  state text NOT NULL CHECK (state IN ('succeeded', 'failed', 'cancelled')),
  -- Sessions count in different rows, so that few wait for each other. The sum is what counts.
  slot integer NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (state, slot)
);
INSERT INTO execution_ends VALUES ('succeeded', 0, 0), ('failed', 0, 0), ('cancelled', 0, 0);

-- Runs as its owner: who ends an execution may not write counts.
CREATE FUNCTION count_execution_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO execution_ends VALUES (NEW.state, pg_backend_pid() % 16, 1)
    ON CONFLICT (state, slot) DO UPDATE SET count = execution_ends.count + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER count_execution_end AFTER UPDATE ON executions FOR EACH ROW
  WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION count_execution_end();

GRANT SELECT ON execution_ends TO promptops_worker;

-- Down Migration

DROP TRIGGER count_execution_end ON executions;
DROP FUNCTION count_execution_end;
DROP TABLE execution_ends;

-- Up Migration

-- A 'contract' file, although no release wrote a lease elsewhere first: nothing is deployed before release 1.0 (docs/adr/0015).

-- Tables show their rows to the migrator for as long as they are moved.
ALTER TABLE executions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE execution_events NO FORCE ROW LEVEL SECURITY;

-- Days are UTC's. An execution's events are all kept under the day on which it was accepted, so that a reader looks at one day.
ALTER TABLE executions ADD COLUMN accepted_on date NOT NULL GENERATED ALWAYS AS ((created_at AT TIME ZONE 'UTC')::date) STORED;

-- The lease of an execution that runs: there is a row for as long as a worker has it. A streaming worker writes this row several
-- times a second, so it is narrow, and none of its indexes has a column that changes.
-- Locks are taken in one order: an execution before its lease, and several of a table by id. Who may skip a row skips it.
CREATE TABLE leases (
  execution_id uuid PRIMARY KEY REFERENCES executions ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  model text NOT NULL,
  accepted_on date NOT NULL,
  attempt integer NOT NULL,
  -- The execution's last event. Its own row says so again once it no longer runs.
  last_seq bigint NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE leases FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON leases USING (tenant_id = current_tenant());
CREATE POLICY worker ON leases TO promptops_worker USING (true);
-- A tenant that cancels takes the lease away.
GRANT SELECT, DELETE ON leases TO promptops_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON leases TO promptops_worker;

UPDATE executions SET state = 'queued', lease_expires_at = NULL WHERE state = 'running';
ALTER TABLE executions DROP COLUMN lease_expires_at;
CREATE INDEX executions_late ON executions (deadline_at) WHERE state = 'queued';

-- Events, a partition per day. They have no foreign key: each is inserted by a statement that has locked its execution or its lease,
-- and the key would lock the execution's row for every piece of output. An execution must go no earlier than its day.
ALTER TABLE execution_events RENAME TO execution_events_before;
ALTER INDEX execution_events_pkey RENAME TO execution_events_before_pkey;
CREATE TABLE execution_events (
  accepted_on date NOT NULL,
  execution_id uuid NOT NULL,
  seq bigint NOT NULL,
  tenant_id uuid NOT NULL,
  attempt integer NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (accepted_on, execution_id, seq)
) PARTITION BY RANGE (accepted_on);
ALTER TABLE execution_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON execution_events USING (tenant_id = current_tenant());
CREATE POLICY worker ON execution_events TO promptops_worker USING (true);
GRANT SELECT, INSERT ON execution_events TO promptops_api, promptops_worker;

-- Makes the partition of a day; NULL when it exists. Attaching one waits for no reader or writer, creating one in place would.
-- Nobody has a privilege on a partition, and its own row-level security, without a policy, shows nothing to its owner either.
CREATE FUNCTION create_event_partition(day date) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  name text := 'execution_events_' || to_char(day, 'YYYYMMDD');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('create_event_partition'));
  IF to_regclass('public.' || name) IS NOT NULL THEN
    RETURN NULL;
  END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.execution_events INCLUDING DEFAULTS)', name);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  EXECUTE format(
    'ALTER TABLE public.execution_events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', name, day, day + 1);
  RETURN name;
END $$;

-- Makes the partitions of today and the two weeks after it; returns those that were missing. It runs as its owner and takes no argument:
-- that is all of the schema that a worker may change.
CREATE FUNCTION create_event_partitions() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT name FROM (
    SELECT public.create_event_partition((now() AT TIME ZONE 'UTC')::date + ahead) AS name FROM generate_series(0, 14) AS ahead
  ) AS made WHERE name IS NOT NULL
$$;
REVOKE ALL ON FUNCTION create_event_partition, create_event_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION create_event_partitions TO promptops_worker;

SELECT create_event_partition(accepted_on) FROM (SELECT DISTINCT accepted_on FROM executions) AS days;
SELECT create_event_partitions();
INSERT INTO execution_events (accepted_on, execution_id, seq, tenant_id, attempt, type, data, created_at)
  SELECT accepted_on, execution_id, seq, event.tenant_id, event.attempt, type, data, event.created_at
  FROM execution_events_before AS event JOIN executions ON executions.id = execution_id;
DROP TABLE execution_events_before;

ALTER TABLE executions FORCE ROW LEVEL SECURITY;
ALTER TABLE execution_events FORCE ROW LEVEL SECURITY;

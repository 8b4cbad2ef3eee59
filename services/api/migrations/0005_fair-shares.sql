-- Up Migration

ALTER TABLE tenants
  -- Starts that the tenant gets for each one of a tenant with weight 1, while both wait.
  ADD COLUMN weight double precision NOT NULL DEFAULT 1 CHECK (weight > 0),
  -- Bytes of prompts that may wait or run at once.
  ADD COLUMN max_bytes bigint NOT NULL DEFAULT 268435456 CHECK (max_bytes > 0);
-- Workers see how tenants share, and not their names.
GRANT SELECT (id, weight) ON tenants TO promptops_worker;
CREATE POLICY worker ON tenants FOR SELECT TO promptops_worker USING (true);

ALTER TABLE executions ADD COLUMN bytes integer NOT NULL GENERATED ALWAYS AS (octet_length(messages::text)) STORED;

-- A claim goes from tenant to tenant, and takes the first of each: it never sorts what waits.
DROP INDEX executions_waiting;
CREATE INDEX executions_queued ON executions (model, tenant_id, due_at) WHERE state = 'queued';
DROP INDEX executions_unfinished;
CREATE INDEX executions_unfinished ON executions (tenant_id) INCLUDE (bytes) WHERE state IN ('queued', 'running');

-- Start-time fair queueing, by endpoint. A tenant's next execution begins where its last one ended, each 1/weight long, or at what the
-- endpoint serves now if that is later: who was idle saves nothing up. The lowest beginning is taken first.
CREATE TABLE turns (
  endpoint text NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  began double precision NOT NULL,
  ended double precision NOT NULL,
  PRIMARY KEY (endpoint, tenant_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- How fast an endpoint starts executions while some wait for it: a row for as long as some do. Starts and time are halved every two
-- minutes, so that the last ones count.
CREATE TABLE paces (
  endpoint text PRIMARY KEY,
  since timestamptz NOT NULL,
  starts double precision NOT NULL,
  -- Of the tenants that wait, together.
  weights double precision NOT NULL
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE ON turns TO promptops_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON paces TO promptops_worker;
-- The API tells from it whether an execution can start before its deadline. It names no tenant.
GRANT SELECT ON paces TO promptops_api;

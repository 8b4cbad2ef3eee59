-- Up Migration

-- Exports that are written to objects below `exports/` of their tenant, and downloaded from there for a day (docs/adr/0028).
CREATE TABLE exports (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  kind text NOT NULL CHECK (kind IN ('usage', 'audit')),
  -- What is exported, as it was asked for.
  parameters jsonb NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  -- A process that writes it gives up before. Whoever finds it unfinished after this time begins again.
  writing_until timestamptz,
  -- Of the object; NULL when the export failed.
  sha256 text,
  bytes bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CHECK ((sha256 IS NULL) = (bytes IS NULL)),
  CHECK (finished_at IS NOT NULL OR sha256 IS NULL),
  CHECK (finished_at IS NULL OR writing_until IS NULL)
);
CREATE INDEX exports_by_age ON exports (tenant_id, created_at, id);
CREATE INDEX exports_unfinished ON exports (created_at) WHERE finished_at IS NULL;
CREATE INDEX exports_finished ON exports (finished_at) WHERE finished_at IS NOT NULL;
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON exports USING (tenant_id = current_tenant());
CREATE POLICY worker ON exports TO promptops_worker USING (true);
-- What begins exports runs as it, for any tenant.
CREATE POLICY owner ON exports TO CURRENT_USER USING (true);
GRANT SELECT, INSERT (tenant_id, kind, parameters), UPDATE (writing_until, sha256, bytes, finished_at) ON exports TO promptops_api;
GRANT SELECT, DELETE ON exports TO promptops_worker;

-- Begins the export that has waited longest, for fifteen minutes, or nothing. One that was begun five times without an end has failed. Nothing
-- is begun for a tenant that is to be erased.
CREATE FUNCTION begin_export() RETURNS SETOF exports LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE exports SET finished_at = now(), writing_until = NULL WHERE id IN (
    SELECT id FROM exports WHERE finished_at IS NULL AND attempt >= 5 AND writing_until < now() FOR UPDATE SKIP LOCKED
  );
  RETURN QUERY UPDATE exports SET attempt = attempt + 1, writing_until = now() + interval '15 minutes' WHERE id = (
    SELECT id FROM exports AS waiting
    WHERE finished_at IS NULL AND attempt < 5 AND (writing_until IS NULL OR writing_until < now())
      AND NOT EXISTS (SELECT FROM erasures WHERE tenant_id = waiting.tenant_id AND user_id IS NULL)
    ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
  ) RETURNING *;
END $$;
REVOKE ALL ON FUNCTION begin_export FROM PUBLIC;
GRANT EXECUTE ON FUNCTION begin_export TO promptops_api;

-- As before, with exports that are written.
CREATE OR REPLACE FUNCTION holds_objects(tenant uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM archives WHERE tenant_id = tenant AND writing_until > now())
    OR EXISTS (SELECT FROM files WHERE tenant_id = tenant AND upload_until > now())
    OR EXISTS (SELECT FROM exports WHERE tenant_id = tenant AND writing_until > now())
$$;

-- As before, with exports.
CREATE OR REPLACE FUNCTION tables_to_erase() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public AS $$
  SELECT ARRAY[
    'idempotency_keys', 'api_keys', 'users', 'experiment_scores', 'experiment_results', 'experiments',
    'dataset_items', 'datasets', 'evaluators', 'prompts', 'workflows', 'custom_models', 'token_usage', 'turns',
    'usage_outbox', 'usage_events', 'usage_hours', 'webhook_endpoints', 'webhook_events', 'budget_notices',
    'archived_executions', 'archives', 'files', 'exports'
  ]
$$;

-- Down Migration

CREATE OR REPLACE FUNCTION tables_to_erase() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public AS $$
  SELECT ARRAY[
    'idempotency_keys', 'api_keys', 'users', 'experiment_scores', 'experiment_results', 'experiments',
    'dataset_items', 'datasets', 'evaluators', 'prompts', 'workflows', 'custom_models', 'token_usage', 'turns',
    'usage_outbox', 'usage_events', 'usage_hours', 'webhook_endpoints', 'webhook_events', 'budget_notices',
    'archived_executions', 'archives', 'files'
  ]
$$;
CREATE OR REPLACE FUNCTION holds_objects(tenant uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM archives WHERE tenant_id = tenant AND writing_until > now())
    OR EXISTS (SELECT FROM files WHERE tenant_id = tenant AND upload_until > now())
$$;
DROP FUNCTION begin_export;
DROP TABLE exports;

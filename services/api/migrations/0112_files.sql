-- Up Migration

-- Files of tenants are objects (docs/adr/0028), which clients upload with signed requests.
CREATE TABLE files (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  content_type text NOT NULL,
  bytes bigint NOT NULL,
  -- Until then, whoever has the signed request may write the object, or replace it.
  upload_until timestamptz NOT NULL,
  -- When the object was found first.
  uploaded_at timestamptz,
  -- Since then the API does not show it. A worker deletes the object after `upload_until`, and then the row.
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX files_by_age ON files (tenant_id, created_at, id);
CREATE INDEX files_not_uploaded ON files (created_at) WHERE uploaded_at IS NULL AND deleted_at IS NULL;
CREATE INDEX files_deleted ON files (upload_until) WHERE deleted_at IS NOT NULL;
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
ALTER TABLE files FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON files USING (tenant_id = current_tenant());
CREATE POLICY worker ON files TO promptops_worker USING (true);
GRANT SELECT, INSERT (id, tenant_id, name, content_type, bytes, upload_until), UPDATE (uploaded_at, deleted_at) ON files TO promptops_api;
GRANT SELECT, UPDATE (uploaded_at, deleted_at), DELETE ON files TO promptops_worker;

-- Limits of a tenant: the number of files, the bytes of one, and the bytes of all.
ALTER TABLE tenants
  ADD COLUMN max_files integer NOT NULL DEFAULT 1000,
  ADD COLUMN max_file_bytes bigint NOT NULL DEFAULT 26214400,
  ADD COLUMN max_stored_bytes bigint NOT NULL DEFAULT 1073741824;

-- As before, with files that may still be uploaded.
CREATE OR REPLACE FUNCTION holds_objects(tenant uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM archives WHERE tenant_id = tenant AND writing_until > now())
    OR EXISTS (SELECT FROM files WHERE tenant_id = tenant AND upload_until > now())
$$;

-- The tables whose rows an erasure deletes, in this order. What else belongs to a row goes with it, by foreign keys.
CREATE FUNCTION tables_to_erase() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public AS $$
  SELECT ARRAY[
    'idempotency_keys', 'api_keys', 'users', 'experiment_scores', 'experiment_results', 'experiments',
    'dataset_items', 'datasets', 'evaluators', 'prompts', 'workflows', 'custom_models', 'token_usage', 'turns',
    'usage_outbox', 'usage_events', 'usage_hours', 'webhook_endpoints', 'webhook_events', 'budget_notices',
    'archived_executions', 'archives', 'files'
  ]
$$;
REVOKE ALL ON FUNCTION tables_to_erase FROM PUBLIC;

-- As before, with the tables of that list.
CREATE OR REPLACE FUNCTION erase_next(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  erasure erasures;
  name text;
  count bigint;
BEGIN
  SELECT * INTO erasure FROM erasures
    WHERE finished_at IS NULL AND due_at <= now() AND (rows_erased_at IS NULL OR objects_erased_at IS NOT NULL)
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  PERFORM set_config('promptops.tenant', erasure.tenant_id::text, true);
  IF holds_objects(erasure.tenant_id) THEN
    UPDATE erasures SET due_at = now() + interval '10 seconds' WHERE id = erasure.id;
    RETURN 1;
  END IF;
  count := erase_executions(erasure.tenant_id, most);
  IF count = 0 THEN
    FOREACH name IN ARRAY tables_to_erase() LOOP
      EXECUTE format('DELETE FROM %I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE tenant_id = $1 LIMIT $2))', name, name)
        USING erasure.tenant_id, most;
      GET DIAGNOSTICS count = ROW_COUNT;
      EXIT WHEN count > 0;
    END LOOP;
  END IF;
  IF count = 0 THEN
    UPDATE tenants SET name = 'erased ' || id WHERE id = erasure.tenant_id;
  END IF;
  UPDATE erasures SET rows = rows + count, rows_erased_at = CASE count WHEN 0 THEN now() END,
    finished_at = CASE WHEN count = 0 AND objects_erased_at IS NOT NULL THEN now() END
    WHERE id = erasure.id;
  RETURN greatest(count, 1);
END $$;

-- Down Migration

CREATE OR REPLACE FUNCTION erase_next(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  erasure erasures;
  name text;
  count bigint;
BEGIN
  SELECT * INTO erasure FROM erasures
    WHERE finished_at IS NULL AND due_at <= now() AND (rows_erased_at IS NULL OR objects_erased_at IS NOT NULL)
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  PERFORM set_config('promptops.tenant', erasure.tenant_id::text, true);
  IF holds_objects(erasure.tenant_id) THEN
    UPDATE erasures SET due_at = now() + interval '10 seconds' WHERE id = erasure.id;
    RETURN 1;
  END IF;
  count := erase_executions(erasure.tenant_id, most);
  IF count = 0 THEN
    -- What else belongs to them goes with them, by foreign keys.
    FOREACH name IN ARRAY ARRAY['idempotency_keys', 'api_keys', 'users', 'experiment_scores', 'experiment_results', 'experiments',
      'dataset_items', 'datasets', 'evaluators', 'prompts', 'workflows', 'custom_models', 'token_usage', 'turns',
      'usage_outbox', 'usage_events', 'usage_hours', 'webhook_endpoints', 'webhook_events', 'budget_notices', 'archived_executions',
      'archives'] LOOP
      EXECUTE format('DELETE FROM %I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE tenant_id = $1 LIMIT $2))', name, name)
        USING erasure.tenant_id, most;
      GET DIAGNOSTICS count = ROW_COUNT;
      EXIT WHEN count > 0;
    END LOOP;
  END IF;
  IF count = 0 THEN
    UPDATE tenants SET name = 'erased ' || id WHERE id = erasure.tenant_id;
  END IF;
  UPDATE erasures SET rows = rows + count, rows_erased_at = CASE count WHEN 0 THEN now() END,
    finished_at = CASE WHEN count = 0 AND objects_erased_at IS NOT NULL THEN now() END
    WHERE id = erasure.id;
  RETURN greatest(count, 1);
END $$;
DROP FUNCTION tables_to_erase;
CREATE OR REPLACE FUNCTION holds_objects(tenant uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM archives WHERE tenant_id = tenant AND writing_until > now())
$$;
ALTER TABLE tenants DROP COLUMN max_stored_bytes, DROP COLUMN max_file_bytes, DROP COLUMN max_files;
DROP TABLE files;

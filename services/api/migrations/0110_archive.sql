-- Up Migration

-- Executions that ended long ago are moved to objects (docs/adr/0028). An archive is one object: executions of a tenant that were accepted
-- on one day.
CREATE TABLE archives (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  day date NOT NULL,
  -- While one is written, its executions are still where they were. Whoever finds it after this time takes it for abandoned; after
  -- '-infinity' nobody completes it.
  writing_until timestamptz,
  -- Of the whole object, once it is complete.
  sha256 text,
  bytes bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((writing_until IS NULL) = (sha256 IS NOT NULL AND bytes IS NOT NULL))
);
CREATE INDEX archives_by_age ON archives (tenant_id, created_at, id);
CREATE INDEX archives_unfinished ON archives (writing_until) WHERE writing_until IS NOT NULL;

-- Where an execution is: a gzip member of the archive's object. NULL while the archive is written.
CREATE TABLE archived_executions (
  execution_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants,
  archive_id uuid NOT NULL REFERENCES archives ON DELETE CASCADE,
  start bigint,
  length integer
);
CREATE INDEX archived_executions_of_archive ON archived_executions (archive_id);
CREATE INDEX archived_executions_of_tenant ON archived_executions (tenant_id, execution_id);

-- What may be archived, from the one that ended first. What an experiment executed is read with its scores, and a dead letter waits for a
-- person.
CREATE INDEX executions_to_archive ON executions (finished_at)
  WHERE parent_id IS NULL AND experiment_id IS NULL AND quarantined_at IS NULL AND finished_at IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['archives', 'archived_executions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
    EXECUTE format('CREATE POLICY worker ON %I TO promptops_worker USING (true)', name);
    EXECUTE format('GRANT SELECT ON %I TO promptops_api, promptops_worker', name);
  END LOOP;
END $$;
GRANT INSERT, UPDATE (writing_until), DELETE ON archives TO promptops_worker;
GRANT INSERT ON archived_executions TO promptops_worker;
GRANT EXECUTE ON FUNCTION execution_events_after TO promptops_worker;

-- Ends an archive whose object is written and was read back: says where each execution is in it, and deletes them from here, in one
-- transaction. False when the archive is no longer the caller's, or an execution is gone: then nothing has changed.
CREATE FUNCTION complete_archive(archive uuid, checksum text, size bigint, ids uuid[], starts bigint[], lengths integer[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  tenant uuid;
  found uuid[];
BEGIN
  tenant := begin_as_tenant_of_archive(archive);
  IF tenant IS NULL THEN
    RETURN false;
  END IF;
  found := ARRAY(SELECT id FROM executions WHERE id = ANY (ids) AND finished_at IS NOT NULL ORDER BY id FOR UPDATE);
  -- Nor may a child have been added, or left out.
  IF cardinality(found) <> cardinality(ids)
    OR EXISTS (SELECT FROM executions WHERE parent_id = ANY (ids) AND id <> ALL (ids))
    OR (SELECT count(*) FROM archived_executions WHERE archive_id = archive AND execution_id = ANY (ids)) <> cardinality(ids) THEN
    RETURN false;
  END IF;
  UPDATE archived_executions SET start = given.start, length = given.length
    FROM unnest(ids, starts, lengths) AS given (id, start, length) WHERE execution_id = given.id AND archive_id = archive;
  DELETE FROM execution_events AS event USING executions
    WHERE executions.id = ANY (ids) AND event.accepted_on = executions.accepted_on AND event.execution_id = executions.id;
  DELETE FROM executions WHERE id = ANY (ids);
  UPDATE archives SET writing_until = NULL, sha256 = checksum, bytes = size WHERE id = archive;
  RETURN true;
END $$;

-- Locks an archive that is still written in time, and becomes its tenant; NULL when it is not. The owner of the tables sees one tenant at a
-- time too, so the id of the tenant is told by a policy of its own.
CREATE POLICY archiver ON archives FOR SELECT TO CURRENT_USER USING (writing_until IS NOT NULL);
CREATE FUNCTION begin_as_tenant_of_archive(archive uuid) RETURNS uuid LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  tenant uuid;
BEGIN
  SELECT tenant_id INTO tenant FROM archives WHERE id = archive AND writing_until > now();
  PERFORM set_config('promptops.tenant', tenant::text, true);
  PERFORM FROM archives WHERE id = archive AND writing_until > now() FOR UPDATE;
  RETURN CASE WHEN FOUND THEN tenant END;
END $$;
REVOKE ALL ON FUNCTION complete_archive, begin_as_tenant_of_archive FROM PUBLIC;
GRANT EXECUTE ON FUNCTION complete_archive TO promptops_worker;

-- An erasure deletes rows first, and then objects; it ends when both are gone.
ALTER TABLE erasures ADD COLUMN rows_erased_at timestamptz, ADD COLUMN objects_erased_at timestamptz;

-- Whether somebody may still write an object of a tenant.
CREATE FUNCTION holds_objects(tenant uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM archives WHERE tenant_id = tenant AND writing_until > now())
$$;

-- As before, with archives. Nothing is deleted while an object may still be written, or it would stay behind.
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

-- The tenants whose rows are erased, and whose objects are to be deleted.
CREATE FUNCTION tenants_with_objects_to_erase() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT tenant_id FROM erasures WHERE rows_erased_at IS NOT NULL AND objects_erased_at IS NULL
$$;

-- Says that the objects of a tenant are deleted, and lets its erasure end.
CREATE FUNCTION objects_erased(tenant uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE erasures SET objects_erased_at = now() WHERE tenant_id = tenant AND rows_erased_at IS NOT NULL AND objects_erased_at IS NULL
$$;
REVOKE ALL ON FUNCTION holds_objects, tenants_with_objects_to_erase, objects_erased FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_objects_to_erase, objects_erased TO promptops_api;

-- Down Migration

CREATE OR REPLACE FUNCTION erase_next(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  erasure erasures;
  name text;
  count bigint;
BEGIN
  SELECT * INTO erasure FROM erasures WHERE finished_at IS NULL AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  PERFORM set_config('promptops.tenant', erasure.tenant_id::text, true);
  count := erase_executions(erasure.tenant_id, most);
  IF count = 0 THEN
    -- What else belongs to them goes with them, by foreign keys.
    FOREACH name IN ARRAY ARRAY['idempotency_keys', 'api_keys', 'users', 'experiment_scores', 'experiment_results', 'experiments',
      'dataset_items', 'datasets', 'evaluators', 'prompts', 'workflows', 'custom_models', 'token_usage', 'turns',
      'usage_outbox', 'usage_events', 'usage_hours', 'webhook_endpoints', 'webhook_events', 'budget_notices'] LOOP
      EXECUTE format('DELETE FROM %I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE tenant_id = $1 LIMIT $2))', name, name)
        USING erasure.tenant_id, most;
      GET DIAGNOSTICS count = ROW_COUNT;
      EXIT WHEN count > 0;
    END LOOP;
  END IF;
  IF count = 0 THEN
    UPDATE tenants SET name = 'erased ' || id WHERE id = erasure.tenant_id;
  END IF;
  UPDATE erasures SET rows = rows + count, finished_at = CASE count WHEN 0 THEN now() END WHERE id = erasure.id;
  RETURN greatest(count, 1);
END $$;
DROP FUNCTION objects_erased, tenants_with_objects_to_erase, holds_objects;
ALTER TABLE erasures DROP COLUMN objects_erased_at, DROP COLUMN rows_erased_at;
DROP FUNCTION complete_archive, begin_as_tenant_of_archive;
REVOKE EXECUTE ON FUNCTION execution_events_after FROM promptops_worker;
DROP INDEX executions_to_archive;
DROP TABLE archived_executions, archives;

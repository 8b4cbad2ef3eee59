-- Up Migration

-- What was erased, and when. It holds ids alone: nothing says any more whose they were.
CREATE TABLE erasures (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  -- NULL: the whole tenant.
  user_id uuid,
  -- The operator's key, the API key or the user that asked for it.
  requested_by uuid NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  -- Not before: replicas trust a credential for some seconds, and a request that began with one may still write.
  due_at timestamptz NOT NULL DEFAULT now() + interval '1 minute',
  finished_at timestamptz,
  -- Rows that were deleted, without those that a foreign key deletes along.
  rows bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX erasures_of_tenant ON erasures (tenant_id) WHERE user_id IS NULL;
CREATE INDEX erasures_due ON erasures (due_at) WHERE finished_at IS NULL;
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON erasures FOR INSERT TO promptops_api WITH CHECK (tenant_id = current_tenant() AND user_id IS NOT NULL);
CREATE POLICY operator ON erasures TO promptops_api
  USING (EXISTS (
    SELECT FROM operator_keys
    WHERE hash = decode(nullif(current_setting('promptops.operator_key', true), ''), 'hex') AND revoked_at IS NULL
  ));
CREATE POLICY eraser ON erasures TO CURRENT_USER USING (true);
CREATE POLICY eraser ON tenants TO CURRENT_USER
  USING (id IN (SELECT tenant_id FROM erasures WHERE user_id IS NULL AND finished_at IS NULL));
GRANT SELECT, INSERT (tenant_id, user_id, requested_by, finished_at) ON erasures TO promptops_api;

-- Deleting what others refer to looks for what refers to it.
CREATE INDEX executions_of_prompt ON executions (prompt_id) WHERE prompt_id IS NOT NULL;
CREATE INDEX executions_of_workflow ON executions (workflow_id) WHERE workflow_id IS NOT NULL;
CREATE INDEX idempotency_keys_of_execution ON idempotency_keys (execution_id);

-- Deletes executions of the current tenant with all that is kept under their ids, but at most 5,000 events; returns how many rows. Children go
-- before their parent. They are locked first: then nobody adds an event or a child.
CREATE FUNCTION erase_executions(tenant uuid, most integer) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  max_events CONSTANT integer := 5000;
  ids uuid[];
  events bigint;
  count bigint;
BEGIN
  ids := ARRAY(
    SELECT child.id FROM executions AS parent JOIN executions AS child ON child.parent_id = parent.id
    WHERE parent.tenant_id = tenant AND parent.parent_id IS NULL ORDER BY child.id LIMIT most FOR UPDATE OF child);
  IF ids = '{}' THEN
    ids := ARRAY(
      SELECT id FROM executions WHERE tenant_id = tenant AND parent_id IS NULL
      ORDER BY created_at DESC, id DESC LIMIT most FOR UPDATE);
    -- Children that were added before their parent was locked.
    IF EXISTS (SELECT FROM executions WHERE parent_id = ANY (ids)) THEN
      ids := ARRAY(SELECT id FROM executions WHERE parent_id = ANY (ids) ORDER BY id FOR UPDATE);
    END IF;
  END IF;
  DELETE FROM leases WHERE execution_id = ANY (ids);
  DELETE FROM execution_events WHERE (accepted_on, execution_id, seq) IN (
    SELECT event.accepted_on, execution_id, event.seq FROM executions
    JOIN execution_events AS event ON event.accepted_on = executions.accepted_on AND execution_id = executions.id
    WHERE executions.id = ANY (ids) LIMIT max_events);
  GET DIAGNOSTICS events = ROW_COUNT;
  IF events = max_events THEN
    RETURN events;
  END IF;
  DELETE FROM checkpoint_writes WHERE thread_id = ANY (ids::text[]);
  DELETE FROM checkpoint_blobs WHERE thread_id = ANY (ids::text[]);
  DELETE FROM checkpoints WHERE thread_id = ANY (ids::text[]);
  DELETE FROM executions WHERE id = ANY (ids);
  GET DIAGNOSTICS count = ROW_COUNT;
  RETURN events + count;
END $$;

-- Takes the next step of an erasure that is due, and returns how many rows that deleted, at least 1; 0 when none is due. Each step is a transaction,
-- so that whoever is killed leaves the rest to others. The tenant's row stays, without its name: its id is never used again.
CREATE FUNCTION erase_next(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
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
    FOREACH name IN ARRAY ARRAY['idempotency_keys', 'api_keys', 'users', 'prompts', 'workflows', 'custom_models', 'token_usage', 'turns'] LOOP
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

-- Deletes a user of the current tenant, with its sessions and its invitation. Returns whether there was one.
CREATE FUNCTION erase_user(erased uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM users WHERE id = erased;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION erase_executions, erase_next, erase_user FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_next, erase_user TO promptops_api;

-- Down Migration

DROP FUNCTION erase_user, erase_next, erase_executions;
DROP INDEX idempotency_keys_of_execution, executions_of_workflow, executions_of_prompt;
DROP POLICY eraser ON tenants;
DROP TABLE erasures;

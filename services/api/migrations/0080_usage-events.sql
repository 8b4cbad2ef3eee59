-- Up Migration

-- One event for each attempt and each execution that ended, but those of workflows, written in the transaction that ends it. It is handed over,
-- and then deleted: an event may be handed over twice, and none is lost.
CREATE TABLE usage_outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  event jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  -- A dead letter: who counts has refused it, and would again.
  refused boolean NOT NULL DEFAULT false
-- Rows live for a second: vacuum follows their number, not the size of the table.
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX usage_outbox_waiting ON usage_outbox (position) WHERE NOT refused;
CREATE INDEX usage_outbox_of_tenant ON usage_outbox (tenant_id);
CREATE INDEX usage_outbox_refused ON usage_outbox (position) WHERE refused;
ALTER TABLE usage_outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON usage_outbox TO CURRENT_USER USING (true);
CREATE POLICY analytics ON usage_outbox TO promptops_analytics USING (true);
GRANT SELECT, DELETE, UPDATE (refused) ON usage_outbox TO promptops_analytics;

-- Tokens and cost are what this end adds, as in token_usage. Runs as its owner: who ends an execution may not write events.
CREATE FUNCTION record_usage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  used jsonb := coalesce(NEW.usage, '{}');
  before jsonb := coalesce(OLD.usage, '{}');
BEGIN
  INSERT INTO usage_outbox (tenant_id, event) VALUES (NEW.tenant_id, jsonb_build_object(
    'id', gen_random_uuid(), 'at', now(), 'tenant', NEW.tenant_id, 'execution', NEW.id,
    'prompt', NEW.prompt_id, 'promptVersion', NEW.prompt_version, 'attempt', NEW.attempt,
    'model', shown_model(OLD.model), 'ownModel', OLD.model LIKE 'custom/%',
    'outcome', CASE NEW.state WHEN 'queued' THEN 'retried' ELSE NEW.state END,
    'called', OLD.state = 'running' AND NEW.cached_from IS NULL, 'cached', NEW.cached_from IS NOT NULL,
    'promptTokens', coalesce((used->>'promptTokens')::bigint, 0) - coalesce((before->>'promptTokens')::bigint, 0),
    'completionTokens', coalesce((used->>'completionTokens')::bigint, 0) - coalesce((before->>'completionTokens')::bigint, 0),
    'microUsd', coalesce(NEW.cost_micro_usd, 0) - coalesce(OLD.cost_micro_usd, 0)
  ));
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION record_usage FROM PUBLIC;
CREATE TRIGGER record_usage AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.workflow_id IS NULL AND OLD.finished_at IS NULL
    AND (NEW.finished_at IS NOT NULL OR (OLD.state = 'running' AND NEW.state = 'queued')))
  EXECUTE FUNCTION record_usage();

-- Events that were counted. An event that is delivered again is found here by its id, and is not counted again.
CREATE TABLE usage_events (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  ended_at timestamptz NOT NULL,
  execution_id uuid NOT NULL,
  -- NULL where messages were sent without a prompt.
  prompt_id uuid,
  prompt_version integer,
  attempt integer NOT NULL,
  model text NOT NULL,
  own_model boolean NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'retried')),
  called boolean NOT NULL,
  cached boolean NOT NULL,
  prompt_tokens bigint NOT NULL CHECK (prompt_tokens >= 0),
  completion_tokens bigint NOT NULL CHECK (completion_tokens >= 0),
  cost_micro_usd bigint NOT NULL CHECK (cost_micro_usd >= 0)
);
CREATE INDEX usage_events_of_tenant ON usage_events (tenant_id, ended_at, id);
CREATE INDEX usage_events_by_age ON usage_events (ended_at);

-- The sums of those events by tenant, hour (UTC) and model. They are kept when events are deleted.
CREATE TABLE usage_hours (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  model text NOT NULL,
  -- Attempts that asked the model, and answers that were given again without asking it.
  calls bigint NOT NULL,
  cached bigint NOT NULL,
  -- Executions by how they ended.
  succeeded bigint NOT NULL,
  failed bigint NOT NULL,
  cancelled bigint NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  PRIMARY KEY (tenant_id, hour, model)
) WITH (fillfactor = 50);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['usage_events', 'usage_hours'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
    EXECUTE format('CREATE POLICY analytics ON %I TO promptops_analytics USING (true)', name);
    EXECUTE format('GRANT SELECT ON %I TO promptops_api', name);
  END LOOP;
END $$;
CREATE POLICY owner ON usage_events TO CURRENT_USER USING (true);
GRANT SELECT, INSERT ON usage_events TO promptops_analytics;
GRANT SELECT, INSERT, UPDATE ON usage_hours TO promptops_analytics;

-- Nothing is counted of a tenant that is erased, whenever its events arrive.
CREATE POLICY analytics ON erasures FOR SELECT TO promptops_analytics USING (user_id IS NULL);
GRANT SELECT (tenant_id, user_id) ON erasures TO promptops_analytics;

-- Counted events are kept for 90 days: so long is one that is delivered again known.
CREATE FUNCTION delete_old_usage_events(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  WITH deleted AS (
    DELETE FROM usage_events WHERE id IN (
      SELECT id FROM usage_events WHERE ended_at < now() - interval '90 days' ORDER BY ended_at LIMIT most FOR UPDATE SKIP LOCKED
    ) RETURNING id
  )
  SELECT count(*) FROM deleted
$$;
REVOKE ALL ON FUNCTION delete_old_usage_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_old_usage_events TO promptops_api;

-- As before, with what is counted.
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
    FOREACH name IN ARRAY ARRAY['idempotency_keys', 'api_keys', 'users', 'prompts', 'workflows', 'custom_models', 'token_usage', 'turns',
      'usage_outbox', 'usage_events', 'usage_hours'] LOOP
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

DROP FUNCTION delete_old_usage_events;
REVOKE SELECT (tenant_id, user_id) ON erasures FROM promptops_analytics;
DROP POLICY analytics ON erasures;
DROP TRIGGER record_usage ON executions;
DROP FUNCTION record_usage;
DROP TABLE usage_hours, usage_events, usage_outbox;

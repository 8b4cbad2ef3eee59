-- Up Migration

-- Where a tenant wants to be told of events (docs/adr/0027). Events and deliveries refer to an endpoint without a foreign key: what records an
-- event must not fail since an endpoint is deleted at that moment. They are deleted by age.
CREATE TABLE webhook_endpoints (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  url text NOT NULL,
  description text NOT NULL DEFAULT '',
  events text[] NOT NULL,
  -- The prompts and workflows whose executions it is told of; empty: all.
  subjects uuid[] NOT NULL DEFAULT '{}',
  include_output boolean NOT NULL DEFAULT false,
  -- When its attempts began to fail without a success since.
  failing_since timestamptz,
  disabled_at timestamptz,
  -- 'request': by its tenant. 'gone': it answered 410. 'failing': for days.
  disabled_reason text CHECK (disabled_reason IN ('request', 'gone', 'failing')),
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
CREATE INDEX webhook_endpoints_of_tenant ON webhook_endpoints (tenant_id, created_at DESC, id DESC);
CREATE INDEX webhook_endpoints_of_budgets ON webhook_endpoints (tenant_id) WHERE events @> '{budget.reached}' AND disabled_at IS NULL;

-- Secrets that sign, sealed under the key that key_id names. The API writes them and cannot read them.
CREATE TABLE webhook_secrets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
  sealed bytea NOT NULL,
  key_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Set when it is rotated: until then it signs too.
  expires_at timestamptz
);
CREATE UNIQUE INDEX webhook_secrets_current ON webhook_secrets (endpoint_id) WHERE expires_at IS NULL;
CREATE INDEX webhook_secrets_of_endpoint ON webhook_secrets (endpoint_id);
CREATE INDEX webhook_secrets_expired ON webhook_secrets (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX webhook_secrets_of_tenant ON webhook_secrets (tenant_id);

CREATE TABLE webhook_events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  type text NOT NULL,
  -- Ids, states, numbers and names of models: no output, which is read from the execution when it is sent.
  data jsonb NOT NULL,
  execution_id uuid,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_events_of_tenant ON webhook_events (tenant_id, created_at, id);
CREATE INDEX webhook_events_by_age ON webhook_events (created_at);

-- An event on its way to an endpoint.
CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id uuid NOT NULL REFERENCES webhook_events ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  -- Counts the attempts that were begun. What an attempt came to is written by its number, so that only the last one's counts.
  attempt integer NOT NULL DEFAULT 0,
  -- Failed attempts since it became pending.
  failures integer NOT NULL DEFAULT 0,
  pending_since timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL DEFAULT now(),
  -- A replica sends it until then.
  leased_until timestamptz,
  -- Of the last attempt.
  status integer,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CHECK ((state = 'pending') = (finished_at IS NULL)),
  CHECK (state = 'pending' OR leased_until IS NULL)
) WITH (fillfactor = 80);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint_id, due_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_leased ON webhook_deliveries (endpoint_id) WHERE leased_until IS NOT NULL;
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (pending_since) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_of_tenant ON webhook_deliveries (tenant_id, created_at, id);

CREATE TABLE webhook_attempts (
  delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
  number integer NOT NULL,
  tenant_id uuid NOT NULL,
  started_at timestamptz NOT NULL,
  milliseconds integer NOT NULL,
  -- NULL: no HTTP answer came.
  status integer,
  -- NULL: it was delivered.
  error text,
  -- The beginning of the answer's body.
  excerpt text,
  PRIMARY KEY (delivery_id, number)
);
CREATE INDEX webhook_attempts_of_tenant ON webhook_attempts (tenant_id, delivery_id, number);

-- Limits of the monthly budget that were reached: each once a month.
CREATE TABLE budget_notices (
  tenant_id uuid NOT NULL,
  month text NOT NULL,
  unit text NOT NULL CHECK (unit IN ('tokens', 'microUsd')),
  level text NOT NULL CHECK (level IN ('soft', 'hard')),
  reached_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, month, unit, level)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_secrets', 'webhook_events', 'webhook_deliveries', 'webhook_attempts',
    'budget_notices'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
    EXECUTE format('CREATE POLICY notifications ON %I TO promptops_notifications USING (true)', name);
    -- What records, expires and deletes runs as it, for any tenant.
    EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true)', name);
  END LOOP;
END $$;

GRANT SELECT, DELETE, INSERT (tenant_id, url, description, events, subjects, include_output),
  UPDATE (url, description, events, subjects, include_output, failing_since, disabled_at, disabled_reason)
  ON webhook_endpoints TO promptops_api;
GRANT SELECT (id, tenant_id, endpoint_id, created_at, expires_at), DELETE, INSERT (tenant_id, endpoint_id, sealed, key_id), UPDATE (expires_at)
  ON webhook_secrets TO promptops_api;
GRANT SELECT, INSERT (tenant_id, type, data) ON webhook_events TO promptops_api;
GRANT SELECT, INSERT (tenant_id, endpoint_id, event_id), UPDATE (state, failures, pending_since, due_at, leased_until, finished_at)
  ON webhook_deliveries TO promptops_api;
GRANT SELECT ON webhook_attempts, budget_notices TO promptops_api;

GRANT SELECT, UPDATE (failing_since, disabled_at, disabled_reason) ON webhook_endpoints TO promptops_notifications;
GRANT SELECT, UPDATE (sealed, key_id) ON webhook_secrets TO promptops_notifications;
GRANT SELECT ON webhook_events TO promptops_notifications;
GRANT SELECT, UPDATE (state, attempt, failures, due_at, leased_until, status, error, finished_at)
  ON webhook_deliveries TO promptops_notifications;
GRANT INSERT ON webhook_attempts TO promptops_notifications;
GRANT SELECT, INSERT (tenant_id, month, unit, level) ON budget_notices TO promptops_notifications;
-- It sends nothing of a suspended tenant, and compares usage with budgets.
CREATE POLICY notifications ON tenants FOR SELECT TO promptops_notifications USING (true);
GRANT SELECT (id, suspended_at, soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd, hard_monthly_micro_usd)
  ON tenants TO promptops_notifications;
CREATE POLICY notifications ON token_usage FOR SELECT TO promptops_notifications USING (true);
GRANT SELECT ON token_usage TO promptops_notifications;

-- Records an event with a delivery for each endpoint that is told of it; nothing when there is none. `execution` is the
-- one that it is about, whose output may be sent, and `subject` its prompt or workflow. Runs as its owner: who causes an event may not write deliveries.
CREATE FUNCTION record_webhook_event(tenant uuid, kind text, content jsonb, execution uuid DEFAULT NULL, subject uuid DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  endpoints uuid[] := ARRAY(
    SELECT id FROM webhook_endpoints
    WHERE tenant_id = tenant AND disabled_at IS NULL AND kind = ANY (events)
      AND (execution IS NULL OR subjects = '{}' OR subject = ANY (subjects)));
  event uuid;
BEGIN
  IF endpoints = '{}' THEN
    RETURN;
  END IF;
  INSERT INTO webhook_events (tenant_id, type, data, execution_id) VALUES (tenant, kind, content, execution) RETURNING id INTO event;
  INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id) SELECT tenant, unnest(endpoints), event;
END $$;

-- An execution that a workflow started for a node is no event: its workflow's end is. Nor is one of an experiment.
CREATE FUNCTION record_ended_execution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  -- Most tenants have none: nothing is built for them.
  IF NOT EXISTS (SELECT FROM webhook_endpoints WHERE tenant_id = NEW.tenant_id) THEN
    RETURN NULL;
  END IF;
  PERFORM record_webhook_event(NEW.tenant_id, 'execution.' || NEW.state, jsonb_build_object(
    'execution', NEW.id,
    'kind', CASE WHEN NEW.workflow_id IS NOT NULL THEN 'workflow' WHEN NEW.prompt_id IS NOT NULL THEN 'prompt' ELSE 'chat' END,
    'promptId', NEW.prompt_id, 'promptVersion', NEW.prompt_version,
    'workflowId', NEW.workflow_id, 'workflowVersion', NEW.workflow_version,
    'state', NEW.state, 'model', nullif(shown_model(NEW.model), ''), 'attempt', NEW.attempt, 'usage', NEW.usage,
    'cost', CASE WHEN NEW.cost_micro_usd IS NOT NULL THEN jsonb_build_object('microUsd', NEW.cost_micro_usd) END,
    'finishReason', NEW.finish_reason, 'error', CASE WHEN NEW.error IS NOT NULL THEN jsonb_build_object('code', NEW.error->>'code') END,
    'createdAt', to_char(NEW.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'finishedAt', to_char(NEW.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  ), NEW.id, coalesce(NEW.prompt_id, NEW.workflow_id));
  RETURN NULL;
END $$;
CREATE TRIGGER record_ended_execution AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.parent_id IS NULL AND NEW.experiment_id IS NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
  EXECUTE FUNCTION record_ended_execution();

-- What a delivery carries of its execution's output: at most so many characters, and nothing where its endpoint is not sent outputs.
CREATE FUNCTION webhook_output(delivery uuid, most integer) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  tenant uuid;
  execution uuid;
BEGIN
  SELECT event.tenant_id, event.execution_id INTO tenant, execution
    FROM webhook_deliveries JOIN webhook_events AS event ON event.id = event_id JOIN webhook_endpoints AS endpoint ON endpoint.id = endpoint_id
    WHERE webhook_deliveries.id = delivery AND include_output;
  PERFORM set_config('promptops.tenant', coalesce(tenant::text, ''), true);
  RETURN coalesce((
    SELECT jsonb_build_object('output', left(output, most), 'outputTruncated', coalesce(length(output) > most, false))
    FROM executions WHERE id = execution
  ), '{}');
END $$;

-- Endpoints that the platform itself disables are recorded as its own act.
CREATE FUNCTION record_disabled_webhook() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO audit_events (tenant_id, actor_kind, action, object_id, outcome, details)
    VALUES (NEW.tenant_id, 'system', 'webhook.disable', NEW.id, 'success', jsonb_build_object('reason', NEW.disabled_reason));
  RETURN NULL;
END $$;
CREATE TRIGGER record_disabled_webhook AFTER UPDATE OF disabled_reason ON webhook_endpoints FOR EACH ROW
  WHEN (OLD.disabled_reason IS NULL AND NEW.disabled_reason IN ('gone', 'failing')) EXECUTE FUNCTION record_disabled_webhook();

-- Deliveries that were pending for a week, such as those of disabled endpoints, have failed.
CREATE FUNCTION expire_webhook_deliveries(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH expired AS (
    UPDATE webhook_deliveries SET state = 'failed', error = 'expired', finished_at = now(), leased_until = NULL WHERE id IN (
      SELECT id FROM webhook_deliveries WHERE state = 'pending' AND pending_since < now() - interval '7 days'
      ORDER BY pending_since LIMIT most FOR UPDATE SKIP LOCKED
    ) RETURNING id
  )
  SELECT count(*) FROM expired
$$;

-- The log is kept for 30 days. Deliveries and attempts go with their event.
CREATE FUNCTION delete_old_webhook_events(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH deleted AS (
    DELETE FROM webhook_events WHERE id IN (
      SELECT id FROM webhook_events WHERE created_at < now() - interval '30 days' ORDER BY created_at LIMIT most FOR UPDATE SKIP LOCKED
    ) RETURNING id
  )
  SELECT count(*) FROM deleted
$$;

CREATE FUNCTION delete_expired_webhook_secrets(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  WITH deleted AS (
    DELETE FROM webhook_secrets WHERE id IN (
      SELECT id FROM webhook_secrets WHERE expires_at < now() ORDER BY expires_at LIMIT most FOR UPDATE SKIP LOCKED
    ) RETURNING id
  )
  SELECT count(*) FROM deleted
$$;

REVOKE ALL ON FUNCTION record_webhook_event, record_ended_execution, webhook_output, record_disabled_webhook, expire_webhook_deliveries,
  delete_old_webhook_events, delete_expired_webhook_secrets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_webhook_event, webhook_output TO promptops_notifications;
GRANT EXECUTE ON FUNCTION expire_webhook_deliveries, delete_old_webhook_events, delete_expired_webhook_secrets TO promptops_api;

-- As before, with webhooks.
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

DROP FUNCTION delete_expired_webhook_secrets, delete_old_webhook_events, expire_webhook_deliveries;
DROP TRIGGER record_disabled_webhook ON webhook_endpoints;
DROP FUNCTION record_disabled_webhook, webhook_output;
DROP TRIGGER record_ended_execution ON executions;
DROP FUNCTION record_ended_execution, record_webhook_event;
REVOKE SELECT ON token_usage FROM promptops_notifications;
DROP POLICY notifications ON token_usage;
REVOKE SELECT (id, suspended_at, soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd, hard_monthly_micro_usd)
  ON tenants FROM promptops_notifications;
DROP POLICY notifications ON tenants;
DROP TABLE budget_notices, webhook_attempts, webhook_deliveries, webhook_events, webhook_secrets, webhook_endpoints;

-- Up Migration

-- An experiment executes each candidate on each item of a dataset, and scores the outputs (docs/adr/0026).
CREATE TABLE experiments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  dataset_id uuid NOT NULL REFERENCES datasets ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'succeeded', 'failed', 'cancelled')),
  error jsonb,
  -- Of its dataset, when it was created.
  items integer NOT NULL DEFAULT 0,
  -- Of each execution.
  timeout_seconds integer NOT NULL,
  -- When there is something to do again. It also is whenever one of its executions has ended.
  due_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (tenant_id, name),
  CHECK ((state = 'running') = (finished_at IS NULL))
);
CREATE INDEX experiments_running ON experiments (tenant_id, due_at) WHERE state = 'running';
CREATE INDEX experiments_by_age ON experiments (tenant_id, created_at DESC, id DESC);
CREATE INDEX experiments_of_dataset ON experiments (dataset_id, created_at DESC);

-- Versions are found when an experiment is created. `label` says by which label, if it was one.
CREATE TABLE experiment_candidates (
  experiment_id uuid NOT NULL REFERENCES experiments ON DELETE CASCADE,
  candidate integer NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenants,
  prompt_id uuid NOT NULL,
  version integer NOT NULL,
  label text,
  model text NOT NULL,
  PRIMARY KEY (experiment_id, candidate),
  FOREIGN KEY (prompt_id, version) REFERENCES prompt_versions ON DELETE CASCADE
);
CREATE INDEX experiment_candidates_of_prompt ON experiment_candidates (prompt_id, version);

CREATE TABLE experiment_evaluators (
  experiment_id uuid NOT NULL REFERENCES experiments ON DELETE CASCADE,
  evaluator integer NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenants,
  evaluator_id uuid NOT NULL REFERENCES evaluators ON DELETE CASCADE,
  PRIMARY KEY (experiment_id, evaluator)
);
CREATE INDEX experiment_evaluators_of_evaluator ON experiment_evaluators (evaluator_id);

-- What became of each candidate on each item: they are written when the experiment is created, and fix which items it runs.
CREATE TABLE experiment_results (
  experiment_id uuid NOT NULL REFERENCES experiments ON DELETE CASCADE,
  item integer NOT NULL,
  candidate integer NOT NULL,
  tenant_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'executing', 'scoring', 'scored', 'failed', 'cancelled')),
  -- An execution is erased before what it was for.
  execution_id uuid UNIQUE,
  error jsonb,
  PRIMARY KEY (experiment_id, item, candidate)
);
CREATE INDEX experiment_results_unfinished ON experiment_results (experiment_id, state, item, candidate)
  WHERE state IN ('pending', 'executing', 'scoring');

-- A score from 0 to 1, or why there is none.
CREATE TABLE experiment_scores (
  experiment_id uuid NOT NULL,
  item integer NOT NULL,
  candidate integer NOT NULL,
  evaluator integer NOT NULL,
  tenant_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'executing', 'scored', 'failed', 'cancelled')),
  score double precision CHECK (score >= 0 AND score <= 1),
  -- What a judge says of it.
  reason text,
  error jsonb,
  -- The execution of a judge.
  execution_id uuid UNIQUE,
  PRIMARY KEY (experiment_id, item, candidate, evaluator),
  FOREIGN KEY (experiment_id, item, candidate) REFERENCES experiment_results ON DELETE CASCADE,
  CHECK ((state = 'scored') = (score IS NOT NULL))
);
CREATE INDEX experiment_scores_unfinished ON experiment_scores (experiment_id, state, item, candidate, evaluator)
  WHERE state IN ('waiting', 'executing');

-- The experiment that an execution was created for. NULL: a client created it.
ALTER TABLE executions ADD COLUMN experiment_id uuid;
CREATE INDEX executions_of_experiment ON executions (experiment_id, created_at DESC, id DESC) WHERE experiment_id IS NOT NULL;

-- Executions of experiments that have ended, until their outputs are scored.
CREATE TABLE evaluation_queue (
  execution_id uuid PRIMARY KEY REFERENCES executions ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  experiment_id uuid NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT now()
-- Rows live for a second: vacuum follows their number, not the size of the table.
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX evaluation_queue_of_experiment ON evaluation_queue (experiment_id, ended_at);
CREATE INDEX evaluation_queue_by_age ON evaluation_queue (ended_at);

-- Runs as its owner: who ends an execution may not write here. The notification only wakes; the row is what counts.
CREATE FUNCTION queue_evaluation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO evaluation_queue (execution_id, tenant_id, experiment_id) VALUES (NEW.id, NEW.tenant_id, NEW.experiment_id);
  PERFORM pg_notify('evaluations_due', '');
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION queue_evaluation FROM PUBLIC;
CREATE TRIGGER queue_evaluation AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.experiment_id IS NOT NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
  EXECUTE FUNCTION queue_evaluation();

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['experiments', 'experiment_candidates', 'experiment_evaluators', 'experiment_results', 'experiment_scores',
    'evaluation_queue'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['experiments', 'experiment_candidates', 'experiment_evaluators', 'experiment_results', 'experiment_scores'] LOOP
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO promptops_api', name);
  END LOOP;
END $$;
CREATE POLICY owner ON evaluation_queue TO CURRENT_USER USING (true);
-- A tenant that cancels an experiment ends what is left of it.
GRANT UPDATE (state, items, finished_at) ON experiments TO promptops_api;
GRANT UPDATE (state) ON experiment_results, experiment_scores TO promptops_api;

-- The evaluator sees one tenant at a time, as the API does, but for what is due.
CREATE POLICY evaluator ON experiments FOR SELECT TO promptops_evaluator USING (true);
CREATE POLICY evaluator ON evaluation_queue TO promptops_evaluator USING (true);
GRANT SELECT, DELETE ON evaluation_queue TO promptops_evaluator;
GRANT SELECT ON experiments, experiment_candidates, experiment_evaluators, experiment_results, experiment_scores, evaluators, dataset_items,
  prompt_versions, token_usage TO promptops_evaluator;
GRANT UPDATE (state, error, due_at, finished_at) ON experiments TO promptops_evaluator;
GRANT UPDATE (state, execution_id, error) ON experiment_results TO promptops_evaluator;
GRANT INSERT, UPDATE (state, score, reason, error, execution_id) ON experiment_scores TO promptops_evaluator;
-- What limits executions, and what they ended with.
GRANT SELECT (id, suspended_at, most_executions, max_bytes, soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd,
  hard_monthly_micro_usd) ON tenants TO promptops_evaluator;
GRANT SELECT (tenant_id, name, protocol, url, served_as, concurrency, context_length, max_output_tokens, price, fallbacks)
  ON custom_models TO promptops_evaluator;
GRANT SELECT (id, tenant_id, experiment_id, state, bytes, output, usage, cost_micro_usd, error, created_at, started_at, finished_at)
  ON executions TO promptops_evaluator;
GRANT INSERT (id, tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, trace, output_rules, use_cache, experiment_id)
  ON executions TO promptops_evaluator;

-- As before, with evaluations. What has many rows goes before what they belong to.
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
CREATE INDEX experiment_results_of_tenant ON experiment_results (tenant_id);
CREATE INDEX experiment_scores_of_tenant ON experiment_scores (tenant_id);

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
REVOKE INSERT (id, tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at, trace, output_rules, use_cache),
  SELECT (id, tenant_id, state, bytes, output, usage, cost_micro_usd, error, created_at, started_at, finished_at)
  ON executions FROM promptops_evaluator;
REVOKE SELECT (tenant_id, name, protocol, url, served_as, concurrency, context_length, max_output_tokens, price, fallbacks)
  ON custom_models FROM promptops_evaluator;
REVOKE SELECT (id, suspended_at, most_executions, max_bytes, soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd,
  hard_monthly_micro_usd) ON tenants FROM promptops_evaluator;
REVOKE SELECT ON evaluators, dataset_items, prompt_versions, token_usage FROM promptops_evaluator;
DROP TRIGGER queue_evaluation ON executions;
DROP FUNCTION queue_evaluation;
DROP TABLE evaluation_queue;
DROP INDEX executions_of_experiment;
ALTER TABLE executions DROP COLUMN experiment_id;
DROP TABLE experiment_scores, experiment_results, experiment_evaluators, experiment_candidates, experiments;

-- Up Migration

CREATE TABLE workflows (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  latest_version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);

CREATE TABLE workflow_versions (
  workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  tenant_id uuid NOT NULL REFERENCES tenants,
  graph jsonb NOT NULL,
  -- The prompt and version that each node stands for, by the node's name: the latest ones when the version was stored.
  prompts jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workflow_id, version)
);

-- An execution is of a prompt or of a workflow. For a workflow, `model` is empty and `messages` holds the inputs, so that claims,
-- shares and limits count both alike.
ALTER TABLE executions
  ALTER COLUMN prompt_id DROP NOT NULL,
  ALTER COLUMN prompt_version DROP NOT NULL,
  ADD COLUMN workflow_id uuid,
  ADD COLUMN workflow_version integer,
  -- The workflow's execution that a prompt is executed for, and for which node, element of a map and attempt of the node.
  ADD COLUMN parent_id uuid REFERENCES executions ON DELETE CASCADE,
  ADD COLUMN node text,
  ADD COLUMN item integer,
  ADD COLUMN node_attempt integer,
  -- Counts what a workflow waits for and has happened: a worker that leaves it knows whether it has seen all.
  ADD COLUMN wakes integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT executions_workflow_fkey FOREIGN KEY (workflow_id, workflow_version) REFERENCES workflow_versions,
  ADD CONSTRAINT executions_of_one CHECK ((prompt_id IS NULL) <> (workflow_id IS NULL)) NOT VALID,
  DROP CONSTRAINT executions_state_check,
  ADD CONSTRAINT executions_state_check
    CHECK (state IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')) NOT VALID;
-- A node makes each child once, however often it runs.
CREATE UNIQUE INDEX executions_children ON executions (parent_id, node, item, node_attempt);
CREATE INDEX executions_timed ON executions (due_at) WHERE state = 'waiting';
CREATE INDEX executions_waiting_late ON executions (deadline_at) WHERE state = 'waiting';
CREATE INDEX executions_workflows ON executions (state) WHERE workflow_id IS NOT NULL AND finished_at IS NULL;
DROP INDEX executions_unfinished;
CREATE INDEX executions_unfinished ON executions (tenant_id) INCLUDE (bytes) WHERE state IN ('queued', 'running', 'waiting');
DROP INDEX executions_of_tenant;
CREATE INDEX executions_of_tenant ON executions (tenant_id, created_at DESC, id DESC) WHERE parent_id IS NULL;

-- Nodes that have begun. What a person decides is written by the API, everything else by the worker that has the execution's lease.
CREATE TABLE workflow_nodes (
  execution_id uuid NOT NULL REFERENCES executions ON DELETE CASCADE,
  node text NOT NULL,
  tenant_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('executing', 'waiting', 'paused', 'completed', 'failed', 'skipped', 'cancelled')),
  attempt integer NOT NULL DEFAULT 1,
  -- When a wait is over.
  due_at timestamptz,
  error jsonb,
  decision text CHECK (decision IN ('approve', 'reject', 'retry', 'abort')),
  comment text,
  -- The API key with which it was decided.
  decided_by uuid,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (execution_id, node)
);

-- Queues a workflow that waits. One that a worker has is queued when the worker leaves it.
CREATE FUNCTION wake_workflow(of uuid) RETURNS void LANGUAGE sql SET search_path = pg_catalog, public AS $$
  UPDATE executions SET
    wakes = wakes + 1,
    state = CASE state WHEN 'waiting' THEN 'queued' ELSE state END,
    due_at = CASE state WHEN 'waiting' THEN now() ELSE due_at END
  WHERE id = of AND state IN ('queued', 'running', 'waiting')
$$;

CREATE FUNCTION wake_parent() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM wake_workflow(NEW.parent_id);
  RETURN NULL;
END $$;
CREATE TRIGGER wake_parent AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.parent_id IS NOT NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION wake_parent();

-- What belongs to a workflow ends with it, in the same transaction. Children are locked by a statement of its own: the next one sees
-- what was written meanwhile.
CREATE FUNCTION end_workflow() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  children uuid[];
BEGIN
  UPDATE workflow_nodes SET state = 'cancelled', finished_at = now()
    WHERE execution_id = NEW.id AND state IN ('executing', 'waiting', 'paused');
  children := ARRAY(SELECT id FROM executions WHERE parent_id = NEW.id AND finished_at IS NULL ORDER BY id FOR UPDATE);
  WITH freed AS (
    DELETE FROM leases WHERE execution_id = ANY (children) RETURNING execution_id, last_seq
  ), cancelled AS (
    UPDATE executions SET state = 'cancelled', finished_at = now(), last_seq = coalesce(
      (SELECT freed.last_seq FROM freed WHERE execution_id = id), last_seq) + 1
    WHERE id = ANY (children) RETURNING *
  )
  INSERT INTO execution_events (accepted_on, execution_id, tenant_id, seq, attempt, type, data)
    SELECT accepted_on, id, tenant_id, last_seq, attempt, 'job_cancelled', '{}' FROM cancelled;
  RETURN NULL;
END $$;
CREATE TRIGGER end_workflow AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.workflow_id IS NOT NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION end_workflow();

-- Prompts are counted, whoever asked for them; workflows are counted apart: a person may end one, and that is no failure of a worker.
CREATE TABLE workflow_ends (LIKE execution_ends INCLUDING ALL);
INSERT INTO workflow_ends VALUES ('succeeded', 0, 0), ('failed', 0, 0), ('cancelled', 0, 0);
DROP TRIGGER count_execution_end ON executions;
CREATE TRIGGER count_execution_end AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.workflow_id IS NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION count_execution_end();
CREATE FUNCTION count_workflow_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO workflow_ends VALUES (NEW.state, pg_backend_pid() % 16, 1)
    ON CONFLICT (state, slot) DO UPDATE SET count = workflow_ends.count + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER count_workflow_end AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.workflow_id IS NOT NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION count_workflow_end();

-- The tables of @langchain/langgraph-checkpoint-postgres 1.0.5, as its own `setup` makes them. A thread is an execution.
CREATE TABLE checkpoints (
  thread_id text NOT NULL,
  checkpoint_ns text NOT NULL DEFAULT '',
  checkpoint_id text NOT NULL,
  parent_checkpoint_id text,
  type text,
  checkpoint jsonb NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
);
CREATE TABLE checkpoint_blobs (
  thread_id text NOT NULL,
  checkpoint_ns text NOT NULL DEFAULT '',
  channel text NOT NULL,
  version text NOT NULL,
  type text NOT NULL,
  blob bytea,
  PRIMARY KEY (thread_id, checkpoint_ns, channel, version)
);
CREATE TABLE checkpoint_writes (
  thread_id text NOT NULL,
  checkpoint_ns text NOT NULL DEFAULT '',
  checkpoint_id text NOT NULL,
  task_id text NOT NULL,
  idx integer NOT NULL,
  channel text NOT NULL,
  type text,
  blob bytea NOT NULL,
  PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['workflows', 'workflow_versions', 'workflow_nodes', 'checkpoints', 'checkpoint_blobs', 'checkpoint_writes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['workflows', 'workflow_versions', 'workflow_nodes'] LOOP
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['workflow_nodes', 'checkpoints', 'checkpoint_blobs', 'checkpoint_writes'] LOOP
    EXECUTE format('CREATE POLICY worker ON %I TO promptops_worker USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO promptops_worker', name);
  END LOOP;
  -- A checkpoint names no tenant, so that the API sees none. This owner's function deletes those of what has ended.
  FOREACH name IN ARRAY ARRAY['checkpoints', 'checkpoint_blobs', 'checkpoint_writes'] LOOP
    EXECUTE format('CREATE POLICY ended ON %I TO CURRENT_USER USING (true)', name);
  END LOOP;
END $$;
CREATE FUNCTION delete_checkpoints() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM checkpoint_writes WHERE thread_id = NEW.id::text;
  DELETE FROM checkpoint_blobs WHERE thread_id = NEW.id::text;
  DELETE FROM checkpoints WHERE thread_id = NEW.id::text;
  RETURN NULL;
END $$;
CREATE TRIGGER delete_checkpoints AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.workflow_id IS NOT NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION delete_checkpoints();

GRANT SELECT, INSERT, UPDATE ON workflows TO promptops_api;
GRANT SELECT, INSERT ON workflow_versions TO promptops_api;
GRANT SELECT, UPDATE ON workflow_nodes TO promptops_api;
-- Workers execute prompts for workflows.
GRANT INSERT ON executions TO promptops_worker;
GRANT SELECT ON prompt_versions, workflow_versions, workflow_ends TO promptops_worker;
CREATE POLICY worker ON prompt_versions FOR SELECT TO promptops_worker USING (true);
CREATE POLICY worker ON workflow_versions FOR SELECT TO promptops_worker USING (true);

-- Up Migration

-- A row belongs to a tenant, and a session sees the rows of the tenant that it has set, as the tables' owner too.

CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE
  RETURN nullif(current_setting('promptops.tenant', true), '')::uuid;

CREATE TABLE tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE,
  -- Executions that may wait or run at once; more are refused until some have ended.
  most_executions integer NOT NULL DEFAULT 10000 CHECK (most_executions > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  -- SHA-256 of the key: the key itself is shown once and kept nowhere.
  hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE TABLE prompts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  latest_version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);

CREATE TABLE prompt_versions (
  prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  tenant_id uuid NOT NULL REFERENCES tenants,
  model text NOT NULL,
  messages jsonb NOT NULL,
  variables jsonb NOT NULL,
  parameters jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (prompt_id, version)
);

CREATE TABLE executions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  prompt_id uuid NOT NULL,
  prompt_version integer NOT NULL,
  model text NOT NULL,
  -- The prompt with its variables put in: what the worker sends.
  messages jsonb NOT NULL,
  parameters jsonb NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- Counts the workers that have taken it. Each write of a worker names its attempt, so that only the last one's count.
  attempt integer NOT NULL DEFAULT 0,
  most_attempts integer NOT NULL DEFAULT 5,
  due_at timestamptz NOT NULL DEFAULT now(),
  lease_expires_at timestamptz,
  deadline_at timestamptz NOT NULL,
  last_seq bigint NOT NULL DEFAULT 0,
  output text,
  usage jsonb,
  error jsonb,
  trace jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  FOREIGN KEY (prompt_id, prompt_version) REFERENCES prompt_versions,
  CHECK ((state = 'running') = (lease_expires_at IS NOT NULL)),
  CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX executions_waiting ON executions (model, due_at) WHERE state = 'queued';
CREATE INDEX executions_running ON executions (model, lease_expires_at) WHERE state = 'running';
CREATE INDEX executions_of_tenant ON executions (tenant_id, created_at DESC, id DESC);
CREATE INDEX executions_unfinished ON executions (tenant_id) WHERE state IN ('queued', 'running');

CREATE TABLE execution_events (
  execution_id uuid NOT NULL REFERENCES executions ON DELETE CASCADE,
  seq bigint NOT NULL,
  tenant_id uuid NOT NULL,
  attempt integer NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (execution_id, seq)
);

CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL REFERENCES tenants,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  -- The key is taken before its execution is made.
  execution_id uuid NOT NULL REFERENCES executions ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key)
);

-- The owner is held to the rules too: what is forgotten in a query is kept by the table.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['api_keys', 'prompts', 'prompt_versions', 'executions', 'execution_events', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
  END LOOP;
END $$;
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY own_row ON tenants USING (id = current_tenant());

-- Who brings a key may read that key's row: so a request finds its tenant.
CREATE POLICY presented_key ON api_keys FOR SELECT
  USING (hash = decode(nullif(current_setting('promptops.key', true), ''), 'hex'));

-- The API sees one tenant at a time, through the policies above, and deletes nothing.
GRANT SELECT ON tenants, api_keys TO promptops_api;
GRANT SELECT, INSERT, UPDATE ON prompts, executions TO promptops_api;
GRANT SELECT, INSERT ON prompt_versions, execution_events, idempotency_keys TO promptops_api;

-- Workers serve every tenant. They take executions, write what happens to them, and see nothing else.
GRANT SELECT, UPDATE ON executions TO promptops_worker;
GRANT SELECT, INSERT ON execution_events TO promptops_worker;
CREATE POLICY worker ON executions TO promptops_worker USING (true);
CREATE POLICY worker ON execution_events TO promptops_worker USING (true);

-- Down Migration

DROP TABLE idempotency_keys, execution_events, executions, prompt_versions, prompts, api_keys, tenants;
DROP FUNCTION current_tenant;

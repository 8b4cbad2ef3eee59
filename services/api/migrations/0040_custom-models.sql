-- Up Migration

-- Models that tenants bring. A prompt names one as 'custom/<name>'; executions and leases name it as 'custom/<tenant>/<name>', so that
-- nobody else's have its name.
CREATE TABLE custom_models (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name text NOT NULL,
  protocol text NOT NULL CHECK (protocol IN ('openai', 'anthropic')),
  -- Of the endpoint, without credentials.
  url text NOT NULL,
  -- What the endpoint calls the model.
  served_as text NOT NULL,
  concurrency integer NOT NULL CHECK (concurrency > 0),
  context_length integer,
  max_output_tokens integer,
  price jsonb,
  fallbacks text[] NOT NULL DEFAULT '{}',
  -- The endpoint's API key, sealed under the key that key_id names. The API writes it and cannot read it.
  sealed_api_key bytea,
  key_id text,
  -- Another one after each change.
  revision uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When its tenant created or replaced it.
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, name),
  CHECK ((sealed_api_key IS NULL) = (key_id IS NULL))
);
ALTER TABLE custom_models ENABLE ROW LEVEL SECURITY;
ALTER TABLE custom_models FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON custom_models USING (tenant_id = current_tenant());
CREATE POLICY worker ON custom_models TO promptops_worker USING (true);
GRANT INSERT, UPDATE, DELETE,
  SELECT (tenant_id, name, protocol, url, served_as, concurrency, context_length, max_output_tokens, price, fallbacks, key_id, created_at)
  ON custom_models TO promptops_api;
GRANT SELECT, UPDATE (sealed_api_key, key_id, revision) ON custom_models TO promptops_worker;

-- Workers ask which of them executions wait for.
CREATE INDEX executions_custom ON executions (model) WHERE state = 'queued' AND model LIKE 'custom/%';

-- The name by which its tenant knows a model.
CREATE FUNCTION shown_model(model text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN regexp_replace(model, '^custom/[0-9a-f-]{36}/', 'custom/');

-- Turns at the endpoint, and its pace, go with the model. Runs as its owner: the API may not write either.
CREATE FUNCTION forget_custom_model() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM turns WHERE endpoint = 'custom/' || OLD.tenant_id || '/' || OLD.name;
  DELETE FROM paces WHERE endpoint = 'custom/' || OLD.tenant_id || '/' || OLD.name;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_custom_model AFTER DELETE ON custom_models FOR EACH ROW EXECUTE FUNCTION forget_custom_model();

-- Down Migration

DROP TRIGGER forget_custom_model ON custom_models;
DROP FUNCTION forget_custom_model;
DROP FUNCTION shown_model;
DROP INDEX executions_custom;
DROP TABLE custom_models;

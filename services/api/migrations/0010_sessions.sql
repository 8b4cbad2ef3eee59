-- Up Migration

-- A session is made from an API key, and ends with it. Its tokens are not stored: they name it.
CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  api_key_id uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Each refresh moves it, up to a fixed time after the session was created.
  expires_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX sessions_of_key ON sessions (api_key_id, expires_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_over ON sessions (coalesce(ended_at, expires_at));

CREATE TABLE refresh_tokens (
  -- SHA-256 of the token: the token itself is shown once and kept nowhere.
  hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenants,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When it was exchanged for the next one. It is kept, so that its reuse is recognized.
  used_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['sessions', 'refresh_tokens'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
  END LOOP;
END $$;

-- Who brings a refresh token may read that token's row: so a request finds its tenant.
CREATE POLICY presented_token ON refresh_tokens FOR SELECT
  USING (hash = decode(nullif(current_setting('promptops.refresh_token', true), ''), 'hex'));

GRANT SELECT, INSERT (tenant_id, api_key_id, expires_at), UPDATE (expires_at, ended_at) ON sessions TO promptops_api;
GRANT SELECT, INSERT (hash, session_id, tenant_id), UPDATE (used_at) ON refresh_tokens TO promptops_api;

-- The API deletes nothing itself. This function does, as its owner, who sees of other tenants what ended a day ago and nothing else.
CREATE POLICY over ON sessions TO CURRENT_USER USING (coalesce(ended_at, expires_at) < now() - interval '1 day');
CREATE FUNCTION delete_ended_sessions(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH over AS (
    SELECT id FROM sessions WHERE coalesce(ended_at, expires_at) < now() - interval '1 day'
    ORDER BY coalesce(ended_at, expires_at) LIMIT most FOR UPDATE SKIP LOCKED
  ), deleted AS (
    DELETE FROM sessions USING over WHERE sessions.id = over.id RETURNING sessions.id
  )
  SELECT count(*) FROM deleted
$$;
REVOKE ALL ON FUNCTION delete_ended_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_ended_sessions TO promptops_api;

-- Down Migration

DROP FUNCTION delete_ended_sessions;
DROP TABLE refresh_tokens, sessions;

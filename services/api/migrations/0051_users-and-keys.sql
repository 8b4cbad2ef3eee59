-- Up Migration

-- A user belongs to one tenant and has one role there (docs/adr/0021).
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  email text NOT NULL CHECK (email = lower(email)),
  role text NOT NULL CHECK (role IN ('owner', 'administrator', 'member', 'viewer')),
  -- As services/api/passwords.ts makes it. NULL for who logs in at an OIDC issuer.
  password_hash text,
  issuer text,
  subject text,
  -- SHA-256 of the token that accepts the invitation. Accepting it clears it, so that it works once.
  invitation_hash bytea UNIQUE,
  invitation_expires_at timestamptz,
  accepted_at timestamptz,
  suspended_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, email),
  UNIQUE (tenant_id, issuer, subject),
  CHECK ((issuer IS NULL) = (subject IS NULL)),
  CHECK ((invitation_hash IS NULL) = (invitation_expires_at IS NULL))
);
CREATE INDEX users_by_age ON users (tenant_id, created_at DESC, id DESC);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON users USING (tenant_id = current_tenant());
-- Who brings an invitation may read the user's row: so a request finds its tenant.
CREATE POLICY presented_invitation ON users FOR SELECT TO promptops_api
  USING (invitation_hash = decode(nullif(current_setting('promptops.invitation', true), ''), 'hex'));
-- Who names an organization may read its row: so a login finds its tenant.
CREATE POLICY presented_name ON tenants FOR SELECT TO promptops_api
  USING (name = nullif(current_setting('promptops.organization', true), ''));
GRANT SELECT, INSERT (tenant_id, email, role, issuer, subject, invitation_hash, invitation_expires_at, accepted_at),
  UPDATE (email, role, password_hash, issuer, subject, invitation_hash, invitation_expires_at, accepted_at, suspended_at)
  ON users TO promptops_api;

ALTER TABLE api_keys
  ADD COLUMN expires_at timestamptz,
  -- The day (UTC), so that a key is written once a day and not per request.
  ADD COLUMN last_used_on date,
  -- The user who created it, or a key of whom did. A key that a tenant began with has none.
  ADD COLUMN created_by uuid REFERENCES users ON DELETE SET NULL;
CREATE INDEX api_keys_by_age ON api_keys (tenant_id, created_at DESC, id DESC);
CREATE INDEX api_keys_of_user ON api_keys (created_by) WHERE created_by IS NOT NULL;
GRANT INSERT (tenant_id, name, hash, scopes, expires_at, created_by), UPDATE (revoked_at, last_used_on)
  ON api_keys TO promptops_api;

-- A session is of an API key or of a user.
ALTER TABLE sessions
  ALTER COLUMN api_key_id DROP NOT NULL,
  ADD COLUMN user_id uuid REFERENCES users ON DELETE CASCADE,
  ADD CONSTRAINT sessions_of_one CHECK ((api_key_id IS NULL) <> (user_id IS NULL)) NOT VALID;
CREATE INDEX sessions_of_user ON sessions (user_id, expires_at) WHERE user_id IS NOT NULL;
-- All sessions, since a key or user that is deleted takes those that are over too.
DROP INDEX sessions_of_key;
CREATE INDEX sessions_of_key ON sessions (api_key_id, expires_at) WHERE api_key_id IS NOT NULL;
GRANT INSERT (user_id) ON sessions TO promptops_api;

COMMENT ON COLUMN workflow_nodes.decided_by IS 'The API key or the user.';

-- Down Migration

DELETE FROM sessions WHERE user_id IS NOT NULL;
DROP INDEX sessions_of_key, sessions_of_user;
ALTER TABLE sessions DROP COLUMN user_id, ALTER COLUMN api_key_id SET NOT NULL;
CREATE INDEX sessions_of_key ON sessions (api_key_id, expires_at) WHERE ended_at IS NULL;
REVOKE INSERT (tenant_id, name, hash, scopes), UPDATE (revoked_at) ON api_keys FROM promptops_api;
ALTER TABLE api_keys DROP COLUMN created_by, DROP COLUMN last_used_on, DROP COLUMN expires_at;
DROP POLICY presented_name ON tenants;
DROP TABLE users;

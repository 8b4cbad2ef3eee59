-- Up Migration

-- Keys of the platform's operators, who belong to no tenant.
CREATE TABLE operator_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  -- SHA-256 of the key: the key itself is kept nowhere.
  hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
ALTER TABLE operator_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY presented_key ON operator_keys FOR SELECT TO promptops_api
  USING (hash = decode(nullif(current_setting('promptops.operator_key', true), ''), 'hex'));
-- Whoever migrates revokes keys.
CREATE POLICY owner ON operator_keys TO CURRENT_USER USING (true);
CREATE POLICY administrator ON operator_keys TO promptops_api_administrator USING (true);
GRANT SELECT ON operator_keys TO promptops_api;
GRANT SELECT (id, name, revoked_at), INSERT (name, hash) ON operator_keys TO promptops_api_administrator;

-- Since then its credentials are refused, and nothing of it is started.
ALTER TABLE tenants ADD COLUMN suspended_at timestamptz;
CREATE INDEX tenants_by_age ON tenants (created_at DESC, id DESC);

-- A tenant reads its row and changes nothing of it. Who presents an operator's key reads and changes all.
DROP POLICY own_row ON tenants;
CREATE POLICY own_row ON tenants FOR SELECT USING (id = current_tenant());
CREATE POLICY presented_key ON tenants FOR SELECT TO promptops_api
  USING (id = (
    SELECT tenant_id FROM api_keys WHERE hash = decode(nullif(current_setting('promptops.key', true), ''), 'hex')
  ));
CREATE POLICY operator ON tenants TO promptops_api
  USING (EXISTS (
    SELECT FROM operator_keys
    WHERE hash = decode(nullif(current_setting('promptops.operator_key', true), ''), 'hex') AND revoked_at IS NULL
  ));
-- Every column, since operators set each limit that is added.
GRANT INSERT (name), UPDATE ON tenants TO promptops_api;
GRANT SELECT (suspended_at) ON tenants TO promptops_worker;

-- Down Migration

REVOKE SELECT (suspended_at) ON tenants FROM promptops_worker;
REVOKE INSERT (name), UPDATE ON tenants FROM promptops_api;
DROP POLICY operator ON tenants;
DROP POLICY presented_key ON tenants;
DROP POLICY own_row ON tenants;
CREATE POLICY own_row ON tenants USING (id = current_tenant());
DROP INDEX tenants_by_age;
ALTER TABLE tenants DROP COLUMN suspended_at;
DROP TABLE operator_keys;

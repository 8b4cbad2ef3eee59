-- Up Migration

-- The administrator creates tenants, each with its first API key, and sees which there are. It reads no hash of a key, changes and
-- deletes nothing, and sees nothing that belongs to a tenant.
GRANT SELECT (id, name), INSERT (name) ON tenants TO promptops_api_administrator;
GRANT SELECT (tenant_id, name, revoked_at), INSERT (tenant_id, name, hash, scopes) ON api_keys TO promptops_api_administrator;
CREATE POLICY administrator ON tenants TO promptops_api_administrator USING (true);
CREATE POLICY administrator ON api_keys TO promptops_api_administrator USING (true);

-- Down Migration

DROP POLICY administrator ON api_keys;
DROP POLICY administrator ON tenants;
REVOKE SELECT (tenant_id, name, revoked_at), INSERT (tenant_id, name, hash, scopes) ON api_keys FROM promptops_api_administrator;
REVOKE SELECT (id, name), INSERT (name) ON tenants FROM promptops_api_administrator;

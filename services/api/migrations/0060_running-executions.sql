-- Up Migration

-- Executions of prompts that a tenant may run at once, over all models and workers. NULL: no limit but the endpoints'.
ALTER TABLE tenants ADD COLUMN max_running integer CHECK (max_running > 0);
GRANT UPDATE (max_running) ON tenants TO promptops_api_administrator;
GRANT SELECT (max_running) ON tenants TO promptops_worker;

-- Whoever takes executions counts those that a tenant with a limit runs.
CREATE INDEX leases_tenant ON leases (tenant_id);

-- Down Migration

DROP INDEX leases_tenant;
REVOKE SELECT (max_running) ON tenants FROM promptops_worker;
REVOKE UPDATE (max_running) ON tenants FROM promptops_api_administrator;
ALTER TABLE tenants DROP COLUMN max_running;

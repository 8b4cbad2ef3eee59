-- Up Migration

-- What a tenant may use in a calendar month (UTC). Beyond a soft limit it is told so, beyond a hard one nothing more is accepted. NULL: no limit.
ALTER TABLE tenants
  ADD COLUMN soft_monthly_tokens bigint CHECK (soft_monthly_tokens >= 0),
  ADD COLUMN hard_monthly_tokens bigint CHECK (hard_monthly_tokens >= 0),
  ADD COLUMN soft_monthly_micro_usd bigint CHECK (soft_monthly_micro_usd >= 0),
  ADD COLUMN hard_monthly_micro_usd bigint CHECK (hard_monthly_micro_usd >= 0);

-- The administrator sets them, in the job that creates tenants.
GRANT UPDATE (soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd, hard_monthly_micro_usd)
  ON tenants TO promptops_api_administrator;

-- Workers begin no node of a workflow beyond them.
GRANT SELECT (soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd, hard_monthly_micro_usd)
  ON tenants TO promptops_worker;

-- Down Migration

REVOKE SELECT (soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd, hard_monthly_micro_usd)
  ON tenants FROM promptops_worker;

REVOKE UPDATE (soft_monthly_tokens, hard_monthly_tokens, soft_monthly_micro_usd, hard_monthly_micro_usd)
  ON tenants FROM promptops_api_administrator;
ALTER TABLE tenants
  DROP COLUMN hard_monthly_micro_usd, DROP COLUMN soft_monthly_micro_usd,
  DROP COLUMN hard_monthly_tokens, DROP COLUMN soft_monthly_tokens;

-- Up Migration

-- The API deletes nothing itself. This function does, as its owner, who sees of other tenants what is a day old and nothing else.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE POLICY over ON idempotency_keys TO CURRENT_USER USING (created_at < now() - interval '1 day');
CREATE FUNCTION delete_old_idempotency_keys(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  WITH over AS (
    SELECT tenant_id, key FROM idempotency_keys WHERE created_at < now() - interval '1 day'
    ORDER BY created_at LIMIT most FOR UPDATE SKIP LOCKED
  ), deleted AS (
    DELETE FROM idempotency_keys AS old USING over
    WHERE old.tenant_id = over.tenant_id AND old.key = over.key RETURNING old.key
  )
  SELECT count(*) FROM deleted
$$;
REVOKE ALL ON FUNCTION delete_old_idempotency_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_old_idempotency_keys TO promptops_api;

-- Down Migration

DROP FUNCTION delete_old_idempotency_keys;
DROP POLICY over ON idempotency_keys;
DROP INDEX idempotency_keys_by_age;

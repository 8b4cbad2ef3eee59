-- Up Migration

-- Whether the transaction presents an operator's key that is not revoked. It runs as its owner, who sees every operator's key: a policy of
-- that table could not ask the table itself.
CREATE FUNCTION is_operator() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (
    SELECT FROM operator_keys
    WHERE hash = decode(nullif(current_setting('promptops.operator_key', true), ''), 'hex') AND revoked_at IS NULL
  )
$$;
REVOKE ALL ON FUNCTION is_operator FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_operator TO promptops_api;

-- Who did what, when and from where, a partition per month (docs/adr/0022). Ids, numbers and closed words: nothing that a user has written.
-- It has no foreign key, since it is kept when what it names is erased.
CREATE TABLE audit_events (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- NULL: the platform itself, or nobody knows whose.
  tenant_id uuid,
  actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'key', 'operator', 'system', 'anonymous')),
  actor_id uuid,
  -- '<kind of the object>.<verb>'.
  action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
  object_id uuid,
  outcome text NOT NULL CHECK (outcome IN ('success', 'denied')),
  -- The code of the error with which it was denied.
  reason text,
  request_id uuid,
  -- The network of the address: 24 bits of IPv4, 48 of IPv6.
  source cidr CHECK (masklen(source) <= CASE family(source) WHEN 4 THEN 24 ELSE 48 END),
  details jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (id, created_at),
  CHECK ((actor_kind IN ('system', 'anonymous')) = (actor_id IS NULL)),
  CHECK ((outcome = 'denied') = (reason IS NOT NULL))
) PARTITION BY RANGE (created_at);
CREATE INDEX audit_events_of_tenant ON audit_events (tenant_id, created_at, id);
CREATE INDEX audit_events_of_action ON audit_events (tenant_id, action, created_at, id);
CREATE INDEX audit_events_of_actor ON audit_events (tenant_id, actor_id, created_at, id);
CREATE INDEX audit_events_of_object ON audit_events (tenant_id, object_id, created_at, id);
CREATE INDEX audit_events_of_operators ON audit_events (created_at, id) WHERE tenant_id IS NULL OR actor_kind IN ('operator', 'system');

ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY own_events ON audit_events FOR SELECT TO promptops_api USING (tenant_id = current_tenant());
CREATE POLICY operator ON audit_events FOR SELECT TO promptops_api
  USING ((tenant_id IS NULL OR actor_kind IN ('operator', 'system')) AND (SELECT is_operator()));
CREATE POLICY record ON audit_events FOR INSERT TO promptops_api WITH CHECK (
  (tenant_id = current_tenant() AND actor_kind <> 'operator') OR (tenant_id IS NULL AND outcome = 'denied') OR (SELECT is_operator()));
-- The job that creates tenants, and what ends an erasure.
CREATE POLICY record_own ON audit_events FOR INSERT TO promptops_api_administrator, CURRENT_USER WITH CHECK (actor_kind = 'system');
-- Nobody states an id or a time.
GRANT SELECT, INSERT (tenant_id, actor_kind, actor_id, action, object_id, outcome, reason, request_id, source, details)
  ON audit_events TO promptops_api;
GRANT INSERT (tenant_id, actor_kind, actor_id, action, object_id, outcome, reason, request_id, source, details)
  ON audit_events TO promptops_api_administrator;

-- Who owns a table, and a superuser, has every privilege on it: these are told too.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of %: audit events are only added', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Makes the partition of a month; false when it exists. As create_event_partition does: attaching one waits for no reader or writer.
CREATE FUNCTION create_audit_partition(month timestamp) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  name text := 'audit_events_' || to_char(month, 'YYYYMM');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('create_audit_partition'));
  IF to_regclass('public.' || name) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  EXECUTE format(
    'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()',
    name);
  EXECUTE format(
    'ALTER TABLE public.audit_events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
    name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
  RETURN true;
END $$;

-- Makes the partitions of this month (UTC) and of those ahead, at most so many; returns how many were missing.
CREATE FUNCTION create_audit_partitions(most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT count(*) FILTER (WHERE public.create_audit_partition(date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month'))
  FROM generate_series(0, least(most, 4) - 1) AS ahead
$$;

-- Drops the oldest partition whose last event is a year old, if there is one; returns how many it dropped. It waits two seconds for
-- whoever reads or writes, and fails then.
CREATE FUNCTION drop_old_audit_partitions(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public SET lock_timeout = '2s' AS $$
DECLARE
  oldest text;
BEGIN
  SELECT relname INTO oldest FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.audit_events'::regclass
      AND to_date(right(relname, 6), 'YYYYMM') + interval '1 month' <= (now() - interval '1 year') AT TIME ZONE 'UTC'
    ORDER BY relname LIMIT least(most, 1);
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  EXECUTE format('DROP TABLE public.%I', oldest);
  RETURN 1;
END $$;
REVOKE ALL ON FUNCTION refuse_change, create_audit_partition, create_audit_partitions, drop_old_audit_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION create_audit_partitions, drop_old_audit_partitions TO promptops_api;
SELECT create_audit_partitions(4);

-- The last step of a tenant's erasure, whichever replica takes it, is recorded with it.
CREATE FUNCTION record_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO audit_events (tenant_id, actor_kind, action, object_id, outcome, details)
    VALUES (NEW.tenant_id, 'system', 'tenant.erased', NEW.tenant_id, 'success', jsonb_build_object('rows', NEW.rows));
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION record_erasure FROM PUBLIC;
CREATE TRIGGER record_erasure AFTER UPDATE OF finished_at ON erasures FOR EACH ROW
  WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION record_erasure();

-- What a user decided is found when the user is exported.
CREATE INDEX workflow_nodes_of_user ON workflow_nodes (decided_by, execution_id, node) WHERE decided_by IS NOT NULL;

-- An id by which events name a model: its name is its tenant's to choose.
ALTER TABLE custom_models ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
GRANT SELECT (id) ON custom_models TO promptops_api;

-- An operator sees the keys of all, and revokes them.
CREATE POLICY operator ON operator_keys TO promptops_api USING (is_operator());
GRANT UPDATE (revoked_at) ON operator_keys TO promptops_api;

-- Down Migration

REVOKE UPDATE (revoked_at) ON operator_keys FROM promptops_api;
DROP POLICY operator ON operator_keys;
ALTER TABLE custom_models DROP COLUMN id;
DROP INDEX workflow_nodes_of_user;
DROP TRIGGER record_erasure ON erasures;
DROP FUNCTION record_erasure;
DROP TABLE audit_events;
DROP FUNCTION drop_old_audit_partitions, create_audit_partitions, create_audit_partition, refuse_change, is_operator;

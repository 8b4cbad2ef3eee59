-- Up Migration

-- A 'contract' file, although no release before it can read what it stores: nothing is deployed before release 1.0 (docs/adr/0015).

-- When an execution has ended, up to 1,000 pieces of its output are one row: those from `first_seq` to `seq`, without a gap. Its `data` is
-- empty, and each piece has a text and a time. NULL in all other rows.
ALTER TABLE execution_events ADD COLUMN first_seq bigint, ADD COLUMN texts text[], ADD COLUMN times timestamptz[];

-- An execution's events as they were written: the `most` that come after a number. It runs as its caller, and sees what that may see.
-- Rows are taken until they hold enough events, and no others are made into pieces.
CREATE FUNCTION execution_events_after(day date, execution uuid, after bigint, most integer)
RETURNS TABLE (
  accepted_on date, execution_id uuid, seq bigint, tenant_id uuid, attempt integer, type text, data jsonb, created_at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT stored.accepted_on, stored.execution_id, coalesce(stored.first_seq + piece.number - 1, stored.seq), stored.tenant_id,
    stored.attempt, stored.type, CASE WHEN piece.number IS NULL THEN stored.data ELSE jsonb_build_object('text', piece.text) END,
    coalesce(piece.created_at, stored.created_at)
  FROM (
    SELECT *, sum(seq - unseen + 1) OVER (ORDER BY seq) - (seq - unseen + 1) AS before FROM (
      SELECT *, greatest(coalesce(first_seq, seq), after + 1) AS unseen FROM public.execution_events
      WHERE accepted_on = day AND execution_id = execution AND seq > after ORDER BY seq LIMIT most
    ) AS next
  ) AS stored
  LEFT JOIN LATERAL unnest(stored.texts, stored.times) WITH ORDINALITY AS piece (text, created_at, number) ON true
  WHERE stored.before < most AND coalesce(stored.first_seq + piece.number - 1, stored.seq) > after
  ORDER BY stored.seq, piece.number LIMIT most
$$;
REVOKE ALL ON FUNCTION execution_events_after FROM PUBLIC;
GRANT EXECUTE ON FUNCTION execution_events_after TO promptops_api;

-- Executions that have ended and whose events are not compact yet.
CREATE TABLE compactions (
  execution_id uuid PRIMARY KEY REFERENCES executions ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  accepted_on date NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT now(),
  -- Events up to this one are compact.
  seq bigint NOT NULL DEFAULT 0
-- Rows live for a second: vacuum follows their number, not the size of the table.
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX compactions_by_age ON compactions (ended_at);
ALTER TABLE compactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE compactions FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON compactions TO CURRENT_USER USING (true);
CREATE POLICY worker ON compactions FOR SELECT TO promptops_worker USING (true);
GRANT SELECT ON compactions TO promptops_worker;

-- Runs as its owner: who ends an execution may not write here.
CREATE FUNCTION await_compaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO compactions (execution_id, tenant_id, accepted_on) VALUES (NEW.id, NEW.tenant_id, NEW.accepted_on);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION await_compaction FROM PUBLIC;
-- Three events are a start, one piece and an end. Events of a workflow have no pieces.
CREATE TRIGGER await_compaction AFTER UPDATE ON executions FOR EACH ROW
  WHEN (NEW.workflow_id IS NULL AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND NEW.last_seq > 3)
  EXECUTE FUNCTION await_compaction();

-- Compacts at most so many events of the execution that has waited longest, but for `skip` others. Returns how many it looked at, at least
-- 1; 0 when none waits, or an erasure has it. Whoever is killed leaves all as it was; two at once take different executions.
CREATE FUNCTION compact_next_events(most integer, skip integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  next compactions;
  last bigint;
  count bigint;
BEGIN
  SELECT * INTO next FROM compactions ORDER BY ended_at OFFSET skip LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  PERFORM set_config('promptops.tenant', next.tenant_id::text, true);
  -- An erasure locks the execution before it looks for events, and would miss those that are added behind its back.
  PERFORM FROM executions WHERE id = next.execution_id FOR KEY SHARE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  SELECT max(event.seq), count(*) INTO last, count FROM (
    SELECT seq FROM execution_events
    WHERE accepted_on = next.accepted_on AND execution_id = next.execution_id AND seq > next.seq ORDER BY seq LIMIT most
  ) AS event;
  WITH deleted AS (
    DELETE FROM execution_events
    WHERE accepted_on = next.accepted_on AND execution_id = next.execution_id AND seq > next.seq AND seq <= last
      AND type = 'token_chunk' AND first_seq IS NULL AND data = jsonb_build_object('text', data->>'text')
    RETURNING *
  ), numbered AS (
    SELECT *, seq - row_number() OVER (PARTITION BY attempt ORDER BY seq) AS run FROM deleted
  )
  INSERT INTO execution_events (accepted_on, execution_id, seq, tenant_id, attempt, type, data, created_at, first_seq, texts, times)
  SELECT accepted_on, execution_id, max(seq), tenant_id, attempt, 'token_chunk', '{}', min(created_at), min(seq),
    array_agg(data->>'text' ORDER BY seq), array_agg(created_at ORDER BY seq)
  FROM numbered GROUP BY accepted_on, execution_id, tenant_id, attempt, run, seq / 1000;
  IF count < most THEN
    DELETE FROM compactions WHERE execution_id = next.execution_id;
  ELSE
    UPDATE compactions SET seq = last WHERE execution_id = next.execution_id;
  END IF;
  RETURN greatest(count, 1);
END $$;
REVOKE ALL ON FUNCTION compact_next_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compact_next_events TO promptops_worker;

-- Down Migration

DROP FUNCTION compact_next_events;
DROP TRIGGER await_compaction ON executions;
DROP FUNCTION await_compaction;
DROP TABLE compactions;

-- The table shows its rows to the migrator for as long as pieces become rows again.
ALTER TABLE execution_events NO FORCE ROW LEVEL SECURITY;
WITH compact AS (DELETE FROM execution_events WHERE first_seq IS NOT NULL RETURNING *)
INSERT INTO execution_events (accepted_on, execution_id, seq, tenant_id, attempt, type, data, created_at)
  SELECT accepted_on, execution_id, first_seq + number - 1, tenant_id, attempt, type, jsonb_build_object('text', text), piece.created_at
  FROM compact, unnest(texts, times) WITH ORDINALITY AS piece (text, created_at, number);
ALTER TABLE execution_events FORCE ROW LEVEL SECURITY;
DROP FUNCTION execution_events_after;
ALTER TABLE execution_events DROP COLUMN first_seq, DROP COLUMN texts, DROP COLUMN times;

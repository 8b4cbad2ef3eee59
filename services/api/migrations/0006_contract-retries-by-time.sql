-- Up Migration

-- A 'contract' file for the reason of 0004's: nothing is deployed before release 1.0 (docs/adr/0015).

ALTER TABLE executions
  -- Attempts that failed at the model: the pause before the next one grows with them. What ends the attempts is the deadline.
  ADD COLUMN failures integer NOT NULL DEFAULT 0,
  -- Workers that were lost with it, and that it may have killed.
  ADD COLUMN losses integer NOT NULL DEFAULT 0,
  -- It is a dead letter since then, until it is run again.
  ADD COLUMN quarantined_at timestamptz,
  DROP COLUMN most_attempts;
CREATE INDEX executions_quarantined ON executions (tenant_id, quarantined_at DESC, id DESC) WHERE quarantined_at IS NOT NULL;

-- Claims look for executions that were lost with a worker apart from the others.
DROP INDEX executions_queued;
CREATE INDEX executions_queued ON executions (model, tenant_id, due_at) WHERE state = 'queued' AND losses = 0;
CREATE INDEX executions_suspect ON executions (model, due_at) WHERE state = 'queued' AND losses > 0;

-- Who holds the lease: leases of a lost worker are judged together.
DELETE FROM leases;
ALTER TABLE executions NO FORCE ROW LEVEL SECURITY;
UPDATE executions SET state = 'queued' WHERE state = 'running';
ALTER TABLE executions FORCE ROW LEVEL SECURITY;
ALTER TABLE leases ADD COLUMN worker uuid NOT NULL;

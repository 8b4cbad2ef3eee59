-- Up Migration

ALTER TABLE executions
  -- Whether it may be answered as an equal one was before.
  ADD COLUMN use_cache boolean NOT NULL DEFAULT true,
  -- The execution whose answer it was given. NULL: its model answered.
  ADD COLUMN cached_from uuid;

-- Whole answers of models at temperature 0, by what they were asked. Who looks compares the messages too: the hash only leads there.
CREATE INDEX executions_answers ON executions (tenant_id, hashtextextended(messages::text, 0), finished_at)
  WHERE state = 'succeeded' AND finish_reason = 'stop' AND cached_from IS NULL AND (parameters->>'temperature')::numeric = 0;

-- Down Migration

DROP INDEX executions_answers;
ALTER TABLE executions DROP COLUMN cached_from, DROP COLUMN use_cache;

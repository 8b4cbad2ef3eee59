-- Up Migration

ALTER TABLE executions
  -- The model that its prompt names. NULL while that is the one in 'model': the model that answers, or is asked next.
  ADD COLUMN requested_model text,
  -- Models that may answer instead, in this order: those that take its prompt.
  ADD COLUMN fallbacks text[] NOT NULL DEFAULT '{}';

-- Down Migration

ALTER TABLE executions DROP COLUMN fallbacks, DROP COLUMN requested_model;

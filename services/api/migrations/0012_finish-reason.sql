-- Up Migration

-- Why the model stopped, in its words. An output that was cut says 'length'.
ALTER TABLE executions ADD COLUMN finish_reason text;

-- Down Migration

ALTER TABLE executions DROP COLUMN finish_reason;

-- Up Migration

-- An execution is of a prompt, of a workflow, or of messages that its request brought.
ALTER TABLE executions
  DROP CONSTRAINT executions_of_one,
  ADD CONSTRAINT executions_of_at_most_one CHECK (prompt_id IS NULL OR workflow_id IS NULL) NOT VALID;

-- Down Migration

DELETE FROM executions WHERE prompt_id IS NULL AND workflow_id IS NULL;
ALTER TABLE executions
  DROP CONSTRAINT executions_of_at_most_one,
  ADD CONSTRAINT executions_of_one CHECK ((prompt_id IS NULL) <> (workflow_id IS NULL)) NOT VALID;

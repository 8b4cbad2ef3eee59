-- Up Migration

ALTER TABLE prompt_versions ADD COLUMN guardrails jsonb NOT NULL DEFAULT '{}';
-- Rules for the output, of the prompt's version. NULL: there are none, and the output is streamed while it is made.
ALTER TABLE executions ADD COLUMN output_rules jsonb;

-- Down Migration

ALTER TABLE executions DROP COLUMN output_rules;
ALTER TABLE prompt_versions DROP COLUMN guardrails;

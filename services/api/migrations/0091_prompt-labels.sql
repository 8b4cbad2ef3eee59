-- Up Migration

-- A label, such as `production`, names a version of a prompt. An execution that names a label gets the version that it names then.
CREATE TABLE prompt_labels (
  prompt_id uuid NOT NULL,
  label text NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenants,
  version integer NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (prompt_id, label),
  FOREIGN KEY (prompt_id, version) REFERENCES prompt_versions ON DELETE CASCADE
);
ALTER TABLE prompt_labels ENABLE ROW LEVEL SECURITY;
ALTER TABLE prompt_labels FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON prompt_labels USING (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON prompt_labels TO promptops_api;

-- The versions of a workflow's prompts that its graph names by a label, by the node's name, as they were when it was accepted.
ALTER TABLE executions ADD COLUMN labelled_prompts jsonb;

-- Down Migration

ALTER TABLE executions DROP COLUMN labelled_prompts;
DROP TABLE prompt_labels;

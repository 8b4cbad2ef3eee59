-- Up Migration

-- What a version has to reach before a label names it: at least one of the two minimums.
CREATE TABLE label_gates (
  prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
  label text NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenants,
  dataset_id uuid NOT NULL REFERENCES datasets ON DELETE CASCADE,
  evaluator_id uuid NOT NULL REFERENCES evaluators ON DELETE CASCADE,
  min_mean double precision CHECK (min_mean >= 0 AND min_mean <= 1),
  min_pass_rate double precision CHECK (min_pass_rate >= 0 AND min_pass_rate <= 1),
  PRIMARY KEY (prompt_id, label),
  CHECK (min_mean IS NOT NULL OR min_pass_rate IS NOT NULL)
);
CREATE INDEX label_gates_of_dataset ON label_gates (dataset_id);
CREATE INDEX label_gates_of_evaluator ON label_gates (evaluator_id);

-- Who let a label name a version in spite of its gate, and why. The audit event names the row: a reason is a text of a user.
CREATE TABLE label_overrides (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
  label text NOT NULL,
  version integer NOT NULL,
  reason text NOT NULL,
  -- The API key or the user.
  overridden_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX label_overrides_of_user ON label_overrides (tenant_id, overridden_by, created_at, id);
CREATE INDEX label_overrides_of_prompt ON label_overrides (prompt_id, created_at DESC, id DESC);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['label_gates', 'label_overrides'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO promptops_api', name);
  END LOOP;
END $$;
GRANT UPDATE, DELETE ON label_gates TO promptops_api;

-- Down Migration

DROP TABLE label_overrides, label_gates;

-- Up Migration

-- Items of a dataset are numbered from 1, and never change: one that is removed is marked, so that results can still be read with it.
CREATE TABLE datasets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  -- The number of the last item that was added.
  last_item integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);

CREATE TABLE dataset_items (
  dataset_id uuid NOT NULL REFERENCES datasets ON DELETE CASCADE,
  item integer NOT NULL CHECK (item > 0),
  tenant_id uuid NOT NULL REFERENCES tenants,
  variables jsonb NOT NULL,
  -- What the output should be. NULL: nobody says.
  expected text,
  tags text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (dataset_id, item)
);
CREATE INDEX dataset_items_of_tenant ON dataset_items (tenant_id);

-- An evaluator never changes either: scores by it can be compared, whenever they were given.
CREATE TABLE evaluators (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants,
  name text NOT NULL,
  definition jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['datasets', 'dataset_items', 'evaluators'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (tenant_id = current_tenant())', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO promptops_api', name);
  END LOOP;
END $$;
GRANT UPDATE (last_item) ON datasets TO promptops_api;
GRANT UPDATE (removed_at) ON dataset_items TO promptops_api;

-- Down Migration

DROP TABLE evaluators, dataset_items, datasets;

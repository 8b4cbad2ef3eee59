-- Up Migration

ALTER TABLE executions
  -- Millionths of a USD that its attempts cost, by prices of this day. NULL where no attempt's model has a price.
  ADD COLUMN cost_micro_usd bigint,
  ADD COLUMN price_as_of date;

-- What a tenant's attempts used of a model on a day (UTC), by what the model reported. Added to in the transaction that ends the attempt.
CREATE TABLE token_usage (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  day date NOT NULL,
  model text NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  PRIMARY KEY (tenant_id, day, model)
) WITH (fillfactor = 50);
ALTER TABLE token_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE token_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON token_usage USING (tenant_id = current_tenant());
CREATE POLICY worker ON token_usage TO promptops_worker USING (true);
GRANT SELECT ON token_usage TO promptops_api;
GRANT SELECT, INSERT, UPDATE ON token_usage TO promptops_worker;

-- Tokens of all tenants since the database was made, for the counter that workers export. Slots as in execution_ends.
CREATE TABLE token_totals (
  model text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('prompt', 'completion')),
  slot integer NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (model, kind, slot)
);
GRANT SELECT ON token_totals TO promptops_worker;

-- Runs as its owner: who adds usage may not write totals.
CREATE FUNCTION count_tokens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  prompt bigint := NEW.prompt_tokens;
  completion bigint := NEW.completion_tokens;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    prompt := prompt - OLD.prompt_tokens;
    completion := completion - OLD.completion_tokens;
  END IF;
  INSERT INTO token_totals AS total (model, kind, slot, count)
    SELECT NEW.model, kind, pg_backend_pid() % 16, count
    FROM (VALUES ('completion', completion), ('prompt', prompt)) AS added (kind, count)
    ON CONFLICT (model, kind, slot) DO UPDATE SET count = total.count + excluded.count;
  RETURN NULL;
END $$;
CREATE TRIGGER count_tokens AFTER INSERT OR UPDATE ON token_usage FOR EACH ROW EXECUTE FUNCTION count_tokens();

-- Down Migration

DROP TRIGGER count_tokens ON token_usage;
DROP FUNCTION count_tokens;
DROP TABLE token_totals, token_usage;
ALTER TABLE executions DROP COLUMN price_as_of, DROP COLUMN cost_micro_usd;

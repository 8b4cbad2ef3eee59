import type { z } from "zod";
import type * as schemas from "./schemas.ts";

const COST = "jsonb_build_object('microUsd', cost_micro_usd, 'priceAsOf', price_as_of)";
/** The columns of an execution as the API shows them, of a table or row `executions`. */
export const EXECUTION = `id,
  CASE WHEN workflow_id IS NOT NULL THEN 'workflow' WHEN prompt_id IS NOT NULL THEN 'prompt' ELSE 'chat' END AS kind,
  prompt_id AS "promptId", prompt_version AS "promptVersion",
  workflow_id AS "workflowId", workflow_version AS "workflowVersion",
  CASE WHEN parent_id IS NOT NULL
    THEN jsonb_build_object('id', parent_id, 'node', node, 'item', item, 'attempt', node_attempt) END AS parent,
  experiment_id AS "experimentId",
  nullif(shown_model(model), '') AS model, nullif(shown_model(coalesce(requested_model, model)), '') AS "requestedModel",
  state, attempt, output, usage, error,
  finish_reason AS "finishReason", cached_from AS "cachedFrom", created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt",
  CASE WHEN cost_micro_usd IS NOT NULL THEN ${COST} END AS cost`;
export type Execution = z.output<typeof schemas.execution>;

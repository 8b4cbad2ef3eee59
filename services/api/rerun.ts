import { randomUUID } from "node:crypto";
import type { Database } from "../shared/database/pool.ts";
import { currentCarrier } from "../shared/runtime/tracing.ts";
import type { AcceptOptions } from "./accept.ts";
import { ApiError } from "./errors.ts";
import { refuseOverBudget, refuseTooLate, refuseTooMuch } from "./limits.ts";
import { readBudget } from "../shared/models/budget.ts";
import { modelsFor } from "../shared/models/custom-models.ts";
import { shownName } from "../shared/models/custom-names.ts";

/**
 * Accepts a dead letter's prompt or workflow as a new execution, and takes the dead letter off the list. Returns the new one's id. Throws an
 * ApiError that says why not; the dead letter stays on the list then.
 */
export function rerunDeadLetter(
  database: Database,
  tenant: string,
  { id, timeoutSeconds }: { id: string; timeoutSeconds: number },
  { modelOf, audit }: Pick<AcceptOptions, "modelOf" | "audit">,
): Promise<string> {
  return database.asTenant(tenant, async (client) => {
    const { rows } = await client.query<{ model: string; bytes: number; workflow: boolean }>({
      name: "release-dead-letter",
      text: `UPDATE executions SET quarantined_at = NULL WHERE id = $1 AND quarantined_at IS NOT NULL
        RETURNING coalesce(requested_model, model) AS model, bytes, workflow_id IS NOT NULL AS workflow`,
      values: [id],
    });
    if (!rows[0]) throw new ApiError("not_found");
    const { model, bytes, workflow } = rows[0];
    refuseOverBudget(await readBudget(client, tenant));
    await refuseTooMuch(client, bytes);
    if (!workflow) {
      const name = shownName(model);
      const models = await modelsFor(client, tenant, name, modelOf);
      const endpoint = models(name)?.endpoint;
      if (endpoint === undefined) throw new ApiError("unknown_model", `The execution's model is '${name}'.`);
      await refuseTooLate(client, { model, endpoint, timeoutSeconds });
    }
    const again = randomUUID();
    await client.query({
      name: "rerun-dead-letter",
      text: `INSERT INTO executions
          (id, tenant_id, prompt_id, prompt_version, workflow_id, workflow_version, model, messages, parameters, deadline_at, trace, fallbacks,
          use_cache, output_rules, labelled_prompts)
        SELECT $2, tenant_id, prompt_id, prompt_version, workflow_id, workflow_version, coalesce(requested_model, model), messages,
          parameters, now() + make_interval(secs => $3), $4, fallbacks, use_cache, output_rules, labelled_prompts
        FROM executions WHERE id = $1`,
      values: [id, again, timeoutSeconds, currentCarrier()],
    });
    await audit.record(client, { object: again, details: { deadLetter: id } });
    return again;
  });
}

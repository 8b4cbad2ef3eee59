import { z } from "zod";
import type { Api } from "../api.ts";
import { modelsByName } from "../../shared/models/by-name.ts";
import { rerunDeadLetter } from "../rerun.ts";
import * as schemas from "../schemas.ts";
import { EXECUTION, type Execution } from "../execution-columns.ts";
import { accepted, acceptedBody } from "./executions.ts";

/** Executions that were quarantined because workers were lost with them. */
export function addDeadLetterRoutes({ addRoute, database, staleReads, wakeUps, settings }: Api): void {
  const modelOf = modelsByName(settings);

  addRoute({
    method: "GET",
    url: "/dead-letters",
    access: "executions:read",
    schema: {
      operationId: "listDeadLetters",
      tags: ["dead letters"],
      summary: "List quarantined executions, latest first",
      querystring: schemas.page,
      response: { 200: z.object({ executions: z.array(schemas.execution) }) },
    },
    handler: async ({ caller, query: { limit, before } }) => {
      const { rows } = await staleReads.asTenant(caller.tenant, (client) =>
        client.query<Execution>(
          `SELECT ${EXECUTION} FROM executions
          WHERE quarantined_at IS NOT NULL
            AND ($2::uuid IS NULL OR (quarantined_at, id) < (SELECT quarantined_at, id FROM executions WHERE id = $2))
          ORDER BY quarantined_at DESC, id DESC LIMIT $1`,
          [limit, before ?? null],
        ),
      );
      return { executions: rows };
    },
  });

  addRoute({
    method: "POST",
    url: "/dead-letters/:id/rerun",
    audit: "execution.rerun",
    access: "executions:write",
    schema: {
      operationId: "rerunDeadLetter",
      tags: ["dead letters"],
      summary: "Rerun a dead letter as a new execution, and remove it from the dead letters",
      params: schemas.byId,
      body: schemas.executionInput.pick({ timeoutSeconds: true }),
      response: { 202: accepted },
    },
    handler: async ({ caller, params: { id }, body: { timeoutSeconds }, audit }, reply) => {
      const again = await rerunDeadLetter(database, caller.tenant, { id, timeoutSeconds }, { modelOf, audit });
      wakeUps.wake();
      return reply.code(202).header("location", `/executions/${again}`).send(acceptedBody(again));
    },
  });
}

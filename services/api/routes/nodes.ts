import type { Api } from "../api.ts";
import { decide, type Decision } from "../nodes.ts";
import * as schemas from "../schemas.ts";
import { readExecution } from "./executions.ts";

const summaries: Readonly<Record<Decision, string>> = {
  approve: "Approve a node that waits for approval",
  reject: "Reject a node that waits for approval; the node fails",
  retry: "Run a paused node again",
  abort: "Abort a paused node; the workflow fails",
};

/** What people decide about nodes of a workflow. */
export function addNodeRoutes({ addRoute, database, wakeUps, objects }: Api): void {
  for (const decision of Object.keys(summaries) as Decision[]) {
    addRoute({
      method: "POST",
      url: `/executions/:id/nodes/:node/${decision}`,
      audit: `execution.${decision}_node`,
      access: "executions:write",
      schema: {
        operationId: `${decision}Node`,
        tags: ["workflows"],
        summary: summaries[decision],
        params: schemas.byNode,
        body: schemas.decisionInput,
        response: { 200: schemas.executionDetail },
      },
      handler: async ({ caller, params: { id, node }, body: { comment }, audit }) => {
        await database.asTenant(caller.tenant, async (client) => {
          const place = await decide(client, { execution: id, node, decision, comment, by: caller.id });
          await audit.record(client, { object: id, details: { place } });
        });
        wakeUps.wake();
        return readExecution({ database, objects }, caller.tenant, id);
      },
    });
  }
}

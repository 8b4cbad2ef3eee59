import { z } from "zod";
import type { Api } from "../api.ts";
import { createEvaluator, listEvaluators, readEvaluator } from "../evaluations/evaluators.ts";
import { evaluator, evaluatorInput } from "../evaluations/schemas.ts";
import { byId } from "../schemas.ts";

const tags = ["evaluators"];

/** Evaluators, which score outputs. One never changes: scores by it can always be compared. */
export function addEvaluatorRoutes({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/evaluators",
    audit: "evaluator.create",
    access: "evaluations:write",
    schema: {
      ...{ operationId: "createEvaluator", tags, summary: "Create an evaluator" },
      body: evaluatorInput,
      response: { 201: evaluator },
    },
    handler: async ({ caller, body, audit }, reply) => {
      const stored = await database.asTenant(caller.tenant, async (client) => {
        const created = await createEvaluator(client, body);
        await audit.record(client, { object: created.id });
        return created;
      });
      return reply.code(201).send(stored);
    },
  });

  addRoute({
    method: "GET",
    url: "/evaluators",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "listEvaluators", tags, summary: "List the evaluators, sorted by name" },
      response: { 200: z.object({ evaluators: z.array(evaluator) }) },
    },
    handler: async ({ caller }) => ({ evaluators: await database.asTenant(caller.tenant, listEvaluators) }),
  });

  addRoute({
    method: "GET",
    url: "/evaluators/:id",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "readEvaluator", tags, summary: "Read an evaluator", params: byId },
      response: { 200: evaluator },
    },
    handler: ({ caller, params: { id } }) => database.asTenant(caller.tenant, (client) => readEvaluator(client, id)),
  });
}

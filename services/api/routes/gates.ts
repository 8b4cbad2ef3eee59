import { z } from "zod";
import type { Api } from "../api.ts";
import { listGates, listOverrides, removeGate, setGate } from "../evaluations/gates.ts";
import * as schemas from "../evaluations/schemas.ts";
import { byLabel, requirePrompt } from "../labels.ts";
import { byId } from "../schemas.ts";

const tags = ["labels"];

/** Gates of labels: what a version has to reach before a label names it. */
export function addGateRoutes(api: Api): void {
  addReading(api);
  addWriting(api);
}

function addReading({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/prompts/:id/gates",
    access: "prompts:read",
    schema: {
      ...{ operationId: "listGates", tags, summary: "List the gates of a prompt's labels", params: byId },
      response: { 200: z.object({ gates: z.array(schemas.gate) }) },
    },
    handler: ({ caller, params: { id } }) =>
      database.asTenant(caller.tenant, async (client) => {
        await requirePrompt(client, id);
        return { gates: await listGates(client, id) };
      }),
  });

  addRoute({
    method: "GET",
    url: "/prompts/:id/overrides",
    access: "prompts:read",
    schema: {
      ...{ operationId: "listOverrides", tags, params: byId },
      summary: "List the last 100 overrides of gates of a prompt, newest first",
      response: { 200: z.object({ overrides: z.array(schemas.override) }) },
    },
    handler: ({ caller, params: { id } }) =>
      database.asTenant(caller.tenant, async (client) => {
        await requirePrompt(client, id);
        return { overrides: await listOverrides(client, id) };
      }),
  });
}

function addWriting({ addRoute, database }: Api): void {
  addRoute({
    method: "PUT",
    url: "/prompts/:id/labels/:label/gate",
    audit: "prompt.set_gate",
    access: "gates:write",
    schema: {
      ...{ operationId: "setGate", tags, params: byLabel, body: schemas.gateInput },
      summary: "Require a score of versions that a label is to name. What it names already stays",
      response: { 200: schemas.gate },
    },
    handler: ({ caller, params: { id, label }, body, audit }) =>
      database.asTenant(caller.tenant, async (client) => {
        await requirePrompt(client, id, "FOR NO KEY UPDATE");
        const gate = await setGate(client, id, label, body);
        await audit.record(client, { object: id });
        return gate;
      }),
  });

  addRoute({
    method: "DELETE",
    url: "/prompts/:id/labels/:label/gate",
    audit: "prompt.remove_gate",
    access: "gates:write",
    schema: {
      ...{ operationId: "removeGate", tags, params: byLabel, summary: "Remove the gate of a label" },
      response: { 204: z.undefined() },
    },
    handler: async ({ caller, params: { id, label }, audit }, reply) => {
      await database.asTenant(caller.tenant, async (client) => {
        await removeGate(client, id, label);
        await audit.record(client, { object: id });
      });
      return reply.code(204).send();
    },
  });
}

import { z } from "zod";
import type { Api } from "../api.ts";
import { requireScope } from "../caller.ts";
import { byLabel, label, labelInput, listLabels, removeLabel, setLabel } from "../labels.ts";
import { byId } from "../schemas.ts";

const tags = ["labels"];

/** Labels of prompts: each names a version, and executions name the label. */
export function addLabelRoutes(api: Api): void {
  addReading(api);
  addWriting(api);
}

function addReading({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/prompts/:id/labels",
    access: "prompts:read",
    schema: {
      ...{ operationId: "listLabels", tags, summary: "List the labels of a prompt, sorted by name", params: byId },
      response: { 200: z.object({ labels: z.array(label) }) },
    },
    handler: async ({ caller, params: { id } }) => ({
      labels: await database.asTenant(caller.tenant, (client) => listLabels(client, id)),
    }),
  });
}

function addWriting({ addRoute, database }: Api): void {
  addRoute({
    method: "PUT",
    url: "/prompts/:id/labels/:label",
    audit: "prompt.set_label",
    access: "prompts:write",
    schema: {
      ...{ operationId: "setLabel", tags, summary: "Set a label of a prompt, or move it to another version" },
      ...{ params: byLabel, body: labelInput },
      response: { 200: label },
    },
    handler: ({ caller, params, body: { version, override }, audit }) => {
      if (override) requireScope(caller, "gates:write");
      const move = { prompt: params.id, label: params.label, version };
      return database.asTenant(caller.tenant, async (client) => {
        const set = await setLabel(client, move, { override: override && { ...override, by: caller.id } });
        if (set.override !== undefined)
          await audit.record(client, {
            ...{ action: "prompt.override_gate", object: params.id, details: { version, override: set.override } },
          });
        else if (set.moved) await audit.record(client, { object: params.id, details: { version } });
        else audit.changedNothing();
        return set.label;
      });
    },
  });

  addRoute({
    method: "DELETE",
    url: "/prompts/:id/labels/:label",
    audit: "prompt.remove_label",
    access: "prompts:write",
    schema: {
      ...{ operationId: "removeLabel", tags, summary: "Remove a label of a prompt", params: byLabel },
      response: { 204: z.undefined() },
    },
    handler: async ({ caller, params: { id, label: name }, audit }, reply) => {
      await database.asTenant(caller.tenant, async (client) => {
        const version = await removeLabel(client, id, name);
        await audit.record(client, { object: id, details: { version } });
      });
      return reply.code(204).send();
    },
  });
}

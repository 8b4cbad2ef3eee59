import { z } from "zod";
import { modelsByName } from "../../shared/models/by-name.ts";
import { SEALING_KEYS } from "../../shared/models/contract.ts";
import { SealingKeys } from "../../shared/models/sealed-keys.ts";
import type { Api } from "../api.ts";
import { customModel, customModelInput, newCustomModel } from "../custom-model-schema.ts";
import {
  createCustomModel,
  deleteCustomModel,
  listCustomModels,
  readCustomModel,
  replaceCustomModel,
  type StoreOptions,
} from "../custom-models.ts";
import { name } from "../schemas.ts";

const tags = ["custom models"];
const params = z.object({ name });

/** Models that a tenant brings: endpoints on the internet with API keys of their own. */
export function addCustomModelRoutes(api: Api): void {
  addReading(api);
  addWriting(api);
}

function addReading({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/custom-models",
    access: "models:read",
    schema: {
      ...{ operationId: "listCustomModels", tags, summary: "List the tenant's custom models, sorted by name" },
      response: { 200: z.object({ customModels: z.array(customModel) }) },
    },
    handler: async ({ caller }) => ({ customModels: await database.asTenant(caller.tenant, listCustomModels) }),
  });

  addRoute({
    method: "GET",
    url: "/custom-models/:name",
    access: "models:read",
    schema: {
      ...{ operationId: "readCustomModel", tags, summary: "Read a custom model", params },
      response: { 200: customModel },
    },
    handler: ({ caller, params: { name } }) =>
      database.asTenant(caller.tenant, (client) => readCustomModel(client, name)),
  });
}

function addWriting({ addRoute, database, settings }: Api): void {
  const keys = new SealingKeys(() => settings.secret(SEALING_KEYS));
  const operators = modelsByName(settings);
  const optionsOf = (tenant: string): StoreOptions => ({ tenant, keys, operators });

  addRoute({
    method: "POST",
    url: "/custom-models",
    audit: "custom_model.create",
    access: "models:write",
    schema: {
      ...{ operationId: "createCustomModel", tags, summary: "Add a custom model with its endpoint" },
      body: newCustomModel,
      response: { 201: customModel },
    },
    handler: async ({ caller: { tenant }, body, audit }, reply) => {
      const made = await database.asTenant(tenant, async (client) => {
        const model = await createCustomModel(client, body, optionsOf(tenant));
        await audit.record(client, { object: model.id });
        return model;
      });
      return reply.code(201).send(made);
    },
  });

  addRoute({
    method: "PUT",
    url: "/custom-models/:name",
    audit: "custom_model.replace",
    access: "models:write",
    schema: {
      ...{ operationId: "replaceCustomModel", tags, params, body: customModelInput, response: { 200: customModel } },
      summary: "Replace a model, including its API key; running executions are not affected",
    },
    handler: ({ caller: { tenant }, params: { name }, body, audit }) =>
      database.asTenant(tenant, async (client) => {
        const model = await replaceCustomModel(client, name, body, optionsOf(tenant));
        await audit.record(client, { object: model.id, details: { fields: Object.keys(body) } });
        return model;
      }),
  });

  addRoute({
    method: "DELETE",
    url: "/custom-models/:name",
    audit: "custom_model.delete",
    access: "models:write",
    schema: {
      ...{ operationId: "deleteCustomModel", tags, params, response: { 204: z.undefined() } },
      summary: "Delete a model; queued executions end at their deadlines",
    },
    handler: async ({ caller, params: { name }, audit }, reply) => {
      await database.asTenant(caller.tenant, async (client) => {
        await audit.record(client, { object: await deleteCustomModel(client, name) });
      });
      return reply.code(204).send();
    },
  });
}

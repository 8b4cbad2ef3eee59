import { z } from "zod";
import type { Api } from "../api.ts";
import { asModel, readCustomModels } from "../../shared/models/custom-models.ts";
import type { Model } from "../../shared/runtime/settings.ts";
import * as schemas from "../schemas.ts";

/** The models that a tenant may use, without their endpoints and credentials: the operators', then its own. */
export function addModelRoutes({ addRoute, database, settings }: Api): void {
  const operators = settings.models.map(shown);

  addRoute({
    method: "GET",
    url: "/models",
    access: "prompts:read",
    schema: {
      operationId: "listModels",
      tags: ["models"],
      summary: "List the models that prompts may name",
      response: { 200: z.object({ models: z.array(schemas.model) }) },
    },
    handler: async ({ caller: { tenant } }) => {
      const own = await database.asTenant(tenant, (client) => readCustomModels(client, tenant));
      return { models: [...operators, ...own.map(asModel).map(shown)] };
    },
  });
}

const shown = ({ name, contextLength, maxOutputTokens, price, fallbacks }: Model): z.output<typeof schemas.model> => ({
  ...{ name, fallbacks, contextLength: contextLength ?? null, maxOutputTokens: maxOutputTokens ?? null },
  price: price ?? null,
});

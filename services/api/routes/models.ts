import { z } from "zod";
import type { Api } from "../api.ts";
import { asModel, readCustomModels } from "../../shared/models/custom-models.ts";
import type { Model } from "../../shared/runtime/settings.ts";
import * as schemas from "../schemas.ts";

/** The models that a tenant may use: the operators', then its own. */
export async function modelsOf(
  { database, settings }: Pick<Api, "database" | "settings">,
  tenant: string,
): Promise<Model[]> {
  const own = await database.asTenant(tenant, (client) => readCustomModels(client, tenant));
  return [...settings.models, ...own.map(asModel)];
}

/** Models, without their endpoints and credentials. */
export function addModelRoutes(api: Api): void {
  const { addRoute } = api;

  addRoute({
    method: "GET",
    url: "/models",
    access: "prompts:read",
    schema: {
      operationId: "listModels",
      tags: ["models"],
      summary: "List the models that prompts can use",
      response: { 200: z.object({ models: z.array(schemas.model) }) },
    },
    handler: async ({ caller }) => ({ models: (await modelsOf(api, caller.tenant)).map(shown) }),
  });
}

const shown = ({ name, contextLength, maxOutputTokens, price, fallbacks }: Model): z.output<typeof schemas.model> => ({
  ...{ name, fallbacks, contextLength: contextLength ?? null, maxOutputTokens: maxOutputTokens ?? null },
  price: price ?? null,
});

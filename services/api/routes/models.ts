import { z } from "zod";
import type { Api } from "../api.ts";
import * as schemas from "../schemas.ts";

/** The models that tenants may use, without their endpoints and credentials. */
export function addModelRoutes({ addRoute, settings }: Api): void {
  const models = settings.models.map(({ name, contextLength, maxOutputTokens, price, fallbacks }) => ({
    name,
    contextLength: contextLength ?? null,
    maxOutputTokens: maxOutputTokens ?? null,
    price: price ?? null,
    fallbacks,
  }));

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
    handler: () => ({ models }),
  });
}

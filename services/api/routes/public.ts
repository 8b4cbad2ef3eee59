import { z } from "zod";
import { answerProbe, PROBES } from "../../shared/runtime/probes.ts";
import type { Api } from "../api.ts";

const probe = z.object({ status: z.string() });

export function addProbeRoutes({ addRoute, health }: Api): void {
  for (const [name, url] of Object.entries(PROBES)) {
    addRoute({
      method: "GET",
      url,
      access: { public: "The kubelet asks, and has no credential.", unlimited: true },
      schema: {
        operationId: `probe${name.replace(/^./, (first) => first.toUpperCase())}`,
        tags: ["health"],
        summary: `Probe '${name}'`,
        response: { 200: probe, 503: probe },
      },
      handler: async (_, reply) => {
        const answer = await answerProbe(url, health);
        return reply.code(answer.status).send(answer.body);
      },
    });
  }
}

export function addDocumentRoute({ addRoute }: Api, document: () => object): void {
  addRoute({
    method: "GET",
    url: "/openapi.json",
    access: { public: "It says how to call the API, and nothing of a tenant." },
    schema: {
      operationId: "readDocument",
      tags: ["documentation"],
      summary: "Read this OpenAPI document",
      response: { 200: z.record(z.string(), z.unknown()) },
    },
    handler: () => ({ ...document() }),
  });
}

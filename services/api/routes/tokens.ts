import { z } from "zod";
import type { Api } from "../api.ts";
import { TOKEN_MINUTES } from "../authenticate.ts";

const token = z.object({ token: z.string(), expiresInSeconds: z.int() });

export function addTokenRoute({ addRoute, authentication }: Api): void {
  addRoute({
    method: "POST",
    url: "/tokens",
    access: { everyCaller: "A token has its caller's scopes and no others." },
    schema: {
      tags: ["tokens"],
      summary: `Make a token of ${TOKEN_MINUTES} minutes from an API key`,
      response: { 201: token },
    },
    handler: async ({ caller }, reply) =>
      reply.code(201).send({ token: await authentication.issueToken(caller), expiresInSeconds: TOKEN_MINUTES * 60 }),
  });
}

import { z } from "zod";
import type { FastifyReply } from "fastify";
import type { Api } from "../api.ts";
import type { Tokens } from "../authenticate.ts";
import { TOKEN_MINUTES } from "../signing-keys.ts";

export const tokens = z
  .object({
    token: z.string().describe("Sent as a bearer, or as 'access_token' with a WebSocket and an EventSource."),
    expiresInSeconds: z.int(),
    refreshToken: z.string().describe("Exchanged once, by POST /tokens/refresh."),
    refreshExpiresInSeconds: z.int(),
  })
  .meta({ id: "Tokens" });

export function addTokenRoutes({ addRoute, authentication }: Api): void {
  addRoute({
    method: "POST",
    url: "/tokens",
    audit: "session.create",
    access: { apiKey: "The session has its API key's scopes, and ends with the key. A token makes no other." },
    schema: {
      operationId: "createSession",
      tags: ["tokens"],
      summary: `Start a session of an API key: returns a token, valid for ${TOKEN_MINUTES} minutes, and a refresh token`,
      response: { 201: tokens },
    },
    handler: async ({ caller, audit }, reply) =>
      reply.code(201).send(hand(reply, await authentication.createSession(caller, audit))),
  });

  addRoute({
    method: "POST",
    url: "/tokens/refresh",
    audit: "session.refresh",
    access: {
      public: "The refresh token in the body is the credential. One that is used a second time ends the session.",
    },
    schema: {
      operationId: "refreshSession",
      tags: ["tokens"],
      summary: "Exchange a refresh token for the session's next tokens",
      body: z.strictObject({ refreshToken: z.string().max(1_000) }),
      response: { 200: tokens },
    },
    handler: async ({ body, audit }, reply) =>
      hand(reply, await authentication.refreshSession(body.refreshToken, audit)),
  });

  addRoute({
    method: "POST",
    url: "/logout",
    audit: "session.end",
    access: { session: "It ends the session of the token, with all of its tokens. An API key has none." },
    schema: {
      operationId: "endSession",
      tags: ["tokens"],
      summary: "End the session of a token",
      response: { 204: z.undefined() },
    },
    handler: async ({ caller, audit }, reply) => {
      // The route's access asks for one.
      await authentication.endSession(caller.tenant, caller.session as string, audit);
      return reply.code(204).send();
    },
  });
}

/** Tokens as a client gets them. No cache on the way may keep them. */
export function hand(reply: FastifyReply, { token, ...refresh }: Tokens): z.output<typeof tokens> {
  void reply.header("cache-control", "no-store");
  return { token, expiresInSeconds: TOKEN_MINUTES * 60, ...refresh };
}

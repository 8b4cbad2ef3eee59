import { z } from "zod";
import type { Api } from "../api.ts";
import { ApiError } from "../errors.ts";
import { CLOSE, sendEvents } from "../event-socket.ts";
import { OpenStreams } from "../open-streams.ts";
import * as schemas from "../schemas.ts";

const PING_MILLISECONDS = 20_000;
/** Milliseconds between looks whether a follower's session or key is still valid. */
const CHECK_MILLISECONDS = 5_000;
/** Seconds after which a tenant that has too many streams may ask again. */
const FULL_RETRY_SECONDS = 10;

/** Events of an execution over a WebSocket, from `after` on, until the last one. */
export function addStreamRoute({ addRoute, authentication, database, followers, open, log }: Api): void {
  const streams = new OpenStreams();

  addRoute({
    method: "GET",
    url: "/executions/:id/stream",
    access: "executions:read",
    schema: {
      operationId: "followExecution",
      tags: ["executions"],
      summary: "Follow an execution over a WebSocket; 'after' resumes behind the last event that was seen",
      params: schemas.byId,
      querystring: z.object({
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
        access_token: z.string().optional().describe("A token from POST /tokens, where no header can be sent."),
      }),
    },
    // Before the connection becomes a WebSocket, so that a refusal is an answer like any other.
    preHandler: async ({ caller, params: { id }, ws, raw }) => {
      const { rowCount } = await database.asTenant(caller.tenant, (client) =>
        client.query("SELECT FROM executions WHERE id = $1", [id]),
      );
      if (rowCount === 0) throw new ApiError("not_found");
      if (!ws) return;
      const giveBack = streams.take(caller.tenant);
      if (!giveBack) throw new ApiError("too_many_streams", undefined, FULL_RETRY_SECONDS);
      raw.socket.once("close", giveBack);
    },
    handler: (_, reply) => {
      void reply.header("upgrade", "websocket").header("connection", "upgrade");
      throw new ApiError("upgrade_required");
    },
    wsHandler: (socket, { caller, params: { id }, query: { after } }) => {
      const unfollow = followers.follow({
        tenant: caller.tenant,
        execution: id,
        after,
        onEvents: (events) => sendEvents(socket, id, events),
        onEnd: () => {
          socket.close(CLOSE.end);
        },
      });
      const ping = setInterval(() => {
        socket.ping();
      }, PING_MILLISECONDS);
      const check = setInterval(() => {
        authentication.isValid(caller).then(
          (valid) => {
            if (!valid) socket.close(CLOSE.unauthenticated, "the session has ended, or the API key was revoked");
          },
          (error: unknown) => {
            log.warn({ err: error }, "a follower's credential could not be checked; it is tried again");
          },
        );
      }, CHECK_MILLISECONDS);
      const goAway = (): void => {
        socket.close(CLOSE.goingAway, "the server is stopping; come back with 'after'");
      };
      open.add(goAway);
      socket.on("close", () => {
        clearInterval(ping);
        clearInterval(check);
        open.delete(goAway);
        unfollow();
      });
    },
  });
}

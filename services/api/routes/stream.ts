import type { WebSocket } from "ws";
import { z } from "zod";
import { type ExecutionEvent, isLast } from "../../shared/executions/events.ts";
import type { Api } from "../api.ts";
import { ApiError } from "../errors.ts";
import * as schemas from "../schemas.ts";

/** Bytes that a client may leave unread before it is cut off; it comes back and goes on where it was. */
const MAX_UNREAD = 4 * 2 ** 20;
const PING_MILLISECONDS = 20_000;
/** Milliseconds between looks whether a follower's session or key is still valid. */
const CHECK_MILLISECONDS = 5_000;
/** The state of a WebSocket that takes messages. */
const OPEN = 1;
/** RFC 6455: the end, a server that goes away, a caller who may no longer follow, and a message too much. */
const CLOSE = { end: 1000, goingAway: 1001, unauthenticated: 1008, tooSlow: 1013 } as const;

/** Events of an execution over a WebSocket, from `after` on, until the last one. */
export function addStreamRoute({ addRoute, authentication, database, followers, open, log }: Api): void {
  addRoute({
    method: "GET",
    url: "/executions/:id/stream",
    access: "executions:read",
    schema: {
      tags: ["executions"],
      summary: "Follow an execution over a WebSocket; 'after' resumes behind the last event that was seen",
      params: schemas.byId,
      querystring: z.object({
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
        access_token: z.string().optional().describe("A token from POST /tokens, where no header can be sent."),
      }),
    },
    // Before the connection becomes a WebSocket, so that a refusal is an answer like any other.
    preHandler: async ({ caller, params: { id } }) => {
      const { rowCount } = await database.asTenant(caller.tenant, (client) =>
        client.query("SELECT FROM executions WHERE id = $1", [id]),
      );
      if (rowCount === 0) throw new ApiError("not_found");
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
        onEvents: (events) => {
          send(socket, id, events);
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

function send(
  socket: Pick<WebSocket, "readyState" | "bufferedAmount" | "send" | "close">,
  execution: string,
  events: readonly ExecutionEvent[],
): void {
  if (socket.readyState !== OPEN) return;
  if (socket.bufferedAmount > MAX_UNREAD) {
    socket.close(CLOSE.tooSlow, "too much is unread; come back with 'after'");
    return;
  }
  for (const event of events) {
    socket.send(JSON.stringify({ execution, ...event }));
    if (isLast(event.type)) socket.close(CLOSE.end);
  }
}

import { z } from "zod";
import type { Api } from "../api.ts";
import { ApiError } from "../errors.ts";
import { EventSocket } from "../event-socket.ts";
import { acceptsEvents, EventSource, seenBy } from "../event-source.ts";
import { sendEvents } from "../send-events.ts";
import * as schemas from "../schemas.ts";

/** Events of an execution over a WebSocket or as server-sent events, from `after` on, until the last one. */
export function addStreamRoute(api: Api): void {
  const { addRoute, database, streams } = api;

  addRoute({
    method: "GET",
    url: "/executions/:id/stream",
    access: "executions:read",
    schema: {
      operationId: "followExecution",
      tags: ["executions"],
      summary:
        "Follow an execution over a WebSocket or server-sent events; 'after' is the number of the last event received",
      params: schemas.byId,
      querystring: z.object({
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
        access_token: z.string().optional().describe("A token, for clients that cannot send headers."),
      }),
    },
    // Before the connection becomes a WebSocket, so that a refusal is an answer like any other.
    preHandler: async ({ caller, params: { id }, query, headers, ws, raw }, reply) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<{ over: boolean }>(
          "SELECT finished_at IS NOT NULL AND last_seq <= $2 AS over FROM executions WHERE id = $1",
          [id, seenBy(headers["last-event-id"], query.after)],
        ),
      );
      if (!rows[0]) throw new ApiError("not_found");
      const asksForEvents = acceptsEvents(headers.accept);
      if (!ws && !asksForEvents) {
        void reply.header("upgrade", "websocket").header("connection", "upgrade");
        throw new ApiError("upgrade_required");
      }
      // A client that has seen the last event reconnects by itself until it gets 204.
      if (!ws && rows[0].over) return reply.code(204).send();
      const giveBack = streams.take(caller.tenant);
      (ws ? raw.socket : reply.raw).once("close", giveBack);
      return undefined;
    },
    handler: ({ caller, params: { id }, query, headers }, reply) => {
      const source = new EventSource(id);
      sendEvents(api, source, { caller, execution: id, after: seenBy(headers["last-event-id"], query.after) });
      return reply
        .header("content-type", "text/event-stream")
        .header("cache-control", "no-store")
        .header("x-accel-buffering", "no")
        .send(source.body);
    },
    wsHandler: (socket, { caller, params: { id }, query: { after } }) => {
      sendEvents(api, new EventSocket(socket, id), { caller, execution: id, after });
    },
  });
}

import type { Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between looks at the connections that are left. */
const LOOK_PAUSE = 50;

/**
 * Sends the clients of a server away without breaking a request. From the call on every answer says `Connection: close`, so that a
 * client that keeps connections opens the next one elsewhere; new connections are still answered, since a client may not have heard
 * that others serve now. Connections on which nothing is asked are left alone for `seconds`: one that is closed while its client
 * sends a request resets it. Resolves when no connection is left, or after `seconds`.
 */
export async function drainConnections(server: Server, seconds: number): Promise<void> {
  // Before the application's own listener, which may answer at once.
  server.prependListener("request", (_, response) => {
    response.shouldKeepAlive = false;
  });
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && (await connectionsOf(server)) > 0) await pause(LOOK_PAUSE);
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });

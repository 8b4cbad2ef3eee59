import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { type ExecutionEvent, isLast } from "../../services/shared/executions/events.ts";
import type { NodePlatform } from "./platform.ts";

/** The server pings every 20 seconds: a connection on which nothing came for longer is dead. */
const SILENCE_MILLISECONDS = 25_000;
const RETRY_MILLISECONDS = 500;
const HANDSHAKE_MILLISECONDS = 3_000;

export interface Followed {
  readonly events: readonly ExecutionEvent[];
  /** WebSockets that it took. */
  readonly connections: number;
}

/** Follows an execution until its last event, and comes back with `after` for as long as it takes. */
export async function followThrough(
  { url }: Pick<NodePlatform, "url">,
  key: string,
  execution: string,
  onEvent: (event: ExecutionEvent) => void = () => undefined,
): Promise<Followed> {
  const events: ExecutionEvent[] = [];
  let connections = 0;
  const done = (): boolean => events.some(({ type }) => isLast(type));
  while (!done()) {
    connections += 1;
    await connection(
      `${url.replace("http", "ws")}/executions/${execution}/stream?after=${events.at(-1)?.seq ?? 0}`,
      key,
      (event) => {
        events.push(event);
        onEvent(event);
      },
    );
    if (!done()) await pause(RETRY_MILLISECONDS);
  }
  return { events, connections };
}

/** One WebSocket, until it ends in whichever way. */
function connection(url: string, key: string, onEvent: (event: ExecutionEvent) => void): Promise<void> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${key}` };
    const socket = new WebSocket(url, { headers, handshakeTimeout: HANDSHAKE_MILLISECONDS });
    const silence = setTimeout(() => socket.terminate(), SILENCE_MILLISECONDS);
    socket.on("ping", () => silence.refresh());
    socket.on("message", (data: Buffer) => {
      silence.refresh();
      onEvent(JSON.parse(data.toString("utf8")) as ExecutionEvent);
    });
    // 'close' follows.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(silence);
      resolve();
    });
  });
}

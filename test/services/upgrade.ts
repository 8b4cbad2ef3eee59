import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";

export interface Reply {
  readonly status: number;
  readonly type: string | null | undefined;
  readonly body: string;
}

/** What the API answers to a request to become a WebSocket: 101 when it does. */
export function upgrade(url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, { headers });
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => {
      socket.terminate();
      resolve({ status: 101, type: undefined, body: "" });
    });
    socket.on("unexpected-response", (_, response: IncomingMessage) => {
      const {
        statusCode: status = 0,
        headers: { "content-type": type },
      } = response;
      text(response).then((body) => resolve({ status, type, body }), reject);
    });
  });
}

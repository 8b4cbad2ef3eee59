import { Agent } from "node:https";
import { WebSocket } from "ws";
import type { Client } from "../cluster/client.ts";

interface Command {
  readonly namespace: string;
  readonly name: string;
  readonly command: readonly string[];
}

/** The first byte of a message says what follows. */
const channels = { output: 1, errors: 2, status: 3 };

/** Runs a command in a pod's first container, and returns its output. Throws what it says when it fails. */
export function exec(
  { server, token }: Client,
  authority: Buffer,
  { namespace, name, command }: Command,
): Promise<string> {
  const query = new URLSearchParams([
    ["stdout", "true"],
    ["stderr", "true"],
    ...command.map((part) => ["command", part] as [string, string]),
  ]);
  const url = `${server.replace("https", "wss")}/api/v1/namespaces/${namespace}/pods/${name}/exec?${query.toString()}`;
  const socket = new WebSocket(url, ["v5.channel.k8s.io"], {
    // The address that it is called at is not in its certificate.
    agent: new Agent({ ca: authority, checkServerIdentity: () => undefined }),
    headers: { authorization: `Bearer ${token}` },
  });
  return new Promise((resolve, reject) => {
    const said: Record<number, string> = {};
    socket.on("message", (data: Buffer) => {
      const channel = data[0] ?? 0;
      said[channel] = `${said[channel] ?? ""}${data.subarray(1).toString()}`;
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const status = JSON.parse(said[channels.status] ?? "{}") as { status?: string; message?: string };
      if (status.status === "Success") resolve(said[channels.output] ?? "");
      else {
        const reason = `${status.message ?? "the connection broke"}\n${said[channels.errors] ?? ""}`;
        reject(new Error(`${namespace}/${name}: ${command.join(" ").slice(0, 200)}: ${reason}`));
      }
    });
  });
}

import { request } from "node:http";
import type { Socket } from "node:net";
import { EgressError, isEgressReason } from "./egress-error.ts";

/** Milliseconds in which the egress proxy has to answer: it resolves a name, and may try several addresses. */
const TUNNEL_TIMEOUT = 25_000;

export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** Opens a tunnel through the egress proxy. Throws an EgressError, or what aborted it. */
export function openTunnel(proxy: string, { host, port }: Destination, signal: AbortSignal): Promise<Socket> {
  const { hostname, port: proxyPort } = new URL(proxy);
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const connecting = request({
      ...{ host: hostname, port: proxyPort, method: "CONNECT", path: authority, headers: { host: authority } },
      ...{ agent: false, signal, timeout: TUNNEL_TIMEOUT },
    });
    connecting.once("timeout", () => connecting.destroy(new Error("The egress proxy did not answer.")));
    connecting.once("error", (error) => {
      reject(signal.aborted ? (signal.reason as Error) : new EgressError("proxy_internal_error", { cause: error }));
    });
    connecting.once("connect", ({ statusCode, headers }, socket) => {
      socket.setTimeout(0);
      if (statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new EgressError(reasonIn(headers["proxy-status"])));
    });
    connecting.end();
  });
}

function reasonIn(status: string | readonly string[] | undefined): EgressError["reason"] {
  const [, reason = ""] = /;\s*error=([a-z_]+)/.exec(String(status)) ?? [];
  return isEgressReason(reason) ? reason : "proxy_internal_error";
}

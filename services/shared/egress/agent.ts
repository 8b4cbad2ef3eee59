import { Agent, type AgentOptions } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { type EgressOptions, egressSockets } from "./open.ts";

/** Milliseconds in which a connection has to stand, name resolution and TLS included. */
const OPEN_TIMEOUT = 30_000;
const HTTPS_PORT = 443;

/**
 * An agent for HTTPS requests to hosts on the internet, through the egress proxy or directly at a public address. It keeps connections
 * for further requests.
 */
export function egressAgent(options: EgressOptions & Pick<AgentOptions, "maxSockets">): Agent {
  const { maxSockets, ...egress } = options;
  const open = egressSockets(egress);
  return Object.assign(new Agent({ keepAlive: true, ...(maxSockets !== undefined && { maxSockets }) }), {
    createConnection: (
      { host = "", port }: { readonly host?: string; readonly port?: number | string },
      done: (error: Error | null, socket?: Duplex) => void,
    ): undefined => {
      open({ host, port: Number(port ?? HTTPS_PORT) }, AbortSignal.timeout(OPEN_TIMEOUT)).then(
        (socket) => {
          done(null, connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }) }));
        },
        (error: unknown) => {
          done(error as Error);
        },
      );
    },
  });
}

import type { Socket } from "node:net";
import { connectToFirst, type Dial } from "./connect.ts";
import { type AddressResolver, resolvePublic, systemResolver } from "./resolve.ts";
import { type Destination, openTunnel } from "./tunnel.ts";

export interface EgressOptions {
  /** The URL of the egress proxy; undefined: hosts are connected to directly. */
  readonly proxy: string | undefined;
  /** For direct connections. @default - the DNS servers of this machine */
  readonly resolver?: AddressResolver;
  /** For direct connections. @default - TCP connections of this machine */
  readonly dial?: Dial;
}

/** Connects to a host on the internet. Rejects with an EgressError, or with what aborted it. */
export type OpenSocket = (to: Destination, signal: AbortSignal) => Promise<Socket>;

/** Connects through the egress proxy, or directly at an address that is public. */
export function egressSockets({ proxy, resolver = systemResolver(), dial }: EgressOptions): OpenSocket {
  return async (to, signal) =>
    proxy === undefined
      ? connectToFirst(await resolvePublic(to.host, resolver), to.port, { signal, ...(dial && { dial }) })
      : openTunnel(proxy, to, signal);
}

import { connect, type Socket } from "node:net";
import { EgressError, type EgressReason } from "./egress-error.ts";

/** Begins a TCP connection to an address. */
export type Dial = (address: string, port: number) => Socket;

/** Each direction ends by itself: a client may half-close after its request. */
const dialAddress: Dial = (host, port) => connect({ host, port, allowHalfOpen: true });

/** Milliseconds in which an address has to answer. */
const CONNECT_TIMEOUT = 5_000;
/** Addresses of one host that are tried. */
const MAX_ADDRESSES = 3;

export interface ConnectOptions {
  /** @default - a TCP connection of this machine */
  readonly dial?: Dial;
  /** Milliseconds in which an address has to answer. @default 5000 */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Connects to the first address that answers. Throws an EgressError for the last one that did not, or what aborted it. */
export async function connectToFirst(
  addresses: readonly string[],
  port: number,
  { dial = dialAddress, timeout = CONNECT_TIMEOUT, signal }: ConnectOptions = {},
): Promise<Socket> {
  let last: unknown;
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    signal?.throwIfAborted();
    try {
      return await connected(dial(address, port), timeout, signal);
    } catch (error) {
      last = error;
    }
  }
  signal?.throwIfAborted();
  throw new EgressError(reasonOf(last), { cause: last });
}

function connected(socket: Socket, timeout: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      stopWaiting();
      socket.on("error", () => undefined);
      socket.destroy();
      reject(error);
    };
    const onTimeout = (): void => {
      fail(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
    };
    const onAbort = (): void => {
      fail(new Error("aborted"));
    };
    const onConnect = (): void => {
      stopWaiting();
      resolve(socket);
    };
    const timer = setTimeout(onTimeout, timeout);
    const stopWaiting = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", fail);
      socket.off("connect", onConnect);
    };
    socket.once("error", fail);
    socket.once("connect", onConnect);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function reasonOf(error: unknown): EgressReason {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ECONNREFUSED":
      return "connection_refused";
    case "ETIMEDOUT":
      return "connection_timeout";
    default:
      return "destination_unavailable";
  }
}

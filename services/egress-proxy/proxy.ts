import { createServer, type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { connectToFirst, type Dial } from "../shared/egress/connect.ts";
import { EgressError, type EgressReason } from "../shared/egress/egress-error.ts";
import { type AddressResolver, resolvePublic } from "../shared/egress/resolve.ts";
import type { Log } from "../shared/runtime/log.ts";
import { portOfServer } from "../shared/runtime/probes.ts";
import { Places, type TunnelLimits } from "./places.ts";
import { tunnel, type TunnelTimes } from "./tunnel.ts";

/** Bytes of a request's headers. */
const MAX_HEADERS = 8 * 1024;
/** Milliseconds in which a request's headers have to arrive. */
const HEADERS_TIMEOUT = 10_000;
const TIMEOUT_CHECK = 1_000;
/** Connections that are no tunnel, or not yet: probes, and requests whose headers have not arrived. */
const OTHER_CONNECTIONS = 64;
/** Milliseconds in which a client that was refused has to read that. */
const LINGER = 1_000;

/** A worker streams 256 executions at once. */
const LIMITS: TunnelLimits = { total: 1_024, perClient: 300 };
/** Workers take a stream for dead after a minute of silence. An execution lasts an hour at most. */
const TIMES: TunnelTimes = { idle: 120_000, longest: 3_600_000 };

export interface EgressProxyOptions {
  /** Of hosts that tunnels may lead to. */
  readonly ports: readonly number[];
  readonly resolver: AddressResolver;
  readonly log: Pick<Log, "info">;
  /** Called with the outcome of each tunnel requested. */
  readonly onResult: (result: EgressReason | "connected") => void;
  /** Told how many tunnels are open, or being opened, whenever that changes. */
  readonly onOpen: (count: number) => void;
  /** Answers what is no CONNECT. */
  readonly otherwise: RequestListener;
  /** @default 1024, and 300 per client */
  readonly limits?: TunnelLimits;
  /** @default two minutes without a byte, and an hour */
  readonly times?: TunnelTimes;
  /** @default - TCP connections of this machine */
  readonly dial?: Dial;
}

/** What each error is answered with. */
const STATUS: Readonly<Record<EgressReason, number>> = {
  http_request_denied: 403,
  destination_ip_prohibited: 403,
  dns_error: 502,
  dns_timeout: 504,
  connection_refused: 502,
  connection_timeout: 504,
  destination_unavailable: 502,
  proxy_internal_error: 500,
  connection_limit_reached: 503,
};

/**
 * A forward proxy for CONNECT (RFC 9110, section 9.3.6). It resolves the host, refuses it if one of its addresses is not on the public
 * internet, and connects to an address that it has seen. TLS ends at the origin. An error is answered with a Proxy-Status (RFC 9209).
 */
export class EgressProxy {
  readonly #server: Server;
  readonly #places: Places;
  readonly #open = new Map<Socket, Promise<void>>();

  constructor(private readonly options: EgressProxyOptions) {
    const { limits = LIMITS, onOpen, otherwise } = options;
    this.#places = new Places(limits, onOpen);
    this.#server = createServer(
      { maxHeaderSize: MAX_HEADERS, headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: TIMEOUT_CHECK },
      otherwise,
    );
    this.#server.maxConnections = limits.total + OTHER_CONNECTIONS;
    this.#server.on("connect", (request, _, head) => {
      const client = request.socket;
      const done = this.#serve(request, head).finally(() => this.#open.delete(client));
      this.#open.set(client, done);
    });
  }

  /** Opens its port, and returns which it is. Throws what `listen` says, such as EADDRINUSE. */
  async listen(port: number, address: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, address, resolve);
    });
    return portOfServer(this.#server);
  }

  /** Takes no more connections, and waits for the tunnels that are open. Those that are left after `seconds` are cut. */
  async stop(seconds: number): Promise<void> {
    this.#server.close();
    const timeout = setTimeout(() => {
      for (const client of this.#open.keys()) client.destroy();
    }, seconds * 1000);
    await Promise.all(this.#open.values());
    clearTimeout(timeout);
    this.#server.closeAllConnections();
  }

  async #serve({ socket: client, url = "" }: IncomingMessage, head: Buffer): Promise<void> {
    const { onResult, times = TIMES } = this.options;
    const gone = new AbortController();
    client.on("error", () => undefined);
    client.once("close", () => {
      gone.abort();
    });
    const target = targetOf(url);
    const leave = this.#places.take(client.remoteAddress ?? "");
    try {
      if (!leave) throw new EgressError("connection_limit_reached");
      const origin = await this.#connect(target, gone.signal);
      onResult("connected");
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      origin.write(head);
      await tunnel(client, origin, times);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (!(error instanceof EgressError)) throw error;
      this.#refuse(client, target, error.reason);
    } finally {
      leave?.();
    }
  }

  async #connect(target: Target | undefined, signal: AbortSignal): Promise<Socket> {
    const { ports, resolver, dial } = this.options;
    if (!target || !ports.includes(target.port)) throw new EgressError("http_request_denied");
    const addresses = await resolvePublic(target.host, resolver);
    return connectToFirst(addresses, target.port, { signal, ...(dial && { dial }) });
  }

  #refuse(client: Socket, target: Target | undefined, reason: EgressReason): void {
    this.options.onResult(reason);
    this.options.log.info({ ...target, reason }, "a tunnel was refused");
    const status = STATUS[reason];
    client.setTimeout(LINGER, () => client.destroy());
    client.resume();
    client.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nproxy-status: promptops; error=${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
  }
}

interface Target {
  readonly host: string;
  readonly port: number;
}

/** `models.example.com:443`, `192.0.2.1:443` or `[2001:db8::1]:443`; undefined for what is none. */
function targetOf(authority: string): Target | undefined {
  const [, address, name, port] = /^(?:\[([0-9a-f:.]{2,45})\]|([-.\w]{1,253})):(\d{1,5})$/i.exec(authority) ?? [];
  const host = address ?? name;
  return host === undefined ? undefined : { host, port: Number(port) };
}

import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

/** What a service knows of itself; the kubelet asks for it. */
export interface Health {
  /** It has started: its ports are open and its first connections were tried. */
  started: boolean;
  /** It was told to stop, and ends what it has in hand. */
  draining: boolean;
  /** What it cannot work without answers. Never a reason to be killed, only not to be sent requests. */
  readonly ready: () => Promise<boolean>;
  /** It answers without something that it has a substitute for: ready, and `degraded` in the answer. */
  readonly degraded: () => boolean;
}

export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly body: { readonly status: string };
}

/** The path at which each probe is answered. */
export const PROBES = { startup: "/health/startup", ready: "/health/ready", live: "/health/live" } as const;
export type ProbePath = (typeof PROBES)[keyof typeof PROBES];
/** The path of the metrics, on a port of their own. */
export const METRICS_PATH = "/metrics";

/**
 * `live` says that the process turns its event loop, and nothing else: a restart does not bring back a lost database.
 * `startup` says that it has started, `ready` that it may be sent work.
 */
export async function answerProbe(path: ProbePath, health: Health): Promise<ProbeAnswer>;
export async function answerProbe(path: string, health: Health): Promise<ProbeAnswer | undefined>;
export async function answerProbe(path: string, health: Health): Promise<ProbeAnswer | undefined> {
  switch (path) {
    case PROBES.live:
      return ok("live");
    case PROBES.startup:
      return health.started ? ok("started") : unavailable("starting");
    case PROBES.ready:
      if (health.draining) return unavailable("draining");
      if (!health.started || !(await health.ready())) return unavailable("waiting for what it depends on");
      return ok(health.degraded() ? "degraded" : "ready");
    default:
      return undefined;
  }
}

const ok = (status: string): ProbeAnswer => ({ status: 200, body: { status } });
const unavailable = (status: string): ProbeAnswer => ({ status: 503, body: { status } });

/** Answers the probes on a port of their own, for a service that speaks no HTTP otherwise. */
export const healthListener =
  (health: Health): RequestListener =>
  (request, response) => {
    // Not parsed as a URL: a request may name what is none, such as `//`, and nothing that a stranger sends may end the process.
    const [path = "/"] = (request.url ?? "/").split("?");
    void answerProbe(path, health).then((answer) => {
      response.writeHead(answer?.status ?? 404, { "content-type": "application/json" });
      response.end(JSON.stringify(answer?.body ?? { status: "not found" }));
    });
  };

/** Serves `/metrics` and nothing else. */
export const metricsListener =
  (registry: Registry): RequestListener =>
  (request, response) => {
    if (request.url !== METRICS_PATH) {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  };

/** Opens a port. Throws what `listen` says, such as EADDRINUSE. */
export async function openPort(listener: RequestListener, port: number, address: string): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  return server;
}

export const portOfServer = (server: Server): number => (server.address() as AddressInfo).port;

export function closePort(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
  });
}

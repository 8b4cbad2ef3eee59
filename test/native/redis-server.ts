import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { freePort } from "../../local/ports.ts";
import { until } from "../services/stack.ts";

/** Debian's redis-server, on a port that stays its own. */
export interface RedisServer {
  readonly url: string;
  /** A connection that comes back by itself. */
  readonly admin: Redis;
  /** Lets it answer nothing, with every connection open. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Stops it for good. */
  readonly close: () => Promise<void>;
}

export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const admin = new Redis(url, { lazyConnect: true, retryStrategy: () => 100, maxRetriesPerRequest: null });
  admin.on("error", () => undefined);
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "noeviction"];
    server = spawn("redis-server", options, { stdio: "ignore" });
    const missing = new Promise<never>((_, reject) =>
      server.once("error", () => {
        reject(new Error("There is no 'redis-server' on the PATH. Install Debian's package redis-server."));
      }),
    );
    await Promise.race([missing, until("Redis to answer", () => admin.ping())]);
  };
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    ...{ url, admin, start, stop },
    freeze: () => server.kill("SIGSTOP"),
    thaw: () => server.kill("SIGCONT"),
    close: async () => {
      admin.disconnect();
      await stop();
    },
  };
}

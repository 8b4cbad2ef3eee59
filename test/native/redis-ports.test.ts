import { type ChildProcess, spawn } from "node:child_process";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe } from "vitest";
import { freePort } from "../../local/ports.ts";
import { redisBroadcast } from "../../services/shared/executions/redis/broadcast.ts";
import { redisWakeUps } from "../../services/shared/executions/redis/wake-ups.ts";
import { createLog } from "../../services/shared/runtime/log.ts";
import { testPorts } from "../services/ports-contract.ts";
import { until } from "../services/stack.ts";

const log = createLog("test", "silent");
let server: ChildProcess;
let admin: Redis;
let url: string;
beforeAll(async () => {
  const port = await freePort();
  url = `redis://127.0.0.1:${port}`;
  server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "noeviction"],
    { stdio: "ignore" },
  );
  const missing = new Promise<never>((_, reject) =>
    server.once("error", () => {
      reject(new Error("There is no 'redis-server' on the PATH. Install Debian's package redis-server."));
    }),
  );
  admin = new Redis(url, { lazyConnect: true, retryStrategy: () => 100, maxRetriesPerRequest: null });
  admin.on("error", () => undefined);
  await Promise.race([missing, until("Redis to answer", () => admin.ping())]);
});
afterAll(() => {
  admin.disconnect();
  server.kill();
});

async function others(): Promise<string[]> {
  const own = String(await admin.client("ID"));
  const list = String(await admin.client("LIST"))
    .trim()
    .split("\n");
  return list.map((line) => /\bid=(\d+)/.exec(line)?.[1] ?? "").filter((id) => id !== own);
}

describe("on Redis", () => {
  testPorts(() => ({
    wakeUps: () => redisWakeUps(url, log),
    broadcast: () => redisBroadcast(url, log),
    breakConnections: async () => {
      for (const id of await others()) await admin.call("CLIENT", "KILL", "ID", id);
    },
    connections: async () => (await others()).length,
  }));
});

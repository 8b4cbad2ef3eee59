import { afterAll, beforeAll, describe } from "vitest";
import { redisBroadcast } from "../../services/shared/executions/redis/broadcast.ts";
import { redisWakeUps } from "../../services/shared/executions/redis/wake-ups.ts";
import { createLog } from "../../services/shared/runtime/log.ts";
import { testPorts } from "../services/ports-contract.ts";
import { type RedisServer, startRedisServer } from "./redis-server.ts";

const log = createLog("test", "silent");
let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(async () => {
  await server.close();
});

async function others(): Promise<string[]> {
  const own = String(await server.admin.client("ID"));
  const list = String(await server.admin.client("LIST"))
    .trim()
    .split("\n");
  return list.map((line) => /\bid=(\d+)/.exec(line)?.[1] ?? "").filter((id) => id !== own);
}

describe("on Redis", () => {
  testPorts(() => ({
    wakeUps: () => redisWakeUps(server.url, log),
    broadcast: () => redisBroadcast(server.url, log),
    breakConnections: async () => {
      for (const id of await others()) await server.admin.call("CLIENT", "KILL", "ID", id);
    },
    connections: async () => (await others()).length,
  }));
});

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { Database } from "../../services/shared/database/pool.ts";
import { createLog } from "../../services/shared/runtime/log.ts";

const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
let postgres: EmbeddedPostgres;
/** Between the pool and the server: what comes from clients of `lost` goes nowhere, as at a node without power. */
let router: Server;
const clients = new Set<Socket>();
const lost = new Set<Socket>();

beforeAll(async () => {
  chmodSync(folder, 0o711);
  postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: false });
  const { port } = new URL(postgres.url());
  router = createServer((client) => {
    const server = connect(Number(port), "127.0.0.1");
    clients.add(client);
    client.on("data", (data) => !lost.has(client) && server.write(data));
    server.on("data", (data) => client.write(data));
    client.on("error", () => undefined).on("close", () => server.destroy());
    server.on("error", () => undefined).on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => {
    router.listen(0, "127.0.0.1", resolve);
  });
});
afterAll(async () => {
  router.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a server that no longer answers fails the transaction, and the next one gets another connection", async () => {
  const url = new URL(postgres.url());
  url.port = String((router.address() as AddressInfo).port);
  const database = new Database({
    ...{ url: url.href, connections: 1, answerTimeout: 500 },
    log: createLog("test", "silent"),
  });
  const ask = (): Promise<unknown> => database.transaction((client) => client.query("SELECT 1"));
  await ask();
  for (const client of clients) lost.add(client);
  await expect(ask()).rejects.toThrow("Query read timeout");
  await ask();
  expect(clients.size).toBe(2);
  await database.close();
});

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmbeddedPostgres } from "../../local/embedded-postgres.ts";
import { startStandby } from "../services/standby.ts";
import { startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";

let stack: Stack;
let standby: EmbeddedPostgres;
let folder: string;
/** Of an API that knows the standby. */
let url: string;
/** At that API, and at one that does not know it. */
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  stack = await startStack();
  other = await stack.tenant("one");
  const of = join(stack.secrets, "../../postgres");
  folder = join(of, "../standby");
  standby = await startStandby(stack.platform.postgres, { of, folder });
  writeFileSync(join(stack.secrets, "database-replicas"), `127.0.0.1:${standby.port}`);
  const api = await stack.platform.startApi();
  url = `http://127.0.0.1:${api.ports["http"] ?? 0}`;
  tenant = tenantWith(url, other.key);
});
afterAll(async () => {
  await standby.stop();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function onStandby(sql: string): Promise<void> {
  const client = new Client({ connectionString: standby.url("promptops_api") });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const listed = async (by: Tenant): Promise<string[]> =>
  (await by.call<{ executions: { id: string }[] }>("GET", "/executions")).body.executions.map(({ id }) => id);
const warnings = (): number => stack.lines.filter(({ line }) => line.includes("a read replica did not answer")).length;

/** Executes a prompt to its end while the standby stands still, so that it lacks what follows. */
async function behind(): Promise<string> {
  await onStandby("SELECT pg_wal_replay_pause()");
  const id = await tenant.execute(await tenant.prompt(`prompt-${Date.now()}`), "hello");
  await tenant.follow(id);
  return id;
}

test("lists and usage come from the replica, and everything else from the server", async () => {
  const id = await behind();
  expect(await listed(tenant)).not.toContain(id);
  expect(await listed(other)).toContain(id);
  expect((await tenant.call("GET", "/usage")).body.days).toEqual([]);
  expect((await other.call("GET", "/usage")).body.days).toHaveLength(1);
  expect((await tenant.call("GET", `/executions/${id}`)).body.state).toBe("succeeded");
  await onStandby("SELECT pg_wal_replay_resume()");
  await until("the replica to follow", async () => (await listed(tenant)).includes(id) || undefined);
  expect(warnings()).toBe(0);
});

test("a replica shows a tenant no rows but its own", async () => {
  const stranger = tenantWith(url, (await stack.tenant("stranger")).key);
  await until("the stranger to be known at the replica", async () => {
    const { status, body } = await stranger.call("GET", "/executions");
    expect(body).toEqual({ executions: [] });
    return status === 200 || undefined;
  });
});

test("a replica that is gone costs no request: the server answers, and the replica is asked again later", async () => {
  await standby.pause();
  const id = await tenant.execute(await tenant.prompt("gone"), "hello");
  await tenant.follow(id);
  for (let request = 0; request < 20; request++) expect(await listed(tenant)).toContain(id);
  // It is asked once, and then left alone for ten seconds.
  expect(warnings()).toBeLessThanOrEqual(2);
  expect(warnings()).toBeGreaterThan(0);
  await standby.resume();
  const later = await behind();
  await until("the replica to be asked again", async () => !(await listed(tenant)).includes(later) || undefined);
  await onStandby("SELECT pg_wal_replay_resume()");
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import autocannon from "autocannon";
import { databaseName } from "../platform/names.ts";
import { databaseOf } from "../platform/service.ts";
import { api } from "../services/api/service.ts";
import { startStack, type Stack, type Tenant } from "../test/services/stack.ts";
import { megabytes } from "./processes.ts";
import { format, quantile } from "./timing.ts";
import { unlimited } from "./unlimited.ts";

const CONNECTIONS = 32;
/** Executions that the platform is to accept in a minute. */
const PER_MINUTE = 10_000;
const LIMITS = [
  ["p50", 0.5, undefined],
  ["p95", 0.95, 200],
  ["p99", 0.99, 500],
] as const;

export interface AcceptLoad {
  /** For which as many are sent as are answered. */
  readonly seconds: number;
  /** For which 10,000 a minute are sent, however fast they are answered. */
  readonly pacedSeconds: number;
}

/** How many executions one replica of the API accepts beside a bare route, and how fast at a fixed rate. */
export async function benchAccepting({ seconds, pacedSeconds }: AcceptLoad): Promise<void> {
  console.log(`accept: executions accepted a second, ${CONNECTIONS} connections, ${seconds} s`);
  const stack = await startStack({ workers: 0 });
  try {
    // A tenant each: what a tenant has in hand is counted at every request.
    const [one, other] = [await stack.tenant("one"), await stack.tenant("other")];
    const [, id] = [await unlimited(stack, "one"), await unlimited(stack, "other")];
    const pathOf = async (tenant: Tenant): Promise<string> => `/prompts/${await tenant.prompt("echo")}/execute`;
    const own = await accepted(stack.url + (await pathOf(one)), one.key, seconds);
    const path = await pathOf(other);
    const bare = await withBareRoute(stack, id, (url) => accepted(url + path, "", seconds));
    console.log(`${format(bare)}  a bare Fastify route with the same transaction`);
    console.log(
      `${format(own)}  the API, with keys, scopes, rates, schemas and traces: ${(own / bare).toFixed(2)} of that`,
    );
    console.log(`${format(megabytes(stack.api.pid))}  MiB that the API holds afterwards`);
    const paced = await stack.tenant("paced");
    await unlimited(stack, "paced");
    await pace(stack.url + (await pathOf(paced)), paced.key, pacedSeconds);
  } finally {
    await stack.stop();
  }
}

async function accepted(url: string, key: string, duration: number): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({
    url,
    method: "POST",
    connections: CONNECTIONS,
    duration,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ variables: { text: "hello" } }),
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} of ${requests.total} requests to ${url} failed.`);
  return requests.average;
}

/** Sends at a fixed rate. A request is late from when it was to be sent, so one that waits for others is not spared. */
async function pace(url: string, key: string, duration: number): Promise<void> {
  console.log(`accept: milliseconds until 202, at ${PER_MINUTE} executions a minute, ${duration} s`);
  const between = 60_000 / PER_MINUTE;
  const count = Math.round((duration * 1_000) / between);
  const began = performance.now();
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const body = JSON.stringify({ variables: { text: "hello" } });
  const times = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const due = began + index * between;
      await setTimeout(Math.max(0, due - performance.now()));
      const { status } = await fetch(url, { method: "POST", headers, body });
      if (status !== 202) throw new Error(`A request to ${url} was answered with ${status}.`);
      return performance.now() - due;
    }),
  );
  for (const [name, share, limit] of LIMITS) {
    console.log(`${format(quantile(times, share))}  ${name}${limit === undefined ? "" : `, to be under ${limit}`}`);
  }
}

async function withBareRoute(stack: Stack, tenant: string, work: (url: string) => Promise<number>): Promise<number> {
  const url = new URL(stack.platform.postgres.url(databaseName(api)));
  const connections = String(databaseOf(api)?.pool ?? 0);
  const script = join(import.meta.dirname, "bare-route.ts");
  const args = ["--import", import.meta.resolve("tsx"), script, url.href, tenant, connections];
  const bare = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(bare.stdout, "data")) as [Buffer];
    return await work(`http://127.0.0.1:${line.toString().trim()}`);
  } finally {
    bare.kill();
  }
}

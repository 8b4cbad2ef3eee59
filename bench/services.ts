import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import autocannon from "autocannon";
import OpenAI from "openai";
import { Client } from "pg";
import { databaseName } from "../platform/names.ts";
import { databaseOf } from "../platform/service.ts";
import { api } from "../services/api/service.ts";
import { portOfServer } from "../services/shared/runtime/probes.ts";
import { startStack, type Stack, type Tenant } from "../test/services/stack.ts";
import { format } from "./timing.ts";

const CONNECTIONS = 32;

interface Load {
  /** For which executions are accepted. */
  readonly seconds: number;
  /** Streams at once; milliseconds to the first token, by which all of them are followed; and between tokens, so that two cores keep up. */
  readonly streams: readonly {
    readonly streams: number;
    readonly firstTokenMilliseconds: number;
    readonly tokenMilliseconds: number;
  }[];
}

const oneStream = { streams: 1, firstTokenMilliseconds: 500, tokenMilliseconds: 20 };
export const fullLoad: Load = {
  seconds: 10,
  streams: [oneStream, { streams: 1_000, firstTokenMilliseconds: 15_000, tokenMilliseconds: 1_000 }],
};
export const shortLoad: Load = {
  seconds: 2,
  streams: [{ streams: 50, firstTokenMilliseconds: 2_000, tokenMilliseconds: 100 }],
};
const TOKENS = 32;
const WORKERS = 4;

/** The API beside a bare route, a stream through the platform beside one from the model itself, and what processes hold. */
export async function benchServices({ seconds, streams }: Load): Promise<void> {
  await benchAccepting(seconds);
  for (const each of streams) await benchStreams(each);
}

async function benchAccepting(seconds: number): Promise<void> {
  console.log(`services: executions accepted a second, ${CONNECTIONS} connections, ${seconds} s`);
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
  } finally {
    await stack.stop();
  }
}

/** Takes the tenant's limit away; its id. */
async function unlimited({ platform }: Stack, name: string): Promise<string> {
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  const sql = "UPDATE tenants SET most_executions = 100000000 WHERE name = $1 RETURNING id";
  const { rows } = await client.query<{ id: string }>(sql, [name]);
  await client.end();
  return rows[0]?.id ?? "";
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

async function benchStreams({ streams, ...pace }: Load["streams"][number]): Promise<void> {
  console.log(`services: milliseconds from the model's sending a token to its arrival, ${streams} streams at once`);
  const left = new Map<string, number>();
  const stack = await startStack({
    workers: WORKERS,
    concurrency: streams,
    simulator: {
      ...pace,
      atOnce: streams,
      onToken: (prompt, index) => left.set(`${prompt} ${index}`, performance.now()),
    },
  });
  try {
    const tenant = await stack.tenant("bench");
    const prompt = await tenant.prompt("echo", { parameters: { max_tokens: TOKENS } });
    const names = Array.from({ length: streams }, (_, index) => `stream ${index}`);
    const arrivals: number[] = [];
    const arrive = (name: string, index: number): void => {
      arrivals.push(performance.now() - (left.get(`user: ${name} ${index}`) ?? 0));
    };
    await Promise.all(names.map((name) => direct(stack, name, arrive)));
    const [directMedian, directWorst] = percentiles(arrivals.splice(0));
    const faults = (await Promise.all(names.map((name) => through(tenant, prompt, name, arrive)))).flat();
    if (faults.length > 0) throw new Error(`${faults.length} of ${streams} streams: ${faults.slice(0, 5).join("; ")}`);
    const [median, worst] = percentiles(arrivals);
    console.log(`${format(directMedian)} ${format(directWorst)}  p50 and p99 on a connection to the model`);
    console.log(`${format(median)} ${format(worst)}  p50 and p99 through worker, Postgres, API and WebSocket`);
    console.log(`${format(median - directMedian)} ${format(worst - directWorst)}  added`);
    console.log(`${format(megabytes(stack.api.pid))}  MiB that the API holds afterwards`);
  } finally {
    await stack.stop();
  }
}

type Arrive = (name: string, index: number) => void;

async function direct({ simulator }: Stack, name: string, arrive: Arrive): Promise<void> {
  const baseURL = `http://127.0.0.1:${portOfServer(simulator.server)}/v1`;
  const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
  const messages = [{ role: "user" as const, content: name }];
  const stream = await client.chat.completions.create({
    model: "simulated",
    messages,
    max_completion_tokens: TOKENS,
    stream: true,
  });
  let index = 0;
  for await (const { choices } of stream) if ((choices[0]?.delta.content ?? "") !== "") arrive(name, index++);
}

/** Follows an execution. Returns what is wrong with it: each must run once, and to its end. */
async function through(tenant: Tenant, prompt: string, name: string, arrive: Arrive): Promise<string[]> {
  let index = 0;
  const events = await tenant.follow(await tenant.execute(prompt, name), 0, ({ type }) => {
    if (type === "token_chunk") arrive(name, index++);
    return false;
  });
  const last = events.at(-1);
  if (last?.type === "job_complete" && last.attempt === 1 && index === TOKENS) return [];
  const reasons = events.filter(({ type }) => type === "job_retrying").map(({ data }) => String(data["reason"]));
  return [
    `'${name}' ended with ${last?.type ?? "nothing"}, attempt ${last?.attempt ?? 0} (${reasons.join(", ")}), ${index} of ${TOKENS} tokens`,
  ];
}

function percentiles(values: readonly number[]): [median: number, worst: number] {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return [at(0.5), at(0.99)];
}

/** What a process holds in memory, on Linux; 0 elsewhere. */
function megabytes(pid: number): number {
  if (process.platform !== "linux") return 0;
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return (pages * 4096) / 2 ** 20;
}

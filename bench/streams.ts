import OpenAI from "openai";
import { portOfServer } from "../services/shared/runtime/probes.ts";
import { startStack, type Stack, type Tenant } from "../test/services/stack.ts";
import { megabytes } from "./processes.ts";
import { format, quantile } from "./timing.ts";

export interface StreamLoad {
  /** Streams at once. */
  readonly streams: number;
  /** By which all of them are followed. */
  readonly firstTokenMilliseconds: number;
  /** Between tokens, so that two cores keep up. */
  readonly tokenMilliseconds: number;
}

const TOKENS = 32;
const WORKERS = 4;

/** A stream through the platform beside one from the model itself, and what the API holds. */
export async function benchStreams({ streams, ...pace }: StreamLoad): Promise<void> {
  console.log(`streams: milliseconds from the model's sending a token to its arrival, ${streams} streams at once`);
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
    const [directMedian, directWorst] = [0.5, 0.99].map((share) => quantile(arrivals, share)) as [number, number];
    arrivals.length = 0;
    const faults = (await Promise.all(names.map((name) => through(tenant, prompt, name, arrive)))).flat();
    if (faults.length > 0) throw new Error(`${faults.length} of ${streams} streams: ${faults.slice(0, 5).join("; ")}`);
    const [median, worst] = [0.5, 0.99].map((share) => quantile(arrivals, share)) as [number, number];
    console.log(`${format(directMedian)} ${format(directWorst)}  p50 and p99 on a connection to the model`);
    console.log(`${format(median)} ${format(worst)}  p50 and p99 through worker, Postgres, API and WebSocket`);
    console.log(`${format(median - directMedian)} ${format(worst - directWorst)}  added, where p99 is to be under 500`);
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

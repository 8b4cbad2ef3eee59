import { mkdtempSync, rmSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { WebSocket } from "ws";
import { type LocalBucket, type Platform, startPlatform } from "../../local/platform.ts";
import { addOperator, addTenant } from "../../local/seed.ts";
import type { Service } from "../../platform/service.ts";
import type { ServiceProcess } from "../../local/service-process.ts";
import { createKey, createOperatorKey } from "../../services/api/api-keys.ts";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";
import { createSimulator, type SimulatorOptions } from "../../services/model-simulator/simulator.ts";
import type { ModelInput } from "../../services/shared/runtime/settings.ts";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { programsOfRun } from "./programs.ts";

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Somebody with an API key. */
export interface Tenant {
  readonly key: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
  call<Body = any>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
  /** Stores a prompt that says what it is given, and returns its id. */
  prompt(name: string, more?: object): Promise<string>;
  /** Executes it; the id of the execution. */
  execute(prompt: string, text: string, more?: object): Promise<string>;
  /** Follows an execution over a WebSocket until its last event, or until `until` says enough. */
  follow(execution: string, after?: number, until?: (event: ExecutionEvent) => boolean): Promise<ExecutionEvent[]>;
}

/** The whole platform on this machine: real processes on a real Postgres, and a model that does as it is told. */
export interface Stack {
  readonly platform: Platform;
  readonly simulator: FastifyInstance;
  readonly api: ServiceProcess;
  readonly url: string;
  /** The folder of the API's secret files. */
  readonly secrets: string;
  /** Every line that services have logged. */
  readonly lines: { readonly service: string; readonly line: string }[];
  tenant(name: string): Promise<Tenant>;
  /** A new operator of the platform: of what a tenant may do, only `call`. */
  operator(name?: string): Promise<Pick<Tenant, "key" | "call">>;
  /** Makes the model's next completions go wrong. */
  fault(fault: object): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly workers?: number;
  readonly simulator?: SimulatorOptions;
  /** Of the simulated model. @default 64 */
  readonly concurrency?: number;
  /** Models, given the simulator's URL without a path. @default - the simulated one, by OpenAI's API */
  readonly models?: (url: string) => ModelInput[];
  readonly redisUrl?: string;
  readonly amqpUrl?: string;
  /** @default - objects are kept in a directory */
  readonly bucket?: LocalBucket;
  /** Services that tests start themselves, besides the platform's own. @default - none */
  readonly services?: readonly Service[] | undefined;
}

export async function startStack({
  workers = 1,
  simulator: simulated = {},
  concurrency = 64,
  models = (url) => [{ name: "simulated", endpoint: `${url}/v1`, concurrency }],
  ...given
}: StackOptions = {}): Promise<Stack> {
  // As behind a gateway: a test says from which address it asks, or asks from this machine's.
  process.env["PROMPTOPS_TRUSTED_PROXIES"] = "1";
  const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  chmodSync(folder, 0o711);
  const simulator = createSimulator({ firstTokenMilliseconds: 5, tokenMilliseconds: 1, ...simulated });
  await simulator.listen({ port: 0, host: "127.0.0.1" });
  const modelUrl = `http://127.0.0.1:${portOfServer(simulator.server)}`;
  const lines: Stack["lines"] = [];
  const platform = await startPlatform({
    folder,
    models: models(modelUrl),
    onLine: (service, line) => lines.push({ service, line }),
    declaredPorts: false,
    durable: false,
    ...programsOfRun(),
    ...given,
  });
  const stop = async (): Promise<void> => {
    await platform.stop();
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [api] = await Promise.all([
      platform.startApi(),
      ...Array.from({ length: workers }, (_, index) => platform.startWorker(`worker-${index}`)),
    ]);
    const url = `http://127.0.0.1:${api.ports["http"] ?? 0}`;
    return {
      platform,
      simulator,
      api,
      url,
      secrets: join(folder, "secrets", "api"),
      lines,
      stop,
      tenant: async (name) => {
        const key = createKey();
        await addTenant(platform.databaseUrl, name, key);
        return tenantWith(url, key);
      },
      operator: async (name = "operator") => {
        const key = createOperatorKey();
        await addOperator(platform.databaseUrl, name, key);
        return tenantWith(url, key);
      },
      fault: async (fault) => {
        const headers = { "content-type": "application/json" };
        const { status } = await fetch(`${modelUrl}/faults`, { method: "POST", headers, body: JSON.stringify(fault) });
        if (status !== 204) throw new Error(`the simulator does not know this fault: ${JSON.stringify(fault)}`);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function tenantWith(url: string, key: string): Tenant {
  const tenant: Tenant = {
    key,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: bodyOf(response, text) };
    },
    prompt: async (name, more = {}) => {
      const messages = [{ role: "user", content: "{{text}}" }];
      const input = { name, model: "simulated", messages, variables: { text: {} }, ...more };
      const { status, body } = await tenant.call("POST", "/prompts", input);
      if (status !== 201) throw new Error(`prompt ${name}: ${JSON.stringify(body)}`);
      return body.id as string;
    },
    execute: async (prompt, text, more = {}) => {
      const { status, body } = await tenant.call("POST", `/prompts/${prompt}/execute`, {
        variables: { text },
        ...more,
      });
      if (status !== 202) throw new Error(`execute: ${JSON.stringify(body)}`);
      return body.id as string;
    },
    follow: (execution, after = 0, until = () => false) =>
      new Promise((resolve, reject) => {
        const events: ExecutionEvent[] = [];
        const socket = new WebSocket(`${url.replace("http", "ws")}/executions/${execution}/stream?after=${after}`, {
          headers: { authorization: `Bearer ${key}` },
        });
        socket.on("message", (data: Buffer) => {
          const event = JSON.parse(data.toString("utf8")) as ExecutionEvent;
          events.push(event);
          if (until(event)) socket.terminate();
        });
        socket.on("error", reject);
        socket.on("close", () => {
          resolve(events);
        });
      }),
  };
  return tenant;
}

/** The parsed body of an answer; text that is no JSON as it is, and undefined for none. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
function bodyOf({ headers }: Response, text: string): any {
  if (text === "") return undefined;
  return /[/+]json(;|$)/.test(headers.get("content-type") ?? "") ? JSON.parse(text) : text;
}

export const textOf = (events: readonly ExecutionEvent[]): string =>
  events
    .filter(({ type }) => type === "token_chunk")
    .map(({ data }) => String(data["text"]))
    .join("");

export async function until<Result>(
  what: string,
  ask: () => Promise<Result | undefined>,
  seconds = 60,
): Promise<Result> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const result = await ask();
    if (result !== undefined) return result;
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s for ${what} in vain.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createKey, createOperatorKey } from "../services/api/api-keys.ts";
import { loadServices } from "../services/catalogue.ts";
import { UserError } from "../platform/faults.ts";
import { internetPorts, type Service } from "../platform/service.ts";
import { analytics } from "../services/analytics/service.ts";
import { consoleService } from "../services/console/service.ts";
import { evaluator } from "../services/evaluator/service.ts";
import { notifications } from "../services/notifications/service.ts";
import { modelSimulator } from "../services/model-simulator/service.ts";
import { formatLine } from "./format-line.ts";
import { isAlive } from "./is-alive.ts";
import { keepPostgres, keepService } from "./keep-running.ts";
import { ownServices, startPlatform } from "./platform.ts";
import { portOr } from "./ports.ts";
import { bundlePrograms, programsIn } from "./programs.ts";
import { addOperator, addOwner, addTenant, keptSecret } from "./seed.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import { aborted, stopSignal } from "./stop-signal.ts";

const WORKERS = 2;
const SIMULATOR = { name: modelSimulator.name, port: modelSimulator.listens.http ?? 0, model: "simulated" };
const ORGANIZATION = "example";
const OWNER = "owner@example.com";
const EXAMPLE_PROMPT = {
  name: "greeting",
  model: SIMULATOR.model,
  messages: [{ role: "user", content: "Greet {{name}}." }],
  variables: { name: { default: "the world" } },
};

/** Services that run beside the platform's own and the simulator. Here services connect to the internet themselves. */
const isOther = (service: Service): boolean =>
  service.optional !== true &&
  !ownServices.some(({ name }) => name === service.name) &&
  internetPorts(service).length === 0;

/** Bundles the simulated model, and returns a function that starts it, at the same port each time. */
async function simulatorIn(
  folder: string,
  port: number,
  onLine: (service: string, line: string) => void,
): Promise<() => Promise<ServiceProcess>> {
  const programs = programsIn(folder);
  await bundlePrograms(programs, [SIMULATOR.name]);
  const env = {
    PROMPTOPS_ENVIRONMENT: "local",
    PROMPTOPS_ADDRESS: "127.0.0.1",
    PROMPTOPS_PORT_HTTP: String(port),
    PROMPTOPS_PORT_METRICS: "0",
  };
  return () => startService({ name: SIMULATOR.name, programs, env, onLine: onLine.bind(undefined, SIMULATOR.name) });
}

/** Runs everything on this machine until Ctrl-C: Postgres, API, workers and a model. */
export async function dev(project: string): Promise<void> {
  const folder = stateFolder(project);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const release = takeLock(folder);
  const asked = stopSignal();
  const services: (() => Promise<unknown>)[] = [];
  const model: (() => Promise<unknown>)[] = [];
  let stopPlatform = (): Promise<void> => Promise.resolve();
  let stopping = false;
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  asked.addEventListener("abort", () => {
    say("stopping; Ctrl-C once more does not wait for what is in hand");
  });
  /** Begins a step of the start, unless this process is to stop. */
  const begin = (what: string): void => {
    asked.throwIfAborted();
    say(`starting: ${what}`);
  };
  const onLine = (service: string, line: string): void => {
    say(formatLine(service, line));
  };

  const keeping = { isStopping: () => stopping, say };
  const keep = async (
    name: string,
    start: () => Promise<ServiceProcess>,
    stops = services,
  ): Promise<ServiceProcess> => {
    const { first, stop } = await keepService(name, start, keeping);
    stops.push(stop);
    return first;
  };

  try {
    begin("a model to talk to");
    const modelPort = await portOr(SIMULATOR.port);
    const simulator = await keep(SIMULATOR.name, await simulatorIn(folder, modelPort, onLine), model);
    const endpoint = `http://127.0.0.1:${simulator.ports["http"] ?? modelPort}/v1`;
    const others = (await loadServices()).filter(isOther);
    const isNew = !existsSync(join(folder, "postgres", "data"));
    begin(isNew ? "a new Postgres" : "Postgres, with the data of last time");
    const platform = await startPlatform({
      folder,
      models: [{ name: SIMULATOR.model, endpoint }],
      onLine,
      declaredPorts: true,
      services: [...others, consoleService],
    });
    stopPlatform = () => platform.stop();
    void keepPostgres(platform.postgres, keeping);
    const credentials = await addCredentials(platform.databaseUrl, folder);
    begin("API, workers, analytics, evaluator and notifications");
    const api = await keep("api", platform.startApi);
    await Promise.all(
      Array.from({ length: WORKERS }, (_, index) => `worker-${index + 1}`).map((name) =>
        keep(name, () => platform.startWorker(name)),
      ),
    );
    await keep(analytics.name, () => platform.startAnalytics(analytics.name));
    await keep(evaluator.name, () => platform.startEvaluator(evaluator.name));
    await keep(notifications.name, () => platform.startNotifications(notifications.name));
    for (const service of others) {
      begin(service.name);
      await keep(service.name, () => platform.startOther(service));
    }
    begin(consoleService.name);
    const pages = await keep(consoleService.name, () => platform.startOther(consoleService));
    const url = urlOf(api);
    const prompt = await examplePrompt(url, credentials.key);
    say(welcome({ url, consoleUrl: urlOf(pages), ...credentials, endpoint, folder, prompt }));
    await aborted(asked);
  } catch (error) {
    if (error !== asked.reason) throw error;
  } finally {
    stopping = true;
    // Services finish what is in progress: until then they need the model, and the database to write it.
    await Promise.all(services.map((stop) => stop()));
    for (const stop of model) await stop();
    await stopPlatform();
    release();
  }
}

/** Stores the organization, its owner and an operator, with the credentials of the last start, if there was one. */
async function addCredentials(
  databaseUrl: string,
  folder: string,
): Promise<Pick<Welcome, "key" | "operatorKey" | "password">> {
  const key = keptSecret(folder, "api-key", createKey);
  const operatorKey = keptSecret(folder, "operator-key", createOperatorKey);
  const password = keptSecret(folder, "password", () => randomBytes(15).toString("base64url"));
  await addTenant(databaseUrl, ORGANIZATION, key);
  await addOwner(databaseUrl, ORGANIZATION, { email: OWNER, password });
  await addOperator(databaseUrl, "development", operatorKey);
  return { key, operatorKey, password };
}

const urlOf = ({ ports }: ServiceProcess): string => `http://127.0.0.1:${ports["http"] ?? 0}`;

/** In the project; for root outside of it, because Postgres then runs as another user, who cannot enter a private folder. */
function stateFolder(project: string): string {
  if (process.getuid?.() !== 0) return join(project, ".promptops");
  return join("/var/lib/promptops", createHash("sha256").update(project).digest("hex").slice(0, 12));
}

/** Allows one process per folder. Throws when another one runs. */
function takeLock(folder: string): () => void {
  const file = join(folder, "dev.pid");
  const holder = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  // A killed process may have left the pid that this one has now: in a container, each start gets the same.
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new UserError(
      `promptops dev runs here already (process ${holder}). Stop that one first. If it is another program, delete ${file}.`,
    );
  }
  writeFileSync(file, String(process.pid));
  return () => {
    rmSync(file, { force: true });
  };
}

/** The id of the example prompt, which the first start creates. */
async function examplePrompt(url: string, key: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const listed = (await (await fetch(`${url}/prompts?limit=100`, { headers })).json()) as {
    prompts: { id: string; name: string }[];
  };
  const known = listed.prompts.find(({ name }) => name === EXAMPLE_PROMPT.name);
  if (known) return known.id;
  const made = await fetch(`${url}/prompts`, { method: "POST", headers, body: JSON.stringify(EXAMPLE_PROMPT) });
  return ((await made.json()) as { id: string }).id;
}

interface Welcome {
  readonly url: string;
  readonly consoleUrl: string;
  readonly key: string;
  readonly operatorKey: string;
  readonly password: string;
  readonly endpoint: string;
  readonly folder: string;
  readonly prompt: string;
}

/** A program of one line: curl speaks no WebSocket. */
function followLine(url: string, key: string, prompt: string): string {
  const ws = JSON.stringify(createRequire(import.meta.url).resolve("ws"));
  const headers = `{authorization:"Bearer ${key}","content-type":"application/json"}`;
  const execute = `fetch("${url}/prompts/${prompt}/execute",{method:"POST",headers,body:"{}"}).then(a=>a.json())`;
  const follow = `new(require(${ws}))("${url.replace("http", "ws")}"+stream,{headers}).on("message",m=>console.log(String(m)))`;
  return `const headers=${headers};${execute}.then(({stream})=>${follow})`;
}

const welcome = ({ url, consoleUrl, key, operatorKey, password, endpoint, folder, prompt }: Welcome): string => `
PromptOps runs. Ctrl-C stops it; its data stays in ${folder}

  console  ${consoleUrl}     sign in with the login below
  API      ${url}     described by ${url}/openapi.json
  key      ${key}
  login    ${OWNER} of '${ORGANIZATION}', password ${password}
  operator ${operatorKey}
  model    ${SIMULATOR.model}, at ${endpoint}

Execute a prompt, and read what came of it:

  curl -s -X POST ${url}/prompts/${prompt}/execute -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '{"variables":{"name":"Ada"}}'
  curl -s '${url}/executions?limit=1' -H 'authorization: Bearer ${key}'

Execute it, and follow what comes over a WebSocket:

  node -e '${followLine(url, key, prompt)}'

Ask the model as a client of OpenAI's API does, with ${url}/v1 as its base URL:

  curl -s ${url}/v1/chat/completions -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '{"model":"${SIMULATOR.model}","messages":[{"role":"user","content":"Greet the world."}]}'

Log in, which answers with tokens, and administer tenants as an operator:

  curl -s -X POST ${url}/login -H 'content-type: application/json' -d '{"organization":"${ORGANIZATION}","email":"${OWNER}","password":"${password}"}'
  PROMPTOPS_URL=${url} PROMPTOPS_OPERATOR_KEY=${operatorKey} npx promptops tenant list

What follows is what the services log.
`;

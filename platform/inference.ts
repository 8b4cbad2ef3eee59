import type { Addon } from "./addon.ts";
import { type Model, models, weightsGiB } from "./catalogue/models.ts";
import type { Environment } from "./environment.ts";
import type { ModelEntry, modelFacts, Protocol } from "./model-schema.ts";
import { inClusterHost, namespaces } from "./names.ts";
import { machinesFor, type Place, type ResolvedPool, standingPools } from "./pools.ts";
import { parseBlock, privateNetworks, contains } from "./addresses.ts";
import { type Replicas, scalesOnMetrics } from "./replicas.ts";
import type { Service } from "./service.ts";

/** Tokens of prompt and answer together. */
export const CONTEXT_TOKENS = 8192;
/** Requests that one replica runs at once; more wait inside of it. */
export const MAX_REQUESTS = 32;
/** The share of a GPU's memory that vLLM takes. */
export const GPU_SHARE = 0.9;
/** What CUDA and its graphs take beside weights and cache. */
const OVERHEAD_GIB = 1.5;
/** An answer's tokens, and how many come in a second when a replica is full: what a drain waits for. Claimed, not measured. */
const ANSWER_TOKENS = 2048;
const TOKENS_PER_SECOND = 20;
/** Seconds in which an answer that has begun ends. */
export const DRAIN_SECONDS = Math.ceil(ANSWER_TOKENS / TOKENS_PER_SECOND);
/** From a volume or over the network: what gp3 and one connection give, in MiB a second. */
const READ_MIB_PER_SECOND = 100;
/** Compiling and capturing graphs. */
const COMPILE_SECONDS = 180;
export const MODEL_PORT = 8000;
export const SHARED_MEMORY_GIB = 2;

/** A model on our own GPUs: its entry in the environment, and what is derived from it. */
export interface HostedModel {
  readonly model: Model;
  /** Its workload: the repository's last part. */
  readonly name: string;
  readonly replicas: Replicas;
  readonly revision: string;
  /** Memory of the host that a replica needs, in GiB. */
  readonly memoryGiB: number;
  /** Seconds that a replica may take to answer for the first time. */
  readonly startSeconds: number;
}

export const modelWorkload = (name: string): string =>
  (name.split("/").at(-1) ?? name).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

type Described = Pick<Environment, "models">;

/** The hosted models of an environment. Their number of replicas is fixed at the minimum where no add-on scales on metrics. */
export function hostedModels({ models: entries = [] }: Described, addons: readonly Addon[]): HostedModel[] {
  const isScaled = scalesOnMetrics(addons);
  return entries.flatMap(({ name, hosted }) => {
    const model = models.find((row) => row.name === name);
    if (!hosted || !model) return [];
    const weights = weightsGiB(model);
    return [
      {
        model,
        name: modelWorkload(name),
        replicas: isScaled ? hosted.replicas : { min: hosted.replicas.min, max: hosted.replicas.min },
        revision: hosted.revision ?? "main",
        memoryGiB: Math.ceil(6 + SHARED_MEMORY_GIB + weights / 4),
        startSeconds: Math.ceil((2 * weights * 1024) / READ_MIB_PER_SECOND) + COMPILE_SECONDS,
      },
    ];
  });
}

/** The description of a model that services get. */
interface ModelEndpoint extends Pick<ModelEntry, "name" | "credential" | keyof typeof modelFacts> {
  /** Of its API. */
  readonly endpoint: string;
  /** Executions that may run there at once. */
  readonly concurrency: number;
  /** It is on the internet. @default - it is in the cluster, or at a private address */
  readonly internet?: true;
}

/** What runs beside models in an environment. */
interface Beside {
  readonly services: readonly Service[];
  /** The installed ones. */
  readonly addons: readonly Addon[];
}

/** Where each model of the environment is served, by name: on its own GPUs, by one of our services, or by somebody else. */
export function modelEndpoints(environment: Described, { services, addons }: Beside): ModelEndpoint[] {
  const hosted = hostedModels(environment, addons);
  const byName = (environment.models ?? []).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return byName.map(({ name, endpoint, service, concurrency, hosted: isHosted, private: isPrivate, ...stated }) => {
    const server = hosted.find(({ model }) => model.name === name);
    return {
      name,
      endpoint: endpoint ?? (service === undefined ? hostedUrl(name) : serviceUrl(service, services, stated.protocol)),
      concurrency: concurrency ?? (server?.replicas.max ?? 1) * MAX_REQUESTS,
      ...(isHosted && { contextLength: CONTEXT_TOKENS }),
      ...(endpoint !== undefined && !isPrivate && { internet: true as const }),
      ...stated,
    };
  });
}

const hostedUrl = (name: string): string =>
  `http://${inClusterHost(modelWorkload(name), namespaces.inference)}:${MODEL_PORT}/v1`;

/** OpenAI's clients take a URL with the version of the API, Anthropic's one without. */
function serviceUrl(name: string, services: readonly Service[], protocol?: Protocol): string {
  const port = services.find((service) => service.name === name)?.listens.http;
  const version = protocol === "anthropic" ? "" : "/v1";
  return `http://${inClusterHost(name, namespaces.application)}:${port ?? 0}${version}`;
}

/** The address of an endpoint whose host is a private IPv4 address; undefined for any other. */
export function privateAddressOf(endpoint: string): { address: string; port: number } | undefined {
  const { hostname, port, protocol } = new URL(endpoint);
  const address = parseBlock(`${hostname}/32`);
  if (!address || !privateNetworks.some((network) => contains(network, address.start))) return undefined;
  return { address: hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
}

export const isPrivateEndpoint = (endpoint: string): boolean => privateAddressOf(endpoint) !== undefined;

/** The pool whose machines have GPUs; undefined where there is none. */
export function gpuPool(environment: Environment): ResolvedPool | undefined {
  return standingPools(environment).find(({ machines: [machine] }) => machine.gpus > 0);
}

/** GPUs that no replica takes when every model runs at its most: with one, a new version can start before the old one goes. */
export function spareGpus(environment: Environment, addons: readonly Addon[]): number {
  const pool = gpuPool(environment);
  if (!pool) return 0;
  const nodes = pool.shares.reduce((sum, { max }) => sum + max, 0);
  return (
    nodes * pool.machines[0].gpus -
    hostedModels(environment, addons).reduce((sum, { replicas }) => sum + replicas.max, 0)
  );
}

/** Why a model cannot run on the environment's GPUs; undefined when it can. */
export function misfit(
  { name }: ModelEntry,
  { cloud, region, pools }: Place & { readonly pools?: Environment["pools"] },
): string | undefined {
  const model = models.find((row) => row.name === name);
  if (!model) {
    return `must be a model of the catalogue to be hosted: ${models.map((row) => row.name).join(", ")}. Take one, or add its row to platform/catalogue/models.ts.`;
  }
  if (!pools) return undefined;
  const machines = Object.values(pools).map((pool) => machinesFor({ cloud, region }, pool));
  // A pool that cannot be made is a fault of its own.
  if (machines.some(({ length }) => length === 0)) return undefined;
  const machine = machines.flat().find(({ gpus }) => gpus > 0);
  if (!machine) return "needs a pool whose machines have GPUs. Add one.";
  const needed = weightsGiB(model) + OVERHEAD_GIB + (CONTEXT_TOKENS * model.cacheBytesPerToken) / 2 ** 30;
  const room = machine.gpuMemoryGiB * GPU_SHARE;
  if (needed <= room) return undefined;
  return `takes ${needed.toFixed(1)} GiB of GPU memory for weights and one context, and a ${machine.name} node has ${room.toFixed(1)}. Take a smaller model, or a pool with larger GPUs.`;
}

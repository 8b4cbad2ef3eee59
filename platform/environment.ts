import { z } from "zod";
import { MAX_ZONES, parseBlock } from "./addresses.ts";
import { clouds } from "./clouds.ts";
import { bytes, isQuantity } from "./quantity.ts";

/** A text of one form. The error says the rule and shows a value that keeps it. */
function text(pattern: RegExp, rule: string, example: string): z.ZodType<string> {
  const error = `must be ${rule}. Write it like ${example}.`;
  return z.string({ error }).regex(pattern, { error });
}

function whole(minimum: number, maximum: number, what: string): z.ZodType<number> {
  const error = `must be ${what}, a whole number from ${minimum} to ${maximum}.`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

const quantity = (what: string, example: string): z.ZodType<string> => {
  const error = `must be ${what} as a Kubernetes quantity. Write it like ${example}.`;
  return z.string({ error }).refine((value) => isQuantity(value) && bytes(value) > 0, { error });
};

const flag = z.boolean({ error: "must be true or false." });
const label = text(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, "lower-case letters, digits and '-'", "application");
const zone = text(/^[a-z][-a-z0-9]*$/, "the name of a zone", "eu-central-1a");
const NETWORK_RULE = "must be a private network of /16 to /20 in CIDR form, aligned. Write it like 10.20.0.0/16.";
const network = z.string({ error: NETWORK_RULE }).refine((value) => isPrivateNetwork(value), { error: NETWORK_RULE });
const CIDR_RULE =
  "must be a block of addresses in CIDR form, aligned, and not the whole internet. Write it like 203.0.113.0/24.";
const cidr = z
  .string({ error: CIDR_RULE })
  .refine((value) => (parseBlock(value)?.prefix ?? 0) >= 8, { error: CIDR_RULE });

function isPrivateNetwork(value: string): boolean {
  const block = parseBlock(value);
  return (
    block !== undefined &&
    block.prefix >= 16 &&
    block.prefix <= 20 &&
    /^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\./.test(value)
  );
}

const nodeCount = z
  .strictObject({ min: whole(0, 1000, "a number of nodes"), max: whole(1, 1000, "a number of nodes") })
  .refine(({ min, max }) => min <= max, {
    path: ["min"],
    error: "must not exceed 'max'. Lower one or raise the other.",
  });

const pool = z
  .strictObject({
    /** A machine type from the cloud's catalogue; else `needs` picks one. */
    type: text(/^[a-z0-9][-.a-z0-9]*$/, "a machine type", "m6i.xlarge").optional(),
    needs: z
      .strictObject({
        vcpu: whole(1, 256, "a number of vCPU"),
        memory: quantity("memory", "16Gi"),
        gpus: whole(0, 16, "a number of GPUs").optional(),
      })
      .optional(),
    nodes: nodeCount,
    /** A wish: capacity that the cloud may take back, at a lower price. @default false */
    spot: flag.optional(),
    /** Keeps pods away that do not ask for this pool, by a taint. Pools with GPUs are always kept free. @default false */
    dedicated: flag.optional(),
    /** Over how many of the environment's zones the pool spreads. @default all of them */
    zones: whole(1, MAX_ZONES, "a number of zones").optional(),
  })
  .refine(({ type, needs }) => (type === undefined) !== (needs === undefined), {
    path: ["needs"],
    error: "set either 'type' or 'needs', so that exactly one of them decides the machine.",
  });

const replicas = z
  .strictObject({ min: whole(1, 1000, "a number of replicas"), max: whole(1, 1000, "a number of replicas") })
  .refine(({ min, max }) => min <= max, {
    path: ["min"],
    error: "must not exceed 'max'. Lower one or raise the other.",
  });

const model = z
  .strictObject({
    name: text(/^\S+$/, "a model's name", "Qwen/Qwen2.5-7B-Instruct"),
    /** Of somebody else's server. */
    endpoint: text(/^https?:\/\/\S+$/, "an http or https URL", "https://models.example.com/v1").optional(),
    /** How many executions may run there at once. @default - what a hosted model's replicas take */
    concurrency: whole(1, 100_000, "a number of executions").optional(),
    /** On our own GPUs, by vLLM. */
    hosted: z
      .strictObject({
        replicas,
        /** Of its repository. @default "main" */
        revision: text(
          /^[\w.-]+$/,
          "a commit or tag of the model's repository",
          "a09a35458c702b33eeacc393d103063234e8bc28",
        ).optional(),
      })
      .optional(),
  })
  .refine(({ endpoint, hosted }) => (endpoint === undefined) !== (hosted === undefined), {
    path: ["hosted"],
    error: "set either 'endpoint' or 'hosted', so that exactly one of them says where the model runs.",
  })
  .refine(({ endpoint, concurrency }) => endpoint === undefined || concurrency !== undefined, {
    path: ["concurrency"],
    error: "must say how many executions that server takes at once.",
  });

/** What stands under `promptops:` in Pulumi.<environment>.yaml, key by key. The single description of an environment. */
export const environmentSchema = {
  cloud: z.enum(clouds, { error: `must be one of ${clouds.join(", ")}.` }),
  account: text(/^\d{12}$/, "an AWS account id: 12 digits, quoted", '"111122223333"').optional(),
  /** @default - the cloud's own, where it has one */
  region: text(/^[a-z]{2}(-[a-z]+)+(-\d)?$/, "a region", "eu-central-1").optional(),
  zones: z
    .array(zone, { error: "must be a list of zones. Write it like [eu-central-1a, eu-central-1b]." })
    .min(1, { error: "must name at least one zone." })
    .max(MAX_ZONES, { error: `must name at most ${MAX_ZONES} zones: the network is cut for so many.` })
    .refine((zones) => new Set(zones).size === zones.length, { error: "must not name a zone twice." })
    .optional(),
  /** Services are reached at `<host>.<domain>`. */
  domain: text(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/, "a DNS name in lower case", "staging.promptops.io"),
  /** Told of certificates that could not be renewed. */
  contact: text(/^[^@\s]+@[^@\s]+\.[a-z]{2,}$/, "an e-mail address", "platform@promptops.io"),
  kubernetes: z.strictObject({
    version: text(/^1\.\d{2}$/, "a Kubernetes minor, quoted", '"1.35"'),
    /** Who may reach the control plane's public endpoint. @default none: private endpoint alone */
    access: z.array(cidr, { error: "must be a list of CIDR blocks." }).optional(),
    /** IAM roles with the administrator's rights in the cluster. @default none but the creator */
    administrators: z
      .array(
        text(
          /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/,
          "the ARN of an IAM role",
          "arn:aws:iam::111122223333:role/platform",
        ),
        { error: "must be a list of IAM role ARNs." },
      )
      .optional(),
  }),
  network: z.strictObject({ cidr: network }).optional(),
  pools: z
    .record(label, pool, { error: "must map pool names to pools." })
    .refine((pools) => "application" in pools, { error: "must have a pool 'application': the services run on it." }),
  database: z.strictObject({
    version: text(/^\d{2}$/, "a major version of Postgres, quoted", '"17"'),
    needs: z.strictObject({ vcpu: whole(1, 128, "a number of vCPU"), memory: quantity("memory", "8Gi") }),
    storage: quantity("storage", "100Gi"),
    /** Postgres by CloudNativePG in the cluster. @default - where the cloud runs none */
    inCluster: flag.optional(),
    /** A wish: copies that may be read. @default 0 */
    readReplicas: whole(0, 5, "a number of read replicas").optional(),
    /** A wish: a standby in another zone that takes over. @default false */
    standby: flag.optional(),
    /** A wish: days back to any second of which the database can be restored. @default 7 */
    pointInTimeRecoveryDays: whole(1, 35, "a number of days").optional(),
  }),
  release: z.strictObject({
    /** Images are `<registry>/<service>:<version>`. */
    registry: text(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/, "a registry and path without scheme", "ghcr.io/promptops"),
    version: text(
      /^(sha-[0-9a-f]{8}|v\d+\.\d+\.\d+)$/,
      "a version that never moves: sha-<8 hex digits> or v<release>",
      "sha-0a1b2c3d",
    ),
  }),
  gitops: z.strictObject({
    /** Argo CD follows the branch `rendered/<environment>` of this repository. */
    repository: text(/^https:\/\/\S+$/, "an https URL", "https://github.com/promptops/platform"),
    /** Whether Argo CD applies what it finds; by hand otherwise. */
    automaticSync: flag,
  }),
  /** The environment for which this one is the rehearsal: it has the same shape, and may be smaller. @default - none */
  rehearses: label.optional(),
  /** Whether what holds data, and what it hangs on, refuses to be deleted. */
  protect: flag,
  /** Wake-ups and broadcasts over Valkey. @default - over Postgres */
  valkey: z.strictObject({ memory: quantity("memory", "1Gi"), storage: quantity("storage", "10Gi") }).optional(),
  /** Three nodes of RabbitMQ, for events that must not be lost. @default - none */
  rabbitmq: z.strictObject({ memory: quantity("memory", "2Gi"), storage: quantity("storage", "10Gi") }).optional(),
  /** Models, where each answers by OpenAI's API, and how many executions may run there at once, over all workers. */
  models: z.array(model, { error: "must be a list of models." }).optional(),
  /** Where a service differs from its descriptor. */
  services: z
    .record(label, z.strictObject({ replicas }), { error: "must map service names to what differs." })
    .optional(),
};

type Parts = { [Key in keyof typeof environmentSchema]: z.infer<(typeof environmentSchema)[Key]> };
type OptionalKey = { [Key in keyof Parts]: undefined extends Parts[Key] ? Key : never }[keyof Parts];

/** An environment as written, checked. `name` comes from the file's name. */
export type Environment = { readonly name: string } & Readonly<Omit<Parts, OptionalKey>> & {
    readonly [Key in OptionalKey]?: Exclude<Parts[Key], undefined>;
  };

export type Pool = Parts["pools"][string];
export type ModelEntry = NonNullable<Parts["models"]>[number];

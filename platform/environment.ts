import { z } from "zod";
import { contains, MAX_ZONES, notTheInternet, parseBlock } from "./addresses.ts";
import { cdnSchema } from "./cdn-schema.ts";
import { type Cloud, clouds } from "./clouds.ts";
import { exceptions } from "./exceptions.ts";
import { model } from "./model-schema.ts";
import { oidc } from "./oidc-schema.ts";
import { releases } from "./service.ts";
import { principalKey } from "./principals.ts";
import { pool, someZones, zoneSet } from "./pool-schema.ts";
import { databaseGeneration, restoreFrom } from "./restore-schema.ts";
import { flag, isUnique, label, quantity, replicas, set, sorted, text, url, whole } from "./schema.ts";

const NETWORK_RULE = "must be a private network of /16 to /20 in CIDR form, aligned. Write it like 10.20.0.0/16.";
const network = z.string({ error: NETWORK_RULE }).refine((value) => isPrivateNetwork(value), { error: NETWORK_RULE });
const CIDR_RULE =
  "must be a block of addresses in CIDR form, aligned, and not the whole internet. Write it like 203.0.113.0/24.";
const cidr = z
  .string({ error: CIDR_RULE })
  .refine((value) => (parseBlock(value)?.prefix ?? 0) >= 8, { error: CIDR_RULE, abort: true })
  .refine((value) => !isPrivate(value), {
    error: "must be public: private addresses do not reach a public endpoint. Remove it.",
  });

function isPrivate(cidr: string): boolean {
  const block = parseBlock(cidr);
  return block !== undefined && notTheInternet.some((range) => contains(range, block.start));
}

/** A domain and a path, as https://github.com/distribution/reference reads them. Without a dot or port it would be Docker Hub's path. */
const REGISTRY =
  /^(?=[^/]*[.:])[a-z0-9]+([.-][a-z0-9]+|-{2,}[a-z0-9]+)*(:\d{1,5})?(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$/;

function isPrivateNetwork(value: string): boolean {
  const block = parseBlock(value);
  return (
    block !== undefined &&
    block.prefix >= 16 &&
    block.prefix <= 20 &&
    /^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\./.test(value)
  );
}

const version = text(/^1\.\d{2}$/, "a Kubernetes minor, quoted", '"1.35"');
/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html: "Public endpoint access CIDR ranges per cluster". */
const MAX_ACCESS = 40;
const access = set(cidr, { list: "a list of CIDR blocks", twice: "list a block" })
  .min(1, { error: "must list the block that deploys: 'pulumi up' makes the cluster and installs into it." })
  .max(MAX_ACCESS, { error: `must list at most ${MAX_ACCESS} blocks. Join neighbours.` })
  .transform(sorted);
const role = text(
  /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  "the ARN of an IAM role",
  "arn:aws:iam::111122223333:role/platform",
);
const region = text(/^[a-z]{2}(-[a-z]+)+(-\d)?$/, "a region", "eu-central-1");
const zones = zoneSet
  .min(1, { error: "must name at least one zone." })
  .max(MAX_ZONES, { error: `must name at most ${MAX_ZONES} zones: the network is cut for so many.` })
  .transform(sorted);

/** By the end of their service names: images, tokens for rights, logs. */
export const interfaceEndpoints = ["ecr.api", "ecr.dkr", "logs", "sts"] as const;

/** See `inClusterConnections`. */
const postgresMemory = { min: "1Gi", because: "the connections of the services take as much" };

/** Keys that every environment has, whatever its cloud. */
export const sharedKeys = {
  cloud: z.enum(clouds, { error: `must be one of ${clouds.join(", ")}.` }),
  /** Services are reached at `<host>.<domain>`. */
  domain: text(
    /^(?=.{4,200}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
    "a DNS name in lower case, at most 200 characters and 63 between dots",
    "staging.promptops.io",
  ),
  /** Gets a message when a certificate could not be renewed. */
  contact: text(/^[^@\s]+@[^@\s]+\.[a-z]{2,}$/, "an e-mail address", "platform@promptops.io"),
  pools: z
    .record(label, pool, { error: "must map pool names to pools." })
    .refine((pools) => "application" in pools, { error: "must have a pool 'application': the services run on it." }),
  database: z.strictObject({
    version: text(/^\d{2}$/, "a major version of Postgres, quoted", '"17"'),
    needs: z.strictObject({
      vcpu: whole(1, 128, "a number of vCPU"),
      memory: quantity("memory", "8Gi", postgresMemory),
    }),
    storage: quantity("storage", "100Gi", {
      min: "2Gi",
      because: "the write-ahead log of Postgres alone takes 1 GB (max_wal_size)",
    }),
    /** Postgres in the cluster. @default - where the cloud runs none */
    inCluster: flag.optional(),
    /** Where the cloud assigns the managed server's port: which one it assigned. */
    port: whole(1024, 65_535, "a port").optional(),
    /** A preference: the zones that have a copy which may be read. @default - none */
    readReplicas: someZones.optional(),
    /** A preference: a standby in another zone that takes over. @default false */
    standby: flag.optional(),
    /** A preference: how many days back the database can be restored, to any second. @default 7 */
    pointInTimeRecoveryDays: whole(1, 35, "a number of days").optional(),
    /** The managed server that services use. Raised to that of a restored one. @default 1 */
    generation: databaseGeneration.optional(),
    /** Creates a managed server from a backup, beside the one that services use or instead of it. @default - none is restored */
    restoreFrom: restoreFrom.optional(),
    /** Keeps the managed server of the generation before. Services do not use it. @default - it is deleted */
    retiring: z
      .strictObject({
        /** Whether a protected environment protects it. It can be removed from the file only after this was false. */
        protect: flag,
      })
      .optional(),
  }),
  release: z.strictObject({
    /** Images are `<registry>/<service>:<version>`. */
    registry: text(REGISTRY, "a registry and path without scheme and tag", "ghcr.io/promptops"),
    version: text(
      /^(sha-[0-9a-f]{8}|v(0|[1-9]\d*)(\.(0|[1-9]\d*)){2})$/,
      "a version that never moves: sha-<8 hex digits> or v<release>",
      "sha-0a1b2c3d",
    ),
  }),
  gitops: z.strictObject({
    /** Argo CD follows the branch `rendered/<environment>` of this repository. */
    repository: url(
      /^https:\/\/[^/]+\/(?!.*\/(tree|blob)\/)[^/\s]\S*$/,
      "an https URL of a repository, without a branch or query",
      "https://github.com/promptops/platform",
    ),
    /** Whether Argo CD applies a new commit by itself. @default - somebody syncs it */
    automaticSync: flag,
  }),
  /** The environment for which this one is the rehearsal: it has the same shape, and may be smaller. @default - none */
  rehearses: label.optional(),
  /** Whether what holds data, and what it depends on, refuses to be deleted. */
  protect: flag,
  /** Lifts these guards, so that the environment can be destroyed; `promptops destroy` sets it. @default - they stand */
  teardown: z
    .strictObject({
      /** A last snapshot of the managed database is taken under this name. @default - none */
      finalSnapshot: text(
        /^[a-z](-?[a-z0-9]){0,100}$/,
        "the name of a snapshot: letters, digits and single hyphens",
        "production-20261128",
      ).optional(),
      /** Whether the bucket of backups and the key that opens them outlive the environment. */
      keepBackups: flag,
    })
    .optional(),
  /** Models, where each one's API is, and how many executions may run there at once, over all workers. */
  models: z.array(model, { error: "must be a list of models." }).optional(),
  /** The OIDC issuer whose users may log in at the API. @default - users log in by password */
  oidc: oidc.optional(),
  /** USD that a month may cost at maximum size. @default - cost is not judged */
  budget: z.strictObject({ monthly: whole(1, 10_000_000, "an amount of USD") }).optional(),
  /** Failures of proofs that are accepted for a while. */
  exceptions: exceptions.optional(),
  /** Where a service differs from its descriptor. An optional service that is named runs. */
  services: z
    .record(
      label,
      z.strictObject({
        replicas: replicas.optional(),
        /** A requirement, unlike the descriptor's: refused where no add-on can do it. */
        release: z.enum(releases, { error: `must be one of ${releases.join(", ")}.` }).optional(),
      }),
      { error: "must map service names to what differs." },
    )
    .optional(),
};

/** Keys that only one cloud has. */
const challenges = ["http-01", "dns-01"] as const;
/** https://letsencrypt.org/docs/challenge-types/ */
export type Challenge = (typeof challenges)[number];

export const cloudKeys = {
  aws: {
    account: text(/^\d{12}$/, "an AWS account id: 12 digits, quoted", '"111122223333"'),
    region,
    zones,
    network: z.strictObject({
      cidr: network,
      /** Services of AWS that have an address in each zone's private subnet: what goes there passes no NAT gateway. @default - S3 alone */
      endpoints: set(z.enum(interfaceEndpoints, { error: `must be one of ${interfaceEndpoints.join(", ")}.` }), {
        list: "a list of services",
        twice: "list a service",
      })
        .transform(sorted)
        .optional(),
    }),
    registry: z
      .strictObject({
        /** How many images of each service are kept, the newest. @default 100 */
        images: whole(10, 1000, "a number of images").optional(),
      })
      .optional(),
    certificates: z
      .strictObject({
        /** How Let's Encrypt is shown that hosts are ours: by an answer through the gateway, or by a DNS record. @default "http-01" */
        challenge: z.enum(challenges, { error: `must be ${challenges.join(" or ")}.` }).optional(),
        /** Whether the certificate is for every host of the domain. @default false: it names each exposed host */
        wildcard: flag.optional(),
      })
      .optional(),
    /** CloudFront in front of the gateway, with a web application firewall. @default - clients connect to the gateway */
    cdn: cdnSchema.optional(),
    backups: z
      .strictObject({
        /** A preference: another region, to which the managed Postgres server's backups go at once. @default - they stay in its own */
        standbyRegion: region.optional(),
      })
      .optional(),
    kubernetes: z.strictObject({
      version,
      /** Who may reach the control plane's public endpoint: administrators, and who runs `pulumi up`. */
      access,
      /** The IAM role that runs `pulumi up`. It administers the cluster, into which the same `up` installs. */
      deployer: role,
      /** Further IAM roles that administer the cluster; the deployer may be among them. @default - none */
      administrators: z
        .array(role, { error: "must be a list of IAM role ARNs." })
        .refine((roles) => isUnique(roles.map(principalKey)), {
          error: "must not list a role twice, whatever its path.",
        })
        .transform(sorted)
        .optional(),
    }),
  },
  linode: {
    region: region.default("fr-par"),
    kubernetes: z.strictObject({
      version,
      /** Who may reach the control plane besides the nodes: administrators, and who runs `pulumi up`. */
      access,
      /** Whether the control plane survives the loss of one of its parts, at a price. LKE cannot turn it off again. @default true */
      highAvailability: flag.optional(),
    }),
  },
  local: {
    zones,
    kubernetes: z.strictObject({
      version,
      /** The kubeconfig context of the cluster. No other is touched, whichever is current. */
      context: text(/^\S+$/, "the name of a kubeconfig context", "kind-promptops-development"),
    }),
  },
} satisfies Readonly<Record<Cloud, Readonly<Record<string, z.ZodType>>>>;

type Values<Keys extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Key in keyof Keys as undefined extends z.output<Keys[Key]> ? never : Key]: z.output<Keys[Key]>;
} & {
  readonly [Key in keyof Keys as undefined extends z.output<Keys[Key]> ? Key : never]?: Exclude<
    z.output<Keys[Key]>,
    undefined
  >;
};

type EnvironmentOn<Name extends Cloud> = Omit<Values<typeof sharedKeys>, "cloud"> &
  Values<(typeof cloudKeys)[Name]> & {
    /** From the file's name. */
    readonly name: string;
    readonly cloud: Name;
    /** Options by add-on: read them with `optionsOf`. */
    readonly addons?: Readonly<Record<string, unknown>>;
  };

export type AwsEnvironment = EnvironmentOn<"aws">;
export type LinodeEnvironment = EnvironmentOn<"linode">;
export type LocalEnvironment = EnvironmentOn<"local">;
/** An environment as written, checked. */
export type Environment = AwsEnvironment | LinodeEnvironment | LocalEnvironment;

/** The environment's zones; none where the cloud has none. */
export const zonesOf = (environment: Environment): readonly string[] =>
  "zones" in environment ? environment.zones : [];

/** The IAM roles that administer its cluster, each once. */
export const administratorsOf = ({ deployer, administrators = [] }: AwsEnvironment["kubernetes"]): string[] => [
  ...new Map([deployer, ...administrators].map((arn) => [principalKey(arn), arn])).values(),
];

/** The region to which its database's backups are replicated; undefined if none is named. */
export const standbyRegionOf = (environment: Environment): string | undefined =>
  "backups" in environment ? environment.backups.standbyRegion : undefined;

/** How the gateway's certificate is got. */
export function certificatesOf(environment: Environment): { challenge: Challenge; wildcard: boolean } {
  const { challenge = "http-01", wildcard = false } =
    ("certificates" in environment ? environment.certificates : undefined) ?? {};
  return { challenge, wildcard };
}

/** Its region; undefined where nodes are there already. */
export const regionOf = (environment: Environment): string | undefined =>
  "region" in environment ? environment.region : undefined;

import type { z } from "zod";
import type { Cloud, CloudFacts } from "./clouds.ts";
import type { Connection, Party, Pods } from "./connections.ts";
import type { Environment } from "./environment.ts";
import { type Fault, UserError } from "./faults.ts";
import type { KubernetesManifest, OperatedPods } from "./operated-pods.ts";
import type { Placement } from "./placement.ts";
import type { AddonSecrets } from "./secrets.ts";
import type { Service } from "./service.ts";

/** Software that others write and the platform runs: where it comes from, what it needs of the cluster, what it provides. */
export interface Addon<Options extends z.ZodObject = z.ZodObject> {
  /** Its folder, its key below `promptops:addons`, and its Argo CD Application. */
  readonly name: string;
  /** SPDX identifier. */
  readonly licence: string;
  /** What an environment may set below `promptops:addons.<name>`. */
  readonly options: Options;
  /** @default - all of them */
  readonly clouds?: readonly Cloud[];
  /** Whether it runs without being named in the environment file. @default - where its cloud installs it, otherwise not */
  readonly enabled?: (environment: Environment, services: readonly Service[]) => boolean;
  /** Add-ons that it cannot run without: they are enabled with it. @default - none */
  readonly needs?: readonly string[];
  /** What it requires of the rest of the environment file. @default - nothing */
  readonly requires?: (environment: Environment, services: readonly Service[]) => readonly Fault[];
  readonly delivery: Delivery<z.output<Options>>;
  readonly namespace: AddonNamespace;
  /** The pool that its pods run on. @default - the baseline pool */
  readonly pool?: string;
  /** Its pods, by our names for them. A policy selects them by these labels, and the record shows whether it does. */
  readonly pods?: Readonly<Record<string, PodGroup>>;
  /** Connections that its pods open or accept, other than DNS and scraping. @default - none */
  readonly connections?: (context: AddonContext<z.output<Options>>) => readonly Connection[];
  /** Ports that Prometheus scrapes. @default - none */
  readonly scraped?: readonly Scraped[];
  /** Failures of its function, each of which needs an alert. @default - only those that its objects imply */
  readonly failures?: readonly AlertedFailure[];
  /** What services, objects and other add-ons rely on. @default - nothing */
  readonly provides?: readonly Provided[];
  /** Custom kinds that it serves, as `group/Kind`. @default - none */
  readonly kinds?: readonly string[];
  /** Objects other than Secrets that its own programs create, where something refers to them. @default - none */
  readonly creates?: readonly CreatedObject[];
  /** References of its source to what does not exist, and why they do no harm. @default - none */
  readonly dangling?: readonly Dangling[];
  /** Pods that it makes of objects, by `apiVersion Kind`. It may read others beside them. @default - none */
  readonly operates?: Readonly<
    Record<string, (object: KubernetesManifest, all: readonly KubernetesManifest[]) => readonly OperatedPods[]>
  >;
  /** What its ServiceAccounts may do in the cloud. @default - nothing */
  readonly rights?: (context: AddonContext<z.output<Options>>) => readonly CloudRight[];
  /** @default - it reads none */
  readonly secrets?: (context: AddonContext<z.output<Options>>) => AddonSecrets;
  /** Namespaces whose volumes have to be backed up for it. @default - none: it stores nothing, or backs itself up */
  readonly backupNamespaces?: readonly string[];
  /** Objects that bear this label are left out of backups, because it backs them up itself. @default - none */
  readonly backupExcept?: string;
}

/** A failure, and how an alert tells of it. */
export interface AlertedFailure {
  /** As in "No alert fires when ...". */
  readonly failure: string;
  readonly metric: string;
  readonly operator: ">" | "<";
  /** The highest bound that the metric is compared with, in the metric's unit. */
  readonly atMost: number;
}

/** An object that no manifest shows. */
export interface CreatedObject {
  /** `group/Kind`, or `Kind` for the core group. */
  readonly kind: string;
  readonly name: string;
  /** @default - it belongs to no namespace */
  readonly namespace?: string;
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Ports of a Service that leads to every node, by name. @default - it leads to none */
  readonly nodePorts?: Readonly<Record<string, number>>;
}

export interface Dangling {
  /** The object that refers: `Kind name`. */
  readonly object: string;
  /** The field: `spec.serviceName`. */
  readonly field: string;
  readonly why: string;
}

export interface AddonNamespace {
  readonly name: string;
  /** The strictest Pod Security level that its pods meet; absent for a namespace that it does not own. */
  readonly podSecurity?: PodSecurity | ((cloud: CloudFacts) => PodSecurity);
}

export type PodSecurity = "restricted" | "baseline" | "privileged";

/** How it comes into the cluster. */
export type Delivery<Options = unknown> =
  ApplicationDelivery<Options> | ProgramDelivery<Options> | CloudDelivery | AssumedDelivery;

interface RenderedDelivery<Options> {
  readonly source: Source;
  /**
   * Chart values, or the options of an Argo CD kustomize source. Scalars that an environment sets are holes.
   * @default - none
   */
  readonly values?: (context: ValuesContext<Options>) => object;
}

/** An Argo CD Application. */
export interface ApplicationDelivery<Options = unknown> extends RenderedDelivery<Options> {
  readonly by: "application";
  /**
   * The layer of its Application: `definitions` for what only defines kinds, `certificates` for what operators get certificates from.
   * @default "operators"
   */
  readonly layer?: "definitions" | "certificates" | "operators" | "data";
}

/** The Pulumi program installs its chart: Argo CD is not there yet. */
export interface ProgramDelivery<Options = unknown> extends RenderedDelivery<Options> {
  readonly by: "program";
}

/** The cloud installs and updates it; nobody renders it here. */
export interface CloudDelivery {
  readonly by: "cloud";
  readonly on: Readonly<Partial<Record<Cloud, CloudAddon>>>;
  readonly evidence: Evidence;
}

export interface CloudAddon {
  /** `node`: before a node is ready. `workload`: it needs nodes. `builtin`: part of every cluster there. */
  readonly stage: "node" | "workload" | "builtin";
  readonly configuration?: object;
  /** Its version by minor of Kubernetes. @default - the cloud's own: `builtin` */
  readonly versions?: Readonly<Record<string, CloudVersion>>;
  /** What works in the cluster because of it. @default - nothing that something else names */
  readonly features?: readonly ClusterFeature[];
  /** Rights in the cloud for its ServiceAccount: a policy that the cloud maintains, and what that lacks. */
  readonly identity?: {
    readonly serviceAccount: string;
    readonly managedPolicy: string;
    readonly extra?: "encrypt-volumes";
  };
  readonly footprint: readonly Footprint[];
}

/** A version that a cloud offers. */
export interface CloudVersion {
  readonly version: string;
  /** ISO date on which it was read. */
  readonly read: string;
  /** Where it was read instead of at the cloud, whose own list needs an account. @default - the cloud lists it */
  readonly unconfirmed?: string;
}

/** What a cluster can do only with an add-on. */
export type ClusterFeature = (
  | { readonly feature: "network-policies" }
  /** Pods get the rights of their ServiceAccount's identity. */
  | { readonly feature: "pod-identity" }
  /** Volumes of StorageClasses with this provisioner. */
  | { readonly feature: "volumes"; readonly driver: string }
  | { readonly feature: "snapshots" }
) & {
  /** The configuration that turns it on. @default - it is always on */
  readonly when?: Readonly<Record<string, string>>;
};

/** It must be in the cluster already. */
export interface AssumedDelivery {
  readonly by: "assumed";
  readonly evidence: Evidence;
}

/** Where a claim comes from that nothing rendered. */
export interface Evidence {
  readonly page: string;
  /** ISO date on which it was read. */
  readonly date: string;
}

/** Pods that the cloud runs: one on every node, or so many. Requests as quantities. */
export interface Footprint {
  readonly pods: "every-node" | number;
  readonly cpu: string;
  readonly memory: string;
}

/** Where its objects come from. `versions` are newest first; an environment takes the first unless it pins another. */
export type Source = { readonly versions: readonly [string, ...string[]] } & (
  | { readonly kind: "chart"; readonly repository: string; readonly chart: string }
  /** A folder of a Git repository with a kustomization.yaml; versions are tags. */
  | { readonly kind: "kustomize"; readonly repository: string; readonly path: string }
  /** A folder of YAML files of a Git repository; versions are tags. */
  | { readonly kind: "files"; readonly repository: string; readonly path: string }
);

export interface PodGroup {
  readonly labels: Readonly<Record<string, string>>;
  /** @default - the add-on's */
  readonly namespace?: string;
  /** Its controller creates them only for a while: neither a record nor `operates` has them. @default false */
  readonly temporary?: boolean;
}

export interface Scraped {
  /** Of `pods`. */
  readonly group: string;
  /** The container port's number, and its name if it has one. */
  readonly port: { readonly name?: string; readonly number: number };
}

/** What an add-on provides, and the group of its pods that does. */
export type Provided = { readonly group: string } & (Served | Controlled);

/** Provided on a port. */
type Served = { readonly port: number } & (
  | { readonly capability: "metrics"; readonly host: string }
  | { readonly capability: "postgres"; readonly host: string }
  /**
   * Wake-ups, broadcasts and rate limits of services. `url` has `{host}`, `{port}` and `{password}`; the password is the random
   * secret at this path below the environment's prefix.
   */
  | { readonly capability: "wake-ups"; readonly host: string; readonly url: string; readonly password: string }
  /**
   * Queues that lose no message. `url` has `{user}`, which is a service's name, `{password}`, `{host}` and `{port}`; the password is the
   * random secret of that service below `passwords`.
   */
  | { readonly capability: "messages"; readonly host: string; readonly url: string; readonly passwords: string }
  /** `parameters` is the ConfigMap beside each Gateway that says how its pods run. */
  | { readonly capability: "gateway"; readonly className: string; readonly parameters?: string }
  /** Pods through which a control plane outside the nodes' network reaches webhooks. */
  | { readonly capability: "control-plane-tunnel" }
);

/** Provided by a controller that watches objects. */
type Controlled =
  /** Canary and blue-green releases. */
  | { readonly capability: "rollouts" }
  /** Replicas by what a Prometheus query returns. */
  | { readonly capability: "metric-scaling" };

export type Capability = Provided["capability"];
export type ProvidedAs<Name extends Capability> = Extract<Provided, { capability: Name }>;

/** What a ServiceAccount may do in the cloud. */
export interface CloudRight {
  /** The cloud resources that grant it are called this. */
  readonly name: string;
  /** Of `pods`: those that run with the account. */
  readonly group: string;
  readonly serviceAccount: string;
  readonly may:
    | "answer-dns-challenges"
    | "manage-dns-records"
    | "manage-load-balancers"
    | "read-secrets"
    | "scale-nodes"
    | "write-backups";
}

/** What chart values may depend on. Every combination of these is recorded in advance. */
export interface ValuesContext<Options = unknown> {
  /** Only in holes: no value of them is recorded. */
  readonly environment: RecordedEnvironment;
  readonly options: Options;
  readonly cloud: CloudFacts;
  readonly placement: Placement;
  /** A protected environment runs two of what can run twice. */
  readonly protect: boolean;
}

/** What holes may be filled with. */
export interface RecordedEnvironment extends Pick<Environment, "name" | "domain"> {
  readonly kubernetes: Pick<Environment["kubernetes"], "version">;
  /** @default - the cloud has none */
  readonly region?: string;
}

/** What the rest of a descriptor may depend on. */
export interface AddonContext<Options = unknown> extends ValuesContext<Options> {
  readonly environment: Environment;
  readonly services: readonly Service[];
  /** Its own pods. */
  readonly own: (group: string) => Pods;
  /** What another add-on provides; undefined when none does. */
  readonly provider: <Name extends Capability>(
    capability: Name,
  ) => (ProvidedAs<Name> & { readonly pods: Pods }) | undefined;
  /** Where the Kubernetes API is, and where its calls to webhooks come from. */
  readonly controlPlane: { readonly api: Party; readonly ports: readonly number[]; readonly caller: Party };
}

const NAME = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;

/** Checks what one descriptor can tell by itself. */
export function defineAddon<Options extends z.ZodObject>(addon: Addon<Options>): Addon<Options> {
  const { name, pods = {}, scraped = [], provides = [] } = addon;
  const strays = [...scraped, ...provides].map(({ group }) => group).filter((group) => !(group in pods));
  const faults = [
    ...(NAME.test(name) ? [] : ["its name must be lower-case letters, digits and '-', at most 40"]),
    ...strays.map((group) => `'${group}' is none of its pods (${Object.keys(pods).join(", ")})`),
  ];
  if (faults.length > 0) throw new UserError([`Add-on '${name}' is not valid:`, ...faults].join("\n  "));
  return addon;
}

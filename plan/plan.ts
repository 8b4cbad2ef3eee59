import type { Addon } from "../platform/addon.ts";
import { type Descriptors, descriptorsIn } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { fallbacks } from "../platform/fallbacks.ts";
import { fillHoles } from "../platform/hole.ts";
import { type InstalledAddon, installedAddons, podsOf, versionOf } from "../platform/installed-addons.ts";
import { memoizeOf } from "../platform/memoize.ts";
import { RETIRING_TAINT } from "../platform/pools.ts";
import { program } from "../infra/index.ts";
import { loadAddonObjects } from "../k8s/addon-objects.ts";
import { buildApp } from "../k8s/app.ts";
import type { Context } from "../k8s/context.ts";
import { renderObjects } from "../k8s/render.ts";
import { loadRecords, type Records, recordedObjectsOf } from "./addon-records.ts";
import { billingOf } from "./clouds/billing.ts";
import { cloudReaders } from "./clouds/clouds.ts";
import { appliedObjects, BEFORE, waveOfAddon } from "./model/applied.ts";
import { claimsOf } from "./model/claims.ts";
import { operatedPodsOf } from "./model/operated.ts";
import { enforcementOf } from "./model/enforcement.ts";
import type { DeclaredCloud } from "./model/declared.ts";
import type { NodeGroup, PoolGenerations } from "./model/nodes.ts";
import type { Plan, PlannedAddon, PlannedObject } from "./model/plan.ts";
import { podSourcesOf } from "./model/pods.ts";
import { type RecordedResource, UnreadableResource } from "./model/recorded.ts";
import type { CloudSafety } from "./model/safety.ts";
import { expectedBy } from "./expected.ts";
import { sharedValues } from "./recorded-values.ts";
import { record } from "./record.ts";
import { requireUniqueObjects } from "./unique-objects.ts";

/** What another repository adds to an environment. */
export interface Extension {
  /** Adds objects to the cluster. @default - none */
  readonly objects?: (context: Context) => void;
  /** Declares cloud resources beside the platform's. @default - none */
  readonly resources?: () => void;
}

/** Runs both projections of an environment without a cloud. Call it for one environment at a time: see `record`. */
export async function planEnvironment(
  environment: Environment,
  descriptors: Descriptors,
  extension: Extension = {},
): Promise<Plan> {
  const [addonObjects, records] = await Promise.all([loadAddonObjects(descriptors), loadRecords(descriptors)]);
  const resources = await record(environment.name, () => {
    program(environment, descriptors);
    extension.resources?.();
  });
  const objects = renderObjects(buildApp(environment, descriptors, addonObjects, extension.objects));
  requireUniqueObjects(resources, objects);
  return assemblePlan(environment, descriptors, { resources, objects, records });
}

export interface PlanParts {
  readonly resources: readonly RecordedResource[];
  readonly objects: readonly PlannedObject[];
  readonly records: Records;
}

/** The model of what was recorded and rendered. */
export function assemblePlan(
  environment: Environment,
  all: Descriptors,
  { resources, objects, records }: PlanParts,
): Plan {
  const descriptors = descriptorsIn(environment, all);
  const installed = installedAddons(environment, descriptors);
  const addons = installed.map((each) => plannedAddon(environment, each, records));
  return modelOf(environment, descriptors, { resources, objects, addons, installed });
}

/** The model again, of parts that were changed since. */
export function modelOf(
  environment: Environment,
  all: Descriptors,
  parts: Pick<Plan, "resources" | "objects" | "addons"> & { readonly installed: readonly InstalledAddon[] },
): Plan {
  const descriptors = descriptorsIn(environment, all);
  const { resources, objects, addons, installed } = parts;
  const manifests = objects.map(({ manifest }) => manifest);
  const descriptorsOf = installed.map(({ addon }): Addon => addon);
  const podSources = [
    ...podSourcesOf(manifests),
    ...addons.flatMap((addon) =>
      podSourcesOf(addon.objects, { addon: addon.name, wave: waveOfAddon(addon, manifests) ?? BEFORE }),
    ),
  ];
  const described = {
    environment: environment.name,
    cloud: environment.cloud,
    kubernetesVersion: environment.kubernetes.version,
    ...(environment.exceptions && { exceptions: environment.exceptions }),
    pools: generationsOf(environment),
    fallbacks: fallbacks({ environment, ...descriptors, installed: descriptorsOf }),
    addons,
    objects,
    podSources,
    operatedPods: operatedPodsOf(appliedObjects({ objects, addons }), descriptorsOf),
    expected: expectedBy(environment, descriptors, installed),
  };
  return { ...described, ...readResources(described, descriptorsOf, resources) };
}

/** Kept by the resources, since reading them takes longer than the rest of a model, and a change of objects leaves them as they are. */
const safetyOf = memoizeOf((resources: readonly RecordedResource[]) => {
  const results = new Map<string, CloudSafety>();
  return (cloud: Plan["cloud"], declared: DeclaredCloud): CloudSafety => {
    const key = JSON.stringify([cloud, declared]);
    const known = results.get(key) ?? cloudReaders[cloud].safety(resources, declared);
    results.set(key, known);
    return known;
  };
});

/** What is read from cloud resources alone, so that other resources can be tried against the same objects. */
export function readResources(
  {
    cloud,
    podSources,
    expected,
    objects,
    addons,
  }: Pick<Plan, "cloud" | "podSources" | "expected" | "objects" | "addons">,
  installed: readonly Addon[],
  resources: readonly RecordedResource[],
): Omit<
  Plan,
  "environment" | "pools" | "addons" | "objects" | "operatedPods" | "fallbacks" | "kubernetesVersion" | "rehearses"
> {
  const reader = cloudReaders[cloud];
  const unreadable: string[] = [];
  const read = <Value>(from: () => Value, otherwise: Value): Value => {
    try {
      return from();
    } catch (error) {
      if (!(error instanceof UnreadableResource)) throw error;
      unreadable.push(error.message);
      return otherwise;
    }
  };
  const running = reader.addons(resources);
  const nodes = resources.flatMap((resource) =>
    read(() => reader.nodeGroups[resource.type]?.(resource, resources) ?? [], []),
  );
  const [nodeGroups, retiringNodes] = [nodes.filter((group) => !isRetiring(group)), nodes.filter(isRetiring)];
  const ours = podSources.filter(({ name }) => !expected.added.includes(name));
  const safety = safetyOf(resources)(cloud, expected.cloud);
  return {
    cloud,
    podSources,
    expected,
    resources,
    nodeGroups,
    retiringNodes,
    claims: claimsOf(cloud, installed, running),
    addresses: read(() => reader.addresses(resources), {
      database: [],
      controlPlane: [],
      callers: [],
      nodes: [],
      pods: [],
    }),
    database: read(() => reader.database(resources), undefined),
    dnsZones: read(() => reader.dnsZones(resources), []),
    buckets: read(() => reader.buckets(resources), []),
    storedSecrets: read(() => reader.storedSecrets(resources), []),
    safety: { ...safety, values: [...safety.values, ...sharedValues(resources, { nodeGroups, retiringNodes }, ours)] },
    enforcement: enforcementOf(cloud, installed, running),
    billing: billingOf(reader.billing, {
      resources,
      objects: [...objects.map(({ manifest }) => manifest), ...addons.flatMap((addon) => addon.objects)],
      podSources,
    }),
    unreadable,
  };
}

const isRetiring = ({ taints }: NodeGroup): boolean => taints.some(({ key }) => key === RETIRING_TAINT.key);

/** The generations of each pool, sorted by name. */
export function generationsOf({ pools }: Environment): PoolGenerations[] {
  return Object.entries(pools)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { generation = 1, retiring, drained }]) => ({
      name,
      generation,
      ...(retiring && { retiring: { generation: generation - 1 } }),
      ...(drained && { drained }),
    }));
}

function plannedAddon(environment: Environment, { addon, context }: InstalledAddon, records: Records): PlannedAddon {
  const {
    name,
    delivery,
    namespace,
    kinds = [],
    pods = {},
    provides = [],
    creates = [],
    dangling = [],
    scraped = [],
    failures = [],
  } = addon;
  const objects = recordedObjectsOf(environment, { addon, context }, records);
  return {
    name,
    by: delivery.by,
    namespace: namespace.name,
    version: versionOf(environment, addon),
    kinds,
    makes: addon.secrets?.(context).made ?? [],
    dangling,
    failures,
    creates: [
      ...creates,
      ...provides.flatMap((provided) =>
        provided.capability === "gateway"
          ? [{ kind: "gateway.networking.k8s.io/GatewayClass", name: provided.className }]
          : [],
      ),
    ],
    scraped: scraped.map(({ group, port }) => ({ ...port, pods: podsOf(addon, group) })),
    answers: provides.flatMap((provided) =>
      "host" in provided
        ? [
            {
              capability: provided.capability,
              host: provided.host,
              port: provided.port,
              pods: podsOf(addon, provided.group),
            },
          ]
        : [],
    ),
    ...sourceOf(environment, { addon, context }),
    claimed: Object.entries(pods)
      .filter(([, { temporary = false }]) => temporary || objects.length === 0)
      .map(([group]) => podsOf(addon, group)),
    objects,
  };
}

function sourceOf(environment: Environment, { addon, context }: InstalledAddon): Pick<PlannedAddon, "source"> {
  const { delivery } = addon;
  const version = versionOf(environment, addon);
  if (version === undefined || !("source" in delivery)) return {};
  const { source, values } = delivery;
  const at = source.kind === "chart" ? source.chart : source.path;
  return {
    source: { repository: source.repository, at, version, values: fillHoles(values?.(context) ?? {}) as object },
  };
}

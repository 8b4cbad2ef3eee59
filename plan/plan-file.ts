import { z } from "zod";
import type { Effects } from "./model/effects.ts";
import type { NodeGroup } from "./model/nodes.ts";
import type { Finding, Plan } from "./model/plan.ts";
import type { RecordedResource } from "./model/recorded.ts";

const count = z.int().nonnegative();
const usd = z.number().nonnegative();
const labels = z.record(z.string(), z.string());

const nodeGroup = z.strictObject({
  pool: z.string(),
  zone: z.string().optional().describe("Absent if the cloud does not report zones."),
  min: count,
  max: count,
  labels,
  taints: z.array(z.strictObject({ key: z.string(), value: z.string(), effect: z.string() })),
  allocatable: z.strictObject({ cpu: count, memory: count, pods: count, gpus: count }),
  spot: z.boolean().describe("Whether these are spot nodes, which the cloud may reclaim."),
});

const effects = {
  connections: z
    .array(z.strictObject({ from: z.string(), to: z.string(), firstPort: count, lastPort: count }))
    .describe(
      "TCP ports on which NetworkPolicies allow pods to connect to each other and to addresses outside the cluster.",
    ),
  permissions: z
    .array(
      z.strictObject({
        who: z.string(),
        verb: z.string(),
        resource: z.string(),
        namespace: z
          .string()
          .optional()
          .describe("Absent if the permission applies to all namespaces, or to resources without one."),
        name: z.string().optional().describe("Absent if the permission applies to all names."),
        when: z.string().optional().describe("The condition in the cloud's policy."),
        denies: z.literal(true).optional().describe("Overrides permissions that other rules grant."),
      }),
    )
    .describe("Permissions of identities in the Kubernetes API and in the cloud. `*` matches everything."),
  workloads: z
    .array(
      z.strictObject({
        name: z.string(),
        replicas: z.strictObject({ min: count, max: count }),
        requests: z.strictObject({ cpu: count, memory: count, gpus: count }),
        limits: z.strictObject({ cpu: count.optional(), memory: count.optional() }),
      }),
    )
    .describe("Workloads that create pods, with the requests and limits of one pod."),
  data: z
    .array(z.strictObject({ name: z.string(), fixed: z.record(z.string(), z.unknown()) }))
    .describe("Resources and volumes that hold data. A change of `fixed` creates a new one, without the data."),
  costs: z
    .array(
      z.strictObject({
        layer: z.string(),
        pool: z.string().optional().describe("Absent if the cost belongs to no pool."),
        item: z.string(),
        min: usd,
        expected: usd,
        max: usd,
        estimates: z
          .array(z.string())
          .describe("Why the amounts are estimates. Empty if quantity and price are known."),
      }),
    )
    .describe("USD per month for each billed item: at minimum size, as expected, and at maximum size."),
  unpriced: z.array(z.string()).describe("Billed resources without a price, with the reason."),
};

/** The shape of dist/<environment>/plan.json. docs/plan.schema.json is made from it. Amounts: CPU in millicores, memory in bytes. */
export const planFileSchema = z
  .strictObject({
    version: z.literal(4).describe("Version of this format. A reader must reject versions that it does not support."),
    environment: z.string(),
    cloud: z.string(),
    kubernetesVersion: z.string(),
    fallbacks: z
      .array(z.strictObject({ preference: z.string(), fallback: z.string() }))
      .describe("Preferences that the cloud does not support, each with its fallback."),
    addons: z
      .array(
        z.strictObject({
          name: z.string(),
          by: z
            .string()
            .describe(
              "What installs the add-on: an Argo CD Application, the Pulumi program, the cloud, or nothing in this repository (assumed).",
            ),
          version: z.string().optional().describe("Version of its source, if known."),
          recorded: z.boolean().describe("Whether its objects were recorded from its source."),
        }),
      )
      .describe("Third-party software that the environment runs."),
    findings: z
      .array(
        z.strictObject({
          proof: z.string(),
          claim: z.string(),
          holds: z.boolean(),
          evidence: z.array(z.string()),
          failures: z.array(z.string()),
          notJudged: z.string().optional().describe("Why the proof could not be evaluated. Absent if it was."),
          excepted: z
            .array(z.strictObject({ failure: z.string(), reason: z.string(), owner: z.string(), until: z.iso.date() }))
            .optional()
            .describe("Failures that the environment's exceptions accept, each with its reason, owner and last day."),
        }),
      )
      .describe("Results of the proofs."),
    ...effects,
    nodeGroups: z.array(nodeGroup).describe("Node groups by pool and zone, read from the recorded resources."),
    retiringNodes: z.array(nodeGroup).describe("Node groups of retiring generations. They do not count as capacity."),
    pools: z
      .array(
        z.strictObject({
          name: z.string(),
          generation: count,
          retiring: z.strictObject({ generation: count }).optional(),
          drained: z
            .strictObject({ generation: count, at: z.string(), nodes: z.array(z.string()) })
            .optional()
            .describe("The generation that was drained last: its nodes had only pods of DaemonSets at that time."),
        }),
      )
      .describe("The current, the retiring and the last drained generation of each pool."),
    resources: z
      .array(
        z.strictObject({
          urn: z.string(),
          type: z.string(),
          name: z.string(),
          parent: z.string().optional(),
          custom: z.boolean().describe("False for a component resource, which only groups others."),
          protect: z.boolean(),
          inputs: z
            .record(z.string(), z.unknown())
            .describe('An output of a provider is {"$output": [urns]}, a secret is {"$secret": true}.'),
          ignoreChanges: z.array(z.string()),
          dependsOn: z.array(z.string()),
          propertyDependencies: z
            .record(z.string(), z.array(z.string()))
            .optional()
            .describe("URNs of the resources whose outputs each input uses. Absent if no input uses any."),
          provider: z.string().optional().describe("URN of the provider. Absent for the package's default provider."),
          deleteBeforeReplace: z.boolean().optional().describe("Absent if the provider decides."),
        }),
      )
      .describe("Cloud resources that the Pulumi program declares, sorted by URN."),
    objects: z
      .array(z.strictObject({ path: z.string(), manifest: z.record(z.string(), z.unknown()) }))
      .describe("Kubernetes objects as they are applied, each with its path in dist/<environment>/manifests."),
  })
  .meta({
    title: "PromptOps plan",
    description: "Resources, objects and effects of an environment. The same description always gives the same bytes.",
  });

/** What was proved of a plan, and what it brings about. */
export interface Proved {
  readonly findings: readonly Finding[];
  readonly effects: Effects;
}

export type PlanFile = z.infer<typeof planFileSchema>;

/** Their machines are among the inputs of the resources. */
const groupInFile = ({ zone, machines, ...group }: NodeGroup): PlanFile["nodeGroups"][number] => ({
  ...group,
  ...(zone !== undefined && { zone }),
  labels: { ...group.labels },
  taints: [...group.taints],
});

/** Its resources as they were recorded. */
export const recordedResources = ({ resources }: Pick<PlanFile, "resources">): readonly RecordedResource[] =>
  resources as RecordedResource[];

export function toPlanFile(plan: Plan, { findings, effects }: Proved): PlanFile {
  const {
    environment,
    cloud,
    kubernetesVersion,
    fallbacks,
    addons,
    nodeGroups,
    retiringNodes,
    pools,
    resources,
    objects,
  } = plan;
  return {
    version: 4,
    environment,
    cloud,
    kubernetesVersion,
    fallbacks: [...fallbacks],
    addons: addons.map(({ name, by, version, objects: recorded }) => ({
      name,
      by,
      ...(version !== undefined && { version }),
      recorded: recorded.length > 0,
    })),
    findings: findings.map(({ proof, claim, evidence, failures, notJudged, excepted }) => ({
      proof,
      claim,
      holds: failures.length === 0,
      evidence: [...evidence],
      failures: [...failures],
      ...(notJudged !== undefined && { notJudged }),
      ...(excepted && {
        excepted: excepted.map(({ failure, exception: { reason, owner, until } }) => ({
          failure,
          reason,
          owner,
          until,
        })),
      }),
    })),
    ...(structuredClone(effects) as Pick<PlanFile, keyof Effects>),
    nodeGroups: nodeGroups.map(groupInFile),
    retiringNodes: retiringNodes.map(groupInFile),
    pools: structuredClone(pools) as PlanFile["pools"],
    resources: structuredClone(resources) as PlanFile["resources"],
    objects: objects.map(({ path, manifest }) => ({ path, manifest: { ...manifest } })),
  };
}

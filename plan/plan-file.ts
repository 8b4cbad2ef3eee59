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
  zone: z.string().optional().describe("Absent where the cloud shows no zones."),
  min: count,
  max: count,
  labels,
  taints: z.array(z.strictObject({ key: z.string(), value: z.string(), effect: z.string() })),
  allocatable: z.strictObject({ cpu: count, memory: count, pods: count, gpus: count }),
  spot: z.boolean().describe("The cloud may take these nodes back."),
});

const effects = {
  connections: z
    .array(z.strictObject({ from: z.string(), to: z.string(), firstPort: count, lastPort: count }))
    .describe("TCP ports on which policies let pods connect to each other and to what is outside."),
  permissions: z
    .array(
      z.strictObject({
        who: z.string(),
        verb: z.string(),
        resource: z.string(),
        namespace: z.string().optional().describe("Absent where it holds in all of them, or in none."),
        name: z.string().optional().describe("Absent where it holds for all names."),
        when: z.string().optional().describe("A condition of the cloud."),
        denies: z.literal(true).optional().describe("Takes away what others give."),
      }),
    )
    .describe("What identities may do in the Kubernetes API and in the cloud. `*` stands for anything."),
  workloads: z
    .array(
      z.strictObject({
        name: z.string(),
        replicas: z.strictObject({ min: count, max: count }),
        requests: z.strictObject({ cpu: count, memory: count, gpus: count }),
        limits: z.strictObject({ cpu: count.optional(), memory: count.optional() }),
      }),
    )
    .describe("What makes pods, and their size."),
  data: z
    .array(z.strictObject({ name: z.string(), fixed: z.record(z.string(), z.unknown()) }))
    .describe("Places that hold data. Another value of `fixed` makes a new one, without the data."),
  costs: z
    .array(
      z.strictObject({
        layer: z.string(),
        pool: z.string().optional().describe("Absent where it belongs to none."),
        item: z.string(),
        min: usd,
        expected: usd,
        max: usd,
        estimates: z.array(z.string()).describe("Why the sum is an estimate; empty where amount and price are facts."),
      }),
    )
    .describe("USD a month, by what is billed: at minimum size, as expected, and at maximum size."),
  unpriced: z.array(z.string()).describe("What is billed and has no price, and why."),
};

/** The shape of dist/<environment>/plan.json. docs/plan.schema.json is made from it. Amounts: CPU in millicores, memory in bytes. */
export const planFileSchema = z
  .strictObject({
    version: z.literal(4).describe("Of this format. A reader refuses one that it does not know."),
    environment: z.string(),
    cloud: z.string(),
    kubernetesVersion: z.string(),
    fallbacks: z
      .array(z.strictObject({ preference: z.string(), fallback: z.string() }))
      .describe("Preferences that the cloud cannot meet, each with what the environment gets instead."),
    addons: z
      .array(
        z.strictObject({
          name: z.string(),
          by: z
            .string()
            .describe(
              "Who installs it: an Argo CD Application, the Pulumi program, the cloud, or nothing here (assumed).",
            ),
          version: z.string().optional().describe("Of its source, where it has one."),
          recorded: z.boolean().describe("Whether its objects were recorded from its source."),
        }),
      )
      .describe("Software of others that the environment runs."),
    findings: z
      .array(
        z.strictObject({
          proof: z.string(),
          claim: z.string(),
          holds: z.boolean(),
          evidence: z.array(z.string()),
          failures: z.array(z.string()),
          notJudged: z.string().optional().describe("Why nothing can be said, where nothing can."),
          excepted: z
            .array(z.strictObject({ failure: z.string(), reason: z.string(), owner: z.string(), until: z.iso.date() }))
            .optional()
            .describe("Failures that the environment accepts, each with its reason, owner and last day."),
        }),
      )
      .describe("What was proved of this plan."),
    ...effects,
    nodeGroups: z.array(nodeGroup).describe("Nodes by pool and zone, from the recorded resources."),
    retiringNodes: z.array(nodeGroup).describe("Nodes of generations that are drained: no capacity."),
    pools: z
      .array(
        z.strictObject({
          name: z.string(),
          generation: count,
          retiring: z.strictObject({ generation: count }).optional(),
          drained: z
            .strictObject({ generation: count, at: z.string(), nodes: z.array(z.string()) })
            .optional()
            .describe("The last generation on whose nodes no pod was left but those of DaemonSets, and when."),
        }),
      )
      .describe("Which generation of each pool stands, which retires, and which was drained last."),
    resources: z
      .array(
        z.strictObject({
          urn: z.string(),
          type: z.string(),
          name: z.string(),
          parent: z.string().optional(),
          custom: z.boolean().describe("False for a component, which only groups."),
          protect: z.boolean(),
          inputs: z
            .record(z.string(), z.unknown())
            .describe('A provider\'s output is {"$output": [urns]}, a secret {"$secret": true}.'),
          ignoreChanges: z.array(z.string()),
          dependsOn: z.array(z.string()),
          propertyDependencies: z
            .record(z.string(), z.array(z.string()))
            .optional()
            .describe("The resources of whose outputs each input is made. Absent where there are none."),
          provider: z.string().optional().describe("URN of the provider. Absent for the package's default provider."),
          deleteBeforeReplace: z.boolean().optional().describe("Absent where the provider decides."),
        }),
      )
      .describe("Cloud resources as the Pulumi program declares them, by URN."),
    objects: z
      .array(z.strictObject({ path: z.string(), manifest: z.record(z.string(), z.unknown()) }))
      .describe("Kubernetes objects as they are applied, by path below dist/<environment>/manifests."),
  })
  .meta({
    title: "PromptOps plan",
    description: "What an environment comes to. Stable: the same description gives the same bytes.",
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

import { program } from "../infra/index.ts";
import { plannedChanges } from "../plan/changes/steps.ts";
import { carriedBy } from "../plan/clouds/holders.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { RecordedResource } from "../plan/model/recorded.ts";
import type { ResourceChange } from "../plan/model/steps.ts";
import { generationsOf } from "../plan/plan.ts";
import { record } from "../plan/record.ts";
import { groupBy } from "../platform/group-by.ts";
import { destructiveChanges } from "../proofs/no-destructive-change.ts";
import { descriptors, environment } from "../test/environments.ts";

type Keys = Readonly<Record<string, unknown>>;

/** A key of the environment file, and what is done to it. */
interface Case {
  readonly key: string;
  readonly change: string;
  /** What is set, by cloud; a cloud that lacks the key is left out. */
  readonly aws?: Keys;
  readonly linode?: Keys;
  /** What was set before, by cloud. @default - the file's values */
  readonly from?: Readonly<Partial<Record<"aws" | "linode", Keys>>>;
}

const both = (key: string, change: string, keys: Keys, from?: Keys): Case => ({
  ...{ key, change, aws: keys, linode: keys },
  ...(from && { from: { aws: from, linode: from } }),
});
const onAws = (key: string, change: string, aws: Keys, from?: Keys): Case => ({
  key,
  change,
  aws,
  ...(from && { from: { aws: from } }),
});

/** What a CDN requires. */
const byDns: Keys = { "certificates.challenge": "dns-01" };
const [A, B, C] = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
const pool = { needs: { vcpu: 2, memory: "8Gi" }, nodes: { min: 3, max: 6 } };

/** Machines of `application`, which change by a generation. */
const standing = {
  aws: { "pools.application.generation": 2, "pools.application.needs": { vcpu: 8, memory: "32Gi" } },
  linode: { "pools.application.generation": 2, "pools.application.type": "g6-standard-16" },
};
const drained = { generation: 1, at: "2026-11-28T18:00:00Z", nodes: [] };
const nextGeneration = {
  aws: {
    ...standing.aws,
    "pools.application.retiring": { needs: { vcpu: 4, memory: "16Gi" }, nodes: { min: 3, max: 20 }, spot: true },
  },
  linode: { ...standing.linode, "pools.application.retiring": { type: "g6-standard-8", nodes: { min: 3, max: 10 } } },
};

const pointInTime = { generation: 2, pointInTime: "2026-11-30T02:15:00Z" };
/** A server of the next generation, restored beside the one that services use. */
const restored = {
  aws: { "database.restoreFrom": { ...pointInTime, of: "promptops-production" } },
  linode: { "database.restoreFrom": { ...pointInTime, of: "123456" } },
};
/** Services use the restored one, and the one before is kept. */
const moved = (cloud: "aws" | "linode", protect: boolean): Keys => ({
  ...restored[cloud],
  "database.generation": 2,
  "database.retiring": { protect },
});

const oneControlPlane = { protect: false, "kubernetes.highAvailability": false };

/** In the order of docs/environments.md. */
export const cases: readonly Case[] = [
  {
    ...{ key: "region", change: "another one" },
    aws: {
      region: "eu-west-1",
      zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
      "pools.gpu.zones": ["eu-west-1a", "eu-west-1b"],
      "database.readReplicas": ["eu-west-1b", "eu-west-1c"],
      "backups.standbyRegion": "us-east-1",
    },
    linode: { region: "us-ord" },
  },
  onAws("zones", "in another order", { zones: [B, A, C] }),
  onAws(
    "zones",
    "the last one removed",
    { zones: [A, B], "database.readReplicas": [B] },
    { "database.readReplicas": [B] },
  ),
  both("domain", "another one", { domain: "example.org" }),
  both("contact", "another one", { contact: "other@promptops.io" }),
  both("kubernetes.version", "the next minor", { "kubernetes.version": "1.36" }),
  {
    ...{ key: "kubernetes.highAvailability", change: "off" },
    ...{ linode: oneControlPlane, from: { linode: { protect: false } } },
  },
  {
    ...{ key: "kubernetes.highAvailability", change: "on" },
    ...{ linode: { protect: false }, from: { linode: oneControlPlane } },
  },
  both("kubernetes.access", "another block", { "kubernetes.access": ["203.0.113.0/24", "198.51.100.0/24"] }),
  onAws("kubernetes.administrators", "another role", {
    "kubernetes.administrators": ["arn:aws:iam::111122223333:role/other"],
  }),
  onAws("kubernetes.deployer", "another role", {
    "kubernetes.deployer": "arn:aws:iam::111122223333:role/other-deployer",
  }),
  onAws("network.cidr", "another block", { "network.cidr": "10.90.0.0/16" }),
  onAws("network.endpoints", "one more", { "network.endpoints": ["logs", "sts"] }, { "network.endpoints": ["sts"] }),
  both("pools", "a new pool", { "pools.batch": pool }),
  both("pools", "a pool removed", {}, { "pools.batch": pool }),
  {
    ...{ key: "pools.<name>.needs, type", change: "another machine" },
    aws: { "pools.application.needs": { vcpu: 8, memory: "32Gi" } },
    linode: { "pools.application.type": "g6-standard-16" },
  },
  {
    ...{ key: "pools.<name>.generation", change: "the next, with another machine; the earlier one retires" },
    aws: nextGeneration.aws,
    linode: nextGeneration.linode,
  },
  {
    ...{ key: "pools.<name>.retiring", change: "removed, once drained" },
    aws: { ...standing.aws, "pools.application.drained": drained },
    linode: { ...standing.linode, "pools.application.drained": drained },
    from: nextGeneration,
  },
  { key: "pools.<name>.retiring", change: "removed, not drained", ...standing, from: nextGeneration },
  both("pools.<name>.nodes.min", "more", { "pools.application.nodes.min": 4 }),
  both("pools.<name>.nodes.max", "more", { "pools.application.nodes.max": 21 }),
  onAws("pools.<name>.spot", "off", { "pools.application.spot": false }),
  onAws("pools.<name>.dedicated", "off", { "pools.infrastructure.dedicated": false }),
  onAws("pools.<name>.zones", "one less", { "pools.infrastructure.zones": [A, B] }),
  both("database.version", "the next major", {}, { "database.version": "16" }),
  {
    ...{ key: "database.needs", change: "more" },
    aws: { "database.needs": { vcpu: 4, memory: "16Gi" } },
    linode: { "database.needs": { vcpu: 8, memory: "32Gi" } },
  },
  onAws("database.storage", "more", { "database.storage": "200Gi" }),
  onAws("database.storage", "less", { "database.storage": "50Gi" }),
  both("database.standby", "on", { protect: false }, { protect: false, "database.standby": false }),
  onAws("database.readReplicas", "one more", { "database.readReplicas": [A, B, C] }),
  onAws("database.readReplicas", "one less", { "database.readReplicas": [B] }),
  onAws("database.pointInTimeRecoveryDays", "more", { "database.pointInTimeRecoveryDays": 14 }),
  {
    ...{ key: "database.restoreFrom", change: "named, for the next generation" },
    ...{ aws: restored.aws, linode: restored.linode },
  },
  {
    ...{ key: "database.restoreFrom", change: "another time, before services use it" },
    aws: { "database.restoreFrom": { ...restored.aws["database.restoreFrom"], pointInTime: "2026-11-30T01:00:00Z" } },
    linode: {
      "database.restoreFrom": { ...restored.linode["database.restoreFrom"], pointInTime: "2026-11-30T01:00:00Z" },
    },
    from: restored,
  },
  {
    ...{ key: "database.generation", change: "the restored one, with the earlier one under `retiring`" },
    ...{ aws: moved("aws", true), linode: moved("linode", true), from: restored },
  },
  {
    ...{ key: "database.generation", change: "the restored one, without `retiring`" },
    ...{ aws: { ...restored.aws, "database.generation": 2 }, linode: { ...restored.linode, "database.generation": 2 } },
    from: restored,
  },
  {
    ...{ key: "database.retiring.protect", change: "off" },
    ...{ aws: moved("aws", false), linode: moved("linode", false) },
    from: { aws: moved("aws", true), linode: moved("linode", true) },
  },
  {
    ...{ key: "database.retiring", change: "removed, once unprotected" },
    ...{ aws: { ...restored.aws, "database.generation": 2 }, linode: { ...restored.linode, "database.generation": 2 } },
    from: { aws: moved("aws", false), linode: moved("linode", false) },
  },
  onAws("registry.images", "the registry named", {
    registry: {},
    "release.registry": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/promptops-production",
  }),
  onAws("certificates.challenge", "`dns-01`", { "certificates.challenge": "dns-01" }),
  onAws(
    "certificates.wildcard",
    "`true`",
    { certificates: { challenge: "dns-01", wildcard: true } },
    { "certificates.challenge": "dns-01" },
  ),
  onAws("cdn", "named", { ...byDns, cdn: {} }, byDns),
  onAws("cdn.clientRate", "another", { ...byDns, cdn: { clientRate: 1000 } }, { ...byDns, cdn: {} }),
  onAws("cdn.shieldAdvanced", "on", { ...byDns, cdn: { shieldAdvanced: true } }, { ...byDns, cdn: {} }),
  onAws("backups.standbyRegion", "named", {}, { "backups.standbyRegion": undefined }),
  onAws("backups.standbyRegion", "another one", { "backups.standbyRegion": "us-east-1" }),
  onAws("backups.standbyRegion", "removed", { "backups.standbyRegion": undefined }),
  {
    ...{ key: "database.inCluster", change: "on" },
    aws: { "database.inCluster": true },
    linode: { "database.inCluster": true, "database.port": undefined },
  },
  both("addons.<name>", "removed", { "addons.rabbitmq": undefined }),
  both("addons.<name>", "another option", { "addons.valkey.memory": "3Gi" }),
  both("release.version", "the next release", { "release.version": "v0.2.0" }),
  both("gitops.repository", "another one", { "gitops.repository": "https://github.com/promptops/other" }),
  both("gitops.automaticSync", "on", { "gitops.automaticSync": true }),
  both("protect", "off", { protect: false }),
  both("protect", "on", {}, { protect: false }),
  both("teardown.keepBackups", "set, which lifts the guards", { teardown: { keepBackups: true } }),
  onAws("teardown.finalSnapshot", "set, which lifts the guards", {
    teardown: { keepBackups: false, finalSnapshot: "last" },
  }),
  both("services.<name>.replicas", "more", { "services.api.replicas": { min: 3, max: 12 } }),
];

const names = { aws: "production", linode: "production-lke" } as const;

/** docs/changes.md: each case is planned before and after, and the table in plan/changes says what lies between. */
export async function changesPage(): Promise<string> {
  const rows: string[] = [];
  for (const each of cases) rows.push(await rowOf(each));
  return [HEAD, ...rows, ""].join("\n");
}

export async function rowOf(each: Case): Promise<string> {
  const cells = [await cellOf(each, "aws"), await cellOf(each, "linode")];
  return `| \`${each.key}\` | ${each.change} | ${cells.join(" | ")} |`;
}

const HEAD = `# What changes do

This page shows what \`pulumi up\` does when a key of an environment file changes, on AWS (production) and on LKE (production-lke).
\`npm run build:docs\` generates it: it runs the program before and after each change, and looks up the effect of each changed input in
[tables](../plan/changes/) that are taken from the providers' sources. For your own change, run \`promptops check --against\`
([delivery](delivery.md#store-the-deployed-plan)).

- **Bold**: in a protected environment, [no-destructive-change](proofs/no-destructive-change.md) refuses the change without an
  exception. In every environment, it refuses to delete nodes that are not recorded as drained.
- *none*: the cloud does not change. Objects in the cluster may change: Argo CD applies them, and \`promptops diff\` shows them.
- With another \`account\` or \`cloud\`, it is another environment: existing resources would remain unmanaged.
- A number counts resources. *Recreated in part* is an update for Pulumi that deletes parts of the resource.

| key | change | AWS | LKE |
|---|---|---|---|`;

async function cellOf(each: Case, cloud: keyof typeof names): Promise<string> {
  const keys = each[cloud];
  if (!keys) return "";
  const before = await resourcesOf(names[cloud], each.from?.[cloud] ?? {});
  const after = await resourcesOf(names[cloud], keys);
  const pools = { environment: names[cloud], pools: generationsOf(environment(names[cloud], keys)) };
  return describe(plannedChanges(before, after, carriedBy).resources, pools);
}

const recorded = new Map<string, Promise<RecordedResource[]>>();

/** Each environment is recorded once, one after the other. */
function resourcesOf(name: string, keys: Keys): Promise<RecordedResource[]> {
  const id = JSON.stringify([name, Object.entries(keys)]);
  const resources = recorded.get(id) ?? record(name, () => program(environment(name, keys), descriptors));
  recorded.set(id, resources);
  return resources;
}

const wordOf = ({ action, causes }: ResourceChange): string => {
  const effect = action === "update" ? causes[0]?.effect : undefined;
  if (effect === "recreate") return "recreated in part";
  if (effect === "refuse") return "refused";
  return { create: "created", update: "updated", replace: "replaced", delete: "deleted" }[action];
};

const ORDER = ["refused", "replaced", "deleted", "recreated in part", "updated", "created"];
/** More types than these are counted. */
const NAMED = 4;

function describe(changes: readonly ResourceChange[], pools: Pick<Plan, "environment" | "pools">): string {
  const byWord = groupBy(changes, wordOf);
  const parts = ORDER.flatMap((word) => {
    const some = byWord.get(word) ?? [];
    if (some.length === 0) return [];
    const text = `${word}: ${typesOf(some)}`;
    return [destructiveChanges(some, pools, true).length > 0 ? `**${text}**` : text];
  });
  return parts.length > 0 ? parts.join("; ") : "*none*";
}

/** What carries data or pods comes first, then what there is most of. */
function typesOf(changes: readonly ResourceChange[]): string {
  const types = [...groupBy(changes, ({ name }) => name.split(" ")[0] ?? name)].toSorted(
    ([a, one], [b, other]) => weightOf(other) - weightOf(one) || other.length - one.length || (a < b ? -1 : 1),
  );
  const named = types.slice(0, NAMED).map(([type, some]) => (some.length > 1 ? `${some.length} ${type}` : type));
  const others = types.slice(NAMED).flatMap(([, some]) => some).length;
  return [...named, ...(others > 0 ? [`${others} others`] : [])].join(", ");
}

const weightOf = (changes: readonly ResourceChange[]): number => (changes.some(({ carries }) => carries) ? 1 : 0);

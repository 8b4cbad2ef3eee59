import { count } from "../platform/count.ts";
import { isDeepStrictEqual } from "node:util";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { PlannedAddon } from "../plan/model/plan.ts";
import type { RecordedResource } from "../plan/model/recorded.ts";
import type { Proof } from "./proof.ts";

interface ApplicationSpec {
  readonly project?: string;
  readonly source?: {
    readonly repoURL?: string;
    readonly chart?: string;
    readonly path?: string;
    readonly targetRevision?: string;
    readonly helm?: { readonly releaseName?: string; readonly valuesObject?: object };
    readonly kustomize?: object;
  };
  readonly destination?: { readonly namespace?: string; readonly server?: string };
  readonly syncPolicy?: {
    readonly automated?: { readonly prune?: boolean; readonly selfHeal?: boolean };
    readonly syncOptions?: readonly string[];
  };
}

/** Argo CD's address of the cluster that it runs in. */
const IN_CLUSTER = "https://kubernetes.default.svc";
/** Large definitions do not fit the annotation that client-side apply writes. */
const SYNC_OPTIONS = ["ServerSideApply=true", "CreateNamespace=false"];

export const requireRecordedSource: Proof = {
  name: "require-recorded-source",
  claim: "Every Application and Release installs the recorded source, version and values, and syncs automatically.",
  examine({ objects, addons, resources }) {
    const applications = objects.map(({ manifest }) => manifest).filter(({ kind }) => kind === "Application");
    const installed = addons.filter(({ source, by }) => source && by === "application");
    const released = addons.filter(({ source, by }) => source && by === "program");
    return {
      evidence: [count(installed.length + released.length, "source")],
      failures: [
        ...installed.flatMap((addon) => {
          const application = applications.find(({ metadata }) => metadata.name === addon.name);
          return application ? applicationFailures(application, addon) : [`No Application installs ${addon.name}.`];
        }),
        ...released.flatMap((addon) => releaseFailures(resources, addon)),
        ...applications
          .filter(({ metadata }) => !installed.some(({ name }) => name === metadata.name))
          .map((application) => `${describeObject(application)} installs what no descriptor asks for.`),
      ],
    };
  },
};

function applicationFailures(application: KubernetesObject, { name, namespace, source }: PlannedAddon): string[] {
  const spec = application.spec as ApplicationSpec;
  const rules = [...sourceRules(spec, source), ...syncRules(spec, { name, namespace })];
  return rules
    .filter(([, found, wanted]) => !isDeepStrictEqual(found, wanted))
    .map(
      ([field]) => `${describeObject(application)}: ${field} is not what the descriptor says. Change the descriptor.`,
    );
}

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** What the program installs itself. */
function releaseFailures(
  resources: readonly RecordedResource[],
  { name, namespace, source }: Pick<PlannedAddon, "name" | "namespace" | "source">,
): string[] {
  const inputs = resources.find((each) => each.type === RELEASE && each.name === name)?.inputs;
  if (!inputs) return [`No Release installs ${name}.`];
  const rules: readonly Rule[] = [
    ["name", inputs["name"], name],
    ["namespace", inputs["namespace"], namespace],
    ["chart", inputs["chart"], source?.at],
    ["version", inputs["version"], source?.version],
    ["repositoryOpts", inputs["repositoryOpts"], { repo: source?.repository }],
    ["values", inputs["values"] ?? {}, plain(source?.values ?? {})],
  ];
  return rules
    .filter(([, found, wanted]) => !isDeepStrictEqual(found, wanted))
    .map(([field]) => `Release ${name}: ${field} is not what the descriptor says. Change the descriptor.`);
}

type Rule = readonly [field: string, found: unknown, wanted: unknown];

function sourceRules({ source = {} }: ApplicationSpec, expected: PlannedAddon["source"]): Rule[] {
  return [
    ["source.repoURL", source.repoURL, expected?.repository],
    ["source.chart or path", [source.chart, source.path].find(Boolean), expected?.at],
    ["source.targetRevision", source.targetRevision, expected?.version],
    ["values", plain(source.helm?.valuesObject ?? source.kustomize ?? {}), plain(expected?.values ?? {})],
  ];
}

function syncRules(
  { source, destination, syncPolicy, project }: ApplicationSpec,
  { name, namespace }: Pick<PlannedAddon, "name" | "namespace">,
): Rule[] {
  const { automated, syncOptions = [] } = syncPolicy ?? {};
  return [
    // Names of its objects begin with it.
    ["source.helm.releaseName", source?.chart === undefined ? name : source.helm?.releaseName, name],
    ["destination.namespace", destination?.namespace, namespace],
    ["destination.server", destination?.server, IN_CLUSTER],
    ["project", project, "platform"],
    ["syncPolicy.automated", [automated?.prune, automated?.selfHeal], [true, true]],
    ["syncPolicy.syncOptions", SYNC_OPTIONS.filter((option) => syncOptions.includes(option)), SYNC_OPTIONS],
  ];
}

/** As it is written to a file: without fields that are undefined. */
const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));

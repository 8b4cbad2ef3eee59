import { count } from "../platform/count.ts";
import { isDeepStrictEqual } from "node:util";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import { isObject, type Recorded, type RecordedResource } from "../plan/model/recorded.ts";
import { groupOf } from "../plan/model/references/read.ts";
import type { Proof } from "./proof.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";
/** Argo CD's address of the cluster that it runs in. */
const IN_CLUSTER = "https://kubernetes.default.svc";
const NAMESPACE = "argocd";

/** A value of the chart that makes the root Application, and why it must be so. */
type Value = readonly [path: string, expected: Recorded, why: string];

const values: readonly Value[] = [
  ["applications.platform.namespace", NAMESPACE, "Argo CD reads Applications of its own namespace"],
  ["applications.platform.project", "platform", "a project bounds what may be deployed"],
  ["applications.platform.destination.server", IN_CLUSTER, "the objects are this cluster's"],
  ["applications.platform.source.path", ".", "a branch holds one environment"],
  ["applications.platform.source.directory.recurse", true, "objects are in one folder per layer"],
  [
    "applications.platform.ignoreDifferences",
    [
      {
        group: "gateway.networking.k8s.io",
        kind: "HTTPRoute",
        jqPathExpressions: [".spec.rules[].backendRefs[].weight"],
      },
    ],
    "Argo Rollouts moves weights while a canary runs",
  ],
  [
    "applications.platform.syncPolicy.syncOptions",
    ["ServerSideApply=true", "RespectIgnoreDifferences=true"],
    "large definitions need it, and a sync must not heal weights",
  ],
  ["projects.platform.namespace", NAMESPACE, "Argo CD reads projects of its own namespace"],
  ["projects.platform.destinations", [{ server: IN_CLUSTER, namespace: "*" }], "objects are in every namespace"],
  ["projects.platform.clusterResourceWhitelist", [{ group: "*", kind: "*" }], "some objects belong to no namespace"],
];

export const validDelivery: Proof = {
  name: "valid-delivery",
  claim:
    "The root Application may deploy from every source, and Argo CD skips the dry run for kinds that another Application has yet to define.",
  examine(plan) {
    const root = plan.resources.find(({ type, name }) => type === RELEASE && name === "root");
    const objects = plan.objects.map(({ manifest }) => manifest);
    const later = objects.filter((object) => isDefinedLater(object, plan));
    return {
      evidence: [
        `${count(values.length, "value")} of the root Application, ${count(later.length, "object")} of kinds that are defined later`,
      ],
      failures: [
        ...(root
          ? [...valueFailures(root), ...sourceFailures(root, plan)]
          : ["No Release makes the root Application."]),
        ...later.filter((object) => !skipsDryRun(object)).map(dryRunFailure),
      ],
    };
  },
};

const at = (value: Recorded | undefined, path: string): Recorded | undefined =>
  path.split(".").reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

const valueFailures = ({ inputs }: RecordedResource): string[] =>
  values
    .filter(([path, expected]) => !isDeepStrictEqual(at(inputs["values"], path), expected))
    .map(([path, expected, why]) => `Release root: ${path} is not ${JSON.stringify(expected)}: ${why}. Correct it.`);

/** A project refuses Applications of sources that it does not name. */
function sourceFailures({ inputs }: RecordedResource, { addons, expected }: Plan): string[] {
  const named = at(inputs["values"], "projects.platform.sourceRepos");
  const own = expected.cloud.values.find(({ key }) => key === "gitops.repository")?.value;
  const needed = addons.flatMap(({ by, source }) => (by === "application" && source ? [source.repository] : []));
  const wanted = [...new Set([...(own === undefined ? [] : [own]), ...needed])].toSorted();
  const found = Array.isArray(named) ? named.map(String).toSorted() : [];
  return isDeepStrictEqual(found, wanted)
    ? []
    : [`Release root: projects.platform.sourceRepos is ${found.join(", ")}, and must be ${wanted.join(", ")}.`];
}

/** Kinds whose definition an Application of the same sync brings. */
const isDefinedLater = ({ apiVersion, kind }: KubernetesObject, { addons }: Plan): boolean =>
  addons.some(({ by, kinds }) => by === "application" && kinds.includes(`${groupOf(apiVersion)}/${kind}`));

const OPTIONS = "argocd.argoproj.io/sync-options";
const SKIP = "SkipDryRunOnMissingResource=true";

const skipsDryRun = ({ metadata }: KubernetesObject): boolean =>
  (metadata.annotations?.[OPTIONS] ?? "").split(",").includes(SKIP);

/** Argo CD tries every object before it applies the first. */
const dryRunFailure = (object: KubernetesObject): string =>
  `${describeObject(object)}: the first sync stops, since nothing has defined its kind when Argo CD tries it. Annotate ${OPTIONS}: ${SKIP}.`;

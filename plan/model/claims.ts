import { addonClaims, type Claim, lkeClaims } from "../../platform/catalogue/node-claims.ts";
import { bytes, millicores } from "../../platform/quantity.ts";
import type { Labels, Toleration } from "./kubernetes.ts";
import type { Requests } from "./pods.ts";
import { isObject, known, knownText, type Recorded, type RecordedObject, type RecordedResource } from "./recorded.ts";

/** Pods of software that is rendered elsewhere: by the cloud, or by a chart. What is said of them is claimed, not seen. */
export interface ClaimedPods {
  readonly source: string;
  readonly pods: "every-node" | number;
  readonly requests: Requests;
  readonly nodeSelector: Labels;
  readonly tolerations: readonly Toleration[];
}

export function claimsOf(resources: readonly RecordedResource[]): ClaimedPods[] {
  return resources.flatMap((resource) => {
    if (resource.type === "aws:eks/addon:Addon") return addonPods(knownText(resource, "addonName"));
    if (resource.type === "linode:index/lkeCluster:LkeCluster")
      return Object.entries(lkeClaims).flatMap(([source, claims]) => podsOfClaims(source, claims));
    if (resource.type === "kubernetes:helm.sh/v3:Release") return chartPods(resource);
    return [];
  });
}

function addonPods(addon: string): ClaimedPods[] {
  const claims = addonClaims[addon];
  if (!claims)
    throw new Error(
      `Add-on '${addon}' has no row in platform/catalogue/node-claims.ts: what it takes of a node is not known.`,
    );
  return podsOfClaims(addon, claims);
}

/** What a cloud manages runs its node agents everywhere, whatever the taints. */
function podsOfClaims(source: string, claims: readonly Claim[]): ClaimedPods[] {
  return claims.map(({ pods, cpu, memory }) => ({
    source,
    pods,
    requests: { cpu: millicores(cpu), memory: bytes(memory), gpus: 0 },
    nodeSelector: {},
    tolerations: pods === "every-node" ? [{ operator: "Exists" }] : [],
  }));
}

/** The parts of a chart are the values that state `resources.requests`; `global` says where all of them run. */
function chartPods(release: RecordedResource): ClaimedPods[] {
  const values = known(release, "values");
  if (!isObject(values)) return [];
  const everywhere = isObject(values["global"]) ? values["global"] : {};
  return Object.entries(values).flatMap(([part, value]) => {
    const requests = isObject(value) ? requestsIn(value) : undefined;
    if (!requests || !isObject(value)) return [];
    return [
      {
        source: `${release.name} ${part}`,
        pods: typeof value["replicas"] === "number" ? value["replicas"] : 1,
        requests,
        nodeSelector: (everywhere["nodeSelector"] ?? {}) as Labels,
        tolerations: (everywhere["tolerations"] ?? []) as readonly Toleration[],
      },
    ];
  });
}

function requestsIn(part: RecordedObject): Requests | undefined {
  const resources = part["resources"];
  const requests = isObject(resources) ? resources["requests"] : undefined;
  if (!isObject(requests)) return undefined;
  const amount = (value: Recorded | undefined): string => (typeof value === "string" ? value : "0");
  return { cpu: millicores(amount(requests["cpu"])), memory: bytes(amount(requests["memory"])), gpus: 0 };
}

import { count } from "../platform/count.ts";
import { blockSize, parseBlock, privateNetworks } from "../platform/addresses.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Entrance } from "../plan/model/safety.ts";
import type { Proof } from "./proof.ts";

export const noPublicAccess: Proof = {
  name: "no-public-access",
  claim:
    "From outside the network, only the gateway can be reached, and the Kubernetes API from the declared CIDR blocks.",
  examine(plan) {
    const { entrances } = plan.safety;
    const open = entrances.flatMap(({ from }) => from);
    const api = entrances.filter(({ kind }) => kind === "kubernetes-api").flatMap(({ from }) => from);
    return {
      evidence: [
        `${count(entrances.length, "entry point")}, open to ${count(open.length, "CIDR block")}; the Kubernetes API to ${api.length > 0 ? api.join(", ") : "0 blocks"}`,
      ],
      failures: [...entrances.flatMap((entrance) => entranceFailures(entrance, plan)), ...serviceFailures(plan)],
    };
  },
};

function entranceFailures({ to, kind, from, by }: Entrance, { expected: { cloud } }: Plan): string[] {
  if (kind === "kubernetes-api") {
    const extra = from.filter((block) => !cloud.access.includes(block));
    const missing = cloud.access.filter((block) => !from.includes(block));
    return [
      ...extra.map((block) => `${to} is open to ${block}, which 'kubernetes.access' does not name (${by}). Close it.`),
      ...missing.map((block) => `${to} is closed to ${block}, which 'kubernetes.access' names (${by}). Open it.`),
    ];
  }
  // Pods come from addresses that their cloud chooses.
  if (kind === "database" && cloud.publicDatabase)
    return from.some((block) => privateNetworks.every((network) => !isWithin(block, network)))
      ? []
      : [`${to} is closed to the nodes, whose addresses are public (${by}). Open it.`];
  return from
    .filter((block) => cloud.network === undefined || !isWithin(block, cloud.network))
    .map((block) => `${to} is open to ${block}, which is not in the network (${by}). Close it.`);
}

function isWithin(inner: string, outer: string): boolean {
  const [one, other] = [parseBlock(inner), parseBlock(outer)];
  if (!one || !other) return false;
  return one.start >= other.start && one.start + blockSize(one.prefix) <= other.start + blockSize(other.prefix);
}

/** Ports of nodes and load balancers that we or an add-on's source render. The gateway's comes with its Gateway. */
function serviceFailures({ objects, addons }: Plan): string[] {
  const rendered = [...objects.map(({ manifest }) => manifest), ...addons.flatMap((addon) => addon.objects)];
  return rendered
    .filter((object) => object.kind === "Service")
    .filter((object) => ["NodePort", "LoadBalancer"].includes(typeOf(object)))
    .map(
      (object) =>
        `${describeObject(object)} is of type ${typeOf(object)}, which exposes it outside the cluster. Use a route of the gateway.`,
    );
}

const typeOf = ({ spec }: KubernetesObject): string => (spec as { type?: string } | undefined)?.type ?? "ClusterIP";

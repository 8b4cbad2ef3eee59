import { DATABASE_PORT } from "../platform/database.ts";
import {
  GATEWAY_PODS,
  ISTIOD_PODS,
  type Party,
  PROMETHEUS_PODS,
  SOLVER_PODS,
  TUNNEL_PODS,
} from "../platform/declared-connections.ts";
import type { Plan } from "../plan/model/plan.ts";
import { type Endpoint, Network } from "./network.ts";
import type { Proof } from "./proof.ts";

/** A row or column of the matrix. */
export interface Node {
  readonly name: string;
  readonly party: Party;
  readonly endpoints: readonly Endpoint[];
  /** Ports on which it can be connected to. */
  readonly ports: readonly number[];
  /** Nobody may ever reach it. */
  readonly forbidden?: true;
  /** Stands in a namespace of somebody else's, whose policies are not ours: judged is who of ours reaches it. */
  readonly guest?: true;
}

/** One cell: who reaches whom on which port, as the policies say and as the descriptors do. */
export interface Reach {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly allowed: boolean;
  readonly declared: boolean;
}

/** The cloud's metadata services: credentials of the node for whoever asks. */
const METADATA = ["169.254.169.254", "169.254.170.2"];
/** Addresses of the internet, and of private networks of nobody's. */
const INTERNET = ["1.1.1.1", "93.184.216.34"];
const PRIVATE = ["10.255.255.1", "172.31.255.1", "192.168.255.1"];

export const requireDeclaredReach: Proof = {
  name: "require-declared-reach",
  claim:
    "The policies let through what the descriptors declare, and nothing else; nobody reaches the metadata services.",
  examine(plan) {
    const cells = reachability(plan);
    const failures = [
      ...cells.filter(({ allowed, declared }) => allowed !== declared).map(describe),
      ...absentFailures(plan, cells),
      ...namesFailures(plan),
    ];
    const open = cells.filter(({ allowed }) => allowed).length;
    return { evidence: [`${open} of ${cells.length} connections are open, as declared`], failures };
  },
};

function describe({ from, to, port, allowed }: Reach): string {
  return allowed
    ? `${from} reaches ${to} on port ${port}, and was not declared to. Close it, or declare it.`
    : `${from} was declared to reach ${to} on port ${port}, and a policy stops it. Open both ends.`;
}

/** The matrix: every pod of the plan against every other, and against what stands outside. */
export function reachability(plan: Plan): Reach[] {
  const network = new Network(plan.objects.map(({ manifest }) => manifest));
  const nodes = nodesOf(plan);
  const declared = new Set(plan.wanted.connections.map(({ from, to, port }) => key(from, to, port)));
  return nodes
    .filter(({ forbidden }) => !forbidden)
    .flatMap((from) =>
      nodes
        // Replicas of one workload may speak to each other too; where a guest goes outside is not ours to say.
        .filter((to) => isOurs(from) || isOurs(to))
        .flatMap((to) =>
          to.ports.map((port) => {
            const isDeclared = !to.forbidden && declared.has(key(from.party, to.party, port));
            const open = to.endpoints.flatMap((target) =>
              from.endpoints.map((source) => network.allows(source, target, { number: port, protocol: "TCP" })),
            );
            // A database in three subnets is reached when all of them are; the internet, when one address of it is.
            const allowed = isDeclared ? open.every(Boolean) : open.some(Boolean);
            return { from: from.name, to: to.name, port, allowed, declared: isDeclared };
          }),
        ),
    );
}

const isOurs = ({ party, guest }: Node): boolean => party.kind === "pods" && !guest;

const key = (from: Party, to: Party, port: number): string => `${partyName(from)} ${partyName(to)} ${port}`;

const partyName = (party: Party): string => (party.kind === "pods" ? `${party.namespace}/${party.name}` : party.kind);

function nodesOf(plan: Plan): Node[] {
  const { databases, controlPlane } = plan.addresses;
  const outside = (kind: Outside, addresses: readonly string[], ports: readonly number[]): Node => ({
    name: kind,
    party: { kind },
    endpoints: addresses.map((address) => ({ kind: "address", address })),
    ports,
  });
  return [
    ...plan.podSources.map(({ namespace, name, labels, spec }): Node => {
      const ports = spec.containers.flatMap(({ ports: own = [] }) => own.map(({ containerPort }) => containerPort));
      return {
        name: `${namespace}/${name}`,
        party: { kind: "pods", namespace, name },
        endpoints: [{ kind: "pods", namespace, labels }],
        ports,
      };
    }),
    ...plan.operatedPods.map(({ namespace, name, labels, ports }): Node => ({
      name: `${namespace}/${name}`,
      party: { kind: "pods", namespace, name },
      endpoints: [{ kind: "pods", namespace, labels }],
      ports,
    })),
    foreign(GATEWAY_PODS, { "gateway.networking.k8s.io/gateway-name": "public" }, [80, 443]),
    foreign(SOLVER_PODS, { "acme.cert-manager.io/http01-solver": "true" }, [8089]),
    { ...foreign(ISTIOD_PODS, { app: "istiod" }, [15_012]), guest: true },
    { ...foreign(TUNNEL_PODS, { "k8s-app": "konnectivity-agent" }, []), guest: true },
    foreign(PROMETHEUS_PODS, { "app.kubernetes.io/name": "prometheus" }, [9090]),
    // Where the provider chooses the address, it may be any of the internet's.
    outside("database", databases.length > 0 ? databases : INTERNET, [DATABASE_PORT]),
    outside("internet", INTERNET, [80, 443]),
    ...(controlPlane.length > 0 ? [outside("control plane", controlPlane, [443])] : []),
    outside("private networks", PRIVATE, [22, 80, 443, DATABASE_PORT, 6379, 6443, 10_250]),
    { ...outside("internet", METADATA, [80, 443]), name: "the metadata services", forbidden: true },
  ];
}

type Outside = Exclude<Party["kind"], "pods">;

/** Pods that a controller of somebody else's makes, with the labels that it gives them. */
function foreign(party: Party, labels: Readonly<Record<string, string>>, ports: readonly number[]): Node {
  const { namespace, name } = party as Extract<Party, { kind: "pods" }>;
  return { name: `${namespace}/${name}`, party, endpoints: [{ kind: "pods", namespace, labels }], ports };
}

/** A connection to a port that nobody opens, or to somebody who is not there, is in no cell. */
function absentFailures(plan: Plan, cells: readonly Reach[]): string[] {
  const parties = new Map(
    nodesOf(plan)
      .filter(({ forbidden }) => !forbidden)
      .map(({ name, party }) => [partyName(party), name]),
  );
  const judged = new Set(cells.map(({ from, to, port }) => `${from} ${to} ${port}`));
  return (
    plan.wanted.connections
      .map(({ from, to, port }) => ({ from: partyName(from), to: partyName(to), port }))
      .filter(({ from, to, port }) => !judged.has(`${parties.get(from) ?? from} ${parties.get(to) ?? to} ${port}`))
      // Where the control plane stands is not known on every cloud.
      .filter(({ from, to }) => parties.has(from) && parties.has(to))
      .map(({ from, to, port }) => `${from} was declared to reach ${to} on port ${port}, which ${to} does not open.`)
  );
}

/** Without names nothing finds anything: each pod of ours asks the cluster's name server, over both protocols. */
function namesFailures(plan: Plan): string[] {
  const network = new Network(plan.objects.map(({ manifest }) => manifest));
  const dns: Endpoint = { kind: "pods", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
  // What runs on every node speaks to its kubelet alone; the solver answers, and asks nobody.
  const silent = new Set(plan.operatedPods.filter(({ pods }) => pods === "every-node").map(({ name }) => name));
  const asking = nodesOf(plan).filter(
    ({ party, guest }) => party.kind === "pods" && !guest && !silent.has(party.name) && party.name !== SOLVER_PODS.name,
  );
  return asking.flatMap(({ name, endpoints }) =>
    (["UDP", "TCP"] as const)
      .filter((protocol) => !endpoints.some((from) => network.allows(from, dns, { number: 53, protocol })))
      .map((protocol) => `${name}: a policy stops it from asking the name server over ${protocol}.`),
  );
}

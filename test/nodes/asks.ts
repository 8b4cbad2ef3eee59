import type { Plan } from "../../plan/model/plan.ts";
import { listenersOf, Verdicts } from "./connectivity.ts";
import { INTERNET, type Internet, startInternet } from "./internet.ts";
import type { NodeCluster } from "./nodes.ts";
import { dial, type Probe, startProbes } from "./probes.ts";

/** One connection: what the plan says of it, and what became of it. */
export interface Answer {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** What the caller dials: at a pod's address, or at a Service's. */
  readonly target: string;
  readonly expected: string;
  readonly outcome: string;
}

export const differing = (answers: readonly Answer[]): Answer[] =>
  answers.filter(({ expected, outcome }) => expected !== outcome);

/** Where a denied packet ends: nobody answers. */
export const DENIED = "timeout";

/** Addresses outside of the cluster, and what they stand for. */
function outsideOf({ addresses }: Plan): Record<string, string> {
  const [database] = addresses.database.map((block) => block.replace(/\d+\/\d+$/, "10"));
  return {
    "203.0.113.10": "the internet",
    ...(database !== undefined && { [database]: "the database" }),
    "10.99.0.10": "a private network",
    "172.31.0.10": "another private network",
    "192.168.99.10": "a third private network",
    "100.64.0.10": "a carrier's network",
    "169.254.169.254": "the metadata service",
    "169.254.170.23": "the identity agent",
  };
}

const OUTSIDE_PORTS = [80, 443, 5432, 6443];

/** The plan's workloads as pods on nodes, with the network around them, to be asked about every connection. */
export class Matrix {
  private constructor(
    readonly cluster: NodeCluster,
    readonly probes: readonly Probe[],
    readonly internet: Internet,
    readonly outside: Readonly<Record<string, string>>,
  ) {}

  static async start(cluster: NodeCluster, plan: Plan): Promise<Matrix> {
    const outside = outsideOf(plan);
    const [internet, probes] = await Promise.all([
      startInternet(cluster.machine, {
        prober: `${cluster.programs}/prober`,
        gateway: cluster.addresses.apiServer,
        addresses: Object.keys(outside),
        ports: OUTSIDE_PORTS,
      }),
      startProbes(cluster, listenersOf(plan)),
    ]);
    return new Matrix(cluster, probes, internet, outside);
  }

  /** Asks for every pair of workloads, at a pod's address and at a Service's, on every port that either names. */
  async betweenPods(plan: Plan): Promise<Answer[]> {
    const verdicts = new Verdicts(plan);
    return this.#fromEach((from) =>
      this.probes
        .filter((to) => !from.listener.guest || !to.listener.guest)
        .flatMap((to) =>
          to.listener.listens.flatMap((port) => {
            const open = verdicts.between(from.listener, to.listener, port);
            const common = { to: to.listener.name, port, expected: open ? to.listener.id : DENIED };
            // The second pod, so that a workload does not ask itself.
            const pod = to.pods.at(-1)?.address ?? "";
            // A Service may send a pod to itself, which no policy judges as a connection of two pods.
            const addresses = from === to ? [pod] : [pod, to.clusterAddress];
            return addresses.map((address) => ({ ...common, target: `tcp/${address}:${port}` }));
          }),
        ),
    );
  }

  /** Asks from every workload with policies for every address outside, and for names. */
  async toOutside(plan: Plan): Promise<Answer[]> {
    const verdicts = new Verdicts(plan);
    const { dns } = this.cluster.addresses;
    const dnsPods = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
    return this.#fromEach(({ listener }) => {
      if (listener.guest) return [];
      const resolves = verdicts.between(listener, dnsPods, 53, "UDP");
      const lookup = `dns/${dns}:53/kubernetes.default.svc.cluster.local`;
      return [
        { to: "DNS", port: 53, target: lookup, expected: resolves ? "resolved" : DENIED },
        ...Object.entries(this.outside).flatMap(([address, name]) =>
          OUTSIDE_PORTS.map((port) => ({
            ...{ to: name, port, target: `tcp/${address}:${port}` },
            expected: verdicts.toOutside(listener, address, port) ? INTERNET : DENIED,
          })),
        ),
      ];
    });
  }

  /** Asks from the internet for every workload with policies. */
  async fromOutside(plan: Plan): Promise<Answer[]> {
    const verdicts = new Verdicts(plan);
    const [address = ""] = Object.keys(this.outside);
    const asked = this.probes
      .filter(({ listener }) => !listener.guest)
      .flatMap(({ listener, pods: [pod] }) =>
        listener.listens.map((port) => ({
          ...{ from: INTERNET, to: listener.name, port, target: `tcp/${pod?.address ?? ""}:${port}` },
          expected: verdicts.fromOutside(address, listener, port) ? listener.id : DENIED,
        })),
      );
    const outcomes = await this.internet.dial(asked.map(({ target }) => target));
    return asked.map((each) => ({ ...each, outcome: outcomes[each.target] ?? "" }));
  }

  async #fromEach(asksOf: (from: Probe) => Omit<Answer, "from" | "outcome">[]): Promise<Answer[]> {
    const answers = await Promise.all(
      this.probes.map(async (from) => {
        const asked = asksOf(from);
        if (asked.length === 0) return [];
        const outcomes = await dial(
          this.cluster,
          from,
          asked.map(({ target }) => target),
        );
        return asked.map((each) => ({ ...each, from: from.listener.name, outcome: outcomes[each.target] ?? "" }));
      }),
    );
    return answers.flat();
  }
}

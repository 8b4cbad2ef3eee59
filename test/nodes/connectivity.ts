import type { Plan } from "../../plan/model/plan.ts";
import { addressesOf, type Interval } from "../../proofs/evaluation/intervals.ts";
import { Network } from "../../proofs/evaluation/network.ts";
import { type Node as Workload, nodesOf } from "../../proofs/evaluation/parties.ts";
import { connectivity } from "../../proofs/require-connectivity.ts";

/** A workload of the plan as pods that listen as it does. */
export interface Listener extends Workload {
  /** Unique in the plan, and a label's value. */
  readonly id: string;
  /** Those that it names, those on which others may connect to it, and one on which nobody may. */
  readonly listens: readonly number[];
}

/** A port that no descriptor names. */
export const UNDECLARED = 4444;

/** Every kind of pods of the plan that policies can tell apart. */
export function listenersOf(plan: Plan): Listener[] {
  const cells = connectivity(plan);
  const distinct = new Map(nodesOf(plan).map((node) => [JSON.stringify([node.namespace, node.labels]), node]));
  return [...distinct.values()].map((node) => {
    const named = Object.values(node.ports ?? {});
    const asked = cells.filter(({ to }) => to === node.name).map(({ ports }) => Number(ports));
    const listens = [...new Set([...named, ...asked.filter(Number.isInteger), UNDECLARED])];
    return { ...node, id: node.name.replace("/", "."), listens };
  });
}

/** What the plan's own evaluation says of a connection. */
export class Verdicts {
  readonly #network: Network;

  constructor(plan: Plan) {
    const manifests = plan.objects.map(({ manifest }) => manifest);
    this.#network = new Network(manifests, plan.addresses.pods.map(addressesOf));
  }

  between(
    from: Workload,
    to: Pick<Workload, "namespace" | "labels">,
    port: number,
    protocol: "TCP" | "UDP" = "TCP",
  ): boolean {
    return this.#network.portsBetween(from, to, protocol).some(covers(port));
  }

  toOutside(from: Workload, address: string, port: number): boolean {
    return this.#outside(from, "Egress", address, port);
  }

  fromOutside(address: string, to: Workload, port: number): boolean {
    return this.#outside(to, "Ingress", address, port);
  }

  #outside(workload: Workload, direction: "Egress" | "Ingress", address: string, port: number): boolean {
    const [number] = addressesOf(`${address}/32`);
    const areas = this.#network.outside(workload, direction, "TCP");
    return areas.some(({ addresses, ports }) => covers(number)(addresses) && covers(port)(ports));
  }
}

const covers =
  (number: number) =>
  ([first, last]: Interval): boolean =>
    first <= number && number <= last;

import { count } from "../platform/count.ts";
import { complementOf, notTheInternet } from "../platform/addresses.ts";
import { namespaces } from "../platform/names.ts";
import { appliedObjects } from "../plan/model/applied.ts";
import type { Plan } from "../plan/model/plan.ts";
import { destinationOf } from "./evaluation/hosts.ts";
import { addressesOf, type Area, areaDifference, formatPorts, intersection, union } from "./evaluation/intervals.ts";
import { Network } from "./evaluation/network.ts";
import { areasOf, isBehind, isOf, type Node, nodesOf } from "./evaluation/parties.ts";
import type { Proof } from "./proof.ts";

/** Where our programs find the egress proxy. */
const VARIABLE = "PROMPTOPS_EGRESS_PROXY";
const PUBLIC = complementOf(notTheInternet).map(addressesOf);

export const noDirectEgress: Proof = {
  name: "no-direct-egress",
  claim:
    "Among the services' pods, only the egress proxy can connect to the internet, and the others are configured to use it.",
  examine(plan) {
    const network = new Network(appliedObjects(plan).map(({ object }) => object));
    const nodes = nodesOf(plan).filter(({ namespace }) => namespace === namespaces.application);
    const proxies = proxiesOf(plan);
    const isProxy = (node: Node): boolean => proxies.some((pods) => isBehind(pods, node));
    const reaching = nodes
      .map((node) => ({ node, ports: publicPorts(network, node, plan) }))
      .filter(({ ports }) => ports.length > 0);
    return {
      evidence: [
        `of ${count(nodes.length, "workload")}, ${reaching.length} can connect to the internet${reaching.map(({ node, ports }) => `: ${node.name} on port ${ports.join(", ")}`).join("")}`,
      ],
      failures: reaching
        .filter(({ node }) => !isProxy(node))
        .map(
          ({ node, ports }) =>
            `${node.name} can connect to the internet on port ${ports.join(", ")}, past the egress proxy. Close it, and name the proxy in ${VARIABLE}.`,
        ),
    };
  },
};

/** The pods behind the URLs at which our programs find the proxy. */
function proxiesOf(plan: Plan): { readonly namespace: string; readonly labels: Node["labels"] }[] {
  const urls = plan.podSources
    .filter(({ addon }) => addon === undefined)
    .flatMap(({ spec }) => spec.containers)
    .flatMap(({ env = [] }) => env.flatMap(({ name, value }) => (name === VARIABLE && value ? [value] : [])));
  return [...new Set(urls)].flatMap((url) => {
    const to = destinationOf(url, plan);
    return to?.kind === "pods" ? [to.pods] : [];
  });
}

/** The ports on which pods may connect to public addresses, besides a database server that has one. */
function publicPorts(network: Network, node: Node, plan: Plan): string[] {
  const servers = plan.expected.connections
    .filter(({ from, to }) => to.kind === "database" && isOf(from, node))
    .flatMap(({ to, port }): Area[] => areasOf(to, port, plan, "Egress"));
  const reached = areaDifference(network.outside(node, "Egress", "TCP"), servers);
  return union(
    reached.filter(({ addresses }) => intersection([addresses], PUBLIC).length > 0).map(({ ports }) => ports),
  ).map(formatPorts);
}

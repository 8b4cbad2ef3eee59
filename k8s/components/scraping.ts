import { namespaces } from "../../platform/names.ts";
import { selectorLabels } from "../constructs/labels.ts";
import { NetworkAccess } from "../constructs/network-access.ts";
import { tcp } from "../constructs/network-peers.ts";
import { PodMonitor } from "../imports/monitoring.coreos.com.ts";
import type { NetworkPolicyPeer } from "../objects.ts";
import type { Context } from "./context.ts";

export interface Scraped {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly peer: NetworkPolicyPeer;
  /** The pods' port, by the name that its maker gives it, and by number for policies. */
  readonly port: { readonly name: string; readonly number: number };
}

/** Has Prometheus read pods of somebody else's: a monitor, and Prometheus' own way out. */
export function addScraping({ layers }: Context, { namespace, name, labels, peer, port }: Scraped): void {
  new PodMonitor(layers.data, `${name}-monitor`, {
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { ...labels } },
      podMetricsEndpoints: [{ port: port.name, path: "/metrics", interval: "15s", scrapeTimeout: "10s" }],
    },
  });
  new NetworkAccess(layers.namespaces, `prometheus-${name}`, {
    namespace: namespaces.observability,
    name: `prometheus-${name}`,
    selector: { matchLabels: selectorLabels("prometheus") },
    to: [{ peers: [peer], ports: tcp(port.number) }],
    names: false,
  });
}

import { Construct } from "constructs";
import { type LabelSelector, NetworkPolicy } from "../objects.ts";
import { dns, type Peer } from "./network-peers.ts";

export interface NetworkAccessProps {
  readonly namespace: string;
  readonly name: string;
  readonly selector: LabelSelector;
  /** Who may connect. @default - nobody */
  readonly from?: readonly Peer[];
  /** What it may connect to, other than DNS. @default - nothing */
  readonly to?: readonly Peer[];
}

/** Opens connections of some pods in a namespace that denies everything. */
export class NetworkAccess extends Construct {
  readonly networkPolicy: NetworkPolicy;

  constructor(scope: Construct, id: string, props: NetworkAccessProps) {
    super(scope, id);
    const { namespace, name, selector, from = [], to = [] } = props;
    this.networkPolicy = new NetworkPolicy(this, "policy", {
      metadata: { name, namespace },
      spec: {
        podSelector: selector,
        policyTypes: ["Ingress", "Egress"],
        // An empty list is left out: the API server drops it, and every apply would seem to change something.
        ...(from.length > 0 && { ingress: from.map(({ peers, ports }) => ({ from: [...peers], ports: [...ports] })) }),
        egress: [dns, ...to].map(({ peers, ports }) => ({ to: [...peers], ports: [...ports] })),
      },
    });
  }
}

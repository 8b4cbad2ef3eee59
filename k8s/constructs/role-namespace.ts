import { Construct } from "constructs";
import { Namespace, NetworkPolicy, Quantity, ResourceQuota } from "../objects.ts";

export interface RoleNamespaceProps {
  readonly name: string;
  /** The strictest Pod Security level that its pods keep; the API server refuses the others. */
  readonly podSecurity: "restricted" | "baseline" | "privileged";
  /** The minor whose rules that level means: `1.35`. */
  readonly kubernetesVersion: string;
  /** Whether the mesh injects its proxy into the pods. @default false */
  readonly meshInjection?: boolean;
  /** The most that its pods may request in all. @default - no quota */
  readonly quota?: Readonly<Record<string, string>>;
}

/** A namespace in which nothing talks to anything until a NetworkAccess says so. */
export class RoleNamespace extends Construct {
  readonly namespace: Namespace;
  readonly denyAll: NetworkPolicy;

  constructor(scope: Construct, id: string, props: RoleNamespaceProps) {
    super(scope, id);
    const { name, podSecurity, meshInjection = false, quota } = props;
    const version = `v${props.kubernetesVersion}`;
    this.namespace = new Namespace(this, "namespace", {
      metadata: {
        name,
        labels: {
          "istio-injection": meshInjection ? "enabled" : "disabled",
          ...podSecurityLabels("enforce", podSecurity, version),
          ...podSecurityLabels("audit", "restricted", version),
          ...podSecurityLabels("warn", "restricted", version),
        },
      },
    });
    this.denyAll = new NetworkPolicy(this, "deny-all", {
      metadata: { name: "deny-all", namespace: name },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
    if (quota) {
      const hard = Object.entries(quota).map(([resource, most]) => [resource, Quantity.fromString(most)] as const);
      new ResourceQuota(this, "quota", {
        metadata: { name, namespace: name },
        spec: { hard: Object.fromEntries(hard) },
      });
    }
  }
}

function podSecurityLabels(mode: string, level: string, version: string): Record<string, string> {
  const label = `pod-security.kubernetes.io/${mode}`;
  return { [label]: level, [`${label}-version`]: version };
}

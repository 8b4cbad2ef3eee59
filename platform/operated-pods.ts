/** The parts of a manifest that a descriptor reads. */
export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
  readonly data?: unknown;
}

type Labels = Readonly<Record<string, string>>;

/** Pods that an operator makes of a custom resource: claimed, since no operator runs here. */
export interface OperatedPods {
  readonly name: string;
  readonly labels: Labels;
  /** Container ports. */
  readonly ports: readonly number[];
  /** Ports that a Service or a monitor may name. @default - none */
  readonly portNames?: Readonly<Record<string, number>>;
  /** At most. */
  readonly count: number;
  /** At least, where an autoscaler sets the number. @default - count */
  readonly min?: number;
  /** As quantities. */
  readonly requests: { readonly cpu?: string | number; readonly memory?: string | number };
  readonly nodeSelector: Labels;
  readonly tolerations: readonly {
    readonly key?: string;
    readonly operator?: string;
    readonly value?: string;
    readonly effect?: string;
  }[];
  /** No two of them run where this node label has the same value. @default - they may */
  readonly apart?: string;
  /** As in a pod's `spec`. @default - none */
  readonly topologySpreadConstraints?: readonly {
    readonly topologyKey: string;
    readonly maxSkew: number;
    readonly whenUnsatisfiable: string;
    readonly labelSelector: { readonly matchLabels: Labels };
  }[];
  /** Each has a volume of its own, which exists in one zone where the cloud has zones. @default - they keep nothing */
  readonly volumes?: true;
  /** Secrets that they read, with the keys. */
  readonly secrets: readonly { readonly secret: string; readonly keys: readonly string[] }[];
}

import type { Provider } from "@pulumi/kubernetes";
import type { Input, Output, Resource } from "@pulumi/pulumi";

/** What each cloud hands to the parts that are the same on all of them. */
export interface Platform {
  readonly cluster: string;
  /** Reaches the cluster's API. */
  readonly kubernetes: Provider;
  /** What must be there before a pod can run. */
  readonly nodes: readonly Resource[];
  /** Absent where the cluster was there before; a secret where it holds a credential. */
  readonly kubeconfig: Output<string> | undefined;
  /** Of the environment's DNS zone: the domain above it must name them. Absent where the program makes no zone. */
  readonly nameServers: Input<readonly string[]> | undefined;
  readonly databaseEndpoint: Input<string>;
  readonly databasePort: Input<number>;
  /** A server that was restored beside the one that services use. @default - there is none */
  readonly restoredDatabase?: { readonly endpoint: Input<string>; readonly port: Input<number> } | undefined;
}

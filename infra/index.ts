import type { Input, Output } from "@pulumi/pulumi";
import type { Environment } from "../platform/environment.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import { awsPlatform } from "./aws/index.ts";
import { describe, type Description } from "./description.ts";
import { GitOps } from "./gitops.ts";
import { linodePlatform } from "./linode/index.ts";
import { localPlatform } from "./local/index.ts";
import type { Platform } from "./platform.ts";

/** What `pulumi stack output` shows. */
export interface Outputs {
  readonly cluster: string;
  readonly kubeconfig: Output<string> | undefined;
  /** To be entered at the registrar, or in the zone of the domain above; undefined where the program makes no zone. */
  readonly nameServers: Input<readonly string[]> | undefined;
  readonly databaseEndpoint: Input<string>;
  readonly databasePort: Input<number>;
  /** Of a server that was restored beside it; undefined where there is none. */
  readonly restoredDatabaseEndpoint: Input<string> | undefined;
  readonly restoredDatabasePort: Input<number> | undefined;
}

/** An environment's cloud resources. No work happens on import, and nothing is asked of a cloud while it runs. */
export function program(environment: Environment, descriptors: Descriptors): Outputs {
  const description = describe(environment, descriptors);
  const platform = platformOf(environment, description);
  new GitOps("argocd", { ...description, kubernetes: platform.kubernetes }, { dependsOn: [...platform.nodes] });
  const { cluster, kubeconfig, nameServers, databaseEndpoint, databasePort, restoredDatabase } = platform;
  return {
    ...{ cluster, kubeconfig, nameServers, databaseEndpoint, databasePort },
    restoredDatabaseEndpoint: restoredDatabase?.endpoint,
    restoredDatabasePort: restoredDatabase?.port,
  };
}

function platformOf(environment: Environment, description: Description): Platform {
  switch (environment.cloud) {
    case "aws":
      return awsPlatform({ ...description, environment });
    case "linode":
      return linodePlatform({ ...description, environment });
    case "local":
      return localPlatform({ ...description, environment });
  }
}

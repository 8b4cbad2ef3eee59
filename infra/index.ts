import type { Input, Output } from "@pulumi/pulumi";
import type { Cloud } from "../platform/clouds.ts";
import type { Environment } from "../platform/environment.ts";
import type { Service } from "../platform/service.ts";
import { awsPlatform } from "./aws/index.ts";
import { GitOps } from "./gitops.ts";
import { linodePlatform } from "./linode/index.ts";
import { localPlatform } from "./local/index.ts";
import type { Platform } from "./platform.ts";

/** What `pulumi stack output` shows. */
export interface Outputs {
  readonly cluster: string;
  readonly kubeconfig: Output<string> | undefined;
  readonly databaseEndpoint: Input<string>;
}

const platforms: Readonly<Record<Cloud, (environment: Environment, services: readonly Service[]) => Platform>> = {
  aws: awsPlatform,
  linode: linodePlatform,
  local: localPlatform,
};

/** An environment's cloud resources. No work happens on import, and nothing is asked of a cloud while it runs. */
export function program(environment: Environment, services: readonly Service[]): Outputs {
  const platform = platforms[environment.cloud](environment, services);
  new GitOps("argocd", { environment, kubernetes: platform.kubernetes }, { dependsOn: [...platform.nodes] });
  return { cluster: platform.cluster, kubeconfig: platform.kubeconfig, databaseEndpoint: platform.databaseEndpoint };
}

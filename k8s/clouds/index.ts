import type { Cloud } from "../../platform/clouds.ts";
import type { Environment } from "../../platform/environment.ts";
import { aws } from "./aws.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { linode } from "./linode.ts";
import { local } from "./local.ts";

const implementations: Readonly<Record<Cloud, (environment: Environment) => ClusterCloud>> = { aws, linode, local };

export function clusterCloud(environment: Environment): ClusterCloud {
  return implementations[environment.cloud](environment);
}

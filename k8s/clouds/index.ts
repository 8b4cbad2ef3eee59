import type { Environment } from "../../platform/environment.ts";
import { aws } from "./aws.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { linode } from "./linode.ts";
import { local } from "./local.ts";

export function clusterCloud(environment: Environment): ClusterCloud {
  switch (environment.cloud) {
    case "aws":
      return aws(environment);
    case "linode":
      return linode(environment);
    case "local":
      return local();
  }
}

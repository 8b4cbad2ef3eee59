import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Environment } from "./environment.ts";
import { clusterName } from "./names.ts";

/** kubectl's files: KUBECONFIG, a list, or ~/.kube/config. They need not exist. */
export function kubeconfigPaths(variables: NodeJS.ProcessEnv): string[] {
  const stated = (variables["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return stated.length > 0 ? stated : [join(variables["HOME"] ?? homedir(), ".kube", "config")];
}

/** The context of an environment's cluster: its own key, or what EKS clusters are called in `pulumi stack output kubeconfig`. */
export const kubeconfigContext = ({ name, kubernetes }: Environment): string =>
  "context" in kubernetes ? kubernetes.context : clusterName({ name });

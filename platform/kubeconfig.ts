import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** kubectl's files: KUBECONFIG, a list, or ~/.kube/config. They need not exist. */
export function kubeconfigPaths(variables: NodeJS.ProcessEnv): string[] {
  const stated = (variables["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return stated.length > 0 ? stated : [join(variables["HOME"] ?? homedir(), ".kube", "config")];
}

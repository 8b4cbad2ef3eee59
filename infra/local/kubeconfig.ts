import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { isRecord } from "../../platform/environment-source.ts";
import { UserError } from "../../platform/faults.ts";
import { kubeconfigPaths } from "../../platform/kubeconfig.ts";

/**
 * Refuses a kubeconfig without the context of an environment. The provider would call the cluster unreachable and preview everything as
 * new.
 */
export function requireContext(context: string, variables: NodeJS.ProcessEnv = process.env): void {
  const paths = kubeconfigPaths(variables);
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) {
    throw new UserError(
      `There is no kubeconfig at ${paths.join(" or ")}, and the environment is in its context '${context}'. Create the cluster, or set KUBECONFIG.`,
    );
  }
  const known = present.flatMap(contextsIn);
  if (known.includes(context)) return;
  throw new UserError(
    `The kubeconfig ${present.join(", ")} has no context '${context}', which promptops:kubernetes.context names. It has ${known.join(", ") || "none"}. Create the cluster, or correct the key.`,
  );
}

function contextsIn(path: string): string[] {
  const content: unknown = parse(readFileSync(path, "utf8"), { logLevel: "silent" });
  const contexts = isRecord(content) ? content["contexts"] : undefined;
  return Array.isArray(contexts) ? contexts.flatMap((each) => (isRecord(each) ? [String(each["name"])] : [])) : [];
}

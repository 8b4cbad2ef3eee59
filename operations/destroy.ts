import type { Environment } from "../platform/environment.ts";
import { ClusterClient } from "./cluster-client.ts";
import { emptyCluster } from "./empty-cluster.ts";
import { hasCluster, liftGuards, type Teardown } from "./guards.ts";
import { shortName, type Stack } from "./stack.ts";

export interface DestroyOptions {
  readonly teardown: Teardown;
  readonly report: (what: string) => void;
}

/**
 * Deletes an environment: lifts its guards, deletes what controllers made in the cloud, then every resource of the stack.
 * Each step finds out what is left to do, so the command can be repeated after an interruption.
 */
export async function destroyEnvironment(
  stack: Stack,
  environment: Environment,
  { teardown, report }: DestroyOptions,
): Promise<number> {
  report("lifting guards against deletion");
  const lifted = await liftGuards(stack, environment, teardown);
  report(`lifted ${lifted.length} guards`);
  const client = await clusterOf(stack);
  if (client) await emptyCluster(client, { keepBackups: teardown.keepBackups, report });
  report("deleting the stack's resources");
  const steps = await stack.destroy({
    onStep: ({ urn }) => {
      report(`deleting ${shortName(urn)}`);
    },
  });
  return steps.length;
}

/** The cluster of the stack, unless it is gone. */
async function clusterOf(stack: Stack): Promise<ClusterClient | undefined> {
  if (!hasCluster(await stack.resources())) return undefined;
  const kubeconfig = await stack.output("kubeconfig");
  return typeof kubeconfig === "string" ? ClusterClient.fromKubeconfig(kubeconfig) : undefined;
}

import { type PodToRun, runContainer, type RunningContainer } from "../run-container.ts";
import { eventually, type KubeObject } from "./client.ts";
import type { Cluster } from "./cluster.ts";

/** Runs a pod as it stands in the API server, with the Secrets that are there. */
export function runPod({ client }: Cluster, { metadata, spec }: KubeObject): Promise<RunningContainer> {
  const pod: PodToRun = { name: metadata.name, spec: spec as PodToRun["spec"] };
  return runContainer(pod, {
    secret: async (name) => {
      const { data } = (await client.call(`/api/v1/namespaces/${metadata.namespace ?? ""}/secrets/${name}`)).body;
      return Object.fromEntries(
        Object.entries(data as Record<string, string>).map(([file, value]) => [
          file,
          Buffer.from(value, "base64").toString("utf8"),
        ]),
      );
    },
  });
}

/** The pods of a workload that the scheduler has placed. */
export function podsOf({ client }: Cluster, namespace: string, name: string): Promise<KubeObject[]> {
  return eventually(`a pod of ${name}`, async () => {
    const pods = await client.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/name=${name}`);
    return pods.length > 0 && pods.every(({ spec }) => spec?.nodeName !== undefined) ? pods : undefined;
  });
}

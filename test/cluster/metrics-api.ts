import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { KubeObject } from "./client.ts";
import type { Cluster } from "./cluster.ts";

/** What there is to measure. `undefined` is a metric that is lost: the API answers with an error. */
export interface Measurements {
  /** CPU in millicores and memory in bytes that all ready pods of an application use together. */
  readonly used: (application: string) => { readonly cpu: number; readonly memory: number } | undefined;
  /** The value of a metric from outside, as KEDA serves it for a ScaledObject. */
  readonly external: (scaledObject: string) => number | undefined;
}

const GROUPS = ["metrics.k8s.io", "external.metrics.k8s.io"];
const APPLICATION = "app.kubernetes.io/name";
const SCALED_OBJECT = "scaledobject.keda.sh/name";

/**
 * Serves the metrics APIs that the real autoscaler asks, in place of metrics-server and KEDA: the API server forwards to
 * this process. Returns what stops it.
 */
export async function serveMetrics(cluster: Cluster, measurements: Measurements): Promise<() => void> {
  const { client } = cluster;
  const server = createServer(cluster.tls, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "https://localhost");
    void answer(pathname, searchParams.get("labelSelector") ?? "")
      .catch((error: unknown) => ({ kind: "Status", code: 500, message: String(error) }))
      .then((body) => {
        response.writeHead("code" in body ? (body.code as number) : 200, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
  });

  async function answer(path: string, selector: string): Promise<Record<string, unknown>> {
    const [, , group = "", version, , namespace = "", metric = ""] = path.split("/");
    const apiVersion = `${group}/v1beta1`;
    if (version !== "v1beta1") return { kind: "Status", code: 404 };
    if (namespace === "") return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersion, resources: [] };
    const items =
      group === "metrics.k8s.io"
        ? await usageOfPods(namespace, selector)
        : valueOf(metric, labelIn(selector, SCALED_OBJECT));
    return items
      ? {
          kind: group === "metrics.k8s.io" ? "PodMetricsList" : "ExternalMetricValueList",
          apiVersion,
          metadata: {},
          items,
        }
      : { kind: "Status", code: 503, message: "the metric is lost" };
  }

  async function usageOfPods(namespace: string, selector: string): Promise<object[] | undefined> {
    const used = measurements.used(labelIn(selector, APPLICATION));
    if (!used) return undefined;
    const query = `labelSelector=${encodeURIComponent(selector)}`;
    const pods = (await client.list(`/api/v1/namespaces/${namespace}/pods?${query}`)).filter(isReady);
    return pods.map(({ metadata, spec }) => ({
      metadata: { name: metadata.name, namespace, labels: metadata.labels },
      // Measured in the second before now, so that a pod counts as soon as it has been ready for one.
      timestamp: new Date().toISOString(),
      window: "1s",
      containers: [
        {
          name: (spec as { containers: { name: string }[] }).containers[0]?.name,
          usage: {
            cpu: `${Math.round(used.cpu / pods.length)}m`,
            memory: String(Math.round(used.memory / pods.length)),
          },
        },
      ],
    }));
  }

  function valueOf(metricName: string, scaledObject: string): object[] | undefined {
    const value = measurements.external(scaledObject);
    return value === undefined
      ? undefined
      : [{ metricName, metricLabels: {}, timestamp: new Date().toISOString(), value: String(value) }];
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await cluster.apply([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "metrics", namespace: "kube-system" },
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
    },
    ...GROUPS.map((group) => ({
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: `v1beta1.${group}` },
      spec: {
        group,
        version: "v1beta1",
        service: { name: "metrics", namespace: "kube-system", port },
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    })),
  ]);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

const isReady = ({ status }: KubeObject): boolean =>
  ((status?.conditions ?? []) as { type: string; status: string }[]).some(
    (each) => each.type === "Ready" && each.status === "True",
  );

const labelIn = (selector: string, label: string): string =>
  selector
    .split(",")
    .find((each) => each.startsWith(`${label}=`))
    ?.slice(label.length + 1) ?? "";

import { kubePrometheusStack } from "../../addons/kube-prometheus-stack/addon.ts";
import { podsOf, providerOf } from "../../platform/installed-addons.ts";
import { selectorOf } from "../cluster/client.ts";
import type { NodeCluster } from "./nodes.ts";

const { namespace, labels } = podsOf(kubePrometheusStack, "grafana");
const metrics = providerOf([kubePrometheusStack], "metrics");
const NAME = "grafana";

/** Prometheus' HTTP API, as Grafana calls it: from a pod with its labels, under the rendered policies. */
export class Queries {
  private constructor(private readonly cluster: NodeCluster) {}

  /** Starts the pod from an image that has Node.js, and waits for Prometheus. */
  static async start(cluster: NodeCluster, image: string): Promise<Queries> {
    await cluster.apply([
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: NAME, namespace, labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: NAME,
              image,
              command: ["node", "--eval", "setInterval(() => undefined, 1 << 30)"],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
          ],
        },
      },
    ]);
    for (const group of ["grafana", "prometheus"])
      await cluster.ready(namespace, selectorOf(podsOf(kubePrometheusStack, group).labels), { seconds: 240 });
    return new Queries(cluster);
  }

  /** The `data` of an answer, of a path below `/api/v1`. Throws while Prometheus does not answer. */
  async get(path: string): Promise<never> {
    const url = `http://${metrics?.host ?? ""}:${metrics?.port ?? ""}/api/v1/${path}`;
    const program = `fetch(${JSON.stringify(url)}).then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
    const said = await this.cluster.exec({ namespace, name: NAME }, "node", "--eval", program);
    return (JSON.parse(said) as { data: never }).data;
  }

  /** What Prometheus scrapes, with how it went last. */
  async targets(): Promise<Target[]> {
    const { activeTargets } = (await this.get("targets?state=active")) as { activeTargets: Target[] };
    return activeTargets;
  }
}

export interface Target {
  readonly labels: { readonly job: string; readonly namespace: string; readonly pod: string };
  /** `serviceMonitor/<namespace>/<name>/<endpoint>`. */
  readonly scrapePool: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
}

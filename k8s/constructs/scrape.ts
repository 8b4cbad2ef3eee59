import { Construct } from "constructs";
import { ServiceMonitor } from "../imports/monitoring.coreos.com.ts";
import { selectorLabels } from "./labels.ts";

/** The one Service of a workload that Prometheus finds its pods by; others with the same name only carry requests. */
export const SCRAPED = { "promptops.dev/scraped": "true" } as const;

export interface ScrapeProps {
  readonly namespace: string;
  /** The workload: `job` of everything that is read. */
  readonly name: string;
  /** The port of the Service that metrics are served on. */
  readonly port: string;
}

/** Has Prometheus read a workload's metrics each 15 s, and keep which version of a Rollout a pod is of. */
export class Scrape extends Construct {
  readonly serviceMonitor: ServiceMonitor;

  constructor(scope: Construct, id: string, { namespace, name, port }: ScrapeProps) {
    super(scope, id);
    this.serviceMonitor = new ServiceMonitor(this, "monitor", {
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: { ...selectorLabels(name), ...SCRAPED } },
        jobLabel: "app.kubernetes.io/name",
        podTargetLabels: ["rollouts-pod-template-hash"],
        endpoints: [{ port, path: "/metrics", interval: "15s", scrapeTimeout: "10s" }],
      },
    });
  }
}

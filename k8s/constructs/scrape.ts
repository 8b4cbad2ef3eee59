import { Construct } from "constructs";
import { ServiceMonitor } from "../imports/monitoring.coreos.com.ts";
import { selectorLabels } from "./labels.ts";

export interface ScrapeProps {
  readonly namespace: string;
  readonly name: string;
  /** The port of the Service that metrics are served on. */
  readonly port: string;
}

/** Has Prometheus read a Service's metrics each 15 s. */
export class Scrape extends Construct {
  readonly serviceMonitor: ServiceMonitor;

  constructor(scope: Construct, id: string, { namespace, name, port }: ScrapeProps) {
    super(scope, id);
    this.serviceMonitor = new ServiceMonitor(this, "monitor", {
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: selectorLabels(name) },
        endpoints: [{ port, path: "/metrics", interval: "15s", scrapeTimeout: "10s" }],
      },
    });
  }
}

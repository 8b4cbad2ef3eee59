import { providerOf } from "../../platform/installed-addons.ts";
import type { Context } from "../context.ts";

/** The URL at which Prometheus answers queries. */
export function prometheusOf({ addons }: Pick<Context, "addons">): string {
  const provider = providerOf(addons, "metrics");
  if (!provider) throw new Error("No add-on provides metrics, and autoscalers and canaries query them.");
  return `http://${provider.host}:${provider.port}`;
}

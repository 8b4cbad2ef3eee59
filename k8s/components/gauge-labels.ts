import { namespaces } from "../../platform/names.ts";
import type { Service } from "../../platform/service.ts";
import type { GaugeSignal } from "../../platform/signals.ts";

/** Labels of the series that a gauge signal reads. Of a metric that the service exports, its own: another service may export it too. */
export const gaugeLabels = ({ name, metrics }: Service, { metric, matching }: GaugeSignal): GaugeSignal["matching"] =>
  metrics.includes(metric) ? { namespace: namespaces.application, job: name, ...matching } : matching;

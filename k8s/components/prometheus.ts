import { namespaces } from "../../platform/names.ts";
import { PROMETHEUS_PORT } from "../constructs/network-peers.ts";

/** Where Prometheus answers queries, as the operator names its Service. */
export const PROMETHEUS = `http://prometheus-operated.${namespaces.observability}.svc:${PROMETHEUS_PORT}`;

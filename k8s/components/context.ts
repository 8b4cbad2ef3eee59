import type { Environment } from "../../platform/environment.ts";
import type { Service } from "../../platform/service.ts";
import type { ClusterCloud } from "../clouds/cluster-cloud.ts";
import type { Layer, LayerName } from "../layer.ts";

/** What every component is given: the description, and the layers that it puts its objects into. */
export interface Context {
  readonly environment: Environment;
  readonly services: readonly Service[];
  readonly cloud: ClusterCloud;
  readonly layers: Readonly<Record<LayerName, Layer>>;
}

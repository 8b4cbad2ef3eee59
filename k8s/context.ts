import type { App } from "cdk8s";
import type { Construct } from "constructs";
import type { Connection } from "../platform/connections.ts";
import type { AddedWorkload } from "../platform/descriptors.ts";
import type { Where } from "../platform/dependencies.ts";
import type { InstalledAddon } from "../platform/installed-addons.ts";
import type { ClusterCloud } from "./clouds/cluster-cloud.ts";
import type { LayerName } from "./layer.ts";

/** What every component is given: the environment, what follows from it, and the layers for its objects. */
export interface Context extends Where {
  /** For layers of another name: `new Layer(context.app, "dashboards", { wave: 52 })`. */
  readonly app: App;
  readonly installed: readonly InstalledAddon[];
  /** Every connection that the environment needs. */
  readonly connections: readonly Connection[];
  /** Workloads that another repository adds. */
  readonly workloads: readonly AddedWorkload[];
  readonly cloud: ClusterCloud;
  readonly layers: Readonly<Record<LayerName, Construct>>;
}

/** Adds the objects that an add-on needs beside what its source brings. Exported by addons/<name>/objects.ts. */
export type AddObjects = (context: Context, addon: InstalledAddon["context"]) => void;

import { Chart } from "cdk8s";
import type { Construct, IConstruct } from "constructs";

/**
 * What is applied together. A layer waits until the ones before it are healthy: Argo CD's sync wave is its number. The gateway comes
 * late, with its certificate: a certificate that cannot be issued must hold up neither services nor backups.
 */
export const layers = {
  namespaces: 0,
  operators: 5,
  stores: 10,
  secrets: 20,
  data: 30,
  roles: 40,
  migrations: 45,
  services: 50,
  alerts: 55,
  backups: 60,
  edge: 70,
} as const;

export type LayerName = keyof typeof layers;

export class Layer extends Chart {
  /** cdk8s answers `instanceof` for every Chart alike, so a layer is told by what it has. */
  static isLayer(construct: IConstruct): construct is Layer {
    return Chart.isChart(construct) && "wave" in construct;
  }

  readonly wave: number;

  constructor(
    scope: Construct,
    readonly layer: LayerName,
  ) {
    super(scope, layer, {
      labels: { "app.kubernetes.io/part-of": "promptops", "app.kubernetes.io/managed-by": "cdk8s" },
    });
    this.wave = layers[layer];
  }

  /** The folder of its objects: `50-services`. */
  get folder(): string {
    return `${String(this.wave).padStart(2, "0")}-${this.layer}`;
  }
}

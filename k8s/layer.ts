import { Chart } from "cdk8s";
import type { Construct, IConstruct } from "constructs";

/**
 * The platform's layers and their waves. A layer is applied when the layers of lower waves are healthy: its number is Argo CD's
 * sync wave. The gateway comes late, with its certificate, so that a certificate that cannot be issued delays neither services
 * nor backups.
 */
export const layers = {
  namespaces: 0,
  definitions: 2,
  certificates: 4,
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

/** Folders sort by the two digits of their wave. */
const MAX_WAVE = 99;
const NAME = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;

export interface LayerOptions {
  /** The sync wave, from 0 to 99. */
  readonly wave: number;
}

/** A chart whose objects are applied together, in one sync wave. */
export class Layer extends Chart {
  /** cdk8s overrides `instanceof` for all Charts, so a layer is recognized by its wave. */
  static isLayer(construct: IConstruct): construct is Layer {
    return Chart.isChart(construct) && "wave" in construct;
  }

  readonly wave: number;

  /** A layer of the platform, with the wave that it has there. */
  constructor(scope: Construct, layer: LayerName);
  /** Any other layer, with a wave of its own. */
  constructor(scope: Construct, layer: string, options: LayerOptions);
  constructor(
    scope: Construct,
    readonly layer: string,
    options?: LayerOptions,
  ) {
    super(scope, layer, {
      labels: { "app.kubernetes.io/part-of": "promptops", "app.kubernetes.io/managed-by": "cdk8s" },
    });
    this.wave = waveOf(layer, options);
  }

  /** The folder of its objects: `50-services`. */
  get folder(): string {
    return `${String(this.wave).padStart(2, "0")}-${this.layer}`;
  }
}

function waveOf(layer: string, options: LayerOptions | undefined): number {
  const fixed = Object.hasOwn(layers, layer) ? layers[layer as LayerName] : undefined;
  const wave = options?.wave ?? fixed;
  if (wave === undefined) {
    const names = Object.keys(layers).join(", ");
    throw new Error(`Layer '${layer}' needs a wave: new Layer(app, "${layer}", { wave: 52 }). Only ${names} have one.`);
  }
  if (fixed !== undefined && wave !== fixed) {
    throw new Error(`Layer '${layer}': the wave is ${wave}, but the platform's own is ${fixed}. Choose another name.`);
  }
  requireFolder(layer, wave);
  return wave;
}

/** The name and the wave become the name of a folder. */
function requireFolder(layer: string, wave: number): void {
  if (!NAME.test(layer)) {
    throw new Error(`Layer '${layer}': the name must be lower-case letters, digits and '-', at most 40. Rename it.`);
  }
  if (!Number.isInteger(wave) || wave < 0 || wave > MAX_WAVE) {
    throw new Error(`Layer '${layer}': the wave is ${wave}; it must be a whole number from 0 to ${MAX_WAVE}.`);
  }
}

import type { Lease } from "../shared/executions/lease.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { Model } from "../shared/runtime/settings.ts";
import { Circuit } from "./circuit.ts";

/** The circuits of a worker's endpoints, and the models to which executions go while one is open. */
export class Circuits {
  readonly #circuits: ReadonlyMap<Endpoint, Circuit>;
  readonly #byModel: ReadonlyMap<string, Circuit>;
  /** Models that are served, by name. */
  readonly models: ReadonlyMap<string, Model>;

  constructor(
    readonly endpoints: readonly Endpoint[],
    onChange: (endpoint: Endpoint, isOpen: boolean) => void,
  ) {
    this.#circuits = new Map(
      endpoints.map((endpoint) => {
        const tell = (isOpen: boolean): void => {
          onChange(endpoint, isOpen);
        };
        return [endpoint, new Circuit({ onChange: tell })];
      }),
    );
    this.models = new Map(endpoints.flatMap(({ models }) => models.map((model) => [model.name, model])));
    this.#byModel = new Map(
      endpoints.flatMap((endpoint) => endpoint.models.map(({ name }) => [name, this.of(endpoint)] as const)),
    );
  }

  of(endpoint: Endpoint): Circuit {
    const circuit = this.#circuits.get(endpoint);
    if (!circuit) throw new Error(`Endpoint '${endpoint.url}' has no circuit. Give it to the constructor.`);
    return circuit;
  }

  /**
   * The models whose executions an endpoint takes over, by its model that answers them: of a model and its fallbacks, the first that is
   * admitted takes over from those that are not.
   */
  redirectsTo({ models }: Endpoint): ReadonlyMap<string, string> {
    const own = new Set(models.map(({ name }) => name));
    const all = this.endpoints.flatMap((endpoint) => endpoint.models);
    return new Map(
      all.flatMap(({ name, fallbacks }): [string, string][] => {
        const chain = [name, ...fallbacks];
        const first = chain.find((each) => this.#admits(each));
        if (first === undefined || !own.has(first)) return [];
        return chain.filter((each) => !this.#admits(each) && !own.has(each)).map((each) => [each, first]);
      }),
    );
  }

  /** The model that an execution goes on with when its own has failed; undefined after the last. */
  next({
    model,
    requestedModel,
    fallbacks,
  }: Pick<Lease, "model" | "requestedModel" | "fallbacks">): string | undefined {
    const chain = [requestedModel, ...fallbacks];
    return chain.slice(chain.indexOf(model) + 1).find((each) => this.#admits(each));
  }

  /** Whether a model's endpoint takes an execution now, be it as a trial. */
  #admits(model: string): boolean {
    return (this.#byModel.get(model)?.admits(1) ?? 0) > 0;
  }
}

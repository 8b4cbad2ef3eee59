import type { Lease } from "../shared/executions/lease.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { Model } from "../shared/runtime/settings.ts";
import { Circuit } from "./circuit.ts";

/** The circuits of endpoints, and the models to which executions go while one is open. */
export class Circuits {
  readonly #circuits = new Map<Endpoint, Circuit>();
  readonly #byModel = new Map<string, Circuit>();
  /** Models that operators serve, by name. */
  readonly models: ReadonlyMap<string, Model>;

  constructor(
    /** The operators' endpoints. */
    readonly endpoints: readonly Endpoint[],
    private readonly onChange: (endpoint: Endpoint, isOpen: boolean) => void,
  ) {
    this.models = new Map(endpoints.flatMap(({ models }) => models.map((model) => [model.name, model])));
    for (const endpoint of endpoints) this.add(endpoint);
  }

  /** Gives an endpoint a circuit, which is closed. */
  add(endpoint: Endpoint): void {
    const circuit = new Circuit({
      onChange: (isOpen) => {
        this.onChange(endpoint, isOpen);
      },
    });
    this.#circuits.set(endpoint, circuit);
    for (const { name } of endpoint.models) this.#byModel.set(name, circuit);
  }

  /** Forgets an endpoint. What runs there ends as it would have. */
  remove(endpoint: Endpoint): void {
    this.#circuits.delete(endpoint);
    for (const { name } of endpoint.models) this.#byModel.delete(name);
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
    const all = [...this.#circuits.keys()].flatMap((endpoint) => endpoint.models);
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

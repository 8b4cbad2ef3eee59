import { CUSTOM_MODELS } from "../../platform/model-schema.ts";
import type { EgressFetch } from "../shared/egress/fetch.ts";
import type { Database } from "../shared/database/pool.ts";
import { asModel, readStoredModels, type StoredCustomModel } from "../shared/models/custom-models.ts";
import { storedName, tenantOf } from "../shared/models/custom-names.ts";
import type { Endpoint } from "../shared/models/endpoints.ts";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";
import type { Circuits } from "./circuits.ts";

/** Models that one look takes executions for. The next look begins with those after them. */
const MAX_MODELS = 128;
/** Milliseconds after which the endpoints of a tenant that has nothing waiting are forgotten, with their circuits. */
const FORGET_AFTER = 600_000;

export interface CustomEndpointsOptions {
  readonly database: Database;
  readonly circuits: Circuits;
  readonly keys: SealingKeys;
  readonly egress: EgressFetch;
}

interface Known {
  readonly endpoint: Endpoint;
  readonly revision: string;
  seenAt: number;
}

/** The endpoints of tenants' own models for which executions wait. Rows are read each time, so that a change takes effect at once. */
export class CustomEndpoints {
  readonly #known = new Map<string, Known>();
  /** The last model of the look before. */
  #last = "";

  constructor(private readonly options: CustomEndpointsOptions) {}

  /** Endpoints that have executions to take. They have circuits from then on, and so have those that they fall back to. */
  async look(): Promise<Endpoint[]> {
    const { database, circuits } = this.options;
    const waiting = new Set(await this.#waitingModels());
    const tenants = new Set([...waiting].flatMap((model) => tenantOf(model) ?? []));
    const rows = tenants.size === 0 ? [] : await readStoredModels(database, [...tenants]);
    this.#forgetOthers(tenants, rows);
    const ofWaiting = rows.filter((row) => waiting.has(urlOf(row)));
    const fallbacks = new Set(ofWaiting.flatMap(fallbacksOf));
    const endpoints = ofWaiting.map((row) => this.#endpointOf(row));
    const others = rows
      .filter((row) => fallbacks.has(urlOf(row)) && !waiting.has(urlOf(row)))
      .map((row) => this.#endpointOf(row));
    // What an open circuit keeps from its endpoint is taken for another.
    return endpoints.some((endpoint) => circuits.of(endpoint).isOpen) ? [...endpoints, ...others] : endpoints;
  }

  /** Some of the models that executions wait for, in turn. */
  async #waitingModels(): Promise<string[]> {
    const after = await this.#modelsAfter(this.#last, MAX_MODELS);
    const wrapped = after.length < MAX_MODELS && this.#last !== "" ? await this.#modelsAfter("", MAX_MODELS) : [];
    this.#last = after.length < MAX_MODELS ? "" : (after.at(-1) ?? "");
    return [...new Set([...after, ...wrapped])].slice(0, MAX_MODELS);
  }

  /** Jumps through the index from model to model, whatever waits for each. */
  async #modelsAfter(last: string, limit: number): Promise<string[]> {
    const { rows } = await this.options.database.query<{ model: string }>({
      name: "waiting-custom-models",
      text: `WITH RECURSIVE waiting AS (
          (SELECT model FROM executions WHERE ${IS_CUSTOM} AND model > $1 ORDER BY model LIMIT 1)
          UNION ALL
          SELECT next.model FROM waiting, LATERAL (
            SELECT model FROM executions WHERE ${IS_CUSTOM} AND model > waiting.model ORDER BY model LIMIT 1
          ) AS next
        )
        SELECT model FROM waiting LIMIT $2`,
      values: [last, limit],
    });
    return rows.map(({ model }) => model);
  }

  #endpointOf(row: StoredCustomModel): Endpoint {
    const known = this.#known.get(urlOf(row));
    if (known) {
      known.seenAt = performance.now();
      return known.endpoint;
    }
    const endpoint = endpointOf(row, this.options);
    this.options.circuits.add(endpoint);
    this.#known.set(endpoint.url, { endpoint, revision: row.revision, seenAt: performance.now() });
    return endpoint;
  }

  /** Forgets models that were replaced or deleted, and those that nothing has waited for in a while. */
  #forgetOthers(tenants: ReadonlySet<string>, rows: readonly StoredCustomModel[]): void {
    const revisions = new Map(rows.map((row) => [urlOf(row), row.revision]));
    for (const [url, { endpoint, revision, seenAt }] of this.#known) {
      const isCurrent = !tenants.has(endpoint.tenant ?? "") || revisions.get(url) === revision;
      if (isCurrent && performance.now() - seenAt < FORGET_AFTER) continue;
      this.options.circuits.remove(endpoint);
      this.#known.delete(url);
    }
  }
}

/** The condition of the index executions_custom. */
const IS_CUSTOM = "state = 'queued' AND model LIKE 'custom/%'";

const urlOf = ({ tenant, name }: StoredCustomModel): string => storedName(tenant, CUSTOM_MODELS + name);

const fallbacksOf = ({ tenant, fallbacks }: StoredCustomModel): string[] =>
  fallbacks.map((name) => storedName(tenant, name));

function endpointOf(
  row: StoredCustomModel,
  { keys, egress }: Pick<CustomEndpointsOptions, "keys" | "egress">,
): Endpoint {
  const { tenant, url: address, servedAs, protocol, concurrency, keyId, sealed } = row;
  const url = urlOf(row);
  return {
    ...{ url, address, tenant, protocol, concurrency, fetch: egress },
    models: [{ ...asModel(row), name: url, servedAs, fallbacks: fallbacksOf(row) }],
    ...(keyId !== null && sealed && { apiKey: () => keys.open({ keyId, sealed }, { tenant, name: row.name }) }),
  };
}

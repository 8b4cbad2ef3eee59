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

/** The endpoints that tenants bring, as far as executions wait for them. Rows are read anew at each look, so that a change counts at once. */
export class CustomEndpoints {
  readonly #known = new Map<string, Known>();
  /** The last model of the look before. */
  #last = "";

  constructor(private readonly options: CustomEndpointsOptions) {}

  /** Endpoints that have executions to take. They have circuits from then on. */
  async look(): Promise<Endpoint[]> {
    const { database, circuits } = this.options;
    const waiting = await this.#waitingModels();
    const tenants = new Set(waiting.flatMap((model) => tenantOf(model) ?? []));
    const rows = tenants.size === 0 ? [] : await readStoredModels(database, [...tenants]);
    const endpoints = rows.map((row) => this.#endpointOf(row));
    this.#forgetOthers(tenants, endpoints);
    const isWaitedFor = new Set(waiting);
    return endpoints.filter((each) => isWaitedFor.has(each.url) || circuits.redirectsTo(each).size > 0);
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
    const model = asModel(row);
    const known = this.#known.get(model.endpoint);
    if (known?.revision === row.revision) {
      known.seenAt = performance.now();
      return known.endpoint;
    }
    const endpoint = endpointOf(row, this.options);
    if (known) this.options.circuits.remove(known.endpoint);
    this.options.circuits.add(endpoint);
    this.#known.set(model.endpoint, { endpoint, revision: row.revision, seenAt: performance.now() });
    return endpoint;
  }

  /** Models that were deleted, and those of tenants that have had nothing waiting for long. */
  #forgetOthers(tenants: ReadonlySet<string>, endpoints: readonly Endpoint[]): void {
    const current = new Set(endpoints);
    for (const [url, { endpoint, seenAt }] of this.#known) {
      const isDeleted = tenants.has(endpoint.tenant ?? "") && !current.has(endpoint);
      if (!isDeleted && performance.now() - seenAt < FORGET_AFTER) continue;
      this.options.circuits.remove(endpoint);
      this.#known.delete(url);
    }
  }
}

/** The condition of the index executions_custom. */
const IS_CUSTOM = "state = 'queued' AND model LIKE 'custom/%'";

function endpointOf(
  row: StoredCustomModel,
  { keys, egress }: Pick<CustomEndpointsOptions, "keys" | "egress">,
): Endpoint {
  const { tenant, url: address, servedAs, protocol, concurrency, keyId, sealed } = row;
  const model = asModel(row);
  const fallbacks = model.fallbacks.map((name) => storedName(tenant, name));
  return {
    ...{ url: model.endpoint, address, tenant, protocol, concurrency, fetch: egress },
    models: [{ ...model, name: model.endpoint, servedAs, fallbacks }],
    ...(keyId !== null && sealed && { apiKey: () => keys.open({ keyId, sealed }, { tenant, model: row.name }) }),
  };
}

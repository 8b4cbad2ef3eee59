import type { Database } from "../database/pool.ts";
import type { Model } from "../runtime/settings.ts";
import type { ModelOf } from "./by-name.ts";
import { isCustom, storedName } from "./custom-names.ts";
import { CUSTOM_MODELS } from "../../../platform/model-schema.ts";

/** Columns of a tenant's model, by their names in code. */
const COLUMNS = `tenant_id AS tenant, name, protocol, url, served_as AS "servedAs", concurrency, context_length AS "contextLength",
  max_output_tokens AS "maxOutputTokens", price, fallbacks`;

/** A model that a tenant brings, as its row has it. */
export interface CustomModel extends Pick<Model, "name" | "protocol" | "concurrency" | "fallbacks"> {
  readonly tenant: string;
  readonly url: string;
  /** What the endpoint calls it. */
  readonly servedAs: string;
  readonly contextLength: number | null;
  readonly maxOutputTokens: number | null;
  readonly price: NonNullable<Model["price"]> | null;
}

/** A row with its API key, sealed. */
export interface StoredCustomModel extends CustomModel {
  readonly keyId: string | null;
  readonly sealed: Buffer | null;
  /** Another one after each change. */
  readonly revision: string;
}

type Client = Pick<Database, "query">;

/** The models of a tenant, by name. */
export async function readCustomModels(client: Client, tenant: string): Promise<CustomModel[]> {
  const { rows } = await client.query<CustomModel>({
    name: "read-custom-models",
    text: `SELECT ${COLUMNS} FROM custom_models WHERE tenant_id = $1 ORDER BY name`,
    values: [tenant],
  });
  return rows;
}

/** The models of tenants, with their API keys: for workers. */
export async function readStoredModels(client: Client, tenants: readonly string[]): Promise<StoredCustomModel[]> {
  const { rows } = await client.query<StoredCustomModel>({
    name: "read-stored-models",
    text: `SELECT ${COLUMNS}, key_id AS "keyId", sealed_api_key AS sealed, revision FROM custom_models
      WHERE tenant_id = ANY ($1) ORDER BY tenant_id, name`,
    values: [tenants],
  });
  return rows;
}

/** A tenant's model as prompts name it: `custom/<name>`. Its endpoint is known by its stored name, in the rows of turns and paces. */
export function asModel(custom: CustomModel): Model {
  const { tenant, protocol, concurrency, fallbacks, contextLength, maxOutputTokens, price } = custom;
  const name = CUSTOM_MODELS + custom.name;
  return {
    ...{ name, endpoint: storedName(tenant, name), protocol, concurrency, fallbacks, internet: true },
    ...(contextLength !== null && { contextLength }),
    ...(maxOutputTokens !== null && { maxOutputTokens }),
    ...(price && { price }),
  };
}

/** Finds the models that a tenant's prompts may name. Its own are read only if `model` is one: an operator's fall back to none of them. */
export async function modelsFor(client: Client, tenant: string, model: string, operators: ModelOf): Promise<ModelOf> {
  if (!isCustom(model)) return operators;
  const own = new Map((await readCustomModels(client, tenant)).map(asModel).map((each) => [each.name, each]));
  return (name) => own.get(name) ?? operators(name);
}

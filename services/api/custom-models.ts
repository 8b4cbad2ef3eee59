import type { PoolClient } from "pg";
import { CUSTOM_MODELS } from "../../platform/model-schema.ts";
import type { ModelOf } from "../shared/models/by-name.ts";
import { readCustomModels } from "../shared/models/custom-models.ts";
import type { SealingKeys } from "../shared/models/sealed-keys.ts";
import type { CustomModelInput, ShownCustomModel } from "./custom-model-schema.ts";
import { ApiError, InvalidRequest } from "./errors.ts";

/** Models of its own that a tenant may have: each may be a claim of its own whenever a worker looks for work. */
const MAX_MODELS = 20;

const SHOWN = `id, name, '${CUSTOM_MODELS}' || name AS model, protocol, url, served_as AS "servedAs", concurrency,
  context_length AS "contextLength", max_output_tokens AS "maxOutputTokens", price, fallbacks,
  key_id IS NOT NULL AS "hasApiKey", created_at AS "createdAt"`;

/** What of a model is written: $3 to $12. */
const WRITTEN = [
  ...["protocol", "url", "served_as", "concurrency", "context_length", "max_output_tokens", "price", "fallbacks"],
  ...["sealed_api_key", "key_id"],
];
const PARAMETERS = WRITTEN.map((_, index) => `$${index + 3}`).join(", ");

export interface StoreOptions {
  readonly tenant: string;
  readonly keys: SealingKeys;
  /** Of the operators' models. */
  readonly operators: ModelOf;
}

export async function listCustomModels(client: PoolClient): Promise<ShownCustomModel[]> {
  const { rows } = await client.query<ShownCustomModel>(`SELECT ${SHOWN} FROM custom_models ORDER BY name`);
  return rows;
}

export async function readCustomModel(client: PoolClient, name: string): Promise<ShownCustomModel> {
  const { rows } = await client.query<ShownCustomModel>(`SELECT ${SHOWN} FROM custom_models WHERE name = $1`, [name]);
  return rows[0] ?? notFound();
}

/** Stores a new model. Throws an ApiError when its name is taken or there are too many, an InvalidRequest for its fallbacks. */
export async function createCustomModel(
  client: PoolClient,
  { name, ...input }: CustomModelInput & { readonly name: string },
  options: StoreOptions,
): Promise<ShownCustomModel> {
  // One at a time: two at once would both count what is there before.
  await client.query("SELECT pg_advisory_xact_lock(hashtext('custom models'), hashtext($1))", [options.tenant]);
  const models = await readCustomModels(client, options.tenant);
  if (models.some((model) => model.name === name))
    throw new ApiError("name_taken", `There is a model '${name}'. Replace it, or take another name.`);
  if (models.length >= MAX_MODELS) throw new ApiError("too_many_models", `${MAX_MODELS} are allowed. Delete one.`);
  requireFallbacks(name, input, models, options.operators);
  const { rows } = await client.query<ShownCustomModel>(
    `INSERT INTO custom_models (tenant_id, name, ${WRITTEN.join(", ")}) VALUES ($1, $2, ${PARAMETERS}) RETURNING ${SHOWN}`,
    valuesOf(name, input, options),
  );
  return rows[0] as ShownCustomModel;
}

/** Replaces all of a model, its API key too. Throws `not_found`, or an InvalidRequest for its fallbacks. */
export async function replaceCustomModel(
  client: PoolClient,
  name: string,
  input: CustomModelInput,
  options: StoreOptions,
): Promise<ShownCustomModel> {
  const models = await readCustomModels(client, options.tenant);
  requireFallbacks(name, input, models, options.operators);
  const { rows } = await client.query<ShownCustomModel>(
    `UPDATE custom_models SET (${WRITTEN.join(", ")}) = ROW (${PARAMETERS}), revision = gen_random_uuid(), changed_at = now()
      WHERE tenant_id = $1 AND name = $2 RETURNING ${SHOWN}`,
    valuesOf(name, input, options),
  );
  return rows[0] ?? notFound();
}

/** Deletes a model; its id. Throws `not_found`. */
export async function deleteCustomModel(client: PoolClient, name: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>("DELETE FROM custom_models WHERE name = $1 RETURNING id", [name]);
  return rows[0]?.id ?? notFound();
}

/** A fallback must be another model of the tenant's, or an operator's. */
function requireFallbacks(
  name: string,
  { fallbacks }: CustomModelInput,
  own: readonly { readonly name: string }[],
  operators: ModelOf,
): void {
  const faults = fallbacks.flatMap((fallback, index) => {
    const path = `body/fallbacks/${index}`;
    if (fallback === CUSTOM_MODELS + name)
      return [{ path, message: "must be another model: this one has failed then" }];
    const exists = operators(fallback) ?? own.find((each) => fallback === CUSTOM_MODELS + each.name);
    return exists === undefined ? [{ path, message: "is no model that prompts may name" }] : [];
  });
  if (faults.length > 0) throw new InvalidRequest(faults);
}

function valuesOf(name: string, input: CustomModelInput, { tenant, keys }: StoreOptions): unknown[] {
  const { protocol, url, servedAs, concurrency, contextLength, maxOutputTokens, price, fallbacks, apiKey } = input;
  const sealed = apiKey === undefined ? undefined : keys.seal(apiKey, { tenant, name });
  return [
    ...[tenant, name, protocol, url, servedAs, concurrency, contextLength ?? null, maxOutputTokens ?? null],
    ...[price ?? null, fallbacks, sealed?.sealed ?? null, sealed?.keyId ?? null],
  ];
}

function notFound(): never {
  throw new ApiError("not_found");
}

import type { PoolClient } from "pg";
import type { z } from "zod";
import { isUniqueViolation } from "../../shared/database/retry-conflicts.ts";
import { ApiError, InvalidRequest } from "../errors.ts";
import { type dataset, type item, type ItemInput, MAX_ITEMS } from "./schemas.ts";

/** Datasets that a tenant may have. */
const MAX_DATASETS = 100;
/** Bytes of an item as JSON, and of all items of a dataset. */
const MAX_ITEM_BYTES = 65_536;
const MAX_DATASET_BYTES = 16 * 2 ** 20;

export type Dataset = z.output<typeof dataset>;
export type Item = z.output<typeof item>;

const DATASET = `id, name, (SELECT count(*) FROM dataset_items WHERE dataset_id = datasets.id AND removed_at IS NULL)::int AS items,
  created_at AS "createdAt"`;
const ITEM = `item, variables, expected, tags, created_at AS "createdAt"`;

export async function createDataset(client: PoolClient, name: string): Promise<Dataset> {
  await refuseTooMany(client, { table: "datasets", max: MAX_DATASETS });
  const { rows } = await client
    .query<Dataset>(`INSERT INTO datasets (tenant_id, name) VALUES (current_tenant(), $1) RETURNING ${DATASET}`, [name])
    .catch(refuseTakenName(`There is a dataset '${name}'. Add items to it, or take another name.`));
  return rows[0] as Dataset;
}

export async function listDatasets(client: PoolClient): Promise<Dataset[]> {
  const { rows } = await client.query<Dataset>(`SELECT ${DATASET} FROM datasets ORDER BY name`);
  return rows;
}

/** Throws `not_found`. */
export async function readDataset(client: PoolClient, id: string): Promise<Dataset> {
  const { rows } = await client.query<Dataset>(`SELECT ${DATASET} FROM datasets WHERE id = $1`, [id]);
  return rows[0] ?? notFound();
}

/** Adds items, all or none, and numbers them in their order. Returns the number of the first one. */
export async function addItems(client: PoolClient, id: string, items: readonly ItemInput[]): Promise<number> {
  refuseLargeItems(items);
  // One request at a time adds to a dataset.
  const { rows } = await client.query<{ first: number; tenant: string }>(
    "UPDATE datasets SET last_item = last_item + $2 WHERE id = $1 RETURNING last_item - $2 + 1 AS first",
    [id, items.length],
  );
  const first = rows[0]?.first ?? notFound();
  await client.query(
    `INSERT INTO dataset_items (dataset_id, item, tenant_id, variables, expected, tags)
      SELECT $1, $2::int + number - 1, current_tenant(), item->'variables', item->>'expected',
        ARRAY(SELECT jsonb_array_elements_text(item->'tags'))
      FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS given (item, number)`,
    [id, first, JSON.stringify(items)],
  );
  await refuseFullDataset(client, id);
  return first;
}

function refuseLargeItems(items: readonly ItemInput[]): void {
  const faults = items.flatMap((each, index) => {
    const size = Buffer.byteLength(JSON.stringify(each));
    if (size <= MAX_ITEM_BYTES) return [];
    return [{ path: `body/items/${index}`, message: `has ${size} bytes; ${MAX_ITEM_BYTES} are allowed. Shorten it.` }];
  });
  if (faults.length > 0) throw new InvalidRequest(faults);
}

async function refuseFullDataset(client: PoolClient, id: string): Promise<void> {
  const { rows } = await client.query<{ items: number; bytes: number }>(
    `SELECT count(*) FILTER (WHERE removed_at IS NULL)::int AS items,
      coalesce(sum(octet_length(variables::text) + coalesce(octet_length(expected), 0)), 0)::bigint AS bytes
    FROM dataset_items WHERE dataset_id = $1`,
    [id],
  );
  const { items = 0, bytes = 0 } = rows[0] ?? {};
  if (items > MAX_ITEMS)
    throw new ApiError(
      "limit_reached",
      `The dataset would have ${items} items; ${MAX_ITEMS} are allowed. Remove some, or create another dataset.`,
    );
  if (bytes > MAX_DATASET_BYTES)
    throw new ApiError(
      "limit_reached",
      `The items of the dataset, with those that were removed, would have ${bytes} bytes; ${MAX_DATASET_BYTES} are allowed. Create another dataset.`,
    );
}

export async function listItems(
  client: PoolClient,
  id: string,
  { limit, after }: { readonly limit: number; readonly after: number },
): Promise<Item[]> {
  await readDataset(client, id);
  const { rows } = await client.query<Item>(
    `SELECT ${ITEM} FROM dataset_items WHERE dataset_id = $1 AND item > $2 AND removed_at IS NULL ORDER BY item LIMIT $3`,
    [id, after, limit],
  );
  return rows;
}

/** Removes an item from the runs to come. Throws `not_found`. */
export async function removeItem(client: PoolClient, id: string, number: number): Promise<void> {
  const { rowCount } = await client.query(
    "UPDATE dataset_items SET removed_at = now() WHERE dataset_id = $1 AND item = $2 AND removed_at IS NULL",
    [id, number],
  );
  if (rowCount === 0) notFound();
}

/** Throws when the tenant has as many rows as it may. One request of a tenant at a time passes. */
export async function refuseTooMany(
  client: PoolClient,
  { table, max }: { readonly table: "datasets" | "evaluators"; readonly max: number },
): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtext($1), hashtext(current_tenant()::text))", [table]);
  const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  if ((rows[0]?.count ?? 0) >= max) throw new ApiError("limit_reached", `${max} ${table} are allowed.`);
}

/** Makes an error that says that a name is taken an answer. */
export const refuseTakenName =
  (detail: string) =>
  (error: unknown): never => {
    if (!isUniqueViolation(error)) throw error;
    throw new ApiError("name_taken", detail);
  };

function notFound(): never {
  throw new ApiError("not_found");
}

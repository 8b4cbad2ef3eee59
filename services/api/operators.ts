import type { PoolClient } from "pg";
import type { Database } from "../shared/database/pool.ts";
import type { Operator } from "./caller.ts";

/** A transaction that sees the row of each tenant, and nothing that belongs to one: Postgres itself holds it to that. */
export const asOperator = <Result>(
  database: Database,
  { hash }: Operator,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> =>
  // The hash is ours and hexadecimal.
  database.transaction(work, `BEGIN; SELECT set_config('promptops.operator_key', '${hash}', true)`);

/** The access of routes of operators. */
export const OPERATOR = { operator: "An operator's key opens it, and no tenant's." } as const;

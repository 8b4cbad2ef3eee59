import { type PostgresClass, postgresClasses } from "./catalogue/postgres.ts";
import type { Environment } from "./environment.ts";
import { parseQuantity } from "./quantity.ts";

/** The smallest class that has what the database needs; undefined when none is large enough. */
export function postgresClassFor({ needs }: Environment["database"]): PostgresClass | undefined {
  const memory = parseQuantity(needs.memory) / 2 ** 30;
  return postgresClasses.find((row) => row.vcpu >= needs.vcpu && row.memoryGiB >= memory);
}

/** Postgres' own, on every cloud. */
export const DATABASE_PORT = 5432;

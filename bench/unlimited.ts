import { Client } from "pg";
import type { Stack } from "../test/services/stack.ts";

/** Takes the tenant's limit away; its id. */
export async function unlimited({ platform }: Stack, name: string): Promise<string> {
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  const sql = "UPDATE tenants SET most_executions = 100000000 WHERE name = $1 RETURNING id";
  const { rows } = await client.query<{ id: string }>(sql, [name]);
  await client.end();
  return rows[0]?.id ?? "";
}

import { Client } from "pg";
import type { Stack } from "./stack.ts";

/** Makes an execution that nobody runs a dead letter, as the sweep would after its last worker. */
export async function quarantine({ platform }: Stack, execution: string): Promise<void> {
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  await client.query(
    `UPDATE executions SET state = 'failed', finished_at = now(), quarantined_at = now(), losses = 4,
      error = '{"code": "quarantined", "message": "on demand"}'
    WHERE id = $1`,
    [execution],
  );
  await client.end();
}

import { Client } from "pg";
import { startStack, until } from "../test/services/stack.ts";
import { format } from "./timing.ts";

const OTHERS = 10;
const LIMIT_SECONDS = 5;

/** How long ten executions of one tenant wait behind a flood of another's. */
export async function benchFlood(flood: number): Promise<void> {
  console.log(`flood: seconds until ${OTHERS} executions of one tenant start, ${flood} of another's before them`);
  const stack = await startStack({ workers: 2, concurrency: 16, simulator: { tokenMilliseconds: 10, atOnce: 16 } });
  const client = new Client({ connectionString: stack.platform.databaseUrl });
  await client.connect();
  try {
    const [flooding, other] = [await stack.tenant("flooding"), await stack.tenant("other")];
    await client.query(
      `INSERT INTO executions (tenant_id, prompt_id, prompt_version, model, messages, parameters, deadline_at)
      SELECT tenant_id, prompt_id, version, model, '[{"role":"user","content":"flood"}]', parameters, now() + interval '1 hour'
      FROM prompt_versions, generate_series(1, $2::int) WHERE prompt_id = $1`,
      [await flooding.prompt("echo"), flood],
    );
    await until("the flood to run", async () => {
      const { rows } = await client.query("SELECT FROM leases LIMIT 1");
      return rows.length === 1 || undefined;
    });
    const prompt = await other.prompt("echo");
    const began = performance.now();
    const ids = await Promise.all(Array.from({ length: OTHERS }, (_, index) => other.execute(prompt, String(index))));
    await Promise.all(ids.map((id) => other.follow(id, 0, ({ type }) => type === "job_started")));
    const waited = (performance.now() - began) / 1_000;
    console.log(`${format(waited)}  to be under ${LIMIT_SECONDS}`);
  } finally {
    await client.end();
    await stack.stop();
  }
}

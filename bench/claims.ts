import { takeLeases } from "../services/shared/executions/claim.ts";
import {
  endpoint,
  type ExecutionDatabase,
  roomFor,
  startExecutionDatabase,
} from "../test/services/execution-database.ts";
import { format, median, quantile, seconds } from "./timing.ts";

const TENANTS = 1_000;
/** Leases of a full batch: what a worker that has nothing takes. */
const BATCH = 256;
const CLAIMS = 21;

/** A claim that returns a full batch, with few and with many waiting, beside each other. */
export async function benchClaims(backlogs: readonly number[]): Promise<void> {
  console.log(`claims: milliseconds of a claim of ${BATCH}, p50 and p99 of ${CLAIMS}`);
  const database = await startExecutionDatabase();
  try {
    const one = await database.tenant("one");
    await database.rows("INSERT INTO tenants (name) SELECT 'tenant ' || number FROM generate_series(2, $1) AS number", [
      TENANTS,
    ]);
    const first = new Map<number, number>();
    const cases = backlogs.flatMap((backlog) => [1, TENANTS].map((tenants) => ({ backlog, tenants })));
    for (const { backlog, tenants } of cases) {
      await fill(database, { tenant: one, tenants, backlog });
      const times: number[] = [];
      for (let claim = 0; claim < CLAIMS; claim++) times.push(await claimOnce(database));
      const [p50, p99] = [median(times), quantile(times, 0.99)];
      const few = first.get(tenants) ?? p99;
      first.set(tenants, few);
      const beside =
        backlog === backlogs[0]
          ? ""
          : `: p99 is ${(p99 / few).toFixed(2)} times that of ${backlogs[0]}, to be at most 3`;
      console.log(`${format(1_000 * p50)} ${format(1_000 * p99)}  ${backlog} waiting, of ${tenants} tenants${beside}`);
    }
  } finally {
    await database.stop();
  }
}

/** Seconds of a claim. What it took waits again afterwards, so that the next one finds as much. */
async function claimOnce(database: ExecutionDatabase): Promise<number> {
  let taken = 0;
  const time = await seconds(async () => {
    taken = (await takeLeases(database.worker, endpoint, roomFor(BATCH))).leases.length;
  });
  if (taken !== BATCH) throw new Error(`A claim took ${taken} executions instead of ${BATCH}.`);
  await database.rows("DELETE FROM leases");
  await database.rows("UPDATE executions SET state = 'queued' WHERE state = 'running'");
  return time;
}

async function fill(
  database: ExecutionDatabase,
  { tenant, tenants, backlog }: { tenant: string; tenants: number; backlog: number },
): Promise<void> {
  await database.rows("TRUNCATE executions, leases, turns, paces CASCADE");
  await database.rows(
    `INSERT INTO executions (tenant_id, prompt_id, prompt_version, model, messages, parameters, due_at, deadline_at)
    SELECT numbered.id, prompts.id, 1, 'simulated', '[{"role":"user","content":"x"}]', '{}',
      now() - interval '1 hour' + number * interval '1 ms', now() + interval '1 day'
    FROM generate_series(1, $1::int) AS number
    JOIN (SELECT id, row_number() OVER (ORDER BY id <> $3, id) AS place FROM tenants) AS numbered ON place = 1 + number % $2
    CROSS JOIN prompts`,
    [backlog, tenants, tenant],
  );
  await database.rows("VACUUM ANALYZE");
}

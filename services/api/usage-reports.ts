import type { Database } from "../shared/database/pool.ts";

/** Days (UTC), both included. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** What a tenant used of a model on a day, as analytics counted it. */
export interface UsageDay {
  readonly day: string;
  readonly model: string;
  readonly calls: number;
  readonly cached: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly microUsd: number;
}

/** Reads what a tenant used in days, with the rights of that tenant. */
export async function readUsageDays(client: Pick<Database, "query">, { from, to }: Range): Promise<UsageDay[]> {
  const { rows } = await client.query<UsageDay>({
    name: "read-usage-days",
    text: `SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, model, sum(calls)::bigint AS calls, sum(cached)::bigint AS cached,
        sum(succeeded)::bigint AS succeeded, sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled,
        sum(prompt_tokens)::bigint AS "promptTokens", sum(completion_tokens)::bigint AS "completionTokens",
        sum(cost_micro_usd)::bigint AS "microUsd"
      FROM usage_hours
      WHERE tenant_id = current_tenant() AND hour >= $1::date AT TIME ZONE 'UTC' AND hour < ($2::date + 1) AT TIME ZONE 'UTC'
      GROUP BY 1, 2 ORDER BY 1, 2`,
    values: [from, to],
  });
  return rows;
}

/** The columns of an export, in its order, and what each is read from. */
const COLUMNS = {
  id: "id",
  endedAt: "ended_at",
  executionId: "execution_id",
  promptId: "prompt_id",
  promptVersion: "prompt_version",
  attempt: "attempt",
  model: "model",
  ownModel: "own_model",
  outcome: "outcome",
  called: "called",
  cached: "cached",
  promptTokens: "prompt_tokens",
  completionTokens: "completion_tokens",
  microUsd: "cost_micro_usd",
} as const;
type Value = string | number | boolean | null;
type Exported = Readonly<Record<keyof typeof COLUMNS, Value>>;
const names = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

/** Rows that one transaction reads. */
const PAGE = 1_000;

/** How the lines of an export are written. */
export interface ExportFormat {
  readonly type: string;
  readonly header: string;
  readonly lineOf: (row: Exported) => string;
  /** What tells that nothing is missing. */
  readonly endOf: (rows: number) => string;
}

/** No name or value of a row has a quote, a comma or a line break in it, but a model's may: it is the operator's. */
function csvValue(value: Value): string {
  const text = value === null ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const exportFormats = {
  csv: {
    type: "text/csv; charset=utf-8; header=present",
    header: `${names.join(",")}\r\n`,
    lineOf: (row) => `${names.map((name) => csvValue(row[name])).join(",")}\r\n`,
    // A table has no place for it.
    endOf: () => "",
  },
  ndjson: {
    type: "application/x-ndjson",
    header: "",
    lineOf: (row) => `${JSON.stringify(row)}\n`,
    endOf: (rows) => `{"rows":${rows}}\n`,
  },
} as const satisfies Readonly<Record<string, ExportFormat>>;

const SELECTED = names.map((name) => `${COLUMNS[name]} AS "${name}"`).join(", ");

/** Each event of a tenant in days, oldest first. Rows are read in pages, so what is counted meanwhile may be in it or not. */
export async function* exportUsage(
  database: Pick<Database, "asTenant">,
  tenant: string,
  { range: { from, to }, format }: { readonly range: Range; readonly format: ExportFormat },
): AsyncGenerator<string> {
  let count = 0;
  yield format.header;
  let after: readonly [at: string, id: string] | undefined = ["-infinity", "00000000-0000-0000-0000-000000000000"];
  while (after) {
    const values = [from, to, ...after];
    const page: readonly (Exported & Position)[] = await database.asTenant(tenant, async (client) => {
      const { rows } = await client.query<Exported & Position>({
        name: "export-usage",
        text: `SELECT ${SELECTED}, ended_at::text AS position FROM usage_events
          WHERE tenant_id = current_tenant() AND ended_at >= $1::date AT TIME ZONE 'UTC' AND ended_at < ($2::date + 1) AT TIME ZONE 'UTC'
            AND (ended_at, id) > ($3::timestamptz, $4)
          ORDER BY ended_at, id LIMIT ${PAGE}`,
        values,
      });
      return rows;
    });
    count += page.length;
    yield page.map(({ position: _, ...row }) => format.lineOf(row)).join("");
    const last = page.length === PAGE ? page.at(-1) : undefined;
    after = last && [last.position, String(last.id)];
  }
  yield format.endOf(count);
}

interface Position {
  /** `endedAt` with all its digits. */
  readonly position: string;
}

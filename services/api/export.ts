import type { Database } from "../shared/database/pool.ts";
import { type Archives, archivedLines } from "./archived.ts";

/** Rows that one transaction reads. */
const PAGE = 500;

interface Source {
  readonly table: string;
  /** Ends with `AS row`, the rows that are exported, or has them under `root`, the rows that are found by their tenant. */
  readonly from: string;
  readonly where?: string;
  /** What orders the rows, with its type. An index of the tenant's `root` rows begins with it. */
  readonly key: Readonly<Record<string, string>>;
  /** Columns that are secrets, or hashes of some. */
  readonly omit?: readonly string[];
}

const BY_AGE = { "root.created_at": "timestamptz", "root.id": "uuid" };
/** A workflow's prompts are found by their parent. */
const ROOTS = "root.parent_id IS NULL";
const EXPERIMENTS = "experiments AS root JOIN";
const CHILDREN = "executions AS root JOIN executions AS child ON child.parent_id = root.id";
/** Events of an execution after the last page. Its id has a place in the key, and the number of the event comes behind it. */
const eventsOf = (execution: string, place: number): string =>
  `LATERAL execution_events_after(${execution}.accepted_on, ${execution}.id,
    CASE ($1::jsonb->>${place})::uuid WHEN ${execution}.id THEN ($1::jsonb->>${place + 1})::bigint ELSE 0 END, ${PAGE}) AS row`;

const users: Source = {
  table: "users",
  from: "users AS root",
  key: { "root.email": "text" },
  omit: ["password_hash", "invitation_hash"],
};
const apiKeys: Source = { table: "api_keys", from: "api_keys AS root", key: BY_AGE, omit: ["hash"] };
const sessionsOfUsers: Source = {
  table: "sessions",
  from: "users AS root JOIN sessions AS row ON row.user_id = root.id",
  key: { "root.email": "text", "row.id": "uuid" },
};
const auditEvents: Source = { table: "audit_events", from: "audit_events AS root", key: BY_AGE };

/** What is kept of a tenant, in the order in which it is exported. */
const sourcesOfTenant: readonly Source[] = [
  users,
  apiKeys,
  sessionsOfUsers,
  {
    table: "sessions",
    from: "api_keys AS root JOIN sessions AS row ON row.api_key_id = root.id",
    key: { ...BY_AGE, "row.id": "uuid" },
  },
  { table: "prompts", from: "prompts AS root", key: { "root.name": "text" } },
  {
    table: "prompt_versions",
    from: "prompts AS root JOIN prompt_versions AS row ON row.prompt_id = root.id",
    key: { "root.name": "text", "row.version": "integer" },
  },
  {
    table: "prompt_labels",
    from: "prompts AS root JOIN prompt_labels AS row ON row.prompt_id = root.id",
    key: { "root.name": "text", "row.label": "text" },
  },
  {
    table: "label_gates",
    from: "prompts AS root JOIN label_gates AS row ON row.prompt_id = root.id",
    key: { "root.name": "text", "row.label": "text" },
  },
  {
    table: "label_overrides",
    from: "prompts AS root JOIN label_overrides AS row ON row.prompt_id = root.id",
    key: { "root.name": "text", "row.created_at": "timestamptz", "row.id": "uuid" },
  },
  { table: "workflows", from: "workflows AS root", key: { "root.name": "text" } },
  {
    table: "workflow_versions",
    from: "workflows AS root JOIN workflow_versions AS row ON row.workflow_id = root.id",
    key: { "root.name": "text", "row.version": "integer" },
  },
  {
    table: "custom_models",
    // The API may not read sealed keys.
    from: `(SELECT id, tenant_id, name, protocol, url, served_as, concurrency, context_length, max_output_tokens, price, fallbacks, created_at
      FROM custom_models) AS root`,
    key: { "root.name": "text" },
  },
  { table: "datasets", from: "datasets AS root", key: { "root.name": "text" } },
  {
    table: "dataset_items",
    from: "datasets AS root JOIN dataset_items AS row ON row.dataset_id = root.id",
    key: { "root.name": "text", "row.item": "integer" },
  },
  { table: "evaluators", from: "evaluators AS root", key: { "root.name": "text" } },
  { table: "experiments", from: "experiments AS root", key: BY_AGE },
  {
    table: "experiment_candidates",
    from: `${EXPERIMENTS} experiment_candidates AS row ON row.experiment_id = root.id`,
    key: { ...BY_AGE, "row.candidate": "integer" },
  },
  {
    table: "experiment_evaluators",
    from: `${EXPERIMENTS} experiment_evaluators AS row ON row.experiment_id = root.id`,
    key: { ...BY_AGE, "row.evaluator": "integer" },
  },
  {
    table: "experiment_results",
    from: `${EXPERIMENTS} experiment_results AS row ON row.experiment_id = root.id`,
    key: { ...BY_AGE, "row.item": "integer", "row.candidate": "integer" },
  },
  {
    table: "experiment_scores",
    from: `${EXPERIMENTS} experiment_scores AS row ON row.experiment_id = root.id`,
    key: { ...BY_AGE, "row.item": "integer", "row.candidate": "integer", "row.evaluator": "integer" },
  },
  { table: "exports", from: "exports AS root", key: BY_AGE },
  { table: "files", from: "files AS root", key: BY_AGE },
  { table: "executions", from: "executions AS root", where: ROOTS, key: BY_AGE },
  {
    table: "executions",
    from: "executions AS root JOIN executions AS row ON row.parent_id = root.id",
    where: ROOTS,
    key: { ...BY_AGE, "row.id": "uuid" },
  },
  {
    table: "workflow_nodes",
    from: "executions AS root JOIN workflow_nodes AS row ON row.execution_id = root.id",
    where: ROOTS,
    key: { ...BY_AGE, "row.node": "text" },
  },
  {
    table: "execution_events",
    from: `executions AS root, ${eventsOf("root", 1)}`,
    where: ROOTS,
    key: { ...BY_AGE, "row.seq": "bigint" },
  },
  {
    table: "execution_events",
    from: `${CHILDREN}, ${eventsOf("child", 2)}`,
    where: ROOTS,
    key: { ...BY_AGE, "child.id": "uuid", "row.seq": "bigint" },
  },
  { table: "idempotency_keys", from: "idempotency_keys AS root", key: { "root.key": "text" }, omit: ["request_hash"] },
  { table: "token_usage", from: "token_usage AS root", key: { "root.day": "date", "root.model": "text" } },
  { table: "usage_hours", from: "usage_hours AS root", key: { "root.hour": "timestamptz", "root.model": "text" } },
  { table: "usage_events", from: "usage_events AS root", key: { "root.ended_at": "timestamptz", "root.id": "uuid" } },
  { table: "webhook_endpoints", from: "webhook_endpoints AS root", key: BY_AGE },
  {
    table: "webhook_secrets",
    // The API may not read sealed secrets.
    from: "(SELECT id, tenant_id, endpoint_id, created_at, expires_at FROM webhook_secrets) AS root",
    key: { "root.id": "uuid" },
  },
  { table: "webhook_events", from: "webhook_events AS root", key: BY_AGE },
  { table: "webhook_deliveries", from: "webhook_deliveries AS root", key: BY_AGE },
  {
    table: "webhook_attempts",
    from: "webhook_attempts AS root",
    key: { "root.delivery_id": "uuid", "root.number": "integer" },
  },
  {
    table: "budget_notices",
    from: "budget_notices AS root",
    key: { "root.month": "text", "root.unit": "text", "root.level": "text" },
  },
  { table: "archives", from: "archives AS root", key: BY_AGE },
  { table: "archived_executions", from: "archived_executions AS root", key: { "root.execution_id": "uuid" } },
  auditEvents,
];

/** What is kept of a user, whose id is $3. What a user stored and executed is its organization's. */
const sourcesOfUser: readonly Source[] = [
  { ...users, where: "root.id = $3" },
  { ...sessionsOfUsers, where: "root.id = $3" },
  { ...apiKeys, where: "root.created_by = $3" },
  {
    table: "workflow_nodes",
    from: "workflow_nodes AS root",
    where: "root.decided_by = $3",
    key: { "root.execution_id": "uuid", "root.node": "text" },
  },
  {
    table: "label_overrides",
    from: "label_overrides AS root",
    where: "root.overridden_by = $3",
    key: { "root.created_at": "timestamptz", "root.id": "uuid" },
  },
  { ...auditEvents, where: "root.actor_id = $3" },
  { ...auditEvents, where: "root.object_id = $3 AND root.actor_id IS DISTINCT FROM $3" },
];

/**
 * All that is kept of a tenant, as lines of JSON: `{"table": ..., "row": {...}}` each, and `{"rows": <number>}` as the last, without which it is
 * not whole. Rows are read in pages, so what is written meanwhile may be in it or not.
 */
export async function* exportTenant({ database, objects }: Archives, tenant: string): AsyncGenerator<string> {
  const { rows } = await database.asTenant(tenant, (client) =>
    client.query<{ row: string }>("SELECT to_jsonb(tenants)::text AS row FROM tenants WHERE id = current_tenant()"),
  );
  yield rows.map(({ row }) => lineOf("tenants", row)).join("");
  const counter = { count: rows.length };
  yield* exportSources(database, tenant, { sources: sourcesOfTenant, counter });
  // Last: what is moved meanwhile was not yet archived, or is in the archive.
  for await (const text of archivedLines({ database, objects }, tenant)) {
    counter.count += text.split("\n").length - 1;
    yield text;
  }
  yield lastLine(counter);
}

/** All that is kept of a user of a tenant, in the same form. */
export async function* exportUser(database: Database, tenant: string, user: string): AsyncGenerator<string> {
  const counter = { count: 0 };
  yield* exportSources(database, tenant, { sources: sourcesOfUser, user, counter });
  yield lastLine(counter);
}

const lastLine = ({ count }: Sources["counter"]): string => `{"rows":${count}}\n`;

interface Sources {
  readonly sources: readonly Source[];
  /** The user whose sources they are. @default - they are the tenant's */
  readonly user?: string | undefined;
  /** Counts the lines. */
  readonly counter: { count: number };
}

async function* exportSources(
  database: Database,
  tenant: string,
  { sources, user, counter }: Sources,
): AsyncGenerator<string> {
  for (const source of sources) {
    let after: string | null = null;
    do {
      const page: readonly Exported[] = await readPage(database, tenant, { source, user, after });
      counter.count += page.length;
      yield page.map(({ row }) => lineOf(source.table, row)).join("");
      after = page.length === PAGE ? (page.at(-1)?.key ?? null) : null;
    } while (after !== null);
  }
}

interface Exported {
  /** JSON. */
  readonly row: string;
  /** A JSON array. */
  readonly key: string;
}

const lineOf = (table: string, row: string): string => `{"table":"${table}","row":${row}}\n`;

async function readPage(
  database: Database,
  tenant: string,
  { source, user, after }: Pick<Sources, "user"> & { readonly source: Source; readonly after: string | null },
): Promise<readonly Exported[]> {
  const { from, where, key, omit = [] } = source;
  const expressions = Object.keys(key).join(", ");
  const last = Object.values(key).map((type, index) => `($1::jsonb->>${index})::${type}`);
  const { rows } = await database.asTenant(tenant, (client) =>
    client.query<Exported>(
      `SELECT (to_jsonb(${from.includes(" AS row") ? "row" : "root"}) - $2::text[])::text AS row,
        jsonb_build_array(${expressions})::text AS key
      FROM ${from} WHERE root.tenant_id = current_tenant() ${where === undefined ? "" : `AND ${where}`}
        AND ($1::jsonb IS NULL OR (${expressions}) > (${last.join(", ")}))
      ORDER BY ${expressions} LIMIT ${PAGE}`,
      [after, omit, ...(user === undefined ? [] : [user])],
    ),
  );
  return rows;
}

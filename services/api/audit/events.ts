import type { PoolClient } from "pg";
import { z } from "zod";
import type { Database } from "../../shared/database/pool.ts";
import * as schemas from "../schemas.ts";
import { actions, actorKinds } from "./actions.ts";

/** Events that one transaction reads for an export. */
const PAGE = 500;

export const auditEvent = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime(),
    tenant: z.uuid().nullable().describe("Null if the event concerns the platform, or if the tenant is unknown."),
    actor: z.object({
      kind: z
        .enum(actorKinds)
        .describe("'system' is a job of the platform; 'anonymous' is a client without a valid credential."),
      id: z
        .uuid()
        .nullable()
        .describe("The id of the user, API key or operator's key, which may have been erased since."),
    }),
    action: z.enum(actions),
    object: z.object({ kind: z.string(), id: z.uuid().nullable() }),
    outcome: z.enum(["success", "denied"]),
    reason: z.string().nullable().describe("The code of the error with which the request was denied."),
    requestId: z.uuid().nullable().describe("The value of the response header 'x-request-id'."),
    source: z.string().nullable().describe("The client's network: an IPv4 /24 or an IPv6 /48."),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditEvent" });
export type AuditEvent = z.output<typeof auditEvent>;

/** A time that Postgres knows: it has no year 0. */
const time = z.iso.datetime().refine((text) => !text.startsWith("0000"), "must be in the year 1 or later");
const range = {
  from: time.optional().describe("The start of the range, inclusive."),
  to: time.optional().describe("The end of the range, exclusive."),
};
/** What an export is restricted by. */
export const auditRange = z.object(range);
/** What the list of a tenant's events is filtered by. */
export const auditQuery = schemas.page.extend({
  ...{ action: z.enum(actions).optional(), actor: z.uuid().optional(), object: z.uuid().optional() },
  ...range,
});

const EVENT = `id, created_at AS "createdAt", tenant_id AS tenant, jsonb_build_object('kind', actor_kind, 'id', actor_id) AS actor, action,
  jsonb_build_object('kind', split_part(action, '.', 1), 'id', object_id) AS object, outcome, reason, request_id AS "requestId",
  source::text, details`;

/** A condition per filter, in which `$` is its value. */
const conditions = {
  tenant: "tenant_id = $",
  action: "action = $",
  actor: "actor_id = $",
  object: "object_id = $",
  from: "created_at >= $",
  to: "created_at < $",
  before: "(created_at, id) < (SELECT created_at, id FROM audit_events WHERE id = $)",
  after: "(created_at, id) > (SELECT created_at, id FROM audit_events WHERE id = $)",
} as const;
type Filters = Partial<Record<keyof typeof conditions, string | undefined>>;

interface Selection extends Filters {
  readonly limit: number;
}

/** Events that row-level security shows to the transaction, the newest first, or the oldest first. */
export async function readEvents(
  client: PoolClient,
  { limit, ...filters }: Selection,
  order: "ASC" | "DESC" = "DESC",
): Promise<AuditEvent[]> {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const where = given.map(([name], index) => conditions[name as keyof Filters].replace("$", `$${index + 2}`));
  const { rows } = await client.query<AuditEvent>(
    `SELECT ${EVENT} FROM audit_events WHERE ${["true", ...where].join(" AND ")}
      ORDER BY created_at ${order}, id ${order} LIMIT $1`,
    [limit, ...given.map(([, value]) => value)],
  );
  return rows;
}

/**
 * The events of a tenant as lines of JSON, the oldest first, and `{"events": <number>}` as the last, without which they are not whole. They are
 * read in pages.
 */
export async function* exportEvents(
  database: Database,
  tenant: string,
  range: z.output<typeof auditRange>,
): AsyncGenerator<string> {
  let count = 0;
  let after: string | undefined;
  do {
    const page: readonly AuditEvent[] = await database.asTenant(tenant, (client) =>
      readEvents(client, { tenant, ...range, after, limit: PAGE }, "ASC"),
    );
    count += page.length;
    yield page.map((event) => `${JSON.stringify(event)}\n`).join("");
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
  yield `${JSON.stringify({ events: count })}\n`;
}

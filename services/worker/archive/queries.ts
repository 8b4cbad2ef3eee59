import type { Archive } from "../../shared/archives/format.ts";
import type { Database } from "../../shared/database/pool.ts";

/** Days after its end for which an execution stays in Postgres. */
export const DAYS_IN_DATABASE = 90;
/** Executions of one archive, without those of a workflow's prompts. */
const MAX_EXECUTIONS = 200;
/** Minutes in which an archive has to be written. Then it is abandoned: whoever wrote it was killed. */
const MINUTES_TO_WRITE = 15;

const MAY_BE_ARCHIVED = `root.parent_id IS NULL AND root.experiment_id IS NULL AND root.quarantined_at IS NULL
  AND root.finished_at < now() - make_interval(days => ${DAYS_IN_DATABASE})
  AND NOT EXISTS (SELECT FROM executions AS child WHERE child.parent_id = root.id AND child.finished_at IS NULL)`;

/** An archive that is to be written, with its executions, or one that was abandoned. */
export interface BegunArchive extends Archive {
  readonly abandoned: boolean;
  readonly executions: readonly string[];
}

/**
 * Begins the archive of the execution that ended first, or returns one that was abandoned; undefined when there is nothing to do, or another
 * worker writes one. All workers together write one at a time.
 */
export function beginArchive(database: Database): Promise<BegunArchive | undefined> {
  return database.transaction(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('archive'))");
    const { rows: unfinished } = await client.query<Omit<BegunArchive, "executions">>(
      `SELECT id, tenant_id AS tenant, day::text, writing_until <= now() AS abandoned FROM archives
      WHERE writing_until IS NOT NULL ORDER BY writing_until LIMIT 1`,
    );
    if (unfinished[0]) return unfinished[0].abandoned ? { ...unfinished[0], executions: [] } : undefined;
    const { rows } = await client.query<BegunArchive>(
      `WITH first AS (
        SELECT tenant_id, accepted_on FROM executions AS root WHERE ${MAY_BE_ARCHIVED} ORDER BY finished_at LIMIT 1
      ), roots AS (
        SELECT root.id FROM executions AS root JOIN first USING (tenant_id)
        WHERE ${MAY_BE_ARCHIVED} AND root.created_at >= first.accepted_on::timestamp AT TIME ZONE 'UTC'
          AND root.created_at < (first.accepted_on + 1)::timestamp AT TIME ZONE 'UTC'
        ORDER BY root.created_at, root.id LIMIT ${MAX_EXECUTIONS}
      ), every AS (
        SELECT id FROM roots UNION ALL SELECT child.id FROM executions AS child JOIN roots ON child.parent_id = roots.id
      ), begun AS (
        INSERT INTO archives (tenant_id, day, writing_until)
        SELECT tenant_id, accepted_on, now() + make_interval(mins => ${MINUTES_TO_WRITE}) FROM first RETURNING id, tenant_id, day
      ), listed AS (
        INSERT INTO archived_executions (execution_id, tenant_id, archive_id)
        SELECT every.id, begun.tenant_id, begun.id FROM every, begun RETURNING execution_id
      )
      SELECT id, tenant_id AS tenant, day::text, false AS abandoned, ARRAY(SELECT execution_id FROM listed) AS executions FROM begun`,
    );
    return rows[0];
  });
}

/** The lines of an execution: its row, its nodes and its events, as they are exported. */
export async function readLines(database: Database, execution: string): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>({
    name: "read-to-archive",
    text: `SELECT line FROM (
        SELECT 1 AS part, '' AS node, 0 AS seq, '{"table":"executions","row":' || to_jsonb(executions)::text || '}' AS line
        FROM executions WHERE id = $1
        UNION ALL
        SELECT 2, node, 0, '{"table":"workflow_nodes","row":' || to_jsonb(workflow_nodes)::text || '}'
        FROM workflow_nodes WHERE execution_id = $1
        UNION ALL
        SELECT 3, '', event.seq, '{"table":"execution_events","row":' || to_jsonb(event)::text || '}'
        FROM executions, execution_events_after(accepted_on, id, 0, 2147483647) AS event WHERE executions.id = $1
      ) AS lines ORDER BY part, node, seq`,
    values: [execution],
  });
  return rows.map(({ line }) => line);
}

/** Where an execution is in an archive. */
export interface Member {
  readonly execution: string;
  readonly start: number;
  readonly length: number;
}

/** Deletes executions that an archive now has, all or none; false when another worker took the archive for abandoned, or one was erased. */
export async function completeArchive(
  database: Database,
  archive: Archive,
  { sha256, size, members }: { readonly sha256: string; readonly size: number; readonly members: readonly Member[] },
): Promise<boolean> {
  const { rows } = await database.query<{ completed: boolean }>({
    name: "complete-archive",
    text: "SELECT complete_archive($1, $2, $3, $4, $5, $6) AS completed",
    values: [
      ...[archive.id, sha256, size],
      ...[members.map(({ execution }) => execution), members.map(({ start }) => start)],
      members.map(({ length }) => length),
    ],
  });
  return rows[0]?.completed ?? false;
}

/** Makes sure that an archive is never completed; false when it is, or is gone: then its object must stay. */
export async function abandonArchive(database: Database, { id }: Archive): Promise<boolean> {
  const { rowCount } = await database.query({
    name: "abandon-archive",
    text: "UPDATE archives SET writing_until = '-infinity' WHERE id = $1 AND writing_until IS NOT NULL",
    values: [id],
  });
  return rowCount === 1;
}

/** Forgets an archive that was abandoned, and whose object is deleted. Its executions are where they were. */
export async function forgetArchive(database: Database, { id }: Archive): Promise<void> {
  await database.query({
    name: "forget-archive",
    text: "DELETE FROM archives WHERE id = $1 AND writing_until = '-infinity'",
    values: [id],
  });
}

/** Seconds for which an execution could have been archived, of the one that waits longest; 0 when none waits. */
export async function readArchiveDelay(database: Database): Promise<number> {
  const { rows } = await database.query<{ seconds: number }>({
    name: "read-archive-delay",
    text: `SELECT coalesce(extract(epoch FROM now() - make_interval(days => ${DAYS_IN_DATABASE}) - min(finished_at)), 0)::float8 AS seconds
      FROM (SELECT finished_at FROM executions AS root WHERE ${MAY_BE_ARCHIVED} ORDER BY finished_at LIMIT 1) AS first`,
  });
  return rows[0]?.seconds ?? 0;
}

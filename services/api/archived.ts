import type { PoolClient } from "pg";
import type { z } from "zod";
import { type ArchivedRow, readArchive, readMember } from "../shared/archives/format.ts";
import type { Database } from "../shared/database/pool.ts";
import type { ExecutionEvent } from "../shared/executions/events.ts";
import type { ObjectStore } from "../shared/objects/ports.ts";
import { ApiError } from "./errors.ts";
import { EXECUTION, type Execution } from "./execution-columns.ts";
import { readArchivedNodes } from "./nodes.ts";
import type * as schemas from "./schemas.ts";

/** Events that one answer has, as of executions in the database. */
const MAX_EVENTS = 1_000;

/** Where executions are read that are no longer in the database. */
export interface Archives {
  readonly database: Database;
  /** Undefined where there is no object storage: then nothing is archived. */
  readonly objects: ObjectStore | undefined;
}

/** An execution of a tenant that was archived. Throws 'not_found' when there is none. */
export async function readArchivedExecution(
  archives: Archives,
  tenant: string,
  id: string,
): Promise<z.output<typeof schemas.executionDetail>> {
  const rows = await archivedRows(archives, tenant, id);
  return archives.database.asTenant(tenant, async (client) => {
    const execution = rows.find(({ table }) => table === "executions")?.row;
    const found = execution && (await shown(client, execution));
    if (!found) throw new ApiError("not_found");
    const nodes = rows.filter(({ table }) => table === "workflow_nodes").map(({ row }) => row);
    return {
      ...found,
      nodes: found.kind === "workflow" ? await readArchivedNodes(client, { execution, nodes }) : null,
    };
  });
}

/** Its events after a number, at most 1,000. Throws 'not_found' when there is no such execution. */
export async function readArchivedEvents(
  archives: Archives,
  tenant: string,
  { id, after }: { readonly id: string; readonly after: number },
): Promise<ExecutionEvent[]> {
  const rows = await archivedRows(archives, tenant, id);
  const events = rows.filter(({ table }) => table === "execution_events").map(({ row }) => eventOf(row));
  return events.filter(({ seq }) => seq > after).slice(0, MAX_EVENTS);
}

/** As the API shows executions of the database. */
async function shown(client: PoolClient, row: ArchivedRow["row"]): Promise<Execution | undefined> {
  const { rows } = await client.query<Execution>({
    name: "read-archived-execution",
    text: `SELECT ${EXECUTION} FROM jsonb_populate_record(NULL::executions, $1) AS executions`,
    values: [JSON.stringify(row)],
  });
  return rows[0];
}

function eventOf(row: ArchivedRow["row"]): ExecutionEvent {
  const {
    seq,
    type,
    attempt,
    data,
    created_at: at,
  } = row as unknown as Omit<ExecutionEvent, "at"> & { readonly created_at: string };
  return { seq, type, attempt, data, at: new Date(at).toISOString() };
}

/** Archives of which one page of the export is read. */
const PAGE = 100;

/** The lines of all executions of a tenant that are archived, as the export has them: whole lines in each text. */
export async function* archivedLines({ database, objects }: Archives, tenant: string): AsyncGenerator<string> {
  for (let after: string | null = null; ;) {
    const { rows }: { rows: { id: string; day: string }[] } = await database.asTenant(tenant, (client) =>
      client.query<{ id: string; day: string }>({
        name: "archives-to-export",
        text: `SELECT id, day::text FROM archives
          WHERE writing_until IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT ${PAGE}`,
        values: [after],
      }),
    );
    for (const { id, day } of rows) yield* readArchive(requireObjects(objects), { tenant, id, day });
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) return;
  }
}

function requireObjects(objects: ObjectStore | undefined): ObjectStore {
  if (objects) return objects;
  throw new ApiError("unavailable", "Executions are archived, and the API has no object store.");
}

interface Place {
  readonly archive: string;
  readonly day: string;
  readonly start: number;
  readonly length: number;
}

async function archivedRows({ database, objects }: Archives, tenant: string, id: string): Promise<ArchivedRow[]> {
  const { rows } = await database.asTenant(tenant, (client) =>
    client.query<Place>({
      name: "find-archived",
      text: `SELECT archives.id AS archive, day::text, start, length
        FROM archived_executions JOIN archives ON archives.id = archive_id WHERE execution_id = $1 AND start IS NOT NULL`,
      values: [id],
    }),
  );
  const [place] = rows;
  if (!place) throw new ApiError("not_found");
  const member = await readMember(requireObjects(objects), { tenant, id: place.archive, day: place.day }, place);
  if (!member) throw new Error(`The object of archive '${place.archive}' does not exist.`);
  return member;
}

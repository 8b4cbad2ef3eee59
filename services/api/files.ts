import type { PoolClient } from "pg";
import type { z } from "zod";
import { ApiError, InvalidRequest } from "./errors.ts";
import type { File, FileInput, filePage } from "./file-schema.ts";

/** Seconds for which a client may use a signed request. */
export const SIGNED_SECONDS = 15 * 60;
/**
 * Minutes after which the object of a file can no longer be written: 15 for the signed request, and 15 for uploads that started before it
 * expired and for clocks that differ.
 */
const UPLOAD_MINUTES = 30;

const FILE = `id, name, content_type AS "contentType", bytes, created_at AS "createdAt", uploaded_at AS "uploadedAt"`;

/** Stores a file whose content is not uploaded. Throws `limit_reached`, or an InvalidRequest if the file is larger than the tenant's may be. */
export async function createFile(
  client: PoolClient,
  id: string,
  { name, contentType, bytes }: FileInput,
): Promise<File> {
  await refuseBeyondLimits(client, bytes);
  const { rows } = await client.query<File>(
    `INSERT INTO files (id, tenant_id, name, content_type, bytes, upload_until)
      VALUES ($1, current_tenant(), $2, $3, $4, now() + make_interval(mins => ${UPLOAD_MINUTES})) RETURNING ${FILE}`,
    [id, name, contentType, bytes],
  );
  return rows[0] as File;
}

interface Limits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  readonly maxStoredBytes: number;
}

/** One request of a tenant at a time passes: two at once would both count what is there before. */
async function refuseBeyondLimits(client: PoolClient, bytes: number): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtext('files'), hashtext(current_tenant()::text))");
  const { rows } = await client.query<Limits & { files: number; stored: number }>(
    `SELECT max_files AS "maxFiles", max_file_bytes AS "maxFileBytes", max_stored_bytes AS "maxStoredBytes",
      count(files.id)::int AS files, coalesce(sum(bytes), 0)::bigint AS stored
    FROM tenants LEFT JOIN files ON files.tenant_id = tenants.id WHERE tenants.id = current_tenant() GROUP BY tenants.id`,
  );
  const [found] = rows;
  if (!found) throw new ApiError("not_found");
  const { maxFiles, maxFileBytes, maxStoredBytes, files, stored } = found;
  if (bytes > maxFileBytes)
    throw new InvalidRequest([
      {
        path: "body/bytes",
        message: `is ${bytes}; a file may have ${maxFileBytes}. Split the file, or ask an operator.`,
      },
    ]);
  if (files >= maxFiles)
    throw new ApiError("limit_reached", `${maxFiles} files are allowed. Delete some; ${WHEN_FREE}.`);
  if (stored + bytes > maxStoredBytes)
    throw new ApiError(
      "limit_reached",
      `The files would have ${stored + bytes} bytes; ${maxStoredBytes} are allowed. Delete some; ${WHEN_FREE}.`,
    );
}
const WHEN_FREE = `a deleted file counts until its content is deleted, at most ${UPLOAD_MINUTES + 1} minutes later`;

/** Files of the tenant, the newest first. */
export async function listFiles(client: PoolClient, { limit, before }: z.output<typeof filePage>): Promise<File[]> {
  const { rows } = await client.query<File>(
    `SELECT ${FILE} FROM files WHERE tenant_id = current_tenant() AND deleted_at IS NULL
      AND ($2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM files WHERE id = $2))
      ORDER BY created_at DESC, id DESC LIMIT $1`,
    [limit, before ?? null],
  );
  return rows;
}

/** Throws `not_found`. */
export async function readFile(client: PoolClient, id: string): Promise<File> {
  const { rows } = await client.query<File>(`SELECT ${FILE} FROM files WHERE id = $1 AND deleted_at IS NULL`, [id]);
  return rows[0] ?? notFound();
}

/** Notes that the content of a file was found. Throws `not_found`. */
export async function noteUpload(client: PoolClient, id: string): Promise<File> {
  const { rows } = await client.query<File>(
    `UPDATE files SET uploaded_at = coalesce(uploaded_at, now()) WHERE id = $1 AND deleted_at IS NULL RETURNING ${FILE}`,
    [id],
  );
  return rows[0] ?? notFound();
}

/** Deletes a file. A worker deletes its content once nobody can upload it again. Throws `not_found`. */
export async function deleteFile(client: PoolClient, id: string): Promise<void> {
  const { rowCount } = await client.query("UPDATE files SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL", [
    id,
  ]);
  if (rowCount === 0) notFound();
}

function notFound(): never {
  throw new ApiError("not_found");
}

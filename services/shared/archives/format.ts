import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import type { ObjectStore, Range } from "../objects/ports.ts";

/** The media type of an archive: lines of JSON as an export has them, in one gzip member per execution. */
export const ARCHIVE_TYPE = "application/gzip";

export interface Archive {
  readonly id: string;
  readonly tenant: string;
  /** The day on which its executions were accepted, in UTC, such as 2026-01-31. */
  readonly day: string;
}

/** A line of an archive: a row of a table, as `to_jsonb` writes it. */
export interface ArchivedRow {
  readonly table: "executions" | "workflow_nodes" | "execution_events";
  readonly row: Readonly<Record<string, unknown>>;
}

/** Under which key an archive is kept. */
export const archiveKey = ({ day, id }: Pick<Archive, "day" | "id">): string => `executions/${day}/${id}.ndjson.gz`;

/** The rows of one execution, which are the gzip member at a place of its archive; undefined when the object is gone. */
export async function readMember(
  objects: ObjectStore,
  archive: Archive,
  place: Range,
): Promise<ArchivedRow[] | undefined> {
  const body = await objects.of(archive.tenant).get(archiveKey(archive), place);
  if (!body) return undefined;
  const lines = (await text(unpacked(body))).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as ArchivedRow);
}

/** The lines of a whole archive, some at a time. Throws when its object is gone. */
export async function* readArchive(objects: ObjectStore, archive: Archive): AsyncGenerator<string> {
  const body = await objects.of(archive.tenant).get(archiveKey(archive));
  if (!body) throw new Error(`The object of archive '${archive.id}' does not exist.`);
  let rest = "";
  for await (const piece of unpacked(body).setEncoding("utf8") as AsyncIterable<string>) {
    const end = piece.lastIndexOf("\n") + 1;
    if (end > 0) yield rest + piece.slice(0, end);
    rest = end > 0 ? piece.slice(end) : rest + piece;
  }
}

/** The lines of a whole archive, as text. A failure of the source is the failure of what is returned. */
export function unpacked(body: Readable): Readable {
  const gunzip = createGunzip();
  body.once("error", (error) => gunzip.destroy(error));
  return body.pipe(gunzip);
}

import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Archive, ARCHIVE_TYPE, archiveKey, unpacked } from "../../shared/archives/format.ts";
import type { Database } from "../../shared/database/pool.ts";
import type { ObjectStore, PutResult } from "../../shared/objects/ports.ts";
import { abandonArchive, beginArchive, completeArchive, forgetArchive, type Member, readLines } from "./queries.ts";

/** Milliseconds after which a write is given up: well before others take it for abandoned. */
const WRITE_TIMEOUT = 10 * 60_000;
const NEWLINE = "\n".charCodeAt(0);
const compress = promisify(gzip);

export type Archived = "archived" | "abandoned" | "given up" | "nothing";

/** An object that is not what was written. Nothing was deleted. */
export class ArchiveMismatch extends Error {}

/**
 * Moves executions of a tenant and a day to an object, or removes what a killed worker left of that. Executions are deleted from Postgres
 * only when the object was read back: until then they are read from there, and afterwards from the object.
 */
export async function archiveNext(database: Database, objects: ObjectStore): Promise<Archived> {
  const archive = await beginArchive(database);
  if (!archive) return "nothing";
  const undo = async (): Promise<void> => {
    // An answer that was lost may have said that it is complete.
    if (!(await abandonArchive(database, archive))) return;
    await objects.of(archive.tenant).delete(archiveKey(archive));
    await forgetArchive(database, archive);
  };
  if (archive.abandoned) {
    await undo();
    return "abandoned";
  }
  try {
    const writer = new ArchiveWriter(database, archive.executions);
    const written = await objects.of(archive.tenant).put(archiveKey(archive), writer.members(), ARCHIVE_TYPE);
    await verify(objects, archive, { ...written, lines: writer.lines });
    if (await completeArchive(database, archive, { ...written, members: writer.written })) return "archived";
  } catch (error) {
    // What cannot be undone now is abandoned, and undone later.
    await undo().catch(() => undefined);
    throw error;
  }
  await undo();
  return "given up";
}

/** Packs executions one after the other, and notes where each of them is. */
class ArchiveWriter {
  readonly written: Member[] = [];
  lines = 0;

  constructor(
    private readonly database: Database,
    private readonly executions: readonly string[],
  ) {}

  async *members(): AsyncGenerator<Buffer> {
    const signal = AbortSignal.timeout(WRITE_TIMEOUT);
    let start = 0;
    for (const execution of this.executions) {
      signal.throwIfAborted();
      const lines = await readLines(this.database, execution);
      const member = await compress(lines.map((line) => `${line}\n`).join(""));
      this.written.push({ execution, start, length: member.length });
      this.lines += lines.length;
      start += member.length;
      yield member;
    }
  }
}

/** Reads an object back, and compares its bytes and its lines. Throws an ArchiveMismatch. */
async function verify(
  objects: ObjectStore,
  archive: Archive,
  { size, sha256, lines }: PutResult & { readonly lines: number },
): Promise<void> {
  const body = await objects.of(archive.tenant).get(archiveKey(archive));
  if (!body) throw new ArchiveMismatch("The archive that was written does not exist.");
  const hash = createHash("sha256");
  let [bytes, found] = [0, 0];
  body.on("data", (piece: Buffer) => {
    hash.update(piece);
    bytes += piece.length;
  });
  for await (const piece of unpacked(body) as AsyncIterable<Buffer>)
    for (const byte of piece) if (byte === NEWLINE) found += 1;
  if (bytes !== size || hash.digest("hex") !== sha256 || found !== lines)
    throw new ArchiveMismatch(
      `The archive has ${bytes} bytes and ${found} lines, or other ones, and ${size} and ${lines} were written.`,
    );
}

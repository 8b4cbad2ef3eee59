import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { Database } from "../../shared/database/pool.ts";
import type { ObjectStore } from "../../shared/objects/ports.ts";
import { exportKey } from "../../shared/stored/objects.ts";
import { contents } from "./contents.ts";
import { beginExport, finishExport, postponeExport } from "./queries.ts";

/** Milliseconds after which a write is given up: well before others may begin the export again. */
const WRITE_TIMEOUT = 10 * 60_000;
const TYPE = "application/gzip";

/**
 * Writes the export that has waited longest, of any tenant. Returns whether there was one. The object is there as a whole or not at all. A
 * process that is killed leaves the export unfinished, and another one begins it again after fifteen minutes.
 */
export async function writeNextExport(
  database: Database,
  objects: ObjectStore,
  stopping?: AbortSignal,
): Promise<boolean> {
  const begun = await beginExport(database);
  if (!begun) return false;
  const { id, tenant, kind, parameters } = begun;
  const signals = [AbortSignal.timeout(WRITE_TIMEOUT), ...(stopping ? [stopping] : [])];
  try {
    const lines = untilAborted(contents[kind].lines(database, tenant, parameters), AbortSignal.any(signals));
    const written = await objects.of(tenant).put(exportKey(id), compressed(lines), TYPE);
    await finishExport(database, begun, written);
  } catch (error) {
    // If that fails too, another attempt begins when this one's time has passed.
    await postponeExport(database, begun).catch(() => undefined);
    throw error;
  }
  return true;
}

async function* untilAborted(pieces: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<string> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}

/** A failure of the source is the failure of what is returned. */
function compressed(pieces: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(pieces), createGzip(), () => undefined);
}

import type { Database } from "../../shared/database/pool.ts";
import type { ObjectStore } from "../../shared/objects/ports.ts";
import type { Log } from "../../shared/runtime/log.ts";
import { repeat } from "../../shared/runtime/repeat.ts";
import { writeNextExport } from "./write.ts";

/** Milliseconds between looks for exports that wait. */
const PAUSE = 2_000;

interface Exporting {
  readonly database: Database;
  /** Undefined where there is no object storage: then there are no exports. */
  readonly objects: ObjectStore | undefined;
  readonly log: Log;
}

/** Writes exports, one after the other. Returns what stops it: an export that is written then is left to another replica. */
export function startExporting({ database, objects, log }: Exporting): () => void {
  const stopping = new AbortController();
  const write = async (isStopped: () => boolean): Promise<void> => {
    while (objects && !isStopped()) if (!(await writeNextExport(database, objects, stopping.signal))) return;
  };
  const stop = repeat(write, { pause: PAUSE, log, failed: "an export could not be written; it is tried again" });
  return () => {
    stop();
    stopping.abort();
  };
}

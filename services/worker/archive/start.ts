import type { Database } from "../../shared/database/pool.ts";
import type { ObjectStore } from "../../shared/objects/ports.ts";
import type { Log } from "../../shared/runtime/log.ts";
import { repeat } from "../../shared/runtime/repeat.ts";
import { archiveNext } from "./archive.ts";

/** Milliseconds between looks for executions that ended long ago. */
const PAUSE = 60_000;

interface Archiving {
  readonly database: Database;
  /** Undefined where there is no object storage: then nothing is archived. */
  readonly objects: ObjectStore | undefined;
  readonly log: Log;
}

/** Moves executions that ended long ago to objects, one archive after the other. Returns what stops it. */
export function startArchiving({ database, objects, log }: Archiving): () => void {
  const archive = async (isStopped: () => boolean): Promise<void> => {
    if (!objects) return;
    while (!isStopped()) if ((await archiveNext(database, objects)) === "nothing") return;
  };
  return repeat(archive, { pause: PAUSE, log, failed: "executions could not be archived; it is tried again" });
}

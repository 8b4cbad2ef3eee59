/** Writes an export as the API does, and is killed when some of it is written. Arguments: the database's URL, a directory. */
import { writeNextExport } from "../../services/api/exports/write.ts";
import { Database } from "../../services/shared/database/pool.ts";
import { directoryObjects } from "../../services/shared/objects/directory-objects.ts";
import type { ObjectStore } from "../../services/shared/objects/ports.ts";
import { createLog } from "../../services/shared/runtime/log.ts";

const [url = "", directory = ""] = process.argv.slice(2);

async function* dyingAfterOne(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    process.kill(process.pid, "SIGKILL");
  }
}

const store = await directoryObjects({ directory, port: 0 });
const killed: ObjectStore = {
  ...store,
  of: (tenant) => {
    const objects = store.of(tenant);
    return {
      ...objects,
      list: (prefix) => objects.list(prefix),
      put: (key, body, type) => objects.put(key, dyingAfterOne(body as AsyncIterable<Uint8Array>), type),
    };
  },
};
await writeNextExport(new Database({ url, connections: 2, log: createLog("test", "silent") }), killed);

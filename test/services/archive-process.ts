/**
 * Archives once as a worker does, and is killed at a step of it: `put` is before the object is written, `putting` with some of it written,
 * `get` before it is read back, `completed` when all is done but nobody was told. Arguments: the database's URL, a directory, the step.
 */
import { randomBytes } from "node:crypto";
import { archiveNext } from "../../services/worker/archive/archive.ts";
import { Database } from "../../services/shared/database/pool.ts";
import { directoryObjects } from "../../services/shared/objects/directory-objects.ts";
import type { ObjectStore, TenantObjects } from "../../services/shared/objects/ports.ts";
import { createLog } from "../../services/shared/runtime/log.ts";

const [url = "", directory = "", step] = process.argv.slice(2);

function die(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("killed");
}

async function* dyingAfter(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    yield randomBytes(1);
    die();
  }
}

const dying = (objects: TenantObjects): TenantObjects => ({
  ...objects,
  list: (prefix) => objects.list(prefix),
  put: (key, body, type) => {
    if (step === "put") die();
    return objects.put(key, step === "putting" ? dyingAfter(body as AsyncIterable<Uint8Array>) : body, type);
  },
  get: (key, range) => (step === "get" ? die() : objects.get(key, range)),
});

const store = await directoryObjects({ directory, port: 0 });
const killed: ObjectStore = { ...store, of: (tenant) => dying(store.of(tenant)) };
await archiveNext(new Database({ url, connections: 2, log: createLog("test", "silent") }), killed);
die();

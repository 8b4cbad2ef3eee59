import { type Client, type KubeObject, METADATA_ONLY } from "./client.ts";
import { type Outcome, REVISION, Snapshot, type StandIn, standIns } from "./stand-in-operators.ts";

const PAUSE = 200;

/**
 * Runs the stand-ins for operators until the returned function is called. Each round lists what there is, and writes what
 * the operators would.
 */
export function runStandIns(client: Client, definitions: readonly KubeObject[]): () => Promise<void> {
  const stopping = new AbortController();
  const rounds = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round(client, definitions);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  })();
  // A failure is reported when the stand-ins are stopped.
  rounds.catch(() => undefined);
  return () => {
    stopping.abort();
    return rounds;
  };
}

async function round(client: Client, definitions: readonly KubeObject[]): Promise<void> {
  const listed = await Promise.all(standIns.map((standIn) => list(client, standIn)));
  const snapshot = new Snapshot(listed.flat());
  for (const [index, standIn] of standIns.entries()) {
    for (const object of listed[index] ?? []) {
      const outcome = standIn.reconcile?.(object, snapshot, definitions);
      if (outcome) await write(client, standIn, object, { outcome, snapshot });
    }
  }
}

async function write(
  client: Client,
  standIn: StandIn,
  object: KubeObject,
  { outcome: { applies = [], spec, status }, snapshot }: { outcome: Outcome; snapshot: Snapshot },
): Promise<void> {
  // The objects first: a status says that they are there.
  for (const applied of applies) await apply(client, applied, snapshot);
  if (spec) await patch(client, pathOf(standIn, object), { spec });
  if (status && !includes(object["status"], status)) {
    await patch(client, `${pathOf(standIn, object)}${standIn.noSubresource ? "" : "/status"}`, { status });
  }
}

/** The objects of a kind; none while its definition is missing (404) or new (429). A list leaves out the kind of its items. */
async function list(client: Client, { kind, path, metadataOnly = false }: StandIn): Promise<KubeObject[]> {
  const { status, body } = await client.call(path, metadataOnly ? { accept: METADATA_ONLY } : {});
  if (status === 404 || status === 429) return [];
  if (status !== 200) throw new Error(`GET ${path}: ${body.message ?? String(status)}`);
  return (body["items"] as KubeObject[]).map((item) => ({ ...item, kind }));
}

async function apply(client: Client, object: KubeObject, snapshot: Snapshot): Promise<void> {
  const { kind, metadata } = object;
  const present = snapshot.find(kind, metadata.name, metadata.namespace);
  if (!present || present.metadata.annotations?.[REVISION] !== metadata.annotations?.[REVISION]) {
    await client.apply(object);
  }
}

function pathOf({ path }: StandIn, { metadata: { name, namespace } }: KubeObject): string {
  const last = path.lastIndexOf("/");
  return `${path.slice(0, last)}${namespace === undefined ? "" : `/namespaces/${namespace}`}${path.slice(last)}/${name}`;
}

async function patch(client: Client, path: string, body: object): Promise<void> {
  const { status, body: answer } = await client.call(path, {
    method: "PATCH",
    body,
    type: "application/merge-patch+json",
  });
  // The object may be deleted in the meantime.
  if (status >= 300 && status !== 404) throw new Error(`PATCH ${path}: ${answer.message ?? String(status)}`);
}

/** Whether a value has all that another one says. */
function includes(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return actual === wanted;
  if (typeof actual !== "object" || actual === null) return false;
  if (Array.isArray(wanted) && (!Array.isArray(actual) || actual.length !== wanted.length)) return false;
  return Object.entries(wanted).every(([key, value]) => includes((actual as Record<string, unknown>)[key], value));
}

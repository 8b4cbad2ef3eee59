import type { Cause, Judgement } from "kubeconform-wasm";
import type { Answer, Client, KubeObject } from "./client.ts";

/** What a server, or its code in process, says of an object. */
export interface Said {
  readonly accepted: boolean;
  /** Fields that are wrong, sorted; "" for a fault that names none. */
  readonly fields: readonly string[];
  readonly message: string;
}

const fieldsOf = (fields: readonly string[]): string[] => [...new Set(fields)].toSorted();

/** Undefined for a kind that no code in process judges. */
export function saidInProcess({ status, causes }: Judgement): Said | undefined {
  if (status === "unknown") return undefined;
  const message = causes.map(({ field, message: text }) => `${field}: ${text}`).join("; ");
  return { accepted: status === "accepted", fields: fieldsOf(causes.map(({ field }) => field)), message };
}

/** Where the API server names no field in a cause. */
const NO_FIELD = "<nil>";
const STRICT = /(?:unknown|duplicate) field "([^"]+)"/g;
const TYPE = /into Go struct field \w+\.(\S+) of type/;

export function saidByServer({ status, body }: Answer): Said {
  const {
    message = "",
    reason,
    details,
  } = body as { message?: string; reason?: string; details?: { causes?: Cause[] } };
  // An object of that name is there; the server would not have come so far with an invalid one.
  if (status < 300 || reason === "AlreadyExists") return { accepted: true, fields: [], message };
  if (details?.causes) {
    const fields = details.causes.map(({ field }) => (field === NO_FIELD ? "" : field));
    return { accepted: false, fields: fieldsOf(fields), message };
  }
  const strict = [...message.matchAll(STRICT)].map(([, field = ""]) => field);
  return { accepted: false, fields: fieldsOf(strict.length > 0 ? strict : [TYPE.exec(message)?.[1] ?? ""]), message };
}

/** Asks for an object to be created where another one would be, and for nothing to be stored. */
export async function dryCreate(client: Client, object: KubeObject, original = object): Promise<Answer> {
  const path = await client.pathOf(original);
  const collection = path.slice(0, path.lastIndexOf("/"));
  return client.call(`${collection}?dryRun=All&fieldValidation=Strict`, { method: "POST", body: object });
}

/** Sixteen at a time: as many as keep an API server on two cores busy. */
export async function concurrently<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  const left = [...items.entries()].values();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return results;
}

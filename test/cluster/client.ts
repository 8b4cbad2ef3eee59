import { Agent, request } from "node:https";

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
  readonly [key: string]: any;
}

export interface Answer {
  readonly status: number;
  readonly body: KubeObject & { readonly message?: string };
  /** What the API server warns of: a field that it dropped, a level that Pod Security would refuse. */
  readonly warnings: readonly string[];
}

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly type?: string;
  /** The form of the answer. @default "application/json" */
  readonly accept?: string;
}

const JSON_TYPE = "application/json";
/** Of a list: its objects without specifications and statuses. */
export const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Speaks to one API server as its administrator. */
export class Client {
  readonly #agent: Agent;
  readonly #kinds = new Map<string, { name: string; namespaced: boolean }>();

  constructor(
    readonly server: string,
    readonly token: string,
    certificate: Buffer,
  ) {
    // The server's own certificate is the one that is trusted, under whatever name it was made for.
    this.#agent = new Agent({ ca: certificate, keepAlive: true, checkServerIdentity: () => undefined });
  }

  call(path: string, { method = "GET", body, type = JSON_TYPE, accept = JSON_TYPE }: Call = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}`, "content-type": type, accept };
      const sent = request(`${this.server}${path}`, { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const warnings = [response.headers["warning"] ?? []].flat();
          const parsed = response.headers["content-type"]?.startsWith(JSON_TYPE)
            ? (JSON.parse(text) as Answer["body"])
            : ({ message: text } as Answer["body"]);
          resolve({ status: response.statusCode ?? 0, body: parsed, warnings });
        });
      });
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Applies on the server's side, strictly: a field that it would drop is an error. Throws with the server's word. */
  async apply(object: KubeObject, { dryRun = false }: { dryRun?: boolean } = {}): Promise<Answer> {
    const options = `fieldManager=test&force=true&fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
    const path = `${await this.pathOf(object)}?${options}`;
    const answer = await this.call(path, { method: "PATCH", body: object, type: "application/apply-patch+yaml" });
    if (answer.status >= 300)
      throw new Error(`${object.kind} ${object.metadata.name}: ${answer.body.message ?? String(answer.status)}`);
    return answer;
  }

  async merge(path: string, body: unknown): Promise<void> {
    const answer = await this.call(path, { method: "PATCH", body, type: "application/merge-patch+json" });
    if (answer.status >= 300) throw new Error(`PATCH ${path}: ${answer.body.message ?? String(answer.status)}`);
  }

  async list(path: string): Promise<KubeObject[]> {
    const { status, body } = await this.call(path);
    if (status !== 200) throw new Error(`GET ${path}: ${body.message ?? String(status)}`);
    return body["items"] as KubeObject[];
  }

  /**
   * Every state that objects go through from now on, none left out: those that are there come first, as ADDED.
   * Returns what ends it.
   */
  async watch(path: string, onEvent: (type: string, object: KubeObject) => void): Promise<() => void> {
    const { status, body } = await this.call(path);
    if (status !== 200) throw new Error(`GET ${path}: ${body.message ?? String(status)}`);
    for (const object of body["items"] as KubeObject[]) onEvent("ADDED", object);
    const headers = { authorization: `Bearer ${this.token}` };
    const since = `watch=true&resourceVersion=${body["metadata"].resourceVersion ?? ""}`;
    const sent = request(
      `${this.server}${path}${path.includes("?") ? "&" : "?"}${since}`,
      { headers, agent: this.#agent },
      (response) => {
        let rest = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          const lines = `${rest}${chunk}`.split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            const { type, object } = JSON.parse(line) as { type: string; object: KubeObject };
            onEvent(type, object);
          }
        });
      },
    );
    // Ending it is what breaks it off.
    sent.on("error", () => undefined);
    sent.end();
    return () => sent.destroy();
  }

  /** A custom kind is served a moment after its definition is applied; so it is asked for until it is. */
  async pathOf({ apiVersion, kind, metadata }: KubeObject): Promise<string> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const key = `${apiVersion}/${kind}`;
    const served = this.#kinds.get(key) ?? (await eventually(`${key} to be served`, () => this.#find(root, kind)));
    this.#kinds.set(key, served);
    return `${root}${served.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : ""}/${served.name}/${metadata.name}`;
  }

  async #find(root: string, kind: string): Promise<{ name: string; namespaced: boolean } | undefined> {
    const { body } = await this.call(root);
    const resources = (body["resources"] ?? []) as { name: string; kind: string; namespaced: boolean }[];
    return resources.find((resource) => resource.kind === kind && !resource.name.includes("/"));
  }
}

/** Labels as the API server takes them to select objects. */
export const selectorOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join();

const DEADLINE_SECONDS = 60;
const PAUSE = 200;

/** Asks until there is an answer. At the deadline it throws, with what `explain` says of the state of things. */
export async function eventually<Result>(
  what: string,
  ask: () => Promise<Result | undefined>,
  { seconds = DEADLINE_SECONDS, explain }: { seconds?: number; explain?: () => Promise<string> } = {},
): Promise<Result> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const result = await ask().catch((error: unknown) => {
      if (Date.now() > deadline) throw error;
      return undefined;
    });
    if (result !== undefined) return result;
    if (Date.now() > deadline) {
      throw new Error(`Waited ${seconds} s for ${what} in vain.\n${explain ? await explain() : ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

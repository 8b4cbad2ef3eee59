import { Agent, request } from "node:https";
import { UserError } from "../../platform/faults.ts";
import type { Access } from "./kubeconfig.ts";

export interface KubeNode {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface KubePod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly resources?: { readonly requests?: Readonly<Record<string, string>> } }[];
  };
  readonly status?: { readonly phase?: string };
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What draining asks of an API server. */
export class KubeClient {
  readonly #agent: Agent;
  readonly #access: Access;

  constructor(access: Access) {
    const { ca, cert, key, verified } = access;
    this.#access = access;
    this.#agent = new Agent({
      keepAlive: true,
      rejectUnauthorized: verified,
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
    });
  }

  nodes(selector: string): Promise<KubeNode[]> {
    return this.#list<KubeNode>(`/api/v1/nodes?labelSelector=${encodeURIComponent(selector)}`);
  }

  pods(): Promise<KubePod[]> {
    return this.#list<KubePod>("/api/v1/pods");
  }

  async cordon(node: string): Promise<void> {
    const { status, body } = await this.#call("PATCH", `/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
    // The autoscaler may have removed it since.
    if (status !== 404) this.#require(status, body, `cordon ${node}`);
  }

  /** Whether the pod leaves; false while a budget forbids it. */
  async evict({ metadata: { name, namespace } }: KubePod): Promise<boolean> {
    const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
    const { status, body } = await this.#call(
      "POST",
      `/api/v1/namespaces/${namespace}/pods/${name}/eviction`,
      eviction,
    );
    if (status === 429) return false;
    if (status !== 404) this.#require(status, body, `evict ${namespace}/${name}`);
    return true;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #list<Item>(path: string): Promise<Item[]> {
    const { status, body } = await this.#call("GET", path);
    this.#require(status, body, `list ${path.split("?")[0] ?? path}`);
    return body["items"] as Item[];
  }

  #require(status: number, body: Answer["body"], what: string): void {
    if (status < 300) return;
    const why = typeof body["message"] === "string" ? body["message"] : "no reason given";
    throw new UserError(
      `The API server ${this.#access.server} answers ${status} to '${what}': ${why}. Correct it, and drain again.`,
    );
  }

  #call(method: string, path: string, body?: object): Promise<Answer> {
    const { server, token } = this.#access;
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = {
      "content-type": type,
      accept: "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${server}${path}`, { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) });
        });
      });
      sent.on("error", ({ message }) => {
        reject(
          new UserError(
            `The API server ${server} cannot be reached: ${message}. Correct the kubeconfig or its context.`,
          ),
        );
      });
      sent.end(body && JSON.stringify(body));
    });
  }
}

function parsed(content: Buffer): Answer["body"] {
  const text = content.toString("utf8");
  return text.startsWith("{") ? (JSON.parse(text) as Answer["body"]) : { message: text };
}

import { setTimeout as sleep } from "node:timers/promises";
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  V1Eviction,
} from "@kubernetes/client-node";
import { UserError } from "../platform/faults.ts";

/** Any object of the cluster, as far as these commands read it. */
export interface ClusterObject extends Kind {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly finalizers?: readonly string[] };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The library's own type is a class with every field of a list and an object. */
const asLibraryObject = (object: ClusterObject): KubernetesObject => object as unknown as KubernetesObject;

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What a cluster refused, or did not finish in time. */
export class ClusterError extends UserError {
  override name = "ClusterError";
}

/** What the commands do in a cluster. Objects of all namespaces are listed; a kind that the cluster does not know has none. */
export class ClusterClient {
  readonly #api: KubernetesObjectApi;
  readonly #core: CoreV1Api;

  constructor(
    config: KubeConfig,
    /** For messages. */
    readonly server: string,
  ) {
    this.#api = KubernetesObjectApi.makeApiClient(config);
    this.#core = config.makeApiClient(CoreV1Api);
  }

  /** Reads kubectl's files, whichever context is current in them, and runs the credential plug-in that the context names. */
  static async fromContext(context: string): Promise<ClusterClient> {
    const config = defaultKubeconfig();
    config.setCurrentContext(context);
    const { server } = config.getCurrentCluster() ?? {};
    if (server === undefined) {
      const known = config.getContexts().map(({ name }) => name);
      throw new UserError(
        `The kubeconfig has no cluster for the context '${context}'. Its contexts are ${known.join(", ")}. Name one: --context.`,
      );
    }
    try {
      // Once here, because a request that fails does not say whether the server or the plug-in did.
      await config.applyToHTTPSOptions({});
    } catch (error) {
      throw new UserError(
        `The credentials of the context '${context}' cannot be read: ${messageOf(error)}. Correct its user in the kubeconfig.`,
      );
    }
    return new ClusterClient(config, server);
  }

  static fromKubeconfig(text: string): ClusterClient {
    const config = new KubeConfig();
    config.loadFromString(text);
    const { server } = config.getCurrentCluster() ?? {};
    if (server === undefined)
      throw new UserError("The stack's kubeconfig names no server. Run 'pulumi up' to renew it.");
    return new ClusterClient(config, server);
  }

  async list({ apiVersion, kind }: Kind, labels?: string): Promise<ClusterObject[]> {
    const all = [undefined, undefined, undefined, undefined, undefined] as const;
    const { items } = await this.answered<{ items: KubernetesObject[] }>(
      () => this.#api.list(apiVersion, kind, ...all, labels),
      { items: [] },
    );
    // The items of a list do not say what they are.
    return items.map((item) => ({ ...(item as unknown as ClusterObject), apiVersion, kind }));
  }

  async merge(object: ClusterObject): Promise<void> {
    const merge = [undefined, undefined, undefined, undefined, PatchStrategy.MergePatch] as const;
    await this.answered<unknown>(() => this.#api.patch(asLibraryObject(object), ...merge), undefined);
  }

  /** Whether the pod leaves; false while a budget forbids it. */
  evict({ metadata: { name, namespace = "" } }: ClusterObject): Promise<boolean> {
    return this.answered(async () => {
      try {
        const body = Object.assign(new V1Eviction(), { metadata: { name, namespace } });
        await this.#core.createNamespacedPodEviction({ name, namespace, body });
        return true;
      } catch (error) {
        if (error instanceof ApiException && error.code === 429) return false;
        throw error;
      }
    }, true);
  }

  /** Begins the deletion; finalizers may hold it up. */
  async delete(object: ClusterObject): Promise<void> {
    await this.answered<unknown>(() => this.#api.delete(asLibraryObject(object)), undefined);
  }

  /** An object that does not exist counts as deleted. A busy server is asked again. Any other failure is an error for the user. */
  private async answered<Answer>(request: () => Promise<Answer>, absent: Answer): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request();
      } catch (error) {
        if ((error instanceof ApiException && error.code === 404) || isUnknownKind(error)) return absent;
        if (attempt < ATTEMPTS && isBusy(error)) await sleep(1000);
        else throw this.refusal(error);
      }
    }
  }

  private refusal(error: unknown): ClusterError {
    return new ClusterError(
      `The Kubernetes API at ${this.server} refused or did not answer: ${reasonOf(error)}. Correct that, and repeat the command.`,
    );
  }
}

/** Names of the contexts in kubectl's files; none where there are no files. */
export const knownContexts = (): string[] =>
  defaultKubeconfig()
    .getContexts()
    .map(({ name }) => name);

function defaultKubeconfig(): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new UserError(`The kubeconfig cannot be read: ${messageOf(error)}. Set KUBECONFIG to its file.`);
  }
  return config;
}

/** A second apart. */
const ATTEMPTS = 30;

/** Too many requests, or not able to answer for now. */
const isBusy = (error: unknown): boolean => error instanceof ApiException && [429, 503].includes(error.code);

/** The client has no type for it. */
const isUnknownKind = (error: unknown): boolean => /^Unrecognized API version and kind/.test(messageOf(error));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim();

/** The server's own words, without headers and body. */
function reasonOf(error: unknown): string {
  if (!(error instanceof ApiException)) return messageOf(error);
  const { body } = error as ApiException<unknown>;
  const status = typeof body === "string" ? parsed(body) : body;
  const message = (status as { message?: unknown } | undefined)?.message;
  return `${error.code} ${typeof message === "string" ? message : "without a message"}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

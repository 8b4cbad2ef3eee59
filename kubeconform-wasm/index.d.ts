/** JSON schemas: whole documents by URL, and for each `apiVersion/kind` the reference to its schema in one of them. */
export interface SchemaSet {
  readonly documents: Readonly<Record<string, unknown>>;
  readonly kinds: Readonly<Record<string, string>>;
}

/** What kubeconform says of one manifest. `error`: it could not be judged (no schema, a key written twice, no kind). */
export interface Verdict {
  readonly kind: string;
  readonly version: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: "valid" | "invalid" | "error" | "empty";
  /** One sentence a fault, each beginning with the path of the value; empty when valid. */
  readonly messages: readonly string[];
}

export interface Validator {
  /** Adds kinds; a kind added again takes the later schema. Throws when a document is no JSON schema. */
  addSchemas(schemas: SchemaSet): void;
  /** Validates a stream of YAML documents or JSON, in order. */
  validate(manifests: string): Verdict[];
}

/** Starts a validator that knows no kind yet. Takes about half a second; keep it for the whole process. */
export function createValidator(): Promise<Validator>;

/** The schemas in this package: every built-in kind of one Kubernetes minor, and the custom kinds of k8s/crds. */
export function bundledSchemas(): Promise<SchemaSet[]>;

/** SHA-256 of the code and the schemas of this package, in hex: with the same digest, the same question has the same answer. */
export function digest(): string;

/** The Kubernetes minor that the API server's code is from: `1.35`. */
export const kubernetesVersion: string;

/** A reason for a refusal, as in the details of the API server's Status. */
export interface Cause {
  /** `spec.template.spec.containers[0].resources.requests`; empty where the API server names no field. */
  readonly field: string;
  /** `Invalid value: "512Mi": must be less than or equal to memory limit of 256Mi`. */
  readonly message: string;
}

/** What the API server answers to the creation of an object. */
export interface Judgement {
  /** `unknown`: a kind that is not served by default, has no definition here, or holds CEL itself (admission, dynamic resources). */
  readonly status: "accepted" | "refused" | "unknown";
  /** Empty unless refused. */
  readonly causes: readonly Cause[];
  /** Why server-side apply, unlike a create request, would refuse it: list items with the same keys. @default - no reason */
  readonly apply?: readonly Cause[];
  /** What its pods violate of the Pod Security level that their namespace enforces. @default - nothing */
  readonly podSecurity?: string;
  /** Why the API server would refuse the pods of a custom kind with a selector and a pod template. @default - no pods, or no reason */
  readonly pods?: readonly Cause[];
}

/** The API server's own code: strict decoding, defaulting, validation and Pod Security; for custom kinds schema and CEL rules. */
export interface ApiServer {
  /**
   * Judges objects, each as if it were created alone, in order. An object that was judged before costs nothing.
   * @param options.namespaces - labels of namespaces by name, which set the Pod Security level. @default - privileged
   */
  judge(
    objects: readonly object[],
    options?: { readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>> },
  ): Promise<Judgement[]>;
  /** Ends its threads. They do not keep a process alive. */
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  /** CustomResourceDefinitions besides those of k8s/crds; a kind that is defined again takes the later one. @default - none */
  readonly definitions?: readonly object[];
  /** Starts the thread for custom kinds at once, instead of with the first object of a kind that is not built in. @default false */
  readonly custom?: boolean;
}

/**
 * Starts the API server's code in threads of its own and returns at once. The first start decompresses its binaries into
 * `$XDG_CACHE_HOME/kubeconform-wasm` (`~/.cache`), 60 MB each.
 */
export function startApiServer(options?: ApiServerOptions): ApiServer;

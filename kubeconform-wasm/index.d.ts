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

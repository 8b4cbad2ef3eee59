import type { BucketPurpose } from "./names.ts";

/** A secret of the environment: its path in the store, where its value comes from, and its readers. */
export interface StoredSecret {
  readonly path: string;
  /** The cloud resource that keeps it. */
  readonly resource: string;
  readonly made: SecretOrigin;
  /** Workloads. */
  readonly readers: readonly string[];
}

/** How the value of a secret comes about. A secret is a map of properties. */
export type SecretOrigin =
  /** So many random bytes, base64url, as property `value`. */
  | { readonly kind: "random"; readonly bytes: number }
  /** Credentials of the administrator of Postgres: url, username, password, database. */
  | { readonly kind: "database-administrator" }
  /** Credentials of a service's role: url, username, password, database. */
  | { readonly kind: "database-role"; readonly username: string; readonly database: string }
  /** Addresses of read replicas as property `value`: `host:port`, with commas between. */
  | { readonly kind: "database-replicas" }
  /** A URL as property `url`; `{password}` stands for the value of the random secret at `password`. */
  | { readonly kind: "url"; readonly url: string; readonly password: string }
  /** Text as property `value`; each `{name}` of `passwords` stands for the value of the random secret at its path. */
  | { readonly kind: "text"; readonly text: string; readonly passwords: Readonly<Record<string, string>> }
  /** The key that opens one of the environment's buckets, where the cloud has no identities for pods. */
  | { readonly kind: "bucket-key"; readonly bucket: BucketPurpose }
  /** The token that writes DNS records, where the cloud has no identities for pods, as property `value`. */
  | { readonly kind: "dns-token" }
  /** Somebody puts it there: an API key of a model provider, as property `value`. */
  | { readonly kind: "supplied" };

/** A file of a Secret in the cluster, and the property of a secret in the store that it holds. */
export interface SecretFile {
  readonly file: string;
  readonly path: string;
  readonly property: string;
}

/** A Secret in a namespace of the cluster, and the pods that read it. */
export interface MountedSecret {
  readonly name: string;
  readonly namespace: string;
  readonly reader: string;
  readonly files: readonly [SecretFile, ...SecretFile[]];
}

/** A Secret in the cluster that an add-on's own program makes before its pods need it. */
export interface MadeSecret {
  readonly name: string;
  readonly namespace: string;
  readonly keys: readonly string[];
}

/** What an add-on keeps in the store, what its pods read of it, and what it makes by itself. */
export interface AddonSecrets {
  readonly stored?: readonly Omit<StoredSecret, "readers">[];
  readonly mounted?: readonly MountedSecret[];
  readonly made?: readonly MadeSecret[];
}

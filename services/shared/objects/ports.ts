import type { Readable } from "node:stream";

export interface StoredObject {
  readonly size: number;
  /** Its media type. */
  readonly type: string;
}

export interface ListedObject {
  /** As it was put: without the tenant. */
  readonly key: string;
  readonly size: number;
}

export interface PutResult {
  readonly size: number;
  /** SHA-256 of the bytes that were stored, in hex. */
  readonly sha256: string;
}

/** Bytes of an object from `start`, `length` of them. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/** A request that whoever has it may send, until it expires. */
export interface SignedRequest {
  readonly method: "GET" | "PUT";
  readonly url: string;
  /** They have to be sent as they are here. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export interface DownloadOptions {
  /** Seconds until it expires. */
  readonly seconds: number;
  /** The name under which a browser saves it. @default - the browser decides */
  readonly fileName?: string;
}

export interface UploadOptions {
  /** Seconds until it expires. */
  readonly seconds: number;
  /** Bytes: the store refuses a body of any other size. */
  readonly size: number;
  /** The media type: the store refuses a request with any other. */
  readonly type: string;
}

/**
 * The objects of one tenant, by keys such as `executions/2026-01-31/a.ndjson.gz`. Every method throws an ObjectStoreError where the store
 * cannot be reached or refuses, and an InvalidKey for a key that is malformed.
 */
export interface TenantObjects {
  /** Stores an object, or replaces it. It is there as a whole or not at all; the store has checked what it received. */
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, type: string): Promise<PutResult>;
  /** The bytes of an object, or a range of them; undefined when there is none. The stream fails if the connection does. */
  get(key: string, range?: Range): Promise<Readable | undefined>;
  /** Undefined when there is none. */
  head(key: string): Promise<StoredObject | undefined>;
  /** Deletes an object, if there is one. */
  delete(key: string): Promise<void>;
  /** All whose keys begin with a text, in order. */
  list(prefix: string): AsyncGenerator<ListedObject>;
  download(key: string, options: DownloadOptions): Promise<SignedRequest>;
  upload(key: string, options: UploadOptions): Promise<SignedRequest>;
}

/** Keeps objects under the id of their tenant. */
export interface ObjectStore {
  /** Throws an InvalidKey unless the tenant is a UUID. */
  of(tenant: string): TenantObjects;
  close(): Promise<void>;
}

/** The store cannot be reached, or refuses. */
export class ObjectStoreError extends Error {
  constructor(
    readonly operation: string,
    /** As the store or Node names it, such as SlowDown or ECONNREFUSED. */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`The object store failed to ${operation}: ${code}.`, options);
  }
}

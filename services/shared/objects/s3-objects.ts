import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { attachment, tenantKey, tenantPrefix, tenantPrefixOf } from "./keys.ts";
import {
  type DownloadOptions,
  type ListedObject,
  type ObjectStore,
  type PutResult,
  type Range,
  type SignedRequest,
  type StoredObject,
  type TenantObjects,
  type UploadOptions,
} from "./ports.ts";
import { putParts } from "./s3-parts.ts";
import { s3Client, type S3Options } from "./s3-client.ts";
import { s3Failure } from "./s3-failure.ts";

/** A store in a bucket that speaks S3. */
export function s3Objects(options: S3Options): ObjectStore {
  const client = s3Client(options);
  return {
    of: (tenant) => new S3Objects(client, options.bucket, tenant),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

class S3Objects implements TenantObjects {
  readonly #prefix: string;

  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly tenant: string,
  ) {
    this.#prefix = tenantPrefix(tenant);
  }

  async put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, type: string): Promise<PutResult> {
    const to = { ...this.#at(key), ContentType: type };
    if (!(body instanceof Uint8Array)) return putParts(this.client, to, body);
    const ContentMD5 = createHash("md5").update(body).digest("base64");
    await this.#send("put", () =>
      this.client.send(new PutObjectCommand({ ...to, Body: body, ContentLength: body.length, ContentMD5 })),
    );
    return { size: body.length, sha256: createHash("sha256").update(body).digest("hex") };
  }

  async get(key: string, range?: Range): Promise<Readable | undefined> {
    const bytes = range && `bytes=${range.start}-${range.start + range.length - 1}`;
    const answer = await this.#find("get", () =>
      this.client.send(new GetObjectCommand({ ...this.#at(key), ...(bytes !== undefined && { Range: bytes }) })),
    );
    return answer?.Body as Readable | undefined;
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const answer = await this.#find("head", () => this.client.send(new HeadObjectCommand(this.#at(key))));
    return answer && { size: answer.ContentLength ?? 0, type: answer.ContentType ?? "" };
  }

  async delete(key: string): Promise<void> {
    await this.#send("delete", () => this.client.send(new DeleteObjectCommand(this.#at(key))));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const of = { Bucket: this.bucket, Prefix: tenantPrefixOf(this.tenant, prefix) };
    let next: string | undefined;
    do {
      const page = await this.#send("list", () =>
        this.client.send(new ListObjectsV2Command({ ...of, ...(next !== undefined && { ContinuationToken: next }) })),
      );
      for (const { Key = "", Size = 0 } of page.Contents ?? [])
        yield { key: Key.slice(this.#prefix.length), size: Size };
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  async download(key: string, { seconds, fileName }: DownloadOptions): Promise<SignedRequest> {
    const command = new GetObjectCommand({
      ...this.#at(key),
      ...(fileName !== undefined && { ResponseContentDisposition: attachment(fileName) }),
    });
    const expiresAt = expiryIn(seconds);
    const url = await this.#send("sign", () => getSignedUrl(this.client, command, { expiresIn: seconds }));
    return { method: "GET", url, headers: {}, expiresAt };
  }

  /** Size and type are among the headers that the signature covers, so that a store refuses others. */
  async upload(key: string, { seconds, size, type }: UploadOptions): Promise<SignedRequest> {
    const command = new PutObjectCommand({ ...this.#at(key), ContentLength: size, ContentType: type });
    const expiresAt = expiryIn(seconds);
    const url = await this.#send("sign", () =>
      getSignedUrl(this.client, command, {
        expiresIn: seconds,
        signableHeaders: new Set(["host", "content-length", "content-type"]),
      }),
    );
    return { method: "PUT", url, headers: { "content-type": type, "content-length": String(size) }, expiresAt };
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket, Key: tenantKey(this.tenant, key) };
  }

  async #send<Result>(operation: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw s3Failure(operation, error);
    }
  }

  /** Undefined when the store says that there is no such object. */
  async #find<Result>(operation: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (["NoSuchKey", "NotFound"].includes((error as Error).name)) return undefined;
      throw s3Failure(operation, error);
    }
  }
}

const expiryIn = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

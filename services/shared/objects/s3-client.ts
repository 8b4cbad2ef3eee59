import { Agent } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import { egressAgent } from "../egress/agent.ts";

/** Milliseconds without a byte after which a request has failed. */
const IDLE_TIMEOUT = 20_000;
/** The first attempt, and those after a failure that passes. The SDK waits up to 20 s between them, with jitter. */
const MAX_ATTEMPTS = 3;
/** Connections that one process holds. */
const MAX_SOCKETS = 32;

export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  /** @default - Amazon's own, for the region */
  readonly endpoint?: string | undefined;
  /** @default - those of the pod's identity, as the SDK finds them */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** The URL of the egress proxy. @default - the bucket is connected to directly */
  readonly proxy?: string | undefined;
  /** @default 20000 */
  readonly idleTimeout?: number;
}

/** A client of a bucket. An endpoint that speaks plain HTTP is in the cluster or on this machine, so no proxy leads there. */
export function s3Client({ region, endpoint, credentials, proxy, idleTimeout = IDLE_TIMEOUT }: S3Options): S3Client {
  return new S3Client({
    region,
    // Other stores than Amazon's have no host per bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
    maxAttempts: MAX_ATTEMPTS,
    // Stores other than Amazon's refuse the newer checksums, in requests and in signed ones. Content-MD5 is checked by all of them.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      requestTimeout: idleTimeout,
      throwOnRequestTimeout: true,
      socketTimeout: idleTimeout,
      httpAgent: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
      httpsAgent: egressAgent({ proxy, maxSockets: MAX_SOCKETS }),
    },
  });
}

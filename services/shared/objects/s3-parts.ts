import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Checksum, partsOf } from "./checksum.ts";
import type { PutResult } from "./ports.ts";
import { s3Failure } from "./s3-failure.ts";

/** Bytes of a part, but for the last: S3 takes at least 5 MiB and at most 10,000 parts. One is kept in memory, to be sent again. */
const PART = 8 * 2 ** 20;

interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
}

/** Stores pieces of unknown length: at once where they fit into a part, else as a multipart upload, which is given up on failure. */
export async function putParts(
  client: S3Client,
  target: Target,
  pieces: AsyncIterable<Uint8Array>,
): Promise<PutResult> {
  const checksum = new Checksum();
  const parts = partsOf(pieces, PART);
  const first = (await parts.next()).value as Buffer;
  checksum.add(first);
  if (first.length < PART) {
    await client.send(new PutObjectCommand({ ...target, ...body(first) })).catch(failWith("put"));
    return checksum.result();
  }
  const { ContentType: _, ...at } = target;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target)).catch(failWith("put"));
  const upload = { ...at, UploadId };
  try {
    const sent: CompletedPart[] = [await sendPart(first, 1)];
    for await (const part of parts) {
      checksum.add(part);
      sent.push(await sendPart(part, sent.length + 1));
    }
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: sent } }));
  } catch (error) {
    // A lifecycle rule of the bucket removes what is left when this fails too.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw s3Failure("put", error);
  }
  return checksum.result();

  async function sendPart(part: Buffer, PartNumber: number): Promise<CompletedPart> {
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, ...body(part) }));
    return { ETag, PartNumber };
  }
}

const body = (bytes: Buffer): { Body: Buffer; ContentLength: number; ContentMD5: string } => ({
  Body: bytes,
  ContentLength: bytes.length,
  ContentMD5: createHash("md5").update(bytes).digest("base64"),
});

const failWith =
  (operation: string) =>
  (error: unknown): never => {
    throw s3Failure(operation, error);
  };

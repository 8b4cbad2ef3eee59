import { z } from "zod";
import { page } from "./schemas.ts";

/** Bytes of the largest object that S3 takes in one request. */
export const MAX_OBJECT_BYTES = 5 * 2 ** 30;

/** Media types of files. None of them is a page with scripts: browsers would run these with the rights of the bucket's host. */
const contentTypes = [
  ...(["application/json", "application/pdf", "application/x-ndjson"] as const),
  ...(["image/gif", "image/jpeg", "image/png", "image/webp"] as const),
  ...(["text/csv", "text/markdown", "text/plain"] as const),
] as const;

/** A file as it is created. */
export const newFile = z
  .strictObject({
    name: z
      .string()
      .max(255)
      .regex(/^[^/\\\u0000-\u001f\u007f]+$/, "must have at least one character, and no '/', '\\' or control character")
      .describe("The name under which the file is downloaded. Several files may have the same name."),
    contentType: z.enum(contentTypes),
    bytes: z.int().min(1).max(MAX_OBJECT_BYTES).describe("The exact size. By default, at most 26,214,400 (25 MiB)."),
  })
  .meta({ id: "NewFile", examples: [{ name: "report.pdf", contentType: "application/pdf", bytes: 48_213 }] });
export type FileInput = z.output<typeof newFile>;

export const file = z
  .object({
    ...{ id: z.uuid(), name: z.string(), contentType: z.string(), bytes: z.int() },
    createdAt: z.iso.datetime(),
    uploadedAt: z.iso
      .datetime()
      .nullable()
      .describe("When the upload was noticed: by the first GET of the file after it, or a day later. Null before."),
  })
  .meta({ id: "File" });
export type File = z.output<typeof file>;

export const fileWithUpload = z
  .object({
    file,
    upload: z
      .object({
        method: z.literal("PUT"),
        url: z.string(),
        headers: z.record(z.string(), z.string()).describe("Send these headers unchanged."),
        expiresAt: z.iso.datetime(),
      })
      .describe(
        "The request that uploads the content. Any other size or type is refused. Send it without a credential.",
      ),
  })
  .meta({ id: "FileWithUpload" });

export const fileWithDownload = z
  .object({
    file,
    download: z
      .object({ url: z.string(), expiresAt: z.iso.datetime() })
      .nullable()
      .describe("Where the content is downloaded, without a credential. Null if the file is not uploaded."),
  })
  .meta({ id: "FileWithDownload" });

export const filePage = page;

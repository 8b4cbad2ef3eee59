import { z } from "zod";

export const exportKinds = ["usage", "audit"] as const;
export type ExportKind = (typeof exportKinds)[number];

/** An export that is written to an object. */
export const exportJob = z
  .object({
    id: z.uuid(),
    state: z.enum(["queued", "running", "succeeded", "failed"]),
    parameters: z.record(z.string(), z.unknown()).describe("What is exported: the request, with its defaults."),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().nullable().describe("When it is deleted. Null if it is not finished."),
    bytes: z.int().nullable().describe("The size of the content. Null unless the state is 'succeeded'."),
    sha256: z.string().nullable().describe("The SHA-256 of the content, in hex. Null unless the state is 'succeeded'."),
  })
  .meta({ id: "Export" });
export type ExportJob = z.output<typeof exportJob>;

export const exportWithDownload = z
  .object({
    export: exportJob,
    download: z
      .object({ url: z.string(), expiresAt: z.iso.datetime() })
      .nullable()
      .describe("Where the content (gzip) is downloaded, without a credential. Null unless the state is 'succeeded'."),
  })
  .meta({ id: "ExportWithDownload" });

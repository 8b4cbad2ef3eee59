import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { type Tenant, until } from "./stack.ts";

/** Sends content as a client does with the request that the API signed. `fetch` writes content-length itself. */
export function uploadTo(
  upload: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  body: Buffer<ArrayBuffer>,
): Promise<Response> {
  const { "content-length": _, ...headers } = upload.headers;
  return fetch(upload.url, { method: "PUT", headers, body });
}

export interface Downloaded {
  readonly status: number;
  readonly type: string | null;
  readonly disposition: string | null;
  readonly body: Buffer;
}

/** What a signed URL answers. */
export async function fetchDownload({ url }: { readonly url: string }): Promise<Downloaded> {
  const { status, headers, body } = await fetch(url);
  return {
    status,
    type: headers.get("content-type"),
    disposition: headers.get("content-disposition"),
    body: body ? await buffer(Readable.fromWeb(body)) : Buffer.alloc(0),
  };
}

/** Uploads a file, and has an export written; the id of the file. */
export async function storeObjects(tenant: Tenant): Promise<string> {
  const given = { name: "a.txt", contentType: "text/plain", bytes: 1 };
  const { file, upload } = (await tenant.call("POST", "/files", given)).body;
  const { status } = await uploadTo(upload, Buffer.from("a"));
  if (status !== 200) throw new Error(`the upload was answered with ${status}`);
  const { id } = (await tenant.call("POST", "/usage/exports", {})).body;
  await until("the export to be written", async () =>
    (await tenant.call("GET", `/usage/exports/${id}`)).body.download === null ? undefined : true,
  );
  return file.id as string;
}

import { randomUUID } from "node:crypto";
import { z } from "zod";
import { fileKey } from "../../shared/stored/objects.ts";
import type { TenantObjects } from "../../shared/objects/ports.ts";
import type { Api } from "../api.ts";
import { file, filePage, fileWithDownload, fileWithUpload, newFile } from "../file-schema.ts";
import { createFile, deleteFile, listFiles, noteUpload, readFile, SIGNED_SECONDS } from "../files.ts";
import { byId } from "../schemas.ts";
import { tenantObjects } from "../tenant-objects.ts";

const tags = ["files"];

/** Files of a tenant: the API keeps what is known of them, and clients exchange the content with the object store. */
export function addFileRoutes(api: Api): void {
  addUpload(api);
  addReading(api);
  addDeletion(api);
}

function addUpload({ addRoute, database, objects }: Api): void {
  addRoute({
    method: "POST",
    url: "/files",
    audit: "file.create",
    access: "files:write",
    schema: {
      ...{ operationId: "createFile", tags, body: newFile, response: { 201: fileWithUpload } },
      summary: "Create a file, and get the request that uploads its content",
    },
    handler: async ({ caller: { tenant }, body, audit }, reply) => {
      const id = randomUUID();
      const { url, headers, expiresAt } = await tenantObjects(objects, tenant).upload(fileKey(id), {
        ...{ seconds: SIGNED_SECONDS, size: body.bytes, type: body.contentType },
      });
      const created = await database.asTenant(tenant, async (client) => {
        const stored = await createFile(client, id, body);
        await audit.record(client, { object: id });
        return stored;
      });
      return reply
        .code(201)
        .header("cache-control", "no-store")
        .send({ file: created, upload: { method: "PUT" as const, url, headers, expiresAt: expiresAt.toISOString() } });
    },
  });
}

function addReading({ addRoute, database, objects }: Api): void {
  addRoute({
    method: "GET",
    url: "/files",
    access: "files:read",
    schema: {
      ...{ operationId: "listFiles", tags, summary: "List files, newest first", querystring: filePage },
      response: { 200: z.object({ files: z.array(file) }) },
    },
    handler: async ({ caller, query }) => ({
      files: await database.asTenant(caller.tenant, (client) => listFiles(client, query)),
    }),
  });

  addRoute({
    method: "GET",
    url: "/files/:id",
    access: "files:read",
    schema: {
      ...{ operationId: "readFile", tags, params: byId, response: { 200: fileWithDownload } },
      summary: "Read a file, and get the URL of its content",
    },
    handler: async ({ caller: { tenant }, params: { id } }, reply) => {
      const own = tenantObjects(objects, tenant);
      const stored = await database.asTenant(tenant, (client) => readFile(client, id));
      const isNew = stored.uploadedAt === null && (await own.head(fileKey(id))) !== undefined;
      const found = isNew ? await database.asTenant(tenant, (client) => noteUpload(client, id)) : stored;
      const download = found.uploadedAt === null ? null : await downloadOf(own, found);
      return reply.header("cache-control", "no-store").send({ file: found, download });
    },
  });
}

/** Browsers save the content, and never show it. */
async function downloadOf(
  objects: TenantObjects,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<{ url: string; expiresAt: string }> {
  const { url, expiresAt } = await objects.download(fileKey(id), { seconds: SIGNED_SECONDS, fileName: name });
  return { url, expiresAt: expiresAt.toISOString() };
}

function addDeletion({ addRoute, database }: Api): void {
  addRoute({
    method: "DELETE",
    url: "/files/:id",
    audit: "file.delete",
    access: "files:write",
    schema: {
      ...{ operationId: "deleteFile", tags, params: byId, response: { 204: z.undefined() } },
      summary: "Delete a file. Its content is deleted as soon as its upload cannot be repeated",
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      await database.asTenant(caller.tenant, async (client) => {
        await deleteFile(client, id);
        await audit.record(client, { object: id });
      });
      return reply.code(204).send();
    },
  });
}

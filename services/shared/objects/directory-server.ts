import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Directory } from "./directory.ts";
import { type Permit, readPath } from "./signed-path.ts";

/** A request that the server refuses, with what it answers. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Answers the signed requests of a directory, as a bucket answers its own. */
export function directoryServer(directory: Directory): Server {
  return createServer((request, response) => {
    void answer(directory, request, response).catch((error: unknown) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const [status, text] =
        error instanceof Refusal ? [error.status, error.message] : [500, "The object store failed."];
      response.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(`${text}\n`);
    });
  });
}

async function answer(directory: Directory, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const permit = readPath(directory.secret, request.url ?? "/");
  if (permit?.method !== request.method || !permit)
    throw new Refusal(403, "The signature is wrong, or has expired. Ask the API for another URL.");
  await (permit.method === "GET"
    ? send(directory, permit, response)
    : receive(directory, permit, { request, response }));
}

async function send(directory: Directory, { key, disposition }: Permit, response: ServerResponse): Promise<void> {
  const [found, body] = [await directory.head(key), await directory.get(key)];
  if (!found || !body) throw new Refusal(404, "There is no such object.");
  response.writeHead(200, {
    "content-type": found.type,
    "content-length": found.size,
    ...(disposition !== undefined && { "content-disposition": disposition }),
  });
  await pipeline(body, response);
}

async function receive(
  directory: Directory,
  { key, size, type }: Permit,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { "content-length": length, "content-type": sent } = request.headers;
  if (Number(length) !== size || sent !== type)
    throw new Refusal(403, `The body must have ${size} bytes, and the type '${type}'. Send what was asked for.`);
  await directory.put(key, request, type ?? "");
  response.writeHead(200).end();
}

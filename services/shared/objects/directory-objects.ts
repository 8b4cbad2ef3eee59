import { attachment, tenantKey, tenantPrefix, tenantPrefixOf } from "./keys.ts";
import { Directory } from "./directory.ts";
import { directoryServer } from "./directory-server.ts";
import {
  type ListedObject,
  type ObjectStore,
  ObjectStoreError,
  type SignedRequest,
  type TenantObjects,
} from "./ports.ts";
import { signPath, type Permit } from "./signed-path.ts";

/** A store in a directory of this machine, for development and tests. It answers its signed requests on a port of the same machine. */
export async function directoryObjects({
  directory: folder,
  port,
}: {
  directory: string;
  port: number;
}): Promise<ObjectStore> {
  const directory = new Directory(folder);
  const server = directoryServer(directory);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === "object" && address ? address.port : port}`;
  const sign = ({ expires, ...permit }: Permit, headers: SignedRequest["headers"]): Promise<SignedRequest> =>
    Promise.resolve({
      ...{ method: permit.method, headers, expiresAt: new Date(expires * 1000) },
      url: `${base}${signPath(directory.secret, { ...permit, expires })}`,
    });
  return {
    of: (tenant) => objectsOf(tenant, directory, sign),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function objectsOf(
  tenant: string,
  directory: Directory,
  sign: (permit: Permit, headers: SignedRequest["headers"]) => Promise<SignedRequest>,
): TenantObjects {
  const prefix = tenantPrefix(tenant);
  const at = (key: string): string => tenantKey(tenant, key);
  return {
    put: (key, body, type) => failing("put", () => directory.put(at(key), piecesOf(body), type)),
    get: (key, range) => failing("get", () => directory.get(at(key), range)),
    head: (key) => failing("head", () => directory.head(at(key))),
    delete: (key) => failing("delete", () => directory.delete(at(key))),
    async *list(beginning) {
      for await (const { key, size } of directory.list(tenantPrefixOf(tenant, beginning)))
        yield { key: key.slice(prefix.length), size } satisfies ListedObject;
    },
    download: async (key, { seconds, fileName }) =>
      sign(
        {
          ...{ method: "GET", key: at(key), expires: expiryIn(seconds) },
          ...(fileName !== undefined && { disposition: attachment(fileName) }),
        },
        {},
      ),
    upload: async (key, { seconds, size, type }) =>
      sign(
        { method: "PUT", key: at(key), expires: expiryIn(seconds), size, type },
        { "content-type": type, "content-length": String(size) },
      ),
  };
}

const expiryIn = (seconds: number): number => Math.ceil(Date.now() / 1000) + seconds;

async function* piecesOf(body: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else yield* body;
}

/** As the adapter for S3 fails: what is not of the file system is thrown as it is. */
async function failing<Result>(operation: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new ObjectStoreError(operation, code, { cause: error });
  }
}

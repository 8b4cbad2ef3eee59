import { randomBytes, randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Readable } from "node:stream";
import { Checksum } from "./checksum.ts";
import type { ListedObject, PutResult, Range, StoredObject } from "./ports.ts";

const SECRET_BYTES = 32;
/** Beside an object's file, what is known of it. No key ends so, since a segment takes no '~'. */
const META = "~";

/** Objects as files of a directory, for one machine. A file is renamed to its place, so it is whole. */
export class Directory {
  /** Signs requests. It is made once and kept in the directory, so that all who share it accept the same ones. */
  readonly secret: Buffer;
  readonly #objects: string;
  readonly #unfinished: string;

  constructor(folder: string) {
    this.#objects = join(folder, "objects");
    this.#unfinished = join(folder, "unfinished");
    for (const each of [this.#objects, this.#unfinished]) mkdirSync(each, { recursive: true, mode: 0o700 });
    this.secret = secretIn(join(folder, "signing-secret"));
  }

  async put(key: string, pieces: AsyncIterable<Uint8Array>, type: string): Promise<PutResult> {
    const unfinished = join(this.#unfinished, randomUUID());
    const checksum = new Checksum();
    try {
      const file = await open(unfinished, "wx", 0o600);
      try {
        for await (const piece of pieces) {
          checksum.add(piece);
          await file.appendFile(piece);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      const path = this.#path(key);
      await mkdir(dirname(path), { recursive: true });
      await writeMeta(`${path}${META}`, type);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return checksum.result();
  }

  async get(key: string, range?: Range): Promise<Readable | undefined> {
    if (!(await this.head(key))) return undefined;
    const bounds = range && { start: range.start, end: range.start + range.length - 1 };
    return createReadStream(this.#path(key), bounds);
  }

  async head(key: string): Promise<StoredObject | undefined> {
    try {
      const path = this.#path(key);
      const { size } = await stat(path);
      return { size, type: await readFile(`${path}${META}`, "utf8") };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await rm(path, { force: true });
    await rm(`${path}${META}`, { force: true });
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const folder = join(this.#objects, prefix.slice(0, prefix.lastIndexOf("/") + 1));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const keys = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(META))
      .map((entry) => relative(this.#objects, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
      .filter((key) => key.startsWith(prefix));
    for (const key of keys.toSorted()) {
      const found = await this.head(key);
      if (found) yield { key, size: found.size };
    }
  }

  readonly #path = (key: string): string => join(this.#objects, key);
}

async function writeMeta(path: string, type: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  await file.writeFile(type).finally(() => file.close());
}

function secretIn(file: string): Buffer {
  try {
    writeFileSync(file, randomBytes(SECRET_BYTES), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(file);
}

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

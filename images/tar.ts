import { createReadStream, lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** A file, folder or symbolic link of an archive. It belongs to root and has no time, so that equal content gives equal bytes. */
export type TarEntry = { readonly path: string; readonly mode?: number } & (
  | { readonly kind: "file"; readonly content: Uint8Array | Source }
  | { readonly kind: "folder" }
  | { readonly kind: "link"; readonly target: string }
);

/** Content that is read when the archive is written. */
export interface Source {
  /** Bytes. */
  readonly size: number;
  readonly read: () => AsyncIterable<Buffer>;
}

const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);
/** Bytes that a name may have in a header. A longer one, or one that is not ASCII, gets an extended header before it. */
const MAX_NAME = 100;
/** The largest size that 11 octal digits can say. */
const MAX_SIZE = 8 ** 11 - 1;
const types = { file: "0", link: "2", folder: "5", extended: "x" } as const;
const modes = { file: 0o644, link: 0o777, folder: 0o755 } as const;

/**
 * Lists what is below a folder, with the permissions that it has on disk. A hard link is a file of its own. Devices, pipes and
 * sockets are left out: a container's runtime makes its own.
 */
export function readFolder(folder: string, below = ""): TarEntry[] {
  return readdirSync(join(folder, below)).flatMap((name): TarEntry[] => {
    const path = join(below, name);
    const file = join(folder, path);
    const stats = lstatSync(file);
    const mode = stats.mode & 0o7777;
    if (stats.isDirectory()) return [{ kind: "folder", path, mode }, ...readFolder(folder, path)];
    if (stats.isSymbolicLink()) return [{ kind: "link", path, target: readlinkSync(file) }];
    if (stats.isFile()) return [{ kind: "file", path, mode, content: sourceOf(file, stats.size) }];
    return [];
  });
}

/** A file of the disk. */
export const sourceOf = (file: string, size = statSync(file).size): Source => ({
  size,
  read: () => createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>,
});

/** Bytes of all files of an archive. */
export const contentSize = (entries: readonly TarEntry[]): number =>
  entries.reduce((sum, entry) => sum + (entry.kind === "file" ? sizeOf(entry.content) : 0), 0);

/**
 * Writes a tar archive (POSIX pax), piece by piece. Entries are sorted by path, and folders that no entry names are added with mode
 * 0755. Throws when two entries have the same path, when a path is absolute or climbs, and when a file changes its size.
 */
export async function* writeTar(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of complete(entries)) {
    const size = entry.kind !== "file" ? 0 : sizeOf(entry.content);
    yield* headersOf(entry, size);
    if (entry.kind !== "file") continue;
    let written = 0;
    for await (const piece of piecesOf(entry.content)) {
      written += piece.length;
      yield piece;
    }
    if (written !== size) throw new Error(`${entry.path} changed while it was packed: ${size} bytes, then ${written}.`);
    yield Buffer.alloc(padding(size));
  }
  yield END;
}

/** Sorted by path, each once, with all parents. */
function complete(entries: readonly TarEntry[]): TarEntry[] {
  const found = new Map<string, TarEntry>();
  for (const entry of entries) {
    const { path } = entry;
    if (path === "" || path.split("/").some((part) => ["", ".", ".."].includes(part))) {
      throw new Error(`'${path}' cannot be packed: a path is relative, without '.' and '..'.`);
    }
    if (found.has(path)) throw new Error(`'${path}' is packed twice.`);
    found.set(path, entry);
  }
  for (const { path } of entries) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const parent = path.slice(0, end);
      if (!found.has(parent)) found.set(parent, { kind: "folder", path: parent });
    }
  }
  return [...found.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

const sizeOf = (content: Uint8Array | Source): number =>
  content instanceof Uint8Array ? content.byteLength : content.size;

const piecesOf = (content: Uint8Array | Source): Iterable<Buffer> | AsyncIterable<Buffer> =>
  content instanceof Uint8Array
    ? [Buffer.from(content.buffer, content.byteOffset, content.byteLength)]
    : content.read();

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function headersOf(entry: TarEntry, size: number): Buffer[] {
  const name = entry.kind === "folder" ? `${entry.path}/` : entry.path;
  const target = entry.kind === "link" ? entry.target : "";
  if (size > MAX_SIZE) throw new Error(`${entry.path} has ${size} bytes; a tar archive takes files up to ${MAX_SIZE}.`);
  const records = [record("path", name), record("linkpath", target)].join("");
  const own = header({ name, target, size, mode: entry.mode ?? modes[entry.kind], type: types[entry.kind] });
  if (records === "") return [own];
  const content = Buffer.from(records);
  const extended = { name: "pax", target: "", size: content.length, mode: modes.file, type: types.extended };
  return [header(extended), content, Buffer.alloc(padding(content.length)), own];
}

/** A pax record: its own length, key and value; none where the header has room for the value. */
function record(key: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value) && value.length <= MAX_NAME) return "";
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

interface Header {
  readonly name: string;
  readonly target: string;
  readonly size: number;
  readonly mode: number;
  readonly type: string;
}

function header({ name, target, size, mode, type }: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, "0"), at);
  };
  block.write(name, 0, MAX_NAME);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  // The sum is of a header whose own sum is blank.
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  block.write(target, 157, MAX_NAME);
  block.write("ustar\0" + "00", 257);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  block.write("\0 ", 154);
  return block;
}

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { brotliDecompress } from "node:zlib";

const decompress = promisify(brotliDecompress);
const packed = (file) => readFile(new URL(file, import.meta.url));
export const read = async (file) => decompress(await packed(file));

/**
 * A binary calls into its WASI for as long as it lives, and nothing else refers to that one: collected, it takes the process
 * with it (node_wasi.cc, "Assertion failed: (current_uvwasi_memory_) == (0)").
 */
const running = new Set();

/**
 * Starts a binary of this package. Returns what calls one of its exported functions with a value, and parses the answer.
 * A cached binary is decompressed once, into the user's cache folder.
 */
export async function startReactor(file, { cached = false } = {}) {
  const [WASI, module] = await Promise.all([importWasi(), (cached ? readCached(file) : read(file)).then(compile)]);
  // klog reads the program's name.
  const wasi = new WASI({ version: "preview1", args: [file] });
  running.add(wasi);
  const instance = await WebAssembly.instantiate(module, importsOf(wasi));
  wasi.initialize(instance);
  const { memory, allocate, release } = instance.exports;

  return function call(exported, text) {
    const request = Buffer.from(text);
    const address = allocate(request.length);
    Buffer.from(memory.buffer, address, request.length).set(request);
    const answered = BigInt.asUintN(64, instance.exports[exported](address, request.length));
    release(address);
    const [start, length] = [Number(answered >> 32n), Number(answered & 0xffffffffn)];
    const answer = JSON.parse(Buffer.from(memory.buffer, start, length).toString("utf8"));
    release(start);
    if (answer.error) throw new Error(`kubeconform-wasm: ${answer.error}`);
    return answer;
  };
}

/**
 * The functions of node:wasi, each behind one of JavaScript. WebAssembly calls the former by V8's fast calls, in which no
 * garbage may be collected, but `poll_oneoff` can start a collection: one plan in twenty crashed (nodejs/node#46777).
 */
function importsOf({ wasiImport }) {
  const functions = Object.entries(wasiImport).map(([name, call]) => [name, (...parameters) => call(...parameters)]);
  return { wasi_snapshot_preview1: Object.fromEntries(functions) };
}

/**
 * V8 keeps the code that it makes when a function is first called. To optimize a module of this size in the background costs a plan
 * more than it gains; and without the second flag, the first lets V8 compile all of the module there, for seconds on every core.
 */
function compile(bytes) {
  for (const flag of ["--no-wasm-tier-up", "--no-wasm-dynamic-tiering", "--wasm-lazy-validation"])
    setFlagsFromString(flag);
  return WebAssembly.compile(bytes);
}

/** Decompression takes longer than all else at the start. A cache folder that cannot be used costs that time, and nothing else. */
async function readCached(file) {
  const content = await packed(file);
  const folder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "kubeconform-wasm");
  const name = `${file.replace(".br", "")}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
  try {
    return await readFile(join(folder, name));
  } catch {
    const bytes = await decompress(content);
    await keep(folder, name, bytes).catch(() => undefined);
    return bytes;
  }
}

/** Replaces earlier versions. Renamed when it is whole, because another process may be reading. */
async function keep(folder, name, bytes) {
  await mkdir(folder, { recursive: true });
  const own = name.slice(0, name.lastIndexOf("-") + 1);
  const earlier = (await readdir(folder)).filter((each) => each.startsWith(own));
  const unfinished = join(folder, `.${name}-${process.pid}`);
  await writeFile(unfinished, bytes);
  await rename(unfinished, join(folder, name));
  await Promise.all(earlier.filter((each) => each !== name).map((each) => rm(join(folder, each), { force: true })));
}

/** node:wasi announces itself as experimental on stderr when it is loaded; a user of this package can do nothing about it. */
async function importWasi() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).includes("WASI")) emitWarning.call(process, warning, ...rest);
  };
  try {
    return (await import("node:wasi")).WASI;
  } finally {
    process.emitWarning = emitWarning;
  }
}

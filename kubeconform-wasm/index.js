import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

const decompress = promisify(brotliDecompress);
const read = async (path) => decompress(await readFile(new URL(path, import.meta.url)));

/**
 * The binary calls into its WASI for as long as it lives, and nothing else refers to that one: collected, it takes the process
 * with it (node_wasi.cc, "Assertion failed: (current_uvwasi_memory_) == (0)").
 */
const running = new Set();

export async function createValidator() {
  const [WASI, module] = await Promise.all([importWasi(), read("kubeconform.wasm.br").then(WebAssembly.compile)]);
  const wasi = new WASI({ version: "preview1" });
  running.add(wasi);
  const instance = await WebAssembly.instantiate(module, importsOf(wasi));
  wasi.initialize(instance);
  const { memory, allocate, release, addSchemas, validate } = instance.exports;

  /** Sends text to an exported function and parses its answer; both buffers are freed. */
  function call(exported, text) {
    const request = Buffer.from(text);
    const address = allocate(request.length);
    Buffer.from(memory.buffer, address, request.length).set(request);
    const packed = BigInt.asUintN(64, exported(address, request.length));
    release(address);
    const [start, length] = [Number(packed >> 32n), Number(packed & 0xffffffffn)];
    const answer = JSON.parse(Buffer.from(memory.buffer, start, length).toString("utf8"));
    release(start);
    return answer;
  }

  return {
    addSchemas(schemas) {
      const { error } = call(addSchemas, JSON.stringify(schemas));
      if (error) throw new Error(`kubeconform-wasm: ${error}`);
    },
    validate: (manifests) => call(validate, manifests),
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

export async function bundledSchemas() {
  const files = ["schemas/kubernetes.json.br", "schemas/custom.json.br"];
  return Promise.all(files.map(async (file) => JSON.parse((await read(file)).toString("utf8"))));
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

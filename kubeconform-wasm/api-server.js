import { Worker } from "node:worker_threads";

/** Minor that the reactors are built from: kubeconform-wasm/source/apiserver/go.mod. */
export const kubernetesVersion = "1.35";

export function startApiServer({ definitions = [], custom: early = false } = {}) {
  const builtIn = startThread({ file: "apiserver.wasm.br" });
  let customThread;
  const custom = () => (customThread ??= startThread({ file: "apiserver-custom.wasm.br", definitions }));
  if (early) custom();
  const remembered = new Map();

  /** Asks for what was not judged before, all in one call. */
  async function judge(objects, { namespaces = {} } = {}) {
    const texts = objects.map((object) => JSON.stringify(object));
    const keys = objects.map((object, index) => keyOf(object, texts[index], namespaces));
    const fresh = [...new Set(keys)].filter((key) => !remembered.has(key));
    if (fresh.length > 0) {
      const answer = ask(
        fresh.map((key) => texts[keys.indexOf(key)]),
        namespaces,
      );
      for (const [index, key] of fresh.entries())
        remembered.set(
          key,
          answer.then((verdicts) => verdicts[index]),
        );
    }
    return Promise.all(keys.map((key) => remembered.get(key)));
  }

  async function ask(texts, namespaces) {
    const verdicts = await builtIn.judge(texts, namespaces);
    const unknown = [...verdicts.keys()].filter((index) => verdicts[index].status === "unknown");
    if (unknown.length === 0) return verdicts;
    const further = await custom().judge(unknown.map((index) => texts[index]));
    for (const [position, index] of unknown.entries()) verdicts[index] = { ...verdicts[index], ...further[position] };
    return verdicts;
  }

  return { judge, stop: async () => void (await Promise.all([builtIn.stop(), customThread?.stop()])) };
}

/** A verdict depends on the object, and on the labels of its namespace. */
const keyOf = ({ metadata }, text, namespaces) =>
  `${JSON.stringify(namespaces[metadata?.namespace ?? "default"] ?? {})} ${text}`;

/** A reactor in a thread of its own, which keeps the process alive for as long as it is asked, and no longer. */
function startThread(workerData) {
  const worker = new Worker(new URL("api-server-worker.js", import.meta.url), { workerData });
  const waiting = new Map();
  let calls = 0;
  const settle = ({ id, verdicts, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (error === undefined) resolve(verdicts);
    else reject(new Error(error));
  };
  const fail = (error) => {
    for (const id of waiting.keys()) settle({ id, error });
  };
  worker.on("message", settle);
  worker.on("error", (error) => fail(`kubeconform-wasm: ${error.message}`));
  worker.on("exit", () => fail("kubeconform-wasm: its thread has ended"));
  // Last: a listener for messages makes it keep the process alive.
  worker.unref();
  return {
    judge: (texts, namespaces) =>
      new Promise((resolve, reject) => {
        const id = calls++;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({
          id,
          text: `{"objects":[${texts.join(",")}],"namespaces":${JSON.stringify(namespaces ?? {})}}`,
        });
      }),
    stop: () => worker.terminate(),
  };
}

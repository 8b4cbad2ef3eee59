import { parentPort, workerData } from "node:worker_threads";
import { read, startReactor } from "./reactor.js";

const { file, definitions } = workerData;
const starting = start();
// Calls report it; without one, nobody has to know.
starting.catch(() => undefined);

async function start() {
  const bundled = definitions && read("schemas/definitions.json.br");
  const call = await startReactor(file, { cached: true });
  if (definitions) {
    call("define", (await bundled).toString("utf8"));
    call("define", JSON.stringify(definitions));
  }
  return call;
}

parentPort.on("message", async ({ id, text }) => {
  try {
    parentPort.postMessage({ id, verdicts: (await starting)("judge", text) });
  } catch (error) {
    parentPort.postMessage({ id, error: error.message });
  }
});

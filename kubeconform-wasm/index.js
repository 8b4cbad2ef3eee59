import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { read, startReactor } from "./reactor.js";

export { kubernetesVersion, startApiServer } from "./api-server.js";

export async function createValidator() {
  const call = await startReactor("kubeconform.wasm.br");
  return {
    addSchemas: (schemas) => void call("addSchemas", JSON.stringify(schemas)),
    validate: (manifests) => call("validate", manifests),
  };
}

export async function bundledSchemas() {
  const files = ["schemas/kubernetes.json.br", "schemas/custom.json.br"];
  return Promise.all(files.map(async (file) => JSON.parse((await read(file)).toString("utf8"))));
}

export function digest() {
  const hash = createHash("sha256");
  for (const folder of [import.meta.dirname, join(import.meta.dirname, "schemas")])
    for (const file of readdirSync(folder)
      .filter((name) => /\.(br|js)$/.test(name))
      .toSorted())
      hash.update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}

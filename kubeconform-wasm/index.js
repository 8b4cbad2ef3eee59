import { read, startReactor } from "./reactor.js";

export { startApiServer } from "./api-server.js";

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

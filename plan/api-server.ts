import { type ApiServer, startApiServer } from "kubeconform-wasm";

let started: ApiServer | undefined;

/**
 * The API server's code, one for the process. It starts in threads when it is first asked for: ask before importing what takes
 * seconds to load, such as a cloud's provider.
 */
export const apiServer = (): ApiServer => (started ??= startApiServer({ custom: true }));

import { credentialFile } from "../../../platform/names.ts";
import { groupBy } from "../../../platform/group-by.ts";
import type { Model, Settings } from "../runtime/settings.ts";

/** Where models answer, and how many executions may run there at once, over all workers. */
export interface Endpoint {
  readonly url: string;
  readonly models: readonly string[];
  readonly concurrency: number;
  /** Reads the API key anew, so that a rotated one is used at once. @default - the endpoint asks for none */
  readonly apiKey?: () => string;
}

/** Models of one endpoint and credential share a limit: the smallest that any of them states. */
export function endpointsOf(models: readonly Model[], secret: Settings["secret"]): Endpoint[] {
  return [...groupBy(models, ({ endpoint, credential = "" }) => `${endpoint} ${credential}`).values()].map(
    (members) => {
      const [{ endpoint: url, credential }] = members as [Model, ...Model[]];
      return {
        url,
        models: members.map(({ name }) => name),
        concurrency: Math.min(...members.map(({ concurrency }) => concurrency)),
        ...(credential !== undefined && { apiKey: () => secret(credentialFile(credential)) }),
      };
    },
  );
}

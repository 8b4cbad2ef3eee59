import { credentialFile } from "../../../platform/names.ts";
import { groupBy } from "../../../platform/group-by.ts";
import type { Model, Settings } from "../runtime/settings.ts";

/** Where models answer, and how many executions may run there at once, over all workers. */
export interface Endpoint {
  readonly url: string;
  readonly protocol: Model["protocol"];
  readonly models: readonly Model[];
  readonly concurrency: number;
  /** Reads the API key anew, so that a rotated one is used at once. @default - the endpoint asks for none */
  readonly apiKey?: () => string;
}

/** Models of one endpoint, protocol and credential share a limit: the smallest that any of them states. */
export function endpointsOf(models: readonly Model[], secret: Settings["secret"]): Endpoint[] {
  const keyOf = ({ endpoint, protocol, credential = "" }: Model): string => `${endpoint} ${protocol} ${credential}`;
  return [...groupBy(models, keyOf).values()].map((members) => {
    const [{ endpoint: url, protocol, credential }] = members as [Model, ...Model[]];
    return {
      ...{ url, protocol, models: members },
      concurrency: Math.min(...members.map(({ concurrency }) => concurrency)),
      ...(credential !== undefined && { apiKey: () => secret(credentialFile(credential)) }),
    };
  });
}

import { loadDescriptors } from "../addons/catalogue.ts";
import { ClusterClient } from "../operations/cluster-client.ts";
import { drain, type Retirement } from "../operations/drain.ts";
import { recordDrained } from "../operations/record-drained.ts";
import type { Environment } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";
import { kubeconfigContext } from "../platform/kubeconfig.ts";
import { environmentFile, readEnvironment } from "../platform/read-environment.ts";
import type { ExitCode } from "./command.ts";

/** Milliseconds between two rounds of evictions. */
const INTERVAL = 2000;

export interface DrainCall {
  readonly folder: string;
  readonly pool: string;
  readonly environment: string;
  readonly context: string | undefined;
}

/** Drains the retiring generation of a pool, and records it in the environment's file. */
export async function drainPool({ folder, pool, environment: name, context }: DrainCall): Promise<ExitCode> {
  const environment = readEnvironment(folder, name, await loadDescriptors());
  const retirement = retirementOf(environment, pool);
  const used = context ?? kubeconfigContext(environment);
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  const progress = (line: string): void => void process.stderr.write(`${pool}: ${line}\n`);
  process.once("SIGINT", interrupt);
  progress(`draining generation ${retirement.generation - 1} in context ${used}`);
  try {
    const client = await ClusterClient.fromContext(used);
    const nodes = await drain(client, retirement, { progress, signal: stop.signal, interval: INTERVAL });
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    recordDrained(folder, name, pool, { generation: retirement.generation - 1, at, nodes });
    process.stdout.write(
      `drained ${nodes.length} nodes; recorded in ${environmentFile(name)}. Remove 'retiring', keep 'drained', and commit.\n`,
    );
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write(
      "Stopped. The nodes stay cordoned, and nothing is recorded. Run the command again to continue.\n",
    );
    return 1;
  } finally {
    process.off("SIGINT", interrupt);
  }
}

function retirementOf({ name, pools }: Environment, pool: string): Retirement {
  const file = environmentFile(name);
  const entry = pools[pool];
  if (!entry) throw new UserError(`${file} has no pool '${pool}'. Its pools are ${Object.keys(pools).join(", ")}.`);
  const { generation = 1, retiring, drained, nodes } = entry;
  if (!retiring) {
    throw new UserError(
      `No generation of pool '${pool}' retires in ${file}. Write its next one first: docs/how-to/pools.md.`,
    );
  }
  if (drained?.generation === generation - 1) {
    throw new UserError(
      `Generation ${drained.generation} of pool '${pool}' of ${file} was drained at ${drained.at}. Remove 'retiring', and run 'pulumi up'.`,
    );
  }
  return { pool, generation, maxNodes: nodes.max };
}

import { openDatabase } from "../shared/database/open.ts";
import { connectPorts } from "../shared/executions/connect.ts";
import { executions, queueDepth } from "../shared/executions/contract.ts";
import { countEnded, countWaiting } from "../shared/executions/counts.ts";
import { endpointsOf } from "../shared/models/endpoints.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { countWorkflows } from "../shared/workflows/queue.ts";
import { Executor } from "./executor.ts";
import { finished, worker, workflows, workflowsFinished } from "./service.ts";

/** Milliseconds between counts of what waits and what has ended: as often as the autoscaler asks. */
const COUNT_PAUSE = 5_000;

await runService(worker, async ({ settings, log, metrics }) => {
  const database = openDatabase(worker, { settings, log, metrics });
  const { wakeUps, broadcast } = connectPorts(settings, database, log);
  const endpoints = endpointsOf(settings.models, settings.secret);
  if (endpoints.length === 0) log.warn("there is no model to run anything on: PROMPTOPS_MODELS is empty");
  const executor = new Executor({ database, wakeUps, broadcast, endpoints, log });
  await executor.start();
  const count = async (): Promise<void> => {
    const [waiting, ended, of] = await Promise.all([
      countWaiting(database),
      countEnded(database),
      countWorkflows(database),
    ]);
    metrics.set(queueDepth, { queue: executions.name }, waiting);
    for (const [state, ends] of ended) metrics.set(finished, { state }, ends);
    for (const [state, ends] of of.ended) metrics.set(workflowsFinished, { state }, ends);
    for (const [state, unfinished] of of.unfinished) metrics.set(workflows, { state }, unfinished);
  };
  const tryToCount = (): void => {
    // A count that fails leaves the last one standing: silence must not look like an empty queue.
    count().catch((error: unknown) => {
      log.warn({ err: error }, "executions could not be counted");
    });
  };
  tryToCount();
  const counting = setInterval(tryToCount, COUNT_PAUSE);
  return {
    ready: () => database.isThere(),
    degraded: () => !wakeUps.isConnected() || !broadcast.isConnected(),
    stop: async (seconds) => {
      clearInterval(counting);
      await executor.stop(seconds);
      await wakeUps.close();
      await broadcast.close();
      await database.close();
    },
  };
});

import { openDatabase } from "../shared/database/open.ts";
import { forgetPace } from "../shared/executions/claim.ts";
import { readCompactionDelay } from "../shared/executions/compact.ts";
import { connectPorts } from "../shared/executions/connect.ts";
import { executions, queueDepth } from "../shared/executions/contract.ts";
import { countEnded, countTokens, countWaiting } from "../shared/executions/counts.ts";
import { egressFetch } from "../shared/egress/fetch.ts";
import { SEALING_KEYS } from "../shared/models/contract.ts";
import { endpointsOf } from "../shared/models/endpoints.ts";
import { SealingKeys } from "../shared/models/sealed-keys.ts";
import { openObjects } from "../shared/objects/open.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { countWorkflows } from "../shared/workflows/queue.ts";
import { readArchiveDelay } from "./archive/queries.ts";
import { startArchiving } from "./archive/start.ts";
import { Circuits } from "./circuits.ts";
import { CustomEndpoints } from "./custom-endpoints.ts";
import { startCompacting } from "./compact.ts";
import { Executor } from "./executor.ts";
import { startResealing } from "./reseal.ts";
import {
  archiveDelay,
  circuitOpen,
  compactionDelay,
  finished,
  tokens,
  worker,
  workflows,
  workflowsFinished,
} from "./service.ts";
import { startSweeping } from "./sweep-objects.ts";

/** Milliseconds between counts of what waits and what has ended: as often as the autoscaler asks. */
const COUNT_PAUSE = 5_000;
await runService(worker, async ({ settings, log, metrics }) => {
  const database = openDatabase(worker, { settings, log, metrics });
  const { wakeUps, broadcast } = connectPorts(settings, database, log);
  const objects = await openObjects(settings);
  const egress = egressFetch({ proxy: settings.egressProxy });
  const endpoints = endpointsOf(settings.models, settings.secret, egress);
  if (endpoints.length === 0) log.warn("there is no model to run anything on: PROMPTOPS_MODELS is empty");
  const circuits = new Circuits(endpoints, (endpoint, isOpen) => {
    const { url, models, tenant } = endpoint;
    log.warn(
      { endpoint: url },
      isOpen ? "the endpoint fails; executions wait or fall back" : "the endpoint answers again",
    );
    // The metric pages an operator, who cannot fix a tenant's endpoint.
    if (tenant === undefined) for (const { name } of models) metrics.set(circuitOpen, { model: name }, Number(isOpen));
    if (!isOpen) return;
    forgetPace(database, endpoint).catch((error: unknown) => {
      log.warn({ err: error }, "the endpoint's pace could not be forgotten");
    });
  });
  for (const { name } of settings.models) metrics.set(circuitOpen, { model: name }, 0);
  const keys = new SealingKeys(() => settings.secret(SEALING_KEYS));
  const customEndpoints = new CustomEndpoints({ database, circuits, keys, egress });
  const executor = new Executor({ database, wakeUps, broadcast, circuits, customEndpoints, log });
  await executor.start();
  const count = async (): Promise<void> => {
    const [waiting, ended, used, of, delay, toArchive] = await Promise.all([
      countWaiting(database),
      countEnded(database),
      countTokens(database),
      countWorkflows(database),
      readCompactionDelay(database),
      objects ? readArchiveDelay(database) : 0,
    ]);
    metrics.set(queueDepth, { queue: executions.name }, waiting);
    metrics.set(compactionDelay, {}, delay);
    metrics.set(archiveDelay, {}, toArchive);
    for (const [state, ends] of ended) metrics.set(finished, { state }, ends);
    for (const [state, ends] of of.ended) metrics.set(workflowsFinished, { state }, ends);
    for (const [state, unfinished] of of.unfinished) metrics.set(workflows, { state }, unfinished);
    for (const { name: model } of settings.models) {
      for (const kind of ["prompt", "completion"]) {
        const sum = used.find((row) => row.model === model && row.kind === kind)?.count ?? 0;
        metrics.set(tokens, { model, kind }, sum);
      }
    }
  };
  const tryToCount = (): void => {
    // A count that fails leaves the last one standing: silence must not look like an empty queue.
    count().catch((error: unknown) => {
      log.warn({ err: error }, "executions could not be counted");
    });
  };
  const stopResealing = startResealing({ database, keys, log });
  tryToCount();
  const counting = setInterval(tryToCount, COUNT_PAUSE);
  const stopCompacting = startCompacting(database, log);
  const stopArchiving = startArchiving({ database, objects, log });
  const stopSweeping = startSweeping({ database, objects, log });
  return {
    ready: () => database.isThere(),
    degraded: () => !wakeUps.isConnected() || !broadcast.isConnected(),
    stop: async (seconds) => {
      clearInterval(counting);
      stopResealing();
      stopCompacting();
      stopArchiving();
      stopSweeping();
      await executor.stop(seconds);
      await wakeUps.close();
      await broadcast.close();
      await objects?.close();
      await database.close();
    },
  };
});

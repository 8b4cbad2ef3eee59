import { DATABASE_URL } from "../shared/database/contract.ts";
import { listen } from "../shared/database/listen.ts";
import { openDatabase } from "../shared/database/open.ts";
import { EVALUATIONS, EVALUATIONS_DUE } from "../shared/evaluations/contract.ts";
import { connectWakeUps } from "../shared/executions/connect.ts";
import { queueDepth } from "../shared/executions/contract.ts";
import { modelsByName } from "../shared/models/by-name.ts";
import { repeat } from "../shared/runtime/repeat.ts";
import { runService } from "../shared/runtime/run-service.ts";
import { readBacklog } from "./backlog.ts";
import { ExperimentRunner } from "./runner.ts";
import { evaluationDelay, evaluator, steps } from "./service.ts";

/** Milliseconds between counts of what waits: as often as the autoscaler asks. */
const MEASURE_PAUSE = 5_000;

await runService(evaluator, async ({ settings, log, metrics }) => {
  const database = openDatabase(evaluator, { settings, log, metrics });
  const wakeUps = connectWakeUps(settings, database, log);
  for (const result of ["committed", "failed"]) metrics.set(steps, { result }, 0);
  const runner = new ExperimentRunner({
    ...{ database, wakeUps, log, modelOf: modelsByName(settings) },
    onStep: (result) => {
      metrics.count(steps, { result });
    },
  });
  const wake = (): void => {
    runner.wake();
  };
  const listener = await listen(settings.secret(DATABASE_URL), EVALUATIONS_DUE, {
    ...{ onPayload: wake, onConnect: wake, log },
  });
  runner.start();
  const measure = async (): Promise<void> => {
    const { executions, delaySeconds } = await readBacklog(database);
    metrics.set(queueDepth, { queue: EVALUATIONS }, executions);
    metrics.set(evaluationDelay, {}, delaySeconds);
  };
  // A count that fails leaves the last one standing: silence must not look like an empty queue.
  const stopMeasuring = repeat(measure, {
    ...{ pause: MEASURE_PAUSE, log, failed: "what waits for scores could not be counted" },
  });
  return {
    ready: () => database.isThere(),
    degraded: () => !wakeUps.isConnected(),
    stop: async () => {
      stopMeasuring();
      await listener.stop();
      await runner.stop();
      await wakeUps.close();
      await database.close();
    },
  };
});

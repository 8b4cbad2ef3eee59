import { openDatabase } from "../shared/database/open.ts";
import { egressFetch } from "../shared/egress/fetch.ts";
import { SEALING_KEYS } from "../shared/models/contract.ts";
import { SealingKeys } from "../shared/models/sealed-keys.ts";
import { repeat } from "../shared/runtime/repeat.ts";
import { runService, type Running, type ServiceContext } from "../shared/runtime/run-service.ts";
import { attempts, webhookDelay } from "../shared/webhooks/contract.ts";
import { recordReachedBudgets } from "./budgets.ts";
import { readDelay } from "./claim.ts";
import { Deliverer } from "./deliverer.ts";
import { resealWebhookSecrets } from "./reseal.ts";
import { notifications } from "./service.ts";

/** Milliseconds between looks at what waits, at budgets, and for secrets that are sealed under an older key. */
const MEASURE_PAUSE = 5_000;
const BUDGET_PAUSE = 15_000;
const RESEAL_PAUSE = 3_600_000;

await runService(notifications, start);

function start({ settings, log, metrics }: ServiceContext): Promise<Running> {
  const database = openDatabase(notifications, { settings, log, metrics });
  const keys = new SealingKeys(() => settings.secret(SEALING_KEYS));
  for (const result of ["delivered", "rejected", "unreachable", "failed"]) metrics.set(attempts, { result }, 0);
  const deliverer = new Deliverer({
    ...{ database, keys, log },
    egress: egressFetch({ proxy: settings.egressProxy }),
    onResult: (result) => {
      metrics.count(attempts, { result });
    },
  });
  deliverer.start();
  const measure = async (): Promise<void> => {
    metrics.set(webhookDelay, {}, await readDelay(database));
  };
  const reseal = async (): Promise<void> => {
    const sealed = await resealWebhookSecrets(database, keys);
    if (sealed > 0) log.info({ sealed }, "secrets of webhooks were sealed again, under the newest key");
  };
  const jobs = [
    // What was measured last stands: silence must not look like an empty queue.
    repeat(measure, { pause: MEASURE_PAUSE, log, failed: "waiting webhooks could not be measured" }),
    repeat(() => recordReachedBudgets(database), {
      ...{ pause: BUDGET_PAUSE, log, failed: "budgets could not be compared with usage; it is tried again" },
    }),
    repeat(reseal, { pause: RESEAL_PAUSE, log, failed: "secrets of webhooks could not be sealed again" }),
  ];
  return Promise.resolve({
    ready: () => database.isThere(),
    stop: async () => {
      for (const stop of jobs) stop();
      await deliverer.stop();
      await database.close();
    },
  });
}

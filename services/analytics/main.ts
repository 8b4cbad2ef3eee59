import { openDatabase } from "../shared/database/open.ts";
import { runService, type Running, type ServiceContext } from "../shared/runtime/run-service.ts";
import { AMQP_URL, deadLetters, outboxAge, usageEvents } from "../shared/usage/contract.ts";
import { readBacklog } from "./backlog.ts";
import { UsageCounter } from "./counter.ts";
import { OutboxRelay, type TakeOver } from "./outbox.ts";
import { UsageQueue } from "./amqp.ts";
import { analytics } from "./service.ts";

/** Milliseconds between looks at what waits. */
const MEASURE_PAUSE = 5_000;

await runService(analytics, start);

function start({ settings, log, metrics }: ServiceContext): Promise<Running> {
  const database = openDatabase(analytics, { settings, log, metrics });
  for (const result of ["counted", "ignored", "refused"]) metrics.set(usageEvents, { result }, 0);
  const counter = new UsageCounter({
    database,
    log,
    onCounted: (result) => {
      metrics.count(usageEvents, { result });
    },
  });
  const count = async (json: string): Promise<"taken" | "refused"> =>
    (await counter.count(json)) === "refused" ? "refused" : "taken";
  const url = settings.optionalSecret(AMQP_URL);
  const queue = url === undefined ? undefined : new UsageQueue({ url, log });
  // Without a broker, the counter takes events from the outbox itself.
  const takeOver: TakeOver = async (event) => {
    if (!queue) return count(event.json);
    await queue.publish(event);
    return "taken";
  };
  const relay = new OutboxRelay({ database, takeOver, log });
  queue?.consume(count);
  relay.start();
  const measure = async (): Promise<void> => {
    const { ageSeconds, refused } = await readBacklog(database);
    metrics.set(outboxAge, {}, ageSeconds);
    metrics.set(deadLetters, {}, refused + ((await queue?.countDeadLetters()) ?? 0));
  };
  const tryToMeasure = (): void => {
    // What was measured last stands: silence must not look like an empty outbox.
    measure().catch((error: unknown) => {
      log.warn({ err: error }, "the outbox and the dead letters could not be measured");
    });
  };
  tryToMeasure();
  const measuring = setInterval(tryToMeasure, MEASURE_PAUSE);
  return Promise.resolve({
    ready: () => database.isThere(),
    degraded: () => queue !== undefined && !queue.isConnected(),
    stop: async () => {
      clearInterval(measuring);
      counter.stop();
      await relay.stop();
      await queue?.stopConsuming();
      await queue?.close();
      await database.close();
    },
  });
}

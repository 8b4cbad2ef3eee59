/**
 * What one replica of our services carries. Measured 2026-11-29 by `npm run bench` on two virtual CPUs that the replica, Postgres and the
 * client shared, so a replica with a CPU of its own carries more.
 */
export const throughput = {
  /** Executions that a replica of the API accepts a second: `--only accept`. */
  accepted: 600,
  /** Milliseconds of CPU that a worker and Postgres spend on an execution whose answer comes in eight pieces: `--only executions`. */
  workerMilliseconds: 1.9,
  postgresMilliseconds: 1.1,
} as const;

/** Executions that one worker streams at once. They wait for the model nearly all of the time. */
export const STREAMS_PER_WORKER = 256;

/** Rates that the platform is built for, in executions a second. */
export const targetRates: readonly { readonly name: string; readonly perSecond: number }[] = [
  { name: "100,000 a day", perSecond: 100_000 / 86_400 },
  { name: "10,000 a minute", perSecond: 10_000 / 60 },
  { name: "1,000 a second", perSecond: 1_000 },
];

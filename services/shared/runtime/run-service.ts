import type { Commands, Service } from "../../../platform/service.ts";
import { UserError } from "../../../platform/faults.ts";
import { runMigrations } from "../database/migrate.ts";
import { commandOf } from "./command.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { closePort, type Health, healthListener, metricsListener, openPort, portOfServer } from "./probes.ts";
import { readSettings, type Settings } from "./settings.ts";
import { startTracing } from "./tracing.ts";

export interface ServiceContext {
  readonly settings: Settings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** What the probes say; a service that has a port `http` answers them there. */
  readonly health: Health;
}

/** What a service's own code starts. */
export interface Running {
  /** Whether what it cannot work without answers now. */
  readonly ready: () => Promise<boolean>;
  /** Whether it answers without something that it has a substitute for. @default - it never does */
  readonly degraded?: () => boolean;
  /** Takes no more work, ends what it has in hand within the seconds given, and lets go of everything. */
  readonly stop: (seconds: number) => Promise<void>;
  /** Ports that it opened itself, by name. */
  readonly ports?: Readonly<Record<string, number>>;
}

export interface ServiceOptions {
  /** The folder of the service's migrations. @default - it owns no database */
  readonly migrations?: string;
  /** Creates a tenant. @default - it has none */
  readonly createTenant?: () => Promise<void>;
}

/**
 * Runs a service as its descriptor says: its commands, ports, probes, metrics and secrets come from there and nowhere else.
 * SIGTERM begins the drain that the descriptor promises; a second signal ends it at once.
 */
export async function runService(
  service: Service,
  start: (context: ServiceContext) => Promise<Running>,
  options: ServiceOptions = {},
): Promise<void> {
  const command = await explainUserErrors(() => commandOf(service, process.argv.slice(2)));
  if (command !== "serve") return runJob(service, jobOf(service, command, options));
  const settings = await explainUserErrors(() => readSettings(service));
  const log = createLog(service.name, settings.logLevel);
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "uncaught error; the process exits");
    process.exit(1);
  });
  const tracing = startTracing(service.name, settings);
  const metrics = createMetrics(service.metrics);
  let running: Running | undefined;
  const health: Health = {
    started: false,
    draining: false,
    ready: async () => {
      try {
        return (await running?.ready()) ?? false;
      } catch (error) {
        log.warn({ err: error }, "not ready: what it depends on does not answer");
        return false;
      }
    },
    degraded: () => running?.degraded?.() ?? false,
  };
  const stopAtSignal = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (health.draining) process.exit(1);
        resolve(signal);
      });
    }
  });
  try {
    const open = [await openPort(metricsListener(metrics.registry), settings.ports["metrics"] ?? 0, settings.address)];
    const ports: Record<string, number> = { metrics: portOfServer(open[0] as (typeof open)[number]) };
    if (settings.ports["health"] !== undefined) {
      const server = await openPort(healthListener(health), settings.ports["health"], settings.address);
      ports["health"] = portOfServer(server);
      open.push(server);
    }
    running = await start({ settings, log, metrics, health });
    health.started = true;
    log.info({ ports: { ...ports, ...running.ports } }, "started");

    const signal = await stopAtSignal;
    health.draining = true;
    log.info({ signal, drainSeconds: service.drain }, "draining");
    const stopping = running
      .stop(service.drain)
      .then(() => Promise.all(open.map(closePort)))
      .then(() => tracing.stop())
      .then(() => true);
    if (await Promise.race([stopping, after(service.drain + SECONDS_TO_LET_GO)])) log.info("stopped");
    else {
      log.error("not everything was let go within the drain; the process ends anyway");
      process.exitCode = 1;
    }
  } catch (error) {
    log.fatal({ err: error }, "could not start or stop; the process exits");
    process.exitCode = 1;
  }
  // What a library may still hold open must not keep a service that has drained.
  process.exit();
}

/** Seconds after the drain in which connections are closed: less than a pod has left before SIGKILL. */
const SECONDS_TO_LET_GO = 3;

const after = (seconds: number): Promise<false> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000, false);
  });

/** What a command other than `serve` does. */
function jobOf(
  service: Service,
  command: Exclude<keyof Commands, "serve">,
  { migrations, createTenant }: ServiceOptions,
): () => Promise<void> {
  const jobs = {
    migrate: migrations === undefined ? undefined : () => runMigrations(service, migrations),
    createTenant,
  };
  const job = jobs[command];
  if (job) return job;
  throw new Error(`Service '${service.name}' has the command '${command}' and no code for it. Give it to runService.`);
}

/** Runs a job to its end. What it fails with is logged, since Node would print all of an error, with the rows in it. */
async function runJob({ name }: Service, job: () => Promise<void>): Promise<void> {
  try {
    await explainUserErrors(job);
  } catch (error) {
    createLog(name, "info").fatal({ err: error }, "the job failed");
    process.exitCode = 1;
  }
}

async function explainUserErrors<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

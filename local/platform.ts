import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databaseName, migrationJob, urlVariable } from "../platform/names.ts";
import { ownsDatabase, type Service, usesObjects } from "../platform/service.ts";
import { analytics } from "../services/analytics/service.ts";
import { api } from "../services/api/service.ts";
import { notifications } from "../services/notifications/service.ts";
import { OBJECTS_ACCESS_KEY, OBJECTS_SECRET_KEY } from "../services/shared/objects/contract.ts";
import type { ModelInput } from "../services/shared/runtime/settings.ts";
import { evaluator } from "../services/evaluator/service.ts";
import { worker } from "../services/worker/service.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { type DatabaseUrls, giveRoles } from "./give-roles.ts";
import { portOr } from "./ports.ts";
import { bundlePrograms, programsIn } from "./programs.ts";
import { runToEnd, type ServiceProcess, startService } from "./service-process.ts";

export interface PlatformOptions {
  /** Keeps everything: data, secrets, programs. */
  readonly folder: string;
  /** The folder of the services' programs, if they are already bundled. @default - they are bundled into `folder` */
  readonly programs?: string;
  readonly models: readonly ModelInput[];
  /** More services, by their descriptors. @default - none */
  readonly services?: readonly Service[] | undefined;
  /** Each line that a service logs. */
  readonly onLine: (service: string, line: string) => void;
  /** Whether ports are the descriptors', where nobody has them; free ones otherwise. */
  readonly declaredPorts: boolean;
  /** @default true */
  readonly durable?: boolean;
  /** @default - Postgres tells workers and replicas */
  readonly redisUrl?: string;
  /** @default - usage events are counted from their outbox in Postgres */
  readonly amqpUrl?: string;
  /** @default - objects are kept in a directory */
  readonly bucket?: LocalBucket;
}

/** A bucket that speaks S3, and the key that opens it. */
export interface LocalBucket {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The services that share the API's database. Others are started by their descriptors. */
export const ownServices: readonly Service[] = [api, worker, analytics, evaluator, notifications];

/** The platform on one machine: its services as processes, on a Postgres of its own, as their pods would run. */
export interface Platform {
  readonly postgres: EmbeddedPostgres;
  /** The database of prompts and executions, as the superuser. */
  readonly databaseUrl: string;
  readonly startApi: () => Promise<ServiceProcess>;
  readonly startWorker: (name: string) => Promise<ServiceProcess>;
  readonly startAnalytics: (name: string) => Promise<ServiceProcess>;
  readonly startEvaluator: (name: string) => Promise<ServiceProcess>;
  readonly startNotifications: (name: string) => Promise<ServiceProcess>;
  /** Starts one of `services`. */
  readonly startOther: (service: Service) => Promise<ServiceProcess>;
  readonly stop: () => Promise<void>;
}

/** Starts Postgres and brings the database to this version; services are started by the caller. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { folder, onLine } = options;
  const services = [...ownServices, ...(options.services ?? [])];
  const programs = options.programs ?? programsIn(folder);
  if (options.programs === undefined)
    await bundlePrograms(
      programs,
      services.map(({ name }) => name),
    );
  const postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres"), durable: options.durable ?? true });
  const running = new Set<ServiceProcess>();
  const stop = async (): Promise<void> => {
    await Promise.all([...running].map((each) => each.stop()));
    await postgres.stop();
  };
  try {
    const secrets = join(folder, "secrets");
    const password = kept(join(secrets, "database-password"), 24);
    const urls = await giveRoles(postgres.url, services, password);
    const servers = serversOf(options);
    for (const service of services) writeSecrets(join(secrets, service.name), service, urls.serve, servers);
    for (const service of services) copySecrets(secrets, service);
    const environments = new Map<string, Promise<Record<string, string>>>();
    const addresses = new Map<string, string>();
    const start = async (service: Service, as: string): Promise<ServiceProcess> => {
      // The descriptor's ports are for the first replica; the others take free ones, and keep them when they start again.
      const first = ![...environments.keys()].some((each) => each.startsWith(service.name));
      const declaredPorts = options.declaredPorts && first;
      const environment = environments.get(as) ?? environmentOf(service, { ...options, declaredPorts });
      environments.set(as, environment);
      const env = { ...(await environment), ...urlsFor(service, addresses) };
      const process = await startService({
        name: service.name,
        programs,
        env,
        onLine: (line) => {
          onLine(as, line);
        },
      });
      running.add(process);
      if (process.ports["http"] !== undefined) addresses.set(service.name, `http://127.0.0.1:${process.ports["http"]}`);
      void process.ended.then(() => running.delete(process));
      return process;
    };
    for (const service of services.filter(ownsDatabase)) await migrateDatabase(service, urls, { ...options, programs });
    return {
      postgres,
      databaseUrl: postgres.url(databaseName(api)),
      startApi: () => start(api, api.name),
      startWorker: (name) => start(worker, name),
      startAnalytics: (name) => start(analytics, name),
      startEvaluator: (name) => start(evaluator, name),
      startNotifications: (name) => start(notifications, name),
      startOther: (service) => start(service, service.name),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What services are told of servers beside Postgres, by the secret file. */
const serversOf = ({ redisUrl, amqpUrl, bucket }: PlatformOptions): Readonly<Record<string, string | undefined>> => ({
  "redis-url": redisUrl,
  "amqp-url": amqpUrl,
  [OBJECTS_ACCESS_KEY]: bucket?.accessKey,
  [OBJECTS_SECRET_KEY]: bucket?.secretKey,
});

/** Runs a service's migrations as its migrator, with the one secret that its job has in a cluster. */
async function migrateDatabase(
  service: Service,
  urls: DatabaseUrls,
  options: PlatformOptions & { readonly programs: string },
): Promise<void> {
  const name = migrationJob(service);
  const secrets = join(options.folder, "secrets", name);
  writeSecrets(secrets, { ...service, secrets: [] }, urls.migrate);
  await runToEnd({
    name: service.name,
    programs: options.programs,
    args: service.commands?.migrate ?? [],
    env: { ...(await environmentOf(service, options)), PROMPTOPS_SECRETS: secrets },
    onLine: (line) => {
      options.onLine(name, line);
    },
  });
}

/** What the pod of a service gets in its environment, with this machine's addresses. */
async function environmentOf(service: Service, options: PlatformOptions): Promise<Record<string, string>> {
  const { folder, models, declaredPorts } = options;
  const ports = Object.entries(service.listens) as [string, number][];
  const chosen = await Promise.all(
    ports.map(async ([name, port]) => [
      `PROMPTOPS_PORT_${name.toUpperCase()}`,
      String(declaredPorts ? await portOr(port) : 0),
    ]),
  );
  return {
    PROMPTOPS_ENVIRONMENT: "local",
    PROMPTOPS_SECRETS: join(folder, "secrets", service.name),
    PROMPTOPS_ADDRESS: "127.0.0.1",
    PROMPTOPS_MODELS: JSON.stringify(models),
    ...(usesObjects(service) && { PROMPTOPS_OBJECTS: JSON.stringify(objectSettings(options)) }),
    ...(Object.fromEntries(chosen) as Record<string, string>),
  };
}

/** A process that signs requests to a directory answers them itself, at a free port, for as long as it runs. */
function objectSettings({ folder, bucket: given }: PlatformOptions): object {
  if (given === undefined) return { directory: join(folder, "objects"), port: 0 };
  const { bucket, region, endpoint } = given;
  return { bucket, region, endpoint };
}

/** The URLs of the services that one calls, which have been started before. */
const urlsFor = ({ uses }: Service, addresses: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries(
    uses.flatMap((use) =>
      use.kind === "service" ? [[urlVariable(use.service), addresses.get(use.service) ?? ""]] : [],
    ),
  );

/** The files that a service finds among its secrets, and no others. */
function writeSecrets(
  folder: string,
  service: Service,
  urls: ReadonlyMap<string, string>,
  servers: Readonly<Record<string, string | undefined>> = {},
): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [file, url] of Object.entries({ "database-url": urls.get(service.name), ...servers }))
    if (url !== undefined) writeFileSync(join(folder, file), url, { mode: 0o600 });
  for (const { name, bytes } of service.secrets) kept(join(folder, name), bytes);
}

/** The secrets of other services that a service reads. */
function copySecrets(folder: string, { name: service, uses }: Service): void {
  for (const use of uses)
    if (use.kind === "secret") copyFileSync(join(folder, use.of, use.name), join(folder, service, use.name));
}

function kept(file: string, bytes: number): string {
  mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, randomBytes(bytes).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

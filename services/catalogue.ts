import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../platform/faults.ts";
import { groupBy } from "../platform/group-by.ts";
import { databaseOf, ownsDatabase, portsOf, type Service } from "../platform/service.ts";

/**
 * Finds every services/<name>/service.ts and reads the descriptor that it exports. Sorted by name. Throws when one cannot
 * be read, or when two claim what only one can have.
 */
export async function loadServices(folder: string = import.meta.dirname): Promise<Service[]> {
  const files = readdirSync(folder)
    .map((name) => join(folder, name, "service.ts"))
    .filter((file) => existsSync(file));
  const services = await Promise.all(files.toSorted().map(loadService));
  const clashes = findClashes(services);
  if (clashes.length > 0) throw new UserError(["The services cannot stand side by side:", ...clashes].join("\n  "));
  return services;
}

async function loadService(file: string): Promise<Service> {
  const exported = Object.values((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  const [service, ...others] = exported.filter(isService);
  if (!service || others.length > 0) {
    throw new UserError(
      `${file} must export one service, made with defineService; it exports ${exported.filter(isService).length}.`,
    );
  }
  return service;
}

const isService = (value: unknown): value is Service =>
  typeof value === "object" && value !== null && "listens" in value && "scale" in value;

/** What two services claim both. Ports too: all services run on one machine in development. */
export function findClashes(services: readonly Service[]): string[] {
  const names = services.map(({ name }) => name);
  return [
    ...claimedTwice("name", services, ({ name }) => [name]),
    ...claimedTwice("port", services, (service) => portsOf(service).map(([, port]) => String(port))),
    ...claimedTwice("host", services, ({ exposed }) => (exposed ? [exposed.host] : [])),
    ...claimedTwice("secret", services, ({ secrets }) => secrets.map(({ name }) => name)),
    ...claimedTwice("queue to consume", services, ({ uses }) =>
      uses.flatMap((use) => (use.kind === "queue" && use.role === "consumer" ? [use.queue] : [])),
    ),
    ...services.flatMap(({ name, uses }) =>
      uses.flatMap((use) =>
        use.kind === "service" && !names.includes(use.service)
          ? [`'${name}' calls '${use.service}', which is no service.`]
          : [],
      ),
    ),
    ...services.flatMap((service) => {
      const owner = databaseOf(service)?.of;
      const owns = services.some((each) => each.name === owner && ownsDatabase(each));
      return owner === undefined || owns ? [] : [`'${service.name}' uses the database of '${owner}', which owns none.`];
    }),
  ];
}

function claimedTwice(what: string, services: readonly Service[], claimsOf: (service: Service) => string[]): string[] {
  const claims = groupBy(
    services.flatMap((service) => claimsOf(service).map((claim) => ({ claim, by: service.name }))),
    ({ claim }) => claim,
  );
  return [...claims]
    .filter(([, claimants]) => claimants.length > 1)
    .map(
      ([claim, claimants]) =>
        `${what} '${claim}' is claimed by ${claimants.map(({ by }) => by).join(" and ")}. Change all but one.`,
    );
}

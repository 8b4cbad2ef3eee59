import { UserError } from "../platform/faults.ts";
import { groupBy } from "../platform/group-by.ts";
import { foldersWith, importFile } from "../platform/module-file.ts";
import { databaseOf, internetPorts, ownsDatabase, portsOf, type Service } from "../platform/service.ts";

/** The folder of the platform's services. */
export const platformServices = import.meta.dirname;

/**
 * Reads the descriptor of every services/<name>/service.ts in the folders, and takes the descriptors that are given as such. Sorted
 * by name. Throws when one cannot be read, or when two claim what only one can have.
 */
export async function loadServices(sources: readonly (string | Service)[] = [platformServices]): Promise<Service[]> {
  const found = sources.flatMap((source) => (typeof source === "string" ? foldersWith(source, "service") : []));
  const given = sources.filter((source) => typeof source !== "string");
  const loaded = await Promise.all(found.map(({ file }) => loadService(file)));
  const services = [...loaded, ...given].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const clashes = findClashes(services);
  if (clashes.length > 0) throw new UserError(["The services conflict:", ...clashes].join("\n  "));
  return services;
}

async function loadService(file: string): Promise<Service> {
  const exported = Object.values(await importFile(file)).filter(isService);
  const [service, ...others] = exported;
  if (!service || others.length > 0) {
    throw new UserError(`${file} must export one service, made with defineService; it exports ${exported.length}.`);
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
    ...services.flatMap(({ name, uses }) =>
      uses.flatMap((use) =>
        use.kind === "secret" && !ownsSecret(services, use)
          ? [`'${name}' reads the secret '${use.name}' of '${use.of}', which has none of that name.`]
          : [],
      ),
    ),
    ...claimedTwice("way to", services, (service) => (internetPorts(service).length > 0 ? ["any host"] : [])),
    ...services.flatMap((service) => {
      const owner = databaseOf(service)?.of;
      const owns = services.some((each) => each.name === owner && ownsDatabase(each));
      return owner === undefined || owns ? [] : [`'${service.name}' uses the database of '${owner}', which owns none.`];
    }),
  ];
}

const ownsSecret = (
  services: readonly Service[],
  { name, of }: { readonly name: string; readonly of: string },
): boolean => services.some((service) => service.name === of && service.secrets.some((secret) => secret.name === name));

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

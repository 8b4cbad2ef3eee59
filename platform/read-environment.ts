import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { Addon } from "./addon.ts";
import { withoutCdn } from "./cdn.ts";
import { type Cloud, cloudFacts, clouds } from "./clouds.ts";
import { DATABASE_PORT } from "./database.ts";
import { type Descriptors, descriptorsIn } from "./descriptors.ts";
import { cloudKeys, type Environment, sharedKeys } from "./environment.ts";
import { environmentKeys } from "./environment-keys.ts";
import { environmentRules } from "./environment-rules.ts";
import { inNamespace, isRecord, type Keys, ownKeys } from "./environment-source.ts";
import { type Fault, FaultyFileError } from "./faults.ts";
import { installedAddons, isEnabled, providerOf } from "./installed-addons.ts";
import { MAX_NAME } from "./names.ts";
import { type Neighbour, neighbourFaults } from "./neighbour-rules.ts";
import { releaseFaults } from "./release.ts";
import { calledHosts, callsModels, type Service } from "./service.ts";

const ENVIRONMENT_FILE = /^Pulumi\.([a-z][-a-z0-9]*)\.yaml$/;
const ENVIRONMENT_NAME = new RegExp(`^[a-z]([-a-z0-9]{0,${MAX_NAME - 2}}[a-z0-9])?$`);

export const isEnvironmentName = (name: string): boolean => ENVIRONMENT_NAME.test(name);

export function environmentFile(name: string): string {
  return `Pulumi.${name}.yaml`;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The names of the environments described in a folder, sorted. */
export function listEnvironments(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => isFile(join(folder, file)))
    .flatMap((file) => ENVIRONMENT_FILE.exec(file)?.[1] ?? [])
    .toSorted();
}

/**
 * Reads and checks Pulumi.<name>.yaml: the one way from a file to an environment, for `pulumi up`, `cdk8s synth` and the
 * plan alike. Throws a FaultyFileError that lists everything wrong with the file. What Pulumi keeps there for itself
 * (salts, other namespaces) is left alone. With `cloud`, returns the environment as it would be there: keys that only its
 * own cloud has are dropped, everything else is required of the other cloud.
 */
export function readEnvironment(folder: string, name: string, descriptors: Descriptors, cloud?: Cloud): Environment {
  const file = environmentFile(name);
  const path = join(folder, file);
  if (!isEnvironmentName(name)) {
    const rule = `must name an environment with lower-case letters, digits and '-', at most ${MAX_NAME}. Rename the file.`;
    throw new FaultyFileError(file, [{ path: file, value: name, rule }]);
  }
  if (!isFile(path)) {
    const known = listEnvironments(folder);
    const rule = `does not exist. The environments are ${known.join(", ") || "none"}; to add one, copy its file.`;
    throw new FaultyFileError(file, [{ path: file, rule }]);
  }
  const environment = parseEnvironment(readFileSync(path, "utf8"), name, descriptors, cloud);
  const faults = neighbourFaults(environment, neighboursOf(folder, name)).map(inNamespace);
  if (faults.length > 0) throw new FaultyFileError(file, faults);
  return environment;
}

/** The other environments of the folder, as written: what is wrong with them is not this one's. */
function neighboursOf(folder: string, name: string): Neighbour[] {
  return listEnvironments(folder)
    .filter((other) => other !== name)
    .map((other) => ({ name: other, keys: ownKeys(readFileSync(join(folder, environmentFile(other)), "utf8")).own }));
}

/** The part of `readEnvironment` that needs no file. */
export function parseEnvironment(source: string, name: string, descriptors: Descriptors, cloud?: Cloud): Environment {
  const file = cloud === undefined ? environmentFile(name) : `${environmentFile(name)} on ${cloud}`;
  const { own: stated, faults: early, readable } = ownKeys(source);
  if (!readable) throw new FaultyFileError(file, early);
  const faults = [...early];
  const own = cloud === undefined || cloud === stated["cloud"] ? stated : movedTo(cloud, stated);
  const on = clouds.find((known) => known === own["cloud"]);
  const schemas = on === undefined ? sharedKeys : environmentKeys(on, descriptors.addons);
  const parts = { name, ...readKeys(own, schemas, { on, faults }) };
  if (on !== undefined)
    faults.push(...strayKeys(on, own, schemas), ...ruleFaults({ ...parts, cloud: on }, descriptors));
  if (faults.length > 0) throw new FaultyFileError(file, faults);
  const environment = parts as unknown as Environment;
  const refused = addonFaults(environment, descriptorsIn(environment, descriptors));
  if (refused.length > 0) throw new FaultyFileError(file, refused);
  return environment;
}

/** The values of the keys that are valid; what is wrong with the others is added to `faults`. */
function readKeys(
  own: Keys,
  schemas: Readonly<Record<string, z.ZodType>>,
  { on, faults }: { readonly on: Cloud | undefined; readonly faults: Fault[] },
): Record<string, unknown> {
  const parts: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(schemas)) {
    const result = schema.safeParse(own[key], { reportInput: true });
    if (result.success) {
      if (result.data !== undefined) parts[key] = result.data;
      continue;
    }
    // A value of a wrong type breaks further rules, which say nothing of it.
    for (const fault of result.error.issues.flatMap((issue) => issueFaults(key, issue, on)))
      if (!faults.some(({ path }) => path === fault.path)) faults.push(fault);
  }
  return parts;
}

/** Keys that name a place on a cloud. */
const PLACE_KEYS = ["account", "region", "zones", "network"];

/** The same file on another cloud, without the keys that name a place on its own or that the other one lacks. */
function movedTo(cloud: Cloud, own: Keys): Keys {
  const { kubernetes, database, ...others } = own;
  const known = [...Object.keys(sharedKeys), ...Object.keys(cloudKeys[cloud]), "addons"].filter(
    (key) => !PLACE_KEYS.includes(key),
  );
  const kept = (value: unknown, keys: readonly string[]): unknown =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key))) : value;
  const { managedPostgres } = cloudFacts[cloud];
  const { port: _, ...server } = isRecord(database) ? database : {};
  return {
    ...(kept(others, known) as Keys),
    kubernetes: kept(kubernetes, Object.keys(cloudKeys[cloud].kubernetes.shape)),
    database: {
      ...server,
      // Assigned only once the server is created; any port serves for a look.
      ...(managedPostgres &&
        managedPostgres.port === "assigned" &&
        server["inCluster"] !== true && { port: DATABASE_PORT }),
    },
    cloud,
  };
}

/** An unknown key may be misspelt, and would silently do nothing. */
function strayKeys(cloud: Cloud, own: Keys, schemas: Keys): Fault[] {
  const elsewhere = Object.values(cloudKeys).flatMap((keys) => Object.keys(keys));
  return Object.keys(own)
    .filter((key) => !Object.hasOwn(schemas, key))
    .map((key) => {
      const rule = elsewhere.includes(key)
        ? ((key === "cdn" ? withoutCdn[cloud] : undefined) ?? `has no meaning on ${cloud}. Remove it.`)
        : `is an unknown key. The keys are ${Object.keys(schemas).join(", ")}.`;
      return inNamespace({ path: key, value: own[key], rule });
    });
}

function ruleFaults(parts: Parameters<(typeof environmentRules)[number]>[0], { services }: Descriptors): Fault[] {
  return [...environmentRules.flatMap((rule) => rule(parts)), ...serviceFaults(parts, services)].map(inNamespace);
}

/** What the enabled add-ons, releases, and services that call models require of a file that is valid otherwise. */
function addonFaults(environment: Environment, descriptors: Descriptors): Fault[] {
  const { services, addons } = descriptors;
  const installed = installedAddons(environment, descriptors).map(({ addon }) => addon);
  return [
    ...addons
      .filter((addon) => isEnabled(addon, environment, services))
      .flatMap((addon) => addon.requires?.(environment, services) ?? []),
    ...releaseFaults(environment, { services, addons, installed }),
    ...endpointFaults(environment, services),
    ...cdnFaults(environment, installed),
  ].map(inNamespace);
}

function cdnFaults(environment: Environment, installed: readonly Addon[]): Fault[] {
  if (!("cdn" in environment) || providerOf(installed, "gateway")) return [];
  const rule = "needs a gateway, and no add-on provides one. Enable one that does, or remove 'cdn'.";
  return [{ path: "cdn", value: environment.cdn, rule }];
}

/** A service that calls models says which hosts it calls; an endpoint elsewhere would be out of its reach. */
function endpointFaults({ models = [] }: Environment, services: readonly Service[]): Fault[] {
  return models.flatMap(({ endpoint, private: isPrivate }, index) =>
    services
      .filter(callsModels)
      .filter(
        (service) => endpoint !== undefined && !isPrivate && !calledHosts(service).includes(new URL(endpoint).hostname),
      )
      .map(({ name }) => ({
        path: `models.${index}.endpoint`,
        value: endpoint,
        rule: `is on a host that service '${name}' does not call. Add the host to 'callsOut' in services/${name}/service.ts.`,
      })),
  );
}

function issueFaults(key: string, issue: z.core.$ZodIssue, cloud: Cloud | undefined): Fault[] {
  const at = [key, ...issue.path].join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((unknown) =>
      inNamespace({ path: `${at}.${unknown}`, rule: unknownKeyRule(at, unknown, cloud) }),
    );
  }
  const value = issue.input;
  if (isRecord(value) && "secure" in value) {
    return [
      inNamespace({
        path: at,
        rule: "is a Pulumi secret, but what it says is needed in plain. Set it without --secret.",
      }),
    ];
  }
  if (value === undefined) return [inNamespace({ path: at, rule: `is missing: it ${describe(issue)}` })];
  return [inNamespace({ path: at, value, rule: describe(issue) })];
}

/** Another cloud may have it. */
function unknownKeyRule(at: string, unknown: string, cloud: Cloud | undefined): string {
  const elsewhere = Object.values(cloudKeys).some((keys) => {
    const schema = (keys as Readonly<Record<string, z.ZodType>>)[at];
    return schema !== undefined && "shape" in schema && unknown in (schema.shape as object);
  });
  return elsewhere && cloud !== undefined
    ? `has no meaning on ${cloud}. Remove it.`
    : `is an unknown key of '${at}'. Correct its spelling or remove it.`;
}

/** Our schemas say their rules; what is left is zod's own word for a value that should have been a map. */
function describe({ message, code }: z.core.$ZodIssue): string {
  if (code === "invalid_key") return "must be named with lower-case letters, digits and '-'. Rename it.";
  return message.startsWith("must") || message.startsWith("set ") ? message : "must be a map of keys to values.";
}

function serviceFaults(
  { services: overrides = {}, models = [] }: Pick<Partial<Environment>, "services" | "models">,
  known: readonly Service[],
): Fault[] {
  const names = known.map(({ name }) => name);
  const serving = known.filter(({ listens }) => listens.http !== undefined).map(({ name }) => name);
  return [
    ...Object.keys(overrides)
      .filter((name) => !names.includes(name))
      .map((name) => ({ path: `services.${name}`, rule: `names no service. The services are ${names.join(", ")}.` })),
    ...models.flatMap(({ service }, index) => {
      if (service === undefined || serving.includes(service)) return [];
      const rule = `must be a service with a port 'http': ${serving.join(", ")}.`;
      return [{ path: `models.${index}.service`, value: service, rule }];
    }),
  ];
}

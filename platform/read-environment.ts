import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { type Environment, environmentSchema } from "./environment.ts";
import { type Cloud, capabilities, defaultRegions } from "./clouds.ts";
import { environmentRules, placeKeys } from "./environment-rules.ts";
import { type Fault, FaultyFileError } from "./faults.ts";
import { LONGEST_NAME } from "./names.ts";
import type { Service } from "./service.ts";

/** Our namespace in the stack files: the project's name in Pulumi.yaml. */
const NAMESPACE = "promptops";
const ENVIRONMENT_FILE = /^Pulumi\.([a-z][-a-z0-9]*)\.yaml$/;
const ENVIRONMENT_NAME = new RegExp(`^[a-z]([-a-z0-9]{0,${LONGEST_NAME - 2}}[a-z0-9])?$`);

export function environmentFile(name: string): string {
  return `Pulumi.${name}.yaml`;
}

/** The names of the environments described in a folder, sorted. */
export function listEnvironments(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((file) => ENVIRONMENT_FILE.exec(file)?.[1] ?? [])
    .toSorted();
}

/**
 * Reads and checks Pulumi.<name>.yaml: the one way from a file to an environment, for `pulumi up`, `cdk8s synth` and the
 * plan alike. Throws a FaultyFileError that lists everything wrong with the file. What Pulumi keeps there for itself
 * (salts, other namespaces) is left alone. With `cloud`, the environment as it would be on that one: what the file says of
 * a place on its own cloud is left out, everything else is asked for there.
 */
export function readEnvironment(
  folder: string,
  name: string,
  services: readonly Service[],
  cloud?: Cloud,
): Environment {
  const file = environmentFile(name);
  const path = join(folder, file);
  if (!ENVIRONMENT_NAME.test(name)) {
    const rule = `must name an environment with lower-case letters, digits and '-', at most ${LONGEST_NAME}. Rename the file.`;
    throw new FaultyFileError(file, [{ path: file, value: name, rule }]);
  }
  if (!existsSync(path)) {
    const known = listEnvironments(folder);
    const rule = `is not there. The environments are ${known.join(", ") || "none"}; to add one, copy its file.`;
    throw new FaultyFileError(file, [{ path: file, rule }]);
  }
  return parseEnvironment(readFileSync(path, "utf8"), name, services, cloud);
}

/** The part of `readEnvironment` that needs no file. */
export function parseEnvironment(
  source: string,
  name: string,
  services: readonly Service[],
  cloud?: Cloud,
): Environment {
  const file = cloud === undefined ? environmentFile(name) : `${environmentFile(name)} on ${cloud}`;
  const { own: stated, faults, readable } = ownKeys(source);
  if (!readable) throw new FaultyFileError(file, faults);
  const own = withDefaultRegion(cloud === undefined || cloud === stated["cloud"] ? stated : movedTo(cloud, stated));
  const parts: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(environmentSchema)) {
    const result = schema.safeParse(own[key], { reportInput: true });
    if (result.success) parts[key] = result.data;
    else faults.push(...result.error.issues.flatMap((issue) => issueFaults(key, issue)));
  }
  const sound: Partial<Environment> = { name, ...parts };
  const written = new Set(Object.keys(own));
  faults.push(
    ...environmentRules.flatMap((rule) => rule(sound, written)).map(inNamespace),
    ...serviceFaults(sound, services),
  );
  if (faults.length > 0) throw new FaultyFileError(file, faults);
  const present = Object.entries(parts).filter(([, value]) => value !== undefined);
  return { name, ...Object.fromEntries(present) } as Environment;
}

type Keys = Readonly<Record<string, unknown>>;

function withDefaultRegion(own: Keys): Keys {
  const region = (defaultRegions as Keys)[String(own["cloud"])];
  return region === undefined ? own : { region, ...own };
}

/** The same wishes and requirements on another cloud; region, zones, account and its roles name places on the one it leaves. */
function movedTo(cloud: Cloud, own: Keys): Keys {
  const { kubernetes, ...others } = own;
  const left = ["administrators", ...(capabilities[cloud].provisionsNodes ? [] : ["access"])];
  const without = (value: object, keys: readonly string[]): Keys =>
    Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
  return {
    ...without(others, Object.keys(placeKeys)),
    kubernetes: isRecord(kubernetes) ? without(kubernetes, left) : kubernetes,
    cloud,
  };
}

/** Our keys without their namespace. Unknown ones are faults; they may be misspelt, and would do nothing in silence. */
function ownKeys(source: string): { own: Record<string, unknown>; faults: Fault[]; readable: boolean } {
  const { config, fault } = configOf(source);
  const own: Record<string, unknown> = {};
  const faults: Fault[] = fault ? [fault] : [];
  for (const [key, value] of Object.entries(config)) {
    const [namespace, ...name] = key.split(":");
    if (name.length === 0) faults.push({ path: key, rule: `has no namespace. Write ${NAMESPACE}:${key}.` });
    else if (namespace === NAMESPACE) own[name.join(":")] = plainScalar(value);
  }
  const known = Object.keys(environmentSchema);
  for (const key of Object.keys(own).filter((name) => !known.includes(name))) {
    faults.push(inNamespace({ path: key, rule: `is no key of ours. The keys are ${known.join(", ")}.` }));
  }
  return { own, faults, readable: fault === undefined };
}

/** `pulumi config set` and `pulumi up -c` rewrite the file with `"true"` for `true`. No key takes those words as text. */
export function plainScalar(value: unknown): unknown {
  return value === "true" || value === "false" ? value === "true" : value;
}

function configOf(source: string): { config: Record<string, unknown>; fault?: Fault } {
  const document = parseDocument(source, { prettyErrors: true });
  const [broken] = document.errors;
  if (broken) return { config: {}, fault: { path: "YAML", rule: broken.message.split("\n")[0] ?? broken.message } };
  const content: unknown = document.toJS();
  const config = isRecord(content) ? (content["config"] ?? {}) : content;
  if (isRecord(config)) return { config };
  const rule = `must map keys like ${NAMESPACE}:cloud to values.`;
  return { config: {}, fault: { path: "config", value: config, rule } };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const inNamespace = (fault: Fault): Fault => ({ ...fault, path: `${NAMESPACE}:${fault.path}` });

function issueFaults(key: string, issue: z.core.$ZodIssue): Fault[] {
  const at = [key, ...issue.path].join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((unknown) =>
      inNamespace({ path: `${at}.${unknown}`, rule: `is no key of '${at}'. Correct its spelling or remove it.` }),
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

/** Our schemas say their rules; what is left is zod's own word for a value that should have been a map. */
function describe({ message, code }: z.core.$ZodIssue): string {
  if (code === "invalid_key") return "must be named with lower-case letters, digits and '-'. Rename it.";
  return message.startsWith("must") || message.startsWith("set ") ? message : "must be a map of keys to values.";
}

function serviceFaults({ services: overrides = {} }: Partial<Environment>, known: readonly Service[]): Fault[] {
  const names = known.map(({ name }) => name);
  return Object.keys(overrides)
    .filter((name) => !names.includes(name))
    .map((name) =>
      inNamespace({ path: `services.${name}`, rule: `names no service. The services are ${names.join(", ")}.` }),
    );
}

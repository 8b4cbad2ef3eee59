import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import type { Descriptors } from "../platform/descriptors.ts";
import { type Environment, regionOf } from "../platform/environment.ts";
import { FaultyFileError, UserError } from "../platform/faults.ts";
import { plainScalar } from "../platform/environment-source.ts";
import { environmentFile, parseEnvironment, readEnvironment } from "../platform/read-environment.ts";

const PREFIX = "promptops:";

/** The stack's configuration as the Pulumi engine hands it to a program: scalars as text, lists and maps as JSON. */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
}

export interface StackEnvironment {
  readonly environment: Environment;
  /** Keys whose values are not those of Pulumi.<stack>.yaml. */
  readonly overridden: readonly string[];
}

/**
 * The environment that the engine's configuration describes. It is Pulumi.<stack>.yaml unless `--config-file` names
 * another file. What would have no effect is refused: secrets, and configuration of providers.
 */
export function stackEnvironment(
  folder: string,
  stack: string,
  descriptors: Descriptors,
  config: StackConfig,
): StackEnvironment {
  const own = Object.entries(config.values).filter(([key]) => key.startsWith(PREFIX));
  if (own.length === 0) return { environment: unconfigured(folder, stack, descriptors), overridden: [] };
  requirePlain(own.map(([key]) => key).filter(config.isSecret));
  const inFile = valuesInFile(join(folder, environmentFile(stack)));
  const values = own.map(([key, text]): [string, unknown] => [key, decode(text)]);
  const keys = new Set([...own.map(([key]) => key), ...Object.keys(inFile)]);
  const given = Object.fromEntries(values);
  const overridden = [...keys].filter((key) => !isDeepStrictEqual(given[key], inFile[key])).toSorted();
  const environment = parseValues(given, stack, descriptors, overridden);
  requireNoProviderConfig(environment, config);
  return { environment, overridden };
}

/** The engine passes none of our keys: the stack has no file, or `--config-file` names one without our keys. */
function unconfigured(folder: string, stack: string, descriptors: Descriptors): never {
  const { name } = readEnvironment(folder, stack, descriptors);
  throw new UserError(
    `Pulumi was given no ${PREFIX} value for stack '${name}', but ${environmentFile(name)} has some. ` +
      "Leave out --config-file, or name a file with all of them.",
  );
}

function requirePlain(secrets: readonly string[]): void {
  if (secrets.length === 0) return;
  throw new UserError(
    secrets
      .map(
        (key) =>
          `${key} is a Pulumi secret, but its value is needed in plain text. Set it without --secret: pulumi config set ${key}.`,
      )
      .join("\n"),
  );
}

function parseValues(
  config: Record<string, unknown>,
  stack: string,
  descriptors: Descriptors,
  overridden: readonly string[],
): Environment {
  try {
    return parseEnvironment(JSON.stringify({ config }), stack, descriptors);
  } catch (error) {
    if (!(error instanceof FaultyFileError) || overridden.length === 0) throw error;
    throw new FaultyFileError(`The configuration that Pulumi was given for stack '${stack}'`, error.faults);
  }
}

function valuesInFile(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  const { config = {} } = parse(readFileSync(path, "utf8")) as { config?: Record<string, unknown> };
  const own = Object.entries(config).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(own.map(([key, value]) => [key, plainScalar(value)]));
}

/** Lists and maps come as JSON, scalars as text. */
function decode(text: string): unknown {
  if (!/^[[{]/.test(text)) return plainScalar(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Where each provider takes its settings from, since the program configures its providers itself. */
const providerSettings = {
  aws: "AWS's own variables, such as AWS_PROFILE",
  linode: "LINODE_TOKEN",
  kubernetes: "the kubeconfig and promptops:kubernetes.context",
} as const;

/** The program's providers are explicit, so the engine applies no `aws:region` to them. */
function requireNoProviderConfig(environment: Environment, { values }: StackConfig): void {
  const { name } = environment;
  const region = regionOf(environment);
  const faults = Object.entries(values).flatMap(([key, value]) => {
    const [provider = ""] = key.split(":");
    if (!Object.hasOwn(providerSettings, provider)) return [];
    if (key === "aws:region") {
      return value === region
        ? []
        : [
            `${key} = ${value} conflicts with ${PREFIX}region = ${String(region)}. Remove it: pulumi config rm ${key} -s ${name}.`,
          ];
    }
    const source = providerSettings[provider as keyof typeof providerSettings];
    return [
      `${key} has no effect: the program configures its own provider, which reads ${source}. Remove it: pulumi config rm ${key} -s ${name}.`,
    ];
  });
  if (faults.length > 0) throw new UserError(faults.join("\n"));
}

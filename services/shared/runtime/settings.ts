import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../platform/faults.ts";
import { modelFacts } from "../../../platform/model-schema.ts";
import { urlVariable } from "../../../platform/names.ts";
import type { Service } from "../../../platform/service.ts";
import { secretFiles } from "./secret-files.ts";

/** A model, its endpoint, how many executions may run there at once over all workers, and the secret with its API key. */
const model = z.strictObject({
  name: z.string().min(1),
  endpoint: z.url({ protocol: /^https?$/ }),
  concurrency: z.int().min(1).default(16),
  credential: z.string().min(1).optional(),
  /** It is on the internet: reached through the egress proxy where there is one, and at a public address alone. */
  internet: z.boolean().default(false),
  ...modelFacts,
  protocol: modelFacts.protocol.default("openai"),
  fallbacks: modelFacts.fallbacks.default([]),
});
export type Model = z.output<typeof model>;
/** A model as PROMPTOPS_MODELS states it. */
export type ModelInput = z.input<typeof model>;

const fallbacksAreListed = (models: readonly Model[]): boolean =>
  models.every(({ fallbacks }) => fallbacks.every((name) => models.some((other) => other.name === name)));

const label = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and '-', at most 63");
const port = z.coerce.number().int().min(0).max(65_535);

/** Where a pod mounts its secret files. */
export const SECRETS_FOLDER = "/etc/promptops/secrets";

/** The one place where a service reads its environment. Everything but the environment's name has a default that is right in its pod. */
const environment = z.object({
  /** The environment's name, for traces. */
  PROMPTOPS_ENVIRONMENT: z.string().min(1),
  /** The folder of the secret files. */
  PROMPTOPS_SECRETS: z.string().default(SECRETS_FOLDER),
  /** The address that ports are opened on. */
  PROMPTOPS_ADDRESS: z.string().default("0.0.0.0"),
  /** Proxies between clients and the service, each of which adds its peer to X-Forwarded-For. */
  PROMPTOPS_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(9).default(0),
  PROMPTOPS_MODELS: z
    .string()
    .default("[]")
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue('must be JSON, such as [{"name": "m", "endpoint": "https://host/v1"}]');
        return z.NEVER;
      }
    })
    .pipe(z.array(model).refine(fallbacksAreListed, "names fallbacks that are not listed. Add their entries.")),
  /** The egress proxy. Without one, hosts on the internet are connected to directly. */
  PROMPTOPS_EGRESS_PROXY: z.url({ protocol: /^http$/ }).optional(),
  /** The name of the tenant to create. */
  PROMPTOPS_TENANT: label.optional(),
  /** The name of the operator who gets a key; no tenant is created then. */
  PROMPTOPS_OPERATOR: label.optional(),
  /** The SHA-256 of the tenant's first API key, or of the operator's key. */
  PROMPTOPS_KEY_SHA256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be a SHA-256: 64 hex digits in lower case")
    .optional(),
  /** Limits of that tenant, as JSON. */
  PROMPTOPS_TENANT_LIMITS: z.string().optional(),
  /** The OIDC issuer whose users may log in, as JSON. */
  PROMPTOPS_OIDC: z.string().optional(),
  /** Where objects are kept, as JSON. */
  PROMPTOPS_OBJECTS: z.string().optional(),
  PROMPTOPS_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** Where traces go, by OTLP over HTTP. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
});

export interface Settings {
  readonly environment: string;
  readonly secretsFolder: string;
  readonly address: string;
  /** The descriptor's ports, unless PROMPTOPS_PORT_<NAME> says another: several replicas on one machine need that. */
  readonly ports: Readonly<Record<string, number>>;
  /** How many addresses of X-Forwarded-For, from its end, the platform's own proxies have written. */
  readonly trustedProxies: number;
  readonly models: readonly Model[];
  /** The URL of the egress proxy. */
  readonly egressProxy: string | undefined;
  /** The tenant to create. */
  readonly tenant: string | undefined;
  /** The operator who gets a key. */
  readonly operator: string | undefined;
  /** The SHA-256 of the tenant's first API key, or of the operator's key, in hex. */
  readonly keyHash: string | undefined;
  /** Its limits, as JSON. */
  readonly tenantLimits: string | undefined;
  /** The OIDC issuer whose users may log in, as JSON. */
  readonly oidc: string | undefined;
  /** Where objects are kept, as JSON; undefined where the environment has no object storage. */
  readonly objects: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly tracesEndpoint: string | undefined;
  /** The URL of a service that it calls. Throws, naming the variable, when it is not set. */
  readonly urlOf: (service: string) => string;
  /** Reads a secret file. Throws, naming the file, when it does not exist. */
  readonly secret: (name: string) => string;
  /** Reads a secret file that need not be there. */
  readonly optionalSecret: (name: string) => string | undefined;
}

/** The variables that the program of a service reads. */
export const variablesOf = ({ listens, uses }: Service): string[] => [
  ...Object.keys(environment.shape),
  ...Object.keys(listens).map(portVariable),
  ...uses.flatMap((use) => (use.kind === "service" ? [urlVariable(use.service)] : [])),
];

export function readSettings(service: Service, variables: NodeJS.ProcessEnv = process.env): Settings {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new UserError([`Service '${service.name}' cannot start with its environment:`, ...faults].join("\n"));
  }
  const { PROMPTOPS_SECRETS: folder, ...values } = parsed.data;
  const files = secretFiles(service, values.PROMPTOPS_MODELS);
  const optionalSecret = (name: string): string | undefined => {
    if (!files.some((each) => each.name === name)) throw new Error(`No row of secretFiles has '${name}'. Add one.`);
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  };
  return {
    environment: values.PROMPTOPS_ENVIRONMENT,
    secretsFolder: folder,
    address: values.PROMPTOPS_ADDRESS,
    ports: Object.fromEntries(
      Object.entries(service.listens).map(([name, number]) => [name, portOf(name, number as number, variables)]),
    ),
    trustedProxies: values.PROMPTOPS_TRUSTED_PROXIES,
    models: values.PROMPTOPS_MODELS,
    egressProxy: values.PROMPTOPS_EGRESS_PROXY,
    tenant: values.PROMPTOPS_TENANT,
    operator: values.PROMPTOPS_OPERATOR,
    keyHash: values.PROMPTOPS_KEY_SHA256,
    tenantLimits: values.PROMPTOPS_TENANT_LIMITS,
    oidc: values.PROMPTOPS_OIDC,
    objects: values.PROMPTOPS_OBJECTS,
    logLevel: values.PROMPTOPS_LOG_LEVEL,
    tracesEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    urlOf: (name) => urlOf(name, variables),
    optionalSecret,
    secret: (name) => {
      const value = optionalSecret(name);
      if (value !== undefined && value !== "") return value;
      throw new UserError(
        `Service '${service.name}' finds no secret in ${join(folder, name)}. Put it there, or set PROMPTOPS_SECRETS to the folder that holds it.`,
      );
    },
  };
}

const portVariable = (name: string): string => `PROMPTOPS_PORT_${name.toUpperCase()}`;

function portOf(name: string, declared: number, variables: NodeJS.ProcessEnv): number {
  const variable = portVariable(name);
  const parsed = port.safeParse(variables[variable] ?? declared);
  if (parsed.success) return parsed.data;
  throw new UserError(`${variable} is '${variables[variable] ?? ""}'; it must be a port, 0 to 65535.`);
}

const url = z.url({ protocol: /^http$/ });

function urlOf(service: string, variables: NodeJS.ProcessEnv): string {
  const variable = urlVariable(service);
  const parsed = url.safeParse(variables[variable]);
  if (parsed.success) return parsed.data.replace(/\/$/, "");
  throw new UserError(
    `${variable} is '${variables[variable] ?? ""}'; it must be the URL of the service, such as http://${service}:8080.`,
  );
}

import {
  calledHosts,
  callsModels,
  type Commands,
  probePort,
  type Service,
  usesObjects,
} from "../../../platform/service.ts";
import { parseObjectSettings } from "../objects/settings.ts";
import { argumentsOf } from "./command.ts";
import { METRICS_PATH, PROBES } from "./probes.ts";
import { type SecretFile, secretFiles } from "./secret-files.ts";
import { type Model, readSettings, type Settings, variablesOf } from "./settings.ts";

/** What the program of a service reads and answers, told by the code that does. */
export interface Program {
  readonly service: string;
  readonly command: keyof Commands;
  readonly args: readonly string[];
  /** Environment variables that it reads. */
  readonly variables: readonly string[];
  /** It runs prompts on models, or accepts them for others to run. */
  readonly modelled: boolean;
  /** It connects to hosts on the internet, which takes the egress proxy. */
  readonly goesOut: boolean;
  /** It keeps objects in the environment's bucket, where there is one. */
  readonly keepsObjects: boolean;
  /** What it makes of its variables. Throws, as it does when it starts, if one is invalid. */
  readonly read: (variables: Readonly<Record<string, string>>) => ProgramSettings;
  /** Paths and port of the probes; undefined for a command that answers none. */
  readonly probes: { readonly port: string; readonly paths: typeof PROBES } | undefined;
  readonly metrics: { readonly port: string; readonly path: string } | undefined;
}

export interface ProgramSettings {
  readonly environment: string;
  readonly models: readonly Model[];
  readonly egressProxy: string | undefined;
  /** The bucket of its objects. */
  readonly bucket: string | undefined;
  /** URLs that it connects to. */
  readonly dials: readonly string[];
  readonly secretsFolder: string;
  readonly files: readonly SecretFile[];
  readonly ports: Readonly<Record<string, number>>;
  /** The number of proxies in front of it whose X-Forwarded-For it trusts. */
  readonly trustedProxies: number;
}

/** Where models are called: those on the internet through the egress proxy, which tenants' own are too. */
const modelDials = ({ models, egressProxy }: Pick<Settings, "models" | "egressProxy">): string[] => [
  ...models.filter(({ internet }) => !internet || egressProxy === undefined).map(({ endpoint }) => endpoint),
  ...(egressProxy === undefined ? [] : [egressProxy]),
];

/** What a service connects to while it serves. */
function dialsOf(service: Service, settings: Settings, bucket: string | undefined): string[] {
  const { egressProxy, tracesEndpoint } = settings;
  const called = callsModels(service) ? modelDials(settings) : [bucket === undefined ? undefined : egressProxy];
  return [...called, tracesEndpoint].filter((url) => url !== undefined);
}

function bucketIn({ objects }: Settings): string | undefined {
  const parsed = objects === undefined ? undefined : parseObjectSettings(objects);
  return parsed && "bucket" in parsed ? parsed.bucket : undefined;
}

/** The program of each command that a service has. */
export function programsOf(service: Service): Program[] {
  return argumentsOf(service).map(([command, args]) => {
    const serves = command === "serve";
    return {
      ...{ service: service.name, command, args, variables: variablesOf(service) },
      goesOut: serves && (callsModels(service) || calledHosts(service).length > 0),
      keepsObjects: serves && usesObjects(service),
      modelled: serves && service.uses.some(({ kind }) => kind === "models" || kind === "queue"),
      read: (variables) => {
        const settings = readSettings(service, variables);
        const { secretsFolder, ports, models, environment, trustedProxies } = settings;
        const bucket = bucketIn(settings);
        const reader = serves ? service : { uses: service.uses.filter(({ kind }) => kind === "database"), secrets: [] };
        const files = secretFiles(reader, models);
        const dials = serves ? dialsOf(service, settings, bucket) : [];
        return {
          ...{ environment, models, egressProxy: settings.egressProxy, bucket, dials, secretsFolder, files },
          ...(serves ? { ports, trustedProxies } : { ports: {}, trustedProxies: 0 }),
        };
      },
      probes: serves ? { port: probePort(service), paths: PROBES } : undefined,
      metrics: serves ? { port: "metrics", path: METRICS_PATH } : undefined,
    };
  });
}

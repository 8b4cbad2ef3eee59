import { count } from "../platform/count.ts";
import { type KnownObject, KnownObjects } from "../plan/model/known-objects.ts";
import type { ContainerSpec, LabelSelector, PodSpec, ProbeSpec } from "../plan/model/kubernetes.ts";
import { describeObject, type KubernetesObject, type Labels, selects } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { PodSource } from "../plan/model/pods.ts";
import type { Proof } from "./proof.ts";

type Program = Plan["expected"]["programs"][number];
type Settings = ReturnType<Program["read"]>;

/** A program, and the container that is meant to run it. */
interface Run {
  readonly program: Program;
  readonly source: PodSource;
  readonly container: ContainerSpec;
  readonly settings: Settings;
}

export const validPrograms: Proof = {
  name: "valid-programs",
  claim:
    "The image, arguments, variables, secret files, ports, probes and scraped path of each of our pods match its program.",
  examine(plan) {
    const known = new KnownObjects(plan);
    const examined = plan.expected.programs.map((program) => examineProgram(program, plan, known));
    const runs = examined.flatMap(({ run }) => run ?? []);
    const variables = runs.flatMap(({ container }) => container.env ?? []);
    return {
      evidence: [
        `${count(runs.length, "program")}, ${count(variables.length, "variable")}, ${count(runs.flatMap(({ settings }) => settings.files).length, "file")}`,
      ],
      failures: [...examined.flatMap(({ failures }) => failures), ...modelFailures(runs)],
    };
  },
};

function examineProgram(
  program: Program,
  plan: Plan,
  known: KnownObjects,
): { readonly run?: Run; readonly failures: readonly string[] } {
  const source = plan.podSources.find(({ name, addon }) => name === program.workload && addon === undefined);
  const [container] = source?.spec.containers ?? [];
  if (!source || !container) return { failures: [`${program.workload}: no pod runs this program. Add its workload.`] };
  const at = source.description;
  const unread = unreadVariables(program, container).map((failure) => `${at}: ${failure}`);
  try {
    const values = (container.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
    const run = {
      program,
      source,
      container,
      settings: program.read(Object.fromEntries(values) as Record<string, string>),
    };
    const failures = [
      ...startFailures(run),
      ...environmentFailures(run, plan),
      ...proxyFailures(run, plan),
      ...egressFailures(run),
      ...objectFailures(run, plan),
      ...fileFailures(run, known),
      ...portFailures(run),
      ...probeFailures(run),
    ];
    return {
      run,
      failures: [...unread, ...failures.map((failure) => `${at}: ${failure}`), ...scrapeFailures(run, plan)],
    };
  } catch (error) {
    return { failures: [...unread, `${at}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** `ghcr.io/promptops/api:v1` is the image of `api`. */
const imageName = (image: string): string => /([^/:@]+)(:[^/:@]+)?(@.*)?$/.exec(image)?.[1] ?? "";

function startFailures({ program: { service, args, command: name }, container }: Run): string[] {
  const { image = "", command, args: given = [] } = container;
  return [
    ...(imageName(image) === service ? [] : [`runs image '${image}', which is not that of '${service}'. Correct it.`]),
    ...(command ? [`replaces its image's command by '${command.join(" ")}'. Remove 'command'.`] : []),
    ...(given.join("\0") === args.join("\0")
      ? []
      : [
          `has the arguments '${given.join(" ")}', but its program takes '${args.join(" ")}' to ${name}. Correct them.`,
        ]),
  ];
}

/** Node.js reads these itself. */
const OF_NODE = /^NODE_/;

const unreadVariables = ({ variables }: Program, { env = [] }: ContainerSpec): string[] =>
  env
    .filter(({ name }) => !variables.includes(name) && !OF_NODE.test(name))
    .map(({ name }) => `sets ${name}, which its program does not read. Correct the name or remove it.`);

const environmentFailures = ({ settings }: Run, { environment }: Plan): string[] =>
  settings.environment === environment
    ? []
    : [
        `tells its program that it is in '${settings.environment}', not '${environment}'. Correct PROMPTOPS_ENVIRONMENT.`,
      ];

/** The gateway says who asks. Without it the caller would, and with it one client's requests would count as everybody's. */
function proxyFailures({ settings: { trustedProxies }, source }: Run, { objects, expected }: Plan): string[] {
  const here = objects
    .map(({ manifest }) => manifest)
    .filter(({ metadata }) => metadata.namespace === source.namespace);
  const services = here.filter(({ kind, spec }) => kind === "Service" && leadsTo(spec, source.labels));
  const routed = here.some(
    ({ kind, spec }) =>
      kind === "HTTPRoute" &&
      ((spec as RouteSpec).rules ?? [])
        .flatMap(({ backendRefs = [] }) => backendRefs)
        .some(({ name }) => services.some(({ metadata }) => metadata.name === name)),
  );
  const inFront = expected.cloud.cdn ? 2 : 1;
  const proxies = routed ? inFront : 0;
  return trustedProxies === proxies
    ? []
    : [
        `trusts ${trustedProxies} proxies to name the client, but ${proxies} are in front of it. Set PROMPTOPS_TRUSTED_PROXIES to ${proxies}.`,
      ];
}

/** Without the proxy a program connects by itself, and no policy lets it. */
const egressFailures = ({ program: { goesOut }, settings: { egressProxy, bucket } }: Run): string[] =>
  (goesOut || bucket !== undefined) && egressProxy === undefined
    ? ["its program connects to the internet, and is told of no egress proxy. Set PROMPTOPS_EGRESS_PROXY."]
    : [];

/** Without its bucket a program keeps no objects: archives and files would be missing, and nothing else would tell. */
function objectFailures({ program, settings }: Run, { expected: { cloud } }: Plan): string[] {
  if (!program.keepsObjects || cloud.objects === undefined) return [];
  return settings.bucket === cloud.objects
    ? []
    : [`keeps objects in bucket '${settings.bucket ?? ""}', not '${cloud.objects}'. Correct PROMPTOPS_OBJECTS.`];
}

interface RouteSpec {
  readonly rules?: readonly { readonly backendRefs?: readonly { readonly name: string }[] }[];
}

/** Files that a mounted Secret shows, by the key that each comes from; undefined if its keys are unknown. */
function mountedFiles(folder: string, { source, container }: Run, known: KnownObjects): readonly string[] | undefined {
  const mount = (container.volumeMounts ?? []).find(({ mountPath }) => mountPath === folder);
  const secret = (source.spec.volumes ?? []).find(({ name }) => name === mount?.name)?.secret;
  if (!secret || mount?.subPath !== undefined) return [];
  const identity = { group: "", kind: "Secret", name: secret.secretName, namespace: source.namespace };
  const keys: KnownObject["keys"] = known.find(identity)?.keys;
  return secret.items ? secret.items.map(({ key, path = key }) => path) : keys;
}

function fileFailures(run: Run, known: KnownObjects): string[] {
  const { secretsFolder, files } = run.settings;
  const there = mountedFiles(secretsFolder, run, known);
  if (!there) return [];
  return [
    ...files
      .filter(({ name, required }) => required && !there.includes(name))
      .map(({ name }) => `its program reads ${secretsFolder}/${name}, which no mounted Secret has. Mount it there.`),
    ...there
      .filter((file) => !files.some(({ name }) => name === file))
      .map((file) => `mounts ${secretsFolder}/${file}, which its program does not read. Remove it.`),
    ...(there.length > 0 && !isReadable(run.source.spec, secretsFolder, run.container)
      ? [`its program cannot read ${secretsFolder}. Set fsGroup, or the volume's defaultMode.`]
      : []),
  ];
}

/** Files of a Secret belong to root; with an fsGroup they have its group, to which the process belongs. */
function isReadable(
  { volumes = [], securityContext = {} }: PodSpec,
  folder: string,
  container: ContainerSpec,
): boolean {
  const mount = (container.volumeMounts ?? []).find(({ mountPath }) => mountPath === folder);
  const mode = volumes.find(({ name }) => name === mount?.name)?.secret?.defaultMode ?? 0o644;
  return (mode & 0o004) !== 0 || ((mode & 0o040) !== 0 && securityContext.fsGroup !== undefined);
}

function portFailures({ container: { ports = [] }, settings }: Run): string[] {
  const opened = Object.fromEntries(ports.map(({ name = "", containerPort }) => [name, containerPort]));
  return Object.entries(settings.ports)
    .filter(([name, port]) => opened[name] !== port)
    .map(
      ([name, port]) =>
        `its program listens on ${port} (${name}), but the container says ${opened[name] ?? "nothing"}. Make them equal.`,
    );
}

function probeFailures({ program: { probes }, container, settings }: Run): string[] {
  if (!probes) return [];
  const { startupProbe, livenessProbe, readinessProbe } = container;
  const asked = { startup: startupProbe, live: livenessProbe, ready: readinessProbe };
  const port = settings.ports[probes.port] ?? 0;
  return Object.entries(asked).flatMap(([kind, probe]) => {
    const path = probes.paths[kind as keyof typeof asked];
    return isAsked(probe, path, [port, probes.port])
      ? []
      : [
          `its ${kind} probe must get ${path} from port ${port} (${probes.port}), where its program answers. Correct it.`,
        ];
  });
}

const isAsked = (probe: ProbeSpec | undefined, path: string, ports: readonly (number | string)[]): boolean =>
  probe?.httpGet?.path === path && ports.includes(probe.httpGet.port) && (probe.httpGet.scheme ?? "HTTP") === "HTTP";

interface MonitorSpec {
  readonly selector: LabelSelector;
  readonly endpoints?: readonly { readonly path?: string; readonly port?: string; readonly scheme?: string }[];
}

function scrapeFailures({ program: { metrics }, source }: Run, { objects }: Plan): string[] {
  if (!metrics) return [];
  const here = objects
    .map(({ manifest }) => manifest)
    .filter(({ metadata }) => metadata.namespace === source.namespace);
  const services = here.filter(({ kind, spec }) => kind === "Service" && leadsTo(spec, source.labels));
  return here
    .filter(({ kind }) => kind === "ServiceMonitor")
    .filter(({ spec }) =>
      services.some(({ metadata }) => selects((spec as MonitorSpec).selector, metadata.labels ?? {})),
    )
    .flatMap((monitor) => endpointFailures(monitor, metrics));
}

const leadsTo = (spec: unknown, labels: Labels): boolean =>
  selects({ matchLabels: (spec as { readonly selector?: Labels }).selector ?? { "": "" } }, labels);

const endpointFailures = (monitor: KubernetesObject, { path, port }: NonNullable<Program["metrics"]>): string[] =>
  ((monitor.spec as MonitorSpec).endpoints ?? [])
    .filter(
      (endpoint) => (endpoint.path ?? "/metrics") !== path || endpoint.port !== port || endpoint.scheme === "https",
    )
    .map(
      (endpoint) =>
        `${describeObject(monitor)}: scrapes ${endpoint.path ?? "/metrics"} of port '${endpoint.port ?? ""}', but the program answers ${path} on '${port}'. Correct it.`,
    );

/** Services that accept executions and services that run them must agree on the models. */
function modelFailures(runs: readonly Run[]): string[] {
  const [first, ...others] = runs.filter(({ program }) => program.modelled);
  if (!first) return [];
  const told = (run: Run): string => JSON.stringify(run.settings.models);
  return others
    .filter((run) => told(run) !== told(first))
    .map(
      (run) =>
        `${run.source.description}: has other models than ${first.source.description}. Make PROMPTOPS_MODELS equal.`,
    );
}

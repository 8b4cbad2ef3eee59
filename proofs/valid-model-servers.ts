import { count } from "../platform/count.ts";
import { download, sharedMemory, vllm, weights, written } from "../platform/catalogue/vllm.ts";
import type { ContainerSpec } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { PodSource } from "../plan/model/pods.ts";
import { selects } from "../plan/model/kubernetes.ts";
import { destinationOf, portNumber } from "./evaluation/hosts.ts";
import type { Proof } from "./proof.ts";

/** A pod that runs vLLM. */
interface Server {
  readonly source: PodSource;
  readonly container: ContainerSpec;
  /** The repository of the model. */
  readonly model: string;
  readonly flags: ReadonlyMap<string, string>;
}

export const validModelServers: Proof = {
  name: "valid-model-servers",
  claim:
    "Each model server has arguments, probes and weights that vLLM accepts, and serves the model names that services use.",
  examine(plan) {
    const servers = plan.podSources.flatMap(serverOf);
    const models = calledModels(plan);
    return {
      evidence: [`${count(servers.length, "model server")}, ${count(models.length, "model")} that services call`],
      failures: [
        ...servers.flatMap((server) =>
          [
            ...argumentFailures(server),
            ...answerFailures(server),
            ...folderFailures(server),
            ...weightsFailures(server, plan),
          ].map((failure) => `${server.source.description}: ${failure}`),
        ),
        ...models.flatMap((model) => calledFailures(model, servers, plan)),
      ],
    };
  },
};

function serverOf(source: PodSource): Server[] {
  const [container] = source.spec.containers;
  if (!container || !SERVING.has(source.kind) || !isServer(container)) return [];
  const [model = "", ...rest] = (container.args ?? []).slice(1);
  return [{ source, container, model, flags: new Map(rest.map(flagOf)) }];
}

const SERVING = new Set(["Deployment", "Rollout", "StatefulSet"]);

const isServer = ({ command = [], image = "" }: ContainerSpec): boolean =>
  command[0] === vllm.command || vllm.image.test(image);

function flagOf(text: string): [string, string] {
  const at = text.indexOf("=");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function argumentFailures({ container, model, flags }: Server): string[] {
  const [subcommand] = container.args ?? [];
  const patterns: Readonly<Record<string, RegExp>> = vllm.flags;
  return [
    ...(container.command?.join(" ") === vllm.command
      ? []
      : [`runs '${container.command?.join(" ") ?? "its image's entrypoint"}'. Set command to '${vllm.command}'.`]),
    ...(subcommand === vllm.subcommand
      ? []
      : [`runs '${vllm.command} ${subcommand ?? ""}', not '${vllm.subcommand}'.`]),
    ...(/^[\w.-]+\/[\w.-]+$/.test(model)
      ? []
      : [`'${model}' is no model's repository. Put it after '${vllm.subcommand}'.`]),
    ...[...flags].flatMap(([flag, value]) => {
      const pattern = patterns[flag];
      if (!pattern)
        return [`vLLM's row in platform/catalogue/vllm.ts has no flag '${flag}'. Correct it, or add it there.`];
      return pattern.test(value) ? [] : [`'${flag}' cannot be '${value}'. Correct it.`];
    }),
  ];
}

const portOf = ({ flags }: Server): number => Number(flags.get(vllm.port.flag) ?? vllm.port.default);

/** Its port must be open, and probes must ask what it answers there. */
function answerFailures(server: Server): string[] {
  const { ports = [], startupProbe, livenessProbe, readinessProbe } = server.container;
  const open = ports.find(({ containerPort }) => containerPort === portOf(server));
  if (!open) return [`listens on ${portOf(server)}, which the container does not open. Make them equal.`];
  return Object.entries({ startupProbe, livenessProbe, readinessProbe }).flatMap(([kind, probe]) => {
    const { path = "/", port } = probe?.httpGet ?? {};
    const answers =
      (vllm.routes as readonly string[]).includes(path) && (port === open.containerPort || port === open.name);
    // Without a model loaded, a replica must get no requests.
    const suits = kind !== "readinessProbe" || path === "/v1/models";
    return answers && suits
      ? []
      : [`its ${kind} asks ${path} of port '${String(port)}', where it is not answered. Correct it.`];
  });
}

const variable = ({ env = [] }: ContainerSpec, name: string): string | undefined =>
  env.find((each) => each.name === name)?.value;

/** Where a container keeps weights: the claim that is mounted there; undefined for a volume of its own. */
function claimOf(
  { spec }: PodSource,
  container: ContainerSpec,
): { readonly mounted: boolean; readonly mayWrite: boolean; readonly claim: string | undefined } {
  const folder = variable(container, weights.folder);
  const mount = (container.volumeMounts ?? []).find(({ mountPath }) => mountPath === folder);
  const volume = (spec.volumes ?? []).find(({ name }) => name === mount?.name);
  const mayWrite = mount?.readOnly !== true;
  return { mounted: volume !== undefined, mayWrite, claim: volume?.persistentVolumeClaim?.claimName };
}

/** Its root cannot be written to, so each folder that it writes to is of a volume. */
function folderFailures({ container }: Server): string[] {
  const { volumeMounts = [] } = container;
  const isWritten = (folder: string): boolean =>
    volumeMounts.some(({ mountPath, readOnly }) => readOnly !== true && `${folder}/`.startsWith(`${mountPath}/`));
  return [
    ...written
      .filter((name) => !isWritten(variable(container, name) ?? "-"))
      .map((name) => `writes to ${name}, '${variable(container, name) ?? ""}', where no volume is. Mount one.`),
    ...(isWritten(sharedMemory)
      ? []
      : [`has no volume at ${sharedMemory}, and a container's own is of 64 MiB. Mount one.`]),
  ];
}

/** A server that may not download needs a job that has downloaded the same model, of the same revision, to the same volume. */
function weightsFailures({ source, container, model, flags }: Server, { podSources }: Plan): string[] {
  const { mounted, claim, mayWrite } = claimOf(source, container);
  if (!mounted)
    return [
      `${weights.folder} is '${variable(container, weights.folder) ?? ""}', where no volume is mounted. Mount one.`,
    ];
  const offline = variable(container, weights.offline);
  if (offline === undefined)
    return mayWrite ? [] : [`may download into ${weights.folder}, which is mounted read-only. Set ${weights.offline}.`];
  if (!weights.isTrue.test(offline)) return [`sets ${weights.offline} to '${offline}', which means no. Set it to 1.`];
  const expected = [...download.command, model, `${download.revision}=${flags.get(vllm.revision) ?? "main"}`];
  const job = podSources.find(
    (each) =>
      each.namespace === source.namespace &&
      each.wave < source.wave &&
      each.spec.containers.some(
        (other) =>
          [...(other.command ?? []), ...(other.args ?? [])].join(" ") === expected.join(" ") &&
          claim !== undefined &&
          claimOf(each, other).claim === claim,
      ),
  );
  return job
    ? []
    : [
        `sets ${weights.offline}, but no earlier job runs '${expected.join(" ")}' into its volume. Add it, or let the server download.`,
      ];
}

interface CalledModel {
  readonly by: string;
  readonly name: string;
  readonly endpoint: string;
}

/** The models that our programs are configured with. */
function calledModels({ expected, podSources }: Plan): CalledModel[] {
  return expected.programs.flatMap((program) => {
    const source = podSources.find(({ name, addon }) => name === program.workload && addon === undefined);
    const values = (source?.spec.containers[0]?.env ?? []).flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value]],
    );
    try {
      const { models } = program.read(Object.fromEntries(values) as Record<string, string>);
      return models.map(({ name, endpoint }) => ({ by: source?.description ?? program.workload, name, endpoint }));
    } catch {
      // valid-programs says what the program refuses.
      return [];
    }
  });
}

/** A model on one of our servers must be called by a name that it serves, below the API's path. */
function calledFailures({ by, name, endpoint }: CalledModel, servers: readonly Server[], plan: Plan): string[] {
  const to = destinationOf(endpoint, plan);
  if (to?.kind !== "pods") return [];
  const server = servers.find(
    ({ source }) => source.namespace === to.pods.namespace && selects({ matchLabels: to.pods.labels }, source.labels),
  );
  if (!server) return [];
  const served = (server.flags.get(vllm.servedName) ?? server.model).split(",");
  const at = server.source.description;
  return [
    ...(served.includes(name)
      ? []
      : [`${by}: calls model '${name}', but ${at} serves ${served.join(", ")}. Make them equal.`]),
    ...(new URL(endpoint).pathname.replace(/\/$/, "") === vllm.api
      ? []
      : [`${by}: calls ${endpoint}, but ${at} answers below ${vllm.api}. Correct the endpoint.`]),
    ...(portNumber(to.pods, plan) === portOf(server)
      ? []
      : [
          `${by}: calls ${endpoint}, which leads to another port than ${portOf(server)}, where ${at} listens. Make them equal.`,
        ]),
  ];
}

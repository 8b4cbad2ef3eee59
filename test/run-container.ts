import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bytes } from "../platform/quantity.ts";
import { SECRETS_FOLDER } from "../services/shared/runtime/settings.ts";
import { root } from "./environments.ts";

/** A pod's one container as a process of this machine, given what the pod gives it and nothing else. */
export interface RunningContainer {
  readonly process: ChildProcess;
  /** Asks a probe as the kubelet does: by path, port name and timeout of the pod. The status, or undefined for no answer. */
  probe(kind: "startupProbe" | "livenessProbe" | "readinessProbe"): Promise<number | undefined>;
  /** The port that the pod gives this name. */
  port(name: string): number;
  /** As the kubelet does it: preStop, SIGTERM, and SIGKILL at the end of the grace. Seconds, and how it ended. */
  terminate(): Promise<{ readonly seconds: number; readonly status: number | null; readonly killed: boolean }>;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
  /** Bytes that it has resident, and those that the pod allows. */
  readonly memory: () => Promise<{ readonly used: number; readonly limit: number }>;
}

export interface ContainerSpec {
  readonly image: string;
  readonly name: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
  readonly startupProbe?: ProbeSpec;
  readonly livenessProbe?: ProbeSpec;
  readonly readinessProbe?: ProbeSpec;
}

interface ProbeSpec {
  readonly httpGet: { readonly path: string; readonly port: string | number };
  readonly timeoutSeconds: number;
}

/** An image's files, and what of its configuration a container starts with. */
export interface ImageOnDisk {
  /** The folder that is its root. */
  readonly root: string;
  /** `node`, and arguments with paths of the image. */
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The sources of the service in place of its image `<registry>/<service>`. */
function sourcesOf(image: string): ImageOnDisk {
  const service = /\/([^/:]+):/.exec(image)?.[1] ?? "";
  return {
    root,
    entrypoint: ["node", "--import", import.meta.resolve("tsx"), `/services/${service}/main.ts`],
    env: {},
  };
}

/** What an image runs, by the Node.js of this machine. */
function argumentsOf({ root: folder, entrypoint: [program, ...args] }: ImageOnDisk): string[] {
  if (program !== "node") throw new Error(`The image runs '${program ?? ""}'; node was expected.`);
  return args.map((argument) => (argument.startsWith("/") ? join(folder, argument) : argument));
}

export interface PodToRun {
  readonly name: string;
  readonly spec: {
    readonly containers: readonly ContainerSpec[];
    readonly volumes?: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
    readonly terminationGracePeriodSeconds?: number;
  };
}

export interface RunOptions {
  /** The values of a Secret of the pod's namespace. */
  readonly secret: (name: string) => Promise<Readonly<Record<string, string>>>;
  /** Ports of this machine in place of the pod's, by name. @default - the pod's own */
  readonly hostPorts?: Readonly<Record<string, number>>;
  /** The files of an image. @default - the service's sources, with a loader */
  readonly imageOf?: (name: string) => ImageOnDisk;
}

/** Runs a pod's container: its environment, its secrets as files, its arguments. */
export async function runContainer({ name: pod, spec }: PodToRun, options: RunOptions): Promise<RunningContainer> {
  const [container] = spec.containers;
  if (!container) throw new Error(`Pod ${pod} has no container.`);
  const { secret: secretOf, hostPorts = {}, imageOf = sourcesOf } = options;
  const image = imageOf(container.image);
  const folder = mkdtempSync(join(tmpdir(), "promptops-pod-"));
  const mounts = await mountVolumes();
  const given = Object.fromEntries((container.env ?? []).map(({ name, value = "" }) => [name, value]));
  // A path of the pod is another one on this machine.
  const secretsFolder = mounts.get(given["PROMPTOPS_SECRETS"] ?? SECRETS_FOLDER);
  const env = { ...given, ...(secretsFolder !== undefined && { PROMPTOPS_SECRETS: secretsFolder }) };
  if (container.command) throw new Error(`Pod ${pod} names a command; the image's own was expected.`);

  let output = "";
  const child = spawn(process.execPath, [...argumentsOf(image), ...(container.args ?? [])], {
    cwd: image.root,
    // None of our variables: a service that needs one which its pod does not set must fail here.
    env: { PATH: process.env["PATH"], ...image.env, ...env, ...portVariables(hostPorts) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) =>
    child.once("exit", (status) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(status);
    }),
  );
  const port = (name: string): number => {
    const found = container.ports?.find((each) => each.name === name);
    if (!found) throw new Error(`Pod ${pod} has no port '${name}'.`);
    return hostPorts[name] ?? found.containerPort;
  };
  return {
    process: child,
    ended,
    output: () => output,
    port,
    probe: async (kind) => {
      const probe = container[kind];
      if (!probe) throw new Error(`Pod ${pod} has no ${kind}.`);
      const { path, port: named } = probe.httpGet;
      const number = typeof named === "number" ? named : port(named);
      const signal = AbortSignal.timeout(probe.timeoutSeconds * 1000);
      const response = await fetch(`http://127.0.0.1:${number}${path}`, { signal }).catch(() => undefined);
      await response?.arrayBuffer();
      return response?.status;
    },
    terminate: async () => {
      const begin = performance.now();
      const grace = (spec.terminationGracePeriodSeconds ?? 30) * 1000;
      let killed = false;
      const kill = setTimeout(() => {
        killed = true;
        child.kill("SIGKILL");
      }, grace);
      await new Promise((resolve) => setTimeout(resolve, (container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000));
      child.kill("SIGTERM");
      const status = await ended;
      clearTimeout(kill);
      return { seconds: (performance.now() - begin) / 1000, status, killed };
    },
    memory: async () => {
      const pages = Number((await readFile(`/proc/${child.pid ?? 0}/statm`, "utf8")).split(" ")[1]);
      return { used: pages * 4096, limit: bytes(container.resources.limits.memory) };
    },
  };

  /** Each Secret volume as a folder; what a path in the pod is on this machine. */
  async function mountVolumes(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const { name, mountPath } of container?.volumeMounts ?? []) {
      const volume = spec.volumes?.find((each) => each.name === name);
      if (!volume?.secret) continue;
      const target = join(folder, name);
      mkdirSync(target);
      for (const [file, value] of Object.entries(await secretOf(volume.secret.secretName))) {
        writeFileSync(join(target, file), value);
      }
      found.set(mountPath, target);
    }
    return found;
  }
}

/** Where a process listens in place of its pod's ports. */
const portVariables = (ports: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [`PROMPTOPS_PORT_${name.toUpperCase()}`, String(port)]),
  );

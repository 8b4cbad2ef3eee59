import { createInterface } from "node:readline";
import { UserError } from "../platform/faults.ts";
import { programIn } from "./programs.ts";
import { supervise } from "./supervise.ts";

const START_SECONDS = 60;

export interface ServiceProcess {
  readonly ports: Readonly<Record<string, number>>;
  readonly pid: number;
  /** As the kubelet stops a pod: SIGTERM, and waiting. Resolves with the exit status. */
  readonly stop: () => Promise<number | null>;
  /** Without a word, as a node that loses power. Does nothing once it has ended. */
  readonly kill: () => Promise<void>;
  readonly ended: Promise<number | null>;
}

export interface ServiceProcessOptions {
  readonly name: string;
  /** The folder of its program: see `bundlePrograms`. */
  readonly programs: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Each line that it logs. */
  readonly onLine: (line: string) => void;
}

interface Started {
  readonly msg?: string;
  readonly pid?: number;
  readonly ports?: Readonly<Record<string, number>>;
}

/** Starts a service's program as a process of its own; resolves once it says that it has started. */
export async function startService(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { name, onLine } = options;
  let found: Started | undefined;
  let tail = "";
  const { child, ended } = launch(options, (line) => {
    tail = `${tail}${line}\n`.slice(-3000);
    found ??= startedIn(line);
    onLine(line);
  });
  const timeout = AbortSignal.timeout(START_SECONDS * 1000);
  while (!found && child.exitCode === null && !timeout.aborted) await pause();
  if (!found) {
    child.stdin?.end();
    throw new UserError(`Service '${name}' did not start.\n${tail}`);
  }
  const pid = found.pid ?? child.pid ?? 0;
  return {
    ports: found.ports ?? {},
    pid,
    ended,
    stop: () => {
      child.stdin?.end();
      if (process.platform === "win32") child.kill("SIGTERM");
      return ended;
    },
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(pid, "SIGKILL");
      await ended;
    },
  };
}

/** Runs a service's program to its end, as a job does. Throws with what it said when it fails. */
export async function runToEnd(options: ServiceProcessOptions): Promise<void> {
  let tail = "";
  const { ended } = launch(options, (line) => {
    tail = `${tail}${line}\n`.slice(-3000);
    options.onLine(line);
  });
  if ((await ended) !== 0) throw new UserError(`'${options.name} ${(options.args ?? []).join(" ")}' failed.\n${tail}`);
}

function launch(
  { name, programs, args = [], env = {} }: ServiceProcessOptions,
  onLine: (line: string) => void,
): { child: ReturnType<typeof supervise>; ended: Promise<number | null> } {
  const child = supervise(process.execPath, ["--enable-source-maps", programIn(programs, name), ...args], {
    signal: "TERM",
    env: { ...process.env, ...env },
  });
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on("line", onLine);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, ended };
}

function startedIn(line: string): Started | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const parsed = JSON.parse(line) as Started;
    return parsed.msg === "started" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { parse, stringify } from "yaml";
import { Stack } from "../../../operations/stack.ts";
import { descriptors, root } from "../../environments.ts";
import { ensureEngine, installedVersion } from "./build.ts";
import { REFUSED, type Standing } from "./cloud.ts";

const PROVIDERS = ["aws", "kubernetes", "linode"];

/** A stack of a real engine, with stand-ins for its providers and a state of its own in a temporary folder. */
export interface TestStack {
  readonly stack: Stack;
  /** The state as it is written to its backend. */
  readonly state: () => string;
  /** What stands in the clouds. */
  readonly standing: () => Standing[];
  /** The clouds make and delete no resource of this type from now on; of none, they work again. */
  readonly refuse: (type: string | undefined) => void;
  /** Changes what stands in a cloud behind the engine's back, as somebody at its console does. */
  readonly tamper: (provider: string, change: (standing: Standing[]) => Standing[]) => void;
  /** Runs a command of the CLI on the stack, and returns what it prints. */
  readonly pulumi: (...args: readonly string[]) => string;
  /** Kills the engine and its plug-ins in the middle of a run, as a machine that loses power does. */
  readonly kill: () => void;
  readonly close: () => void;
}

/** What the engine runs in: stand-ins for the providers, and a state in a temporary folder. */
export interface TestEngine {
  readonly home: string;
  readonly clouds: string;
  readonly backend: string;
  /** Of a workspace of Pulumi's Automation API. */
  readonly workspace: { readonly pulumiHome: string; readonly envVars: Record<string, string> };
  readonly close: () => void;
}

export interface TestStackOptions {
  /** Of the managed Postgres. @default 5432 */
  readonly databasePort?: number | undefined;
  /**
   * Whether the engine writes its state after every step. Only a test that kills it needs this: it is most of the CPU time of an `up`.
   * @default false
   */
  readonly checkpoints?: boolean;
}

export async function openTestEngine({
  databasePort = 5432,
  checkpoints = false,
}: TestStackOptions = {}): Promise<TestEngine> {
  const engine = await ensureEngine();
  const home = mkdtempSync(join(tmpdir(), "pulumi-"));
  const clouds = join(home, "clouds");
  const backend = join(home, "state");
  for (const folder of [clouds, backend]) mkdirSync(folder);
  const program = await bundleStandIn(home);
  for (const provider of PROVIDERS) installStandIn({ home, provider, program });
  const path = process.env["PATH"];
  process.env["PATH"] = `${engine}${delimiter}${path ?? ""}`;
  return {
    home,
    clouds,
    backend,
    workspace: {
      pulumiHome: home,
      envVars: {
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: "of a test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_SKIP_CHECKPOINTS: String(!checkpoints),
        STAND_IN_CLOUDS: clouds,
        STAND_IN_DATABASE_PORT: String(databasePort),
      },
    },
    close() {
      process.env["PATH"] = path;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export async function openTestStack(name: string, options?: TestStackOptions): Promise<TestStack> {
  const { home, clouds, backend, workspace, close } = await openTestEngine(options);
  const workDir = join(home, "project");
  mkdirSync(workDir);
  writeFileSync(join(workDir, "Pulumi.yaml"), projectWithoutRefresh());
  copyFileSync(join(root, `Pulumi.${name}.yaml`), join(workDir, `Pulumi.${name}.yaml`));
  symlinkSync(join(root, "infra"), join(workDir, "infra"));
  const stack = await Stack.open(name, descriptors, { create: true, workDir, ...workspace });
  return {
    stack,
    state: () => readFileSync(join(backend, ".pulumi", "stacks", "promptops", `${name}.json`), "utf8"),
    standing: () =>
      readdirSync(clouds)
        .filter((file) => file.endsWith(".json"))
        .flatMap((file) => standingIn(join(clouds, file))),
    refuse(type) {
      writeFileSync(join(clouds, REFUSED), type ?? "");
    },
    tamper(provider, change) {
      const file = join(clouds, `${provider}.json`);
      const state = JSON.parse(readFileSync(file, "utf8")) as { standing: Standing[] };
      writeFileSync(file, JSON.stringify({ ...state, standing: change(state.standing) }));
    },
    pulumi: (...args) =>
      execFileSync("pulumi", [...args, "--stack", name, "--non-interactive"], {
        cwd: workDir,
        env: { ...process.env, ...workspace.envVars, PULUMI_HOME: home },
        encoding: "utf8",
      }),
    kill() {
      for (const pid of processesIn(home)) process.kill(pid, "SIGKILL");
    },
    close,
  };
}

/** Pulumi.yaml has the engine look at the cloud before each run. Here that takes as long as the run, and finds what was told. */
function projectWithoutRefresh(): string {
  const { options, ...project } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as { options: object };
  return stringify({ ...project, options: { ...options, refresh: undefined } });
}

/** The stand-in as one file: the engine starts three of them for each run. */
async function bundleStandIn(home: string): Promise<string> {
  const outfile = join(home, "stand-in.cjs");
  const entryPoints = [join(import.meta.dirname, "stand-in.ts")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
  return outfile;
}

interface StandIn {
  readonly home: string;
  readonly provider: string;
  readonly program: string;
}

/** Puts the plug-in where the engine looks for the provider's real one. */
function installStandIn({ home, provider, program }: StandIn): void {
  const version = installedVersion(`@pulumi/${provider}`);
  const folder = join(home, "plugins", `resource-${provider}-v${version}`);
  const plugin = join(folder, `pulumi-resource-${provider}`);
  mkdirSync(folder, { recursive: true });
  const settings = `STAND_IN_NAME=${provider} STAND_IN_VERSION=${version}`;
  writeFileSync(plugin, `#!/bin/sh\n${settings} exec node ${program} "$@"\n`);
  chmodSync(plugin, 0o755);
}

/** Processes whose environment names the engine's home. */
function processesIn(home: string): number[] {
  const named = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`PULUMI_HOME=${home}`);
    } catch {
      // It has ended.
      return false;
    }
  };
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && named(pid))
    .map(Number);
}

function standingIn(file: string): Standing[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { standing: Standing[] }).standing : [];
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatBlock, parseBlock } from "../../platform/addresses.ts";
import { cgroupOf, removeAbandonedCgroups } from "./cgroups.ts";
import { childOf } from "./processes.ts";
import { linkOf, NAMESPACES, Space } from "./space.ts";

/** Namespaces that hold all that a test starts, and end with it. */
export interface Machine {
  /** Programs' logs and data. It is removed when the machine ends. */
  readonly folder: string;
  /** The cgroup of all that runs in it, below each hierarchy. */
  readonly cgroup: string;
  /** Its own network and mounts: the network of the control plane, through which nodes are routed. */
  readonly space: Space;
  /** The machine's address on the link to this computer. */
  readonly address: string;
  /** This computer's address on it. */
  readonly caller: string;
  /** Namespaces inside the machine's. */
  addSpace(name: string): Promise<Space>;
  stop(): Promise<void>;
}

/** RFC 2544 keeps it for benchmarks: no network of this computer uses it. */
const LINKS = parseBlock("198.18.0.0/15")?.start ?? 0;

/** Starts an empty machine. Nothing of it is left when this process is gone, however it ends. */
export async function startMachine(pause: string): Promise<Machine> {
  await removeAbandonedCgroups();
  const folder = mkdtempSync(join(tmpdir(), "promptops-nodes-"));
  const supervisor = startSupervisor(folder, pause);
  const stop = async (): Promise<void> => {
    supervisor.stdin?.end();
    if (supervisor.exitCode === null) await once(supervisor, "exit");
  };
  try {
    const space = new Space("machine", await pidFrom(supervisor), folder);
    await prepareSpace(space);
    const { address, caller } = await connectTo(space, supervisor.pid ?? 0);
    return {
      folder,
      cgroup: cgroupOf(supervisor.pid ?? 0),
      space,
      address,
      caller,
      addSpace: async (name) => {
        const [program = "", ...args] = space.enter(["unshare", ...NAMESPACES, "--fork", "--kill-child", pause]);
        const nsenter = spawn(program, args, { stdio: "ignore" });
        const added = new Space(name, await childOf(await childOf(nsenter.pid ?? 0)), folder);
        await prepareSpace(added);
        await added.run("hostname", name);
        return added;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startSupervisor(folder: string, pause: string): ChildProcess {
  const script = join(import.meta.dirname, "supervisor.ts");
  return spawn(process.execPath, ["--import", import.meta.resolve("tsx"), script, folder, pause], {
    // Ctrl-C goes to the whole group of the terminal: the supervisor must outlive it to clean up.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
}

async function pidFrom({ stdout }: ChildProcess): Promise<number> {
  if (!stdout) throw new Error("The supervisor has no output.");
  const [line] = (await once(stdout, "data")) as [Buffer];
  return Number(line.toString());
}

async function prepareSpace(space: Space): Promise<void> {
  await space.run("mount", "-t", "proc", "proc", "/proc");
  await space.run("ip", "link", "set", "lo", "up");
  await space.run("sysctl", "--quiet", "--write", "net.ipv4.ip_forward=1");
}

/** Lays a cable between this computer and the machine. */
async function connectTo(space: Space, supervisor: number): Promise<Pick<Machine, "address" | "caller">> {
  const link = linkOf(supervisor);
  const ip = (...args: string[]): Buffer => execFileSync("ip", args);
  // The two addresses in the middle of a /30 of the supervisor's own.
  const start = LINKS + (supervisor % 2 ** 15) * 4;
  const [here, there] = [1, 2].map((offset) => formatBlock({ start: start + offset, prefix: 30 })) as [string, string];
  ip("link", "add", link, "type", "veth", "peer", "name", "computer", "netns", String(space.pid));
  ip("address", "add", here, "dev", link);
  ip("link", "set", link, "up");
  await space.run("ip", "address", "add", there, "dev", "computer");
  await space.run("ip", "link", "set", "computer", "up");
  return { address: there.replace("/30", ""), caller: here.replace("/30", "") };
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../cluster/client.ts";
import { hierarchies, requireNodeHost } from "./requirements.ts";

/** What nodes change on a computer, as text that can be compared. */
function stateOfComputer(): Record<string, string[]> {
  const lines = (...command: [string, ...string[]]): string[] =>
    execFileSync(command[0], command.slice(1), { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
  const settings = ["vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops", "net/ipv4/ip_forward"];
  return {
    mounts: readFileSync("/proc/self/mounts", "utf8").split("\n"),
    links: lines("ip", "-oneline", "link").map((line) => line.split(":")[1] ?? ""),
    routes: lines("ip", "route"),
    rules: [...lines("iptables-save"), ...lines("nft", "list", "ruleset")],
    settings: settings.map((name) => `${name} ${readFileSync(`/proc/sys/${name}`, "utf8")}`),
    cgroups: hierarchies.flatMap((folder) => readdirSync(folder).filter((name) => name.includes("promptops"))),
    folders: readdirSync(tmpdir()).filter((name) => /^promptops-(nodes|control-plane)-/.test(name)),
    runtimes: readdirSync("/var/lib").concat(readdirSync("/var/log"), readdirSync("/run"), readdirSync("/etc")),
    processes: programsRunning(),
  };
}

/** The programs of nodes that run, in whichever namespace. */
function programsRunning(): string[] {
  const programs = /\/(kubelet|kube-proxy|policy-agent|pause|containerd|containerd-shim-runc-v2|etcd|kube-[a-z-]+)$/;
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const [program = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return programs.test(program) ? [program] : [];
    } catch {
      // It has ended.
      return [];
    }
  });
}

let before: ReturnType<typeof stateOfComputer>;
let harness: ChildProcess | undefined;
beforeAll(() => {
  requireNodeHost();
  before = stateOfComputer();
});
afterEach(() => harness?.kill("SIGKILL"));

async function startHarness(): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "held-nodes.ts");
  harness = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [said] = (await Promise.race([once(harness.stdout ?? harness, "data"), once(harness, "exit")])) as [unknown];
  expect(String(said)).toBe("started\n");
  return harness;
}

async function isAsBefore(): Promise<void> {
  await eventually("this computer to be as before", () =>
    Promise.resolve().then(() => expect(stateOfComputer()).toEqual(before) ?? true),
  );
}

describe("nodes leave this computer as it was", () => {
  test("when they are stopped", async () => {
    const { stdin } = await startHarness();
    const during = stateOfComputer();
    expect(during["processes"]).toContain("/usr/bin/containerd-shim-runc-v2");
    // Everything else of a node is in namespaces of its own already.
    expect({ ...during, links: [], routes: [], cgroups: [], folders: [], processes: [] }).toEqual({
      ...before,
      ...{ links: [], routes: [], cgroups: [], folders: [], processes: [] },
    });
    stdin?.end();
    await isAsBefore();
  });

  test("when the harness is killed", async () => {
    const { pid } = await startHarness();
    process.kill(pid ?? 0, "SIGKILL");
    await isAsBefore();
  });
});

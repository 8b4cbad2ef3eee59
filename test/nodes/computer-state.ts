import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { eventually } from "../cluster/client.ts";
import { hierarchies } from "./requirements.ts";

export type ComputerState = Readonly<Record<string, readonly string[]>>;

/** What nodes change on a computer, as text that can be compared. */
export function stateOfComputer(): ComputerState {
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

/** Resolves when the computer is as it was. What has ended may take the kernel a moment to remove. */
export async function becomes(before: ComputerState): Promise<void> {
  const asText = (state: ComputerState): string => JSON.stringify(state, undefined, 1);
  await eventually(
    "this computer to be as before",
    () => Promise.resolve(asText(stateOfComputer()) === asText(before) || undefined),
    { explain: () => Promise.resolve(differences(before, stateOfComputer()).join("\n")) },
  );
}

const differences = (before: ComputerState, now: ComputerState): string[] =>
  Object.entries(now).flatMap(([what, lines]) => {
    const had = before[what] ?? [];
    return [
      ...lines.filter((line) => !had.includes(line)).map((line) => `${what}: more: ${line}`),
      ...had.filter((line) => !lines.includes(line)).map((line) => `${what}: less: ${line}`),
    ];
  });

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../cluster/client.ts";
import { addCable } from "./cable.ts";
import { makeCgroup } from "./cgroups.ts";
import type { Machine } from "./machine.ts";
import { CONTAINERD_SOCKET, nodeFiles, type NodeSettings } from "./node-files.ts";
import type { Space } from "./space.ts";

/** A node: containerd, kubelet, kube-proxy and a policy agent in namespaces of their own, with all of its pods. */
export interface Node {
  readonly name: string;
  readonly space: Space;
  /** Ends all of it at once, as a power cut does. */
  readonly kill: () => Promise<void>;
}

interface NodeParts {
  readonly machine: Machine;
  /** The folder of a node's programs. */
  readonly programs: string;
  /** Archives of images that it starts with. */
  readonly images: readonly string[];
}

/** The queue in which packets wait for the policy agent's verdict. */
const QUEUE = 100;

/** What kubelet sets for the whole computer. It finds it set already, in files of the node. */
const kernelSettings = { "vm/overcommit_memory": "1", "kernel/panic": "10", "kernel/panic_on_oops": "1" };

/** Starts a node, and resolves when its programs run. It is Ready when its kubelet says so. */
export async function startNode(settings: NodeSettings, { machine, programs, images }: NodeParts): Promise<Node> {
  const { name, folder } = settings;
  const space = await machine.addSpace(name);
  await addCable(machine, space, { address: settings.address, gateway: settings.gateway, routes: [settings.pods] });
  await mountFolders(space, folder);
  for (const [path, content] of Object.entries(nodeFiles(settings))) await writeIn(space, path, content);
  makeCgroup(settings.cgroup);
  await judgePackets(space);

  space.start("containerd", "containerd", `--config=${folder}/containerd.toml`);
  const ctr = (...args: string[]): Promise<string> => space.run("ctr", `--address=${CONTAINERD_SOCKET}`, ...args);
  await eventually(`containerd of ${name}`, () => ctr("version"), {
    explain: () => Promise.resolve(space.log("containerd")),
  });
  for (const image of images) await ctr("--namespace=k8s.io", "images", "import", image);
  space.start(
    "kubelet",
    join(programs, "kubelet"),
    `--config=${folder}/kubelet.json`,
    `--kubeconfig=${folder}/kubelet.kubeconfig`,
    `--root-dir=${folder}/kubelet`,
    `--hostname-override=${name}`,
    `--node-ip=${settings.address}`,
    `--node-labels=${Object.entries(settings.group.labels)
      .filter(([key]) => key !== "kubernetes.io/os")
      .map((pair) => pair.join("="))
      .join(",")}`,
  );
  space.start("kube-proxy", join(programs, "kube-proxy"), `--config=${folder}/kube-proxy.json`);
  const policyFlags = [`--kubeconfig=${folder}/policy-agent.kubeconfig`, `--node=${name}`, `--queue=${QUEUE}`];
  space.start("policy-agent", join(programs, "policy-agent"), ...policyFlags);
  return { name, space, kill: () => cutPower(space, machine, settings) };
}

async function cutPower(space: Space, machine: Machine, { address, pods }: NodeSettings): Promise<void> {
  space.kill();
  // What is sent to it is lost: a router that refused it would tell the callers.
  for (const lost of [address, pods]) await machine.space.run("ip", "route", "replace", "blackhole", lost);
}

/** What programs write at fixed paths goes into the node's folder. */
async function mountFolders(space: Space, folder: string): Promise<void> {
  for (const path of ["/etc", "/var/lib", "/var/log"]) {
    const [upper, work] = ["upper", "work"].map((layer) => join(folder, "overlay", path, layer)) as [string, string];
    for (const each of [upper, work]) mkdirSync(each, { recursive: true });
    await space.run(
      "mount",
      "-t",
      "overlay",
      "-o",
      `lowerdir=${path},upperdir=${upper},workdir=${work}`,
      "overlay",
      path,
    );
  }
  await space.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run");
  for (const [key, value] of Object.entries(kernelSettings)) {
    const file = `/run/kernel/${key}`;
    await writeIn(space, file, value);
    await space.run("mount", "--bind", file, `/proc/sys/${key}`);
  }
  await space.run("mount", "--make-rshared", "/");
}

/** Writes a file where the node sees it. */
async function writeIn(space: Space, path: string, content: string): Promise<void> {
  await space.run("sh", "-c", 'mkdir -p "$(dirname "$0")" && printf %s "$1" >"$0"', path, content);
}

/** Holds each new connection for the policy agent, behind the translation of Services' addresses. Root's are kubelet's probes. */
async function judgePackets(space: Space): Promise<void> {
  const rules = [
    ["-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT"],
    ["-m", "owner", "--uid-owner", "0", "-j", "ACCEPT"],
    ["-j", "NFQUEUE", "--queue-num", String(QUEUE)],
  ];
  for (const rule of rules) await space.run("iptables", "-t", "mangle", "-A", "POSTROUTING", ...rule);
}

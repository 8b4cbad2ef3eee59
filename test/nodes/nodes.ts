import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { NodeGroup } from "../../plan/model/nodes.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { type Client, eventually, type KubeObject } from "../cluster/client.ts";
import { customResourceDefinitions, explainPods } from "../cluster/cluster.ts";
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts";
import { type ClusterAddresses, clusterAddresses } from "./addresses.ts";
import { DNS_IMAGE, dnsObjects } from "./dns.ts";
import { exec } from "./exec.ts";
import { packProgram } from "./images.ts";
import { type Machine, startMachine } from "./machine.ts";
import { type Node, startNode } from "./node.ts";
import { nodeTokens, PAUSE_IMAGE, policyAgentRights } from "./node-files.ts";
import { ensureNodePrograms } from "./programs.ts";
import { requireNodeHost } from "./requirements.ts";

/** The port of the API server, as managed clusters have it: the rendered policies allow it. */
const PORT = 443;
export const PROBER_IMAGE = "promptops.test/prober:1";

/** The node that a test never takes away: by it this process enters, and on it is what has no replica. */
export const LASTING_NODE = "node-1";

/** A cluster whose nodes run pods. */
export interface NodeCluster {
  readonly client: Client;
  readonly addresses: ClusterAddresses;
  readonly nodes: readonly Node[];
  readonly machine: Machine;
  /** The folder of a node's programs. */
  readonly programs: string;
  /** Applies objects in order; resolves when the API server has taken all of them. */
  apply(objects: readonly object[]): Promise<void>;
  /** Runs a command in a pod's first container as `kubectl exec` does, and returns what it prints. Throws when it fails. */
  exec(pod: { readonly namespace: string; readonly name: string }, ...command: string[]): Promise<string>;
  /** Resolves with the pods of a selector when all that there are, and at least so many, are Ready. */
  ready(
    namespace: string,
    selector: string,
    options?: { readonly least?: number; readonly seconds?: number },
  ): Promise<KubeObject[]>;
  /** Routes this process's packets to a Service through the first node, and returns the addresses that policies see them come from. */
  enter(service: string): Promise<string[]>;
  stop(): Promise<void>;
}

export interface NodesOptions {
  /** Its addresses, zones, labels and taints are those of the nodes. */
  readonly plan: Plan;
  /** How many, each in the zone after the last one's. @default 3 */
  readonly nodes?: number;
  /** Archives of images that every node has, besides those of Kubernetes. @default - none */
  readonly images?: readonly string[];
}

/**
 * Starts a control plane and nodes whose pods run, with DNS, Services, and NetworkPolicies that the kernel enforces. Nothing of it
 * is left when the process ends, however it does. Throws without root, or without Debian's packages.
 */
export async function startNodes({ plan, nodes: count = 3, images = [] }: NodesOptions): Promise<NodeCluster> {
  requireNodeHost();
  const programs = await ensureNodePrograms();
  const addresses = clusterAddresses(plan, count);
  const machine = await startMachine(join(programs, "pause"));
  let plane: ControlPlane | undefined;
  const stop = async (): Promise<void> => {
    await machine.stop();
    await plane?.stop();
  };
  try {
    await machine.space.run("ip", "address", "add", `${addresses.apiServer}/32`, "dev", "lo");
    const names = addresses.nodes.map((_, index) => `node-${index + 1}`);
    plane = await startPlane(machine, addresses, names);
    const { client, tls } = plane;
    const own = await packImages(programs, machine.folder);
    const apply = async (objects: readonly object[]): Promise<void> => {
      for (const object of objects) await client.apply(object as KubeObject);
    };
    await apply([...customResourceDefinitions(), ...policyAgentRights, ...dnsObjects(addresses.dns)]);
    const groups = poolOf(plan);
    const nodes = await Promise.all(
      addresses.nodes.map(({ address, pods }, index) => {
        const name = names[index] ?? "";
        const settings = {
          ...{ name, address, pods, dns: addresses.dns, gateway: addresses.apiServer },
          server: `https://${addresses.apiServer}:${PORT}`,
          authority: tls.cert,
          kubeletClient: `${machine.folder}/kubelet-client.crt`,
          cgroup: `${machine.cgroup}/${name}`,
          folder: join(machine.folder, name),
          group: groups[index % groups.length] ?? { labels: {}, taints: [] },
        };
        mkdirSync(settings.folder);
        return startNode(settings, { machine, programs, images: [...own, ...images] });
      }),
    );
    const cluster: NodeCluster = {
      ...{ client, addresses, nodes, machine, programs, apply, stop },
      exec: (pod, ...command) => exec(client, tls.cert, { ...pod, command }),
      enter: (service) => enter(machine, nodes, addresses, service),
      ready: (namespace, selector, options) => ready(client, { namespace, selector, ...options }),
    };
    await allReady(cluster);
    return cluster;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function enter(
  machine: Machine,
  [first]: readonly Node[],
  { nodes: [entrance] }: ClusterAddresses,
  service: string,
): Promise<string[]> {
  if (!first || !entrance) throw new Error("There is no node.");
  const via = ["via", entrance.address, "dev", first.name, "onlink"];
  await machine.space.run("ip", "route", "replace", service, ...via);
  execFileSync("ip", ["route", "replace", service, "via", machine.address]);
  // Before and behind the translation of the caller's address.
  return [machine.caller, entrance.address];
}

/** The control plane in the machine's network. It calls kubelets with a certificate that they know. */
function startPlane(
  machine: Machine,
  { apiServer, services }: ClusterAddresses,
  names: readonly string[],
): Promise<ControlPlane> {
  const [key, certificate] = ["key", "crt"].map((end) => join(machine.folder, `kubelet-client.${end}`)) as [
    string,
    string,
  ];
  const subject = "/O=system:masters/CN=kube-apiserver-kubelet-client";
  execFileSync(
    "openssl",
    [..."req -x509 -newkey rsa:2048 -nodes -days 7 -subj".split(" "), subject, "-keyout", key, "-out", certificate],
    { stdio: "ignore" },
  );
  return startControlPlane({
    host: {
      address: machine.address,
      port: PORT,
      enter: (command) => machine.space.enter(command),
      tokens: nodeTokens(names),
      flags: (folder) => ({
        apiServer: [
          "--bind-address=0.0.0.0",
          `--advertise-address=${apiServer}`,
          `--service-cluster-ip-range=${services}`,
          // Besides RBAC.
          "--authorization-mode=Node",
          "--enable-admission-plugins=NodeRestriction",
          "--kubelet-preferred-address-types=InternalIP",
          `--kubelet-client-certificate=${certificate}`,
          `--kubelet-client-key=${key}`,
        ],
        controllers: [`--root-ca-file=${folder}/certificates/apiserver.crt`],
      }),
    },
  });
}

async function packImages(programs: string, folder: string): Promise<string[]> {
  const images = { pause: PAUSE_IMAGE, dns: DNS_IMAGE, prober: PROBER_IMAGE } as const;
  return Promise.all(
    Object.entries(images).map(([program, name]) => packProgram(join(programs, program), name, folder)),
  );
}

/** The pool of services, one group a zone. */
function poolOf({ nodeGroups }: Plan): NodeGroup[] {
  return nodeGroups.filter(({ pool, spot }) => pool === "application" && !spot);
}

async function allReady({ client, nodes }: NodeCluster): Promise<void> {
  await eventually(
    "every node to be Ready",
    async () => {
      const present = await client.list("/api/v1/nodes");
      const isReady = ({ status }: KubeObject): boolean =>
        (status?.conditions ?? []).some(
          (each: { type: string; status: string }) => each.type === "Ready" && each.status === "True",
        );
      return (present.length === nodes.length && present.every(isReady)) || undefined;
    },
    { seconds: 120, explain: () => Promise.resolve(nodes.map(({ space }) => space.log("kubelet")).join("\n")) },
  );
  await ready(client, { namespace: "kube-system", selector: "k8s-app=kube-dns", least: 2 });
}

interface Wanted {
  readonly namespace: string;
  readonly selector: string;
  readonly least?: number;
  readonly seconds?: number;
}

function ready(client: Client, { namespace, selector, least = 1, seconds = 120 }: Wanted): Promise<KubeObject[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  return eventually(
    `${least} pods '${selector}' to be Ready`,
    async () => {
      const pods = await client.list(path);
      return pods.length >= least && pods.every(isReadyPod) ? pods : undefined;
    },
    { seconds, explain: () => explainPods(client) },
  );
}

const isReadyPod = ({ status }: KubeObject): boolean =>
  (status?.conditions ?? []).some(
    (each: { type: string; status: string }) => each.type === "Ready" && each.status === "True",
  );

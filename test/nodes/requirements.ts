import { existsSync } from "node:fs";

/** What a node runs from Debian, by package: one file that tells that it is installed. */
const packages: Readonly<Record<string, string>> = {
  conntrack: "/usr/sbin/conntrack",
  containerd: "/usr/bin/containerd",
  "containernetworking-plugins": "/usr/lib/cni/ptp",
  iproute2: "/usr/sbin/ip",
  iptables: "/usr/sbin/iptables",
  nftables: "/usr/sbin/nft",
  openssl: "/usr/bin/openssl",
  runc: "/usr/sbin/runc",
  "util-linux": "/usr/bin/nsenter",
};

/** The hierarchies of cgroup v1 that a node's kubelet and runc use, as folders. */
export const hierarchies: readonly string[] = [
  ...["blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids", "systemd"],
].map((name) => `/sys/fs/cgroup/${name}`);

interface MachineFacts {
  readonly uid: number | undefined;
  readonly exists: (path: string) => boolean;
}

/** Throws what this machine lacks to run nodes, with the command that adds it. */
export function requireNodeHost({ uid, exists }: MachineFacts = { uid: process.getuid?.(), exists: existsSync }): void {
  if (uid !== 0) {
    throw new Error(
      "Nodes have namespaces, mounts and cgroups of their own, which only root can make. Run 'npm run test:nodes' as root.",
    );
  }
  const missing = Object.keys(packages).filter((name) => !exists(packages[name] ?? ""));
  if (missing.length > 0) {
    const names = missing.join(" ");
    throw new Error(
      `Nodes run programs of Debian's packages ${names}, which are not installed. Run 'apt-get install --no-install-recommends ${names}'.`,
    );
  }
  const unmounted = hierarchies.filter((path) => !exists(path));
  if (unmounted.length > 0) {
    throw new Error(
      `Nodes are accounted in the hierarchies of cgroup v1, and ${unmounted.join(", ")} is not mounted. Boot with 'systemd.unified_cgroup_hierarchy=0'.`,
    );
  }
}

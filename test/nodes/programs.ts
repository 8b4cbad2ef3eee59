import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePrograms } from "../../tools/go-programs.ts";
import { versions } from "../cluster/binaries.ts";
import {
  buildModules,
  type GoModule,
  kubernetesModule,
  kubernetesPrograms,
  programsIn,
} from "../cluster/go-modules.ts";

/** The programs of a node, by name. */
export type NodeProgram = "kubelet" | "kube-proxy" | "policy-agent" | "dns" | "pause" | "prober";

const kubernetes = kubernetesPrograms(["kubelet", "kube-proxy"]);

/** The folder of the programs that nodes and their pods run, built from Go modules on first use. */
export function ensureNodePrograms(): Promise<string> {
  const own = ["pause", "prober", "policy-agent", "dns"].map(ownModule);
  const key = createHash("sha256")
    .update(JSON.stringify([versions.kubernetes, own.map(({ files }) => files())]))
    .digest("hex")
    .slice(0, 12);
  const modules: readonly GoModule[] = [
    ...own,
    {
      name: "kubernetes",
      programs: kubernetes,
      files: () => kubernetesModule(versions.kubernetes, Object.values(kubernetes)),
    },
  ];
  return ensurePrograms({
    name: `node-${versions.kubernetes}-${key}`,
    notice: `building ${programsIn(modules).length} programs of a node; this happens once, about five minutes on two cores`,
    build: (work) => buildModules(work, modules),
  });
}

/** A module of the folder `programs`. */
function ownModule(name: string): GoModule {
  const folder = join(import.meta.dirname, "programs", name);
  const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")] as const);
  return { name, programs: { [name]: "." }, files: () => Object.fromEntries(files) };
}

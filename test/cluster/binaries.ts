import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePrograms, go } from "../../tools/go-programs.ts";
import {
  buildModules,
  downloaded,
  flags,
  type GoModule,
  kubernetesModule,
  kubernetesPrograms,
  moduleRequiring,
  programsIn,
} from "./go-modules.ts";

/** Versions that the control plane is built from. Another Kubernetes minor is a change of the first line. */
export const versions = { kubernetes: "v1.35.4", etcd: "v3.6.10", kwok: "v0.7.0" } as const;

/** The version whose definitions are in k8s/crds. */
const ARGO_ROLLOUTS = "v1.10.1";

const EXTERNAL_DNS = "v0.21.0";

/** Istio's module at the tag 1.31.1, and its client, which the proxy of Go modules has at that tag alone. */
const ISTIO = { version: "1.31.1", module: "v0.0.0-20260916195427-190ae921b848", client: "v1.31.1" } as const;

/** Argo CD, and the commit of its sync engine, which is a folder of its tree and a module of its own. */
const ARGO_CD = { version: "v3.5.7", engine: "v0.0.0-20260914071520-c9c369efcc5b" } as const;

const etcd = { etcd: "go.etcd.io/etcd/server/v3" };
const kwok = { kwok: "sigs.k8s.io/kwok/cmd/kwok" };
const kubernetes = kubernetesPrograms(["kube-apiserver", "kube-controller-manager", "kube-scheduler"]);

const modules: readonly GoModule[] = [
  {
    name: "etcd",
    programs: etcd,
    files: () => moduleRequiring("go.etcd.io/etcd/server/v3", versions.etcd, Object.values(etcd)),
  },
  {
    name: "kwok",
    programs: kwok,
    files: () => moduleRequiring("sigs.k8s.io/kwok", versions.kwok, Object.values(kwok)),
  },
  {
    name: "kubernetes",
    programs: kubernetes,
    files: () => kubernetesModule(versions.kubernetes, Object.values(kubernetes)),
  },
];

/** The folder of the control plane's programs, built from Go modules on first use and kept in a cache outside the project. */
export function ensureBinaries(): Promise<string> {
  const key = createHash("sha256").update(JSON.stringify(versions)).digest("hex").slice(0, 12);
  return ensurePrograms({
    name: `control-plane-${versions.kubernetes}-${key}`,
    notice: `building ${programsIn(modules).length} programs of a control plane; this happens once, about ten minutes on two cores`,
    build: (work) => buildModules(work, modules),
  });
}

/** The file of kubectl, at the control plane's version. */
export async function ensureKubectl(): Promise<string> {
  const programs = { kubectl: "k8s.io/kubernetes/cmd/kubectl" };
  const files = (): Record<string, string> => kubernetesModule(versions.kubernetes, Object.values(programs));
  const folder = await ensurePrograms({
    name: `kubectl-${versions.kubernetes}`,
    notice: `building kubectl ${versions.kubernetes}; this happens once, about two minutes on two cores`,
    build: (work) => buildModules(work, [{ name: "kubectl", programs, files }]),
  });
  return join(folder, "kubectl");
}

/** Argo Rollouts: its controller, and the folder of its custom resource definitions. */
export async function ensureArgoRollouts(): Promise<{ controller: string; definitions: string }> {
  const module = `github.com/argoproj/argo-rollouts@${ARGO_ROLLOUTS}`;
  const source = downloaded(module).Dir;
  const folder = await ensurePrograms({
    name: `argo-rollouts-${ARGO_ROLLOUTS}`,
    notice: `building ${module}; this happens once, about three minutes on two cores`,
    build: async (work) => {
      const output = join(work, "bin", "rollouts-controller");
      // In its own module, where its replace directives apply.
      await go(
        ["build", "-ldflags", "-s -w", "-o", output, "./cmd/rollouts-controller"],
        source,
        flags("-mod=readonly"),
      );
    },
  });
  return { controller: join(folder, "rollouts-controller"), definitions: join(source, "manifests", "crds") };
}

/** external-dns, at the version that its chart installs. */
export async function ensureExternalDns(): Promise<string> {
  const package_ = "sigs.k8s.io/external-dns";
  const folder = await ensurePrograms({
    name: `external-dns-${EXTERNAL_DNS}`,
    notice: `building ${package_} ${EXTERNAL_DNS}; this happens once, about six minutes on two cores`,
    build: (work) =>
      buildModules(work, [
        {
          name: "external-dns",
          programs: { "external-dns": package_ },
          files: () => moduleRequiring(package_, EXTERNAL_DNS, [package_]),
        },
      ]),
  });
  return join(folder, "external-dns");
}

/** istiod, at the version that its chart installs, and the folder of Istio's charts. */
export async function ensureIstiod(): Promise<{ program: string; charts: string }> {
  const package_ = "istio.io/istio/pilot/cmd/pilot-discovery";
  const replaced = `\nreplace istio.io/client-go => istio.io/client-go ${ISTIO.client}\n`;
  const folder = await ensurePrograms({
    name: `istiod-${ISTIO.version}`,
    notice: `building istiod ${ISTIO.version}; this happens once, about six minutes on two cores`,
    build: (work) =>
      buildModules(work, [
        {
          name: "istiod",
          programs: { istiod: package_ },
          files: () => {
            const { "go.mod": module, ...others } = moduleRequiring("istio.io/istio", ISTIO.module, [package_]);
            return { ...others, "go.mod": `${module ?? ""}${replaced}` };
          },
        },
      ]),
  });
  const { Dir } = downloaded(`istio.io/istio@${ISTIO.module}`);
  return { program: join(folder, "istiod"), charts: join(Dir, "manifests", "charts") };
}

/** The program in argo-sync, built with Argo CD's modules, and the folder of Argo CD's definitions. */
export async function ensureArgoSync(): Promise<{ program: string; definitions: string }> {
  const argoCd = downloaded(`github.com/argoproj/argo-cd/v3@${ARGO_CD.version}`);
  const own = join(import.meta.dirname, "argo-sync");
  const files: Record<string, string> = { "go.mod": argoSyncModule(readFileSync(argoCd.GoMod, "utf8")) };
  for (const name of readdirSync(own)) files[name] = readFileSync(join(own, name), "utf8");
  const key = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
  const folder = await ensurePrograms({
    name: `argo-sync-${ARGO_CD.version}-${key}`,
    notice: `building argo-sync with Argo CD ${ARGO_CD.version}; this happens once, about five minutes on two cores`,
    build: (work) => buildModules(work, [{ name: "argo-sync", programs: { "argo-sync": "." }, files: () => files }]),
  });
  return { program: join(folder, "argo-sync"), definitions: join(argoCd.Dir, "manifests", "crds") };
}

/** Argo CD's own replacements, which a module that requires it does not inherit. */
function argoSyncModule(argoCdModule: string): string {
  const replacements = argoCdModule
    .slice(argoCdModule.indexOf("\nreplace"))
    .replace("./gitops-engine", `github.com/argoproj/argo-cd/gitops-engine ${ARGO_CD.engine}`);
  return `module argo-sync\n\ngo 1.26.3\n\nrequire github.com/argoproj/argo-cd/v3 ${ARGO_CD.version}\n${replacements}`;
}

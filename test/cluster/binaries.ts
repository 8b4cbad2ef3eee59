import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePrograms, go, say } from "../../tools/go-programs.ts";

/** Versions that the control plane is built from. Another Kubernetes minor is a change of the first line. */
export const versions = { kubernetes: "v1.35.4", etcd: "v3.6.10", kwok: "v0.7.0" } as const;

/** The version whose definitions are in k8s/crds. */
const ARGO_ROLLOUTS = "v1.10.1";

/** Argo CD, and the commit of its sync engine, which is a folder of its tree and a module of its own. */
const ARGO_CD = { version: "v3.5.7", engine: "v0.0.0-20260914071520-c9c369efcc5b" } as const;

interface Program {
  readonly name: string;
  /** Packages for `go build`, run in the module of `files`. */
  readonly packages: readonly string[];
  readonly files: (packages: readonly string[]) => Readonly<Record<string, string>>;
}

const programs: readonly Program[] = [
  {
    name: "etcd",
    packages: ["go.etcd.io/etcd/server/v3"],
    files: (packages) => plainModule("go.etcd.io/etcd/server/v3", versions.etcd, packages),
  },
  {
    name: "kwok",
    packages: ["sigs.k8s.io/kwok/cmd/kwok"],
    files: (packages) => plainModule("sigs.k8s.io/kwok", versions.kwok, packages),
  },
  {
    name: "kubernetes",
    packages: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map(
      (each) => `k8s.io/kubernetes/cmd/${each}`,
    ),
    files: kubernetesModule,
  },
];

/** The folder of the control plane's programs, built from Go modules on first use and kept in a cache outside the project. */
export function ensureBinaries(): Promise<string> {
  const key = createHash("sha256").update(JSON.stringify(versions)).digest("hex").slice(0, 12);
  return ensurePrograms({
    name: `control-plane-${versions.kubernetes}-${key}`,
    notice: `building ${total} programs of a control plane; this happens once, about ten minutes on two cores`,
    build: async (work) => {
      let before = 0;
      for (const program of programs) {
        await build(program, join(work, `source-${program.name}`), { output: join(work, "bin"), before, total });
        before += program.packages.length;
      }
    },
  });
}

/** The file of kubectl, at the control plane's version. */
export async function ensureKubectl(): Promise<string> {
  const packages = ["k8s.io/kubernetes/cmd/kubectl"];
  const folder = await ensurePrograms({
    name: `kubectl-${versions.kubernetes}`,
    notice: `building kubectl ${versions.kubernetes}; this happens once, about two minutes on two cores`,
    build: async (work) => {
      const to = { output: join(work, "bin"), before: 0, total: 1 };
      await build({ name: "kubectl", packages, files: kubernetesModule }, join(work, "source"), to);
    },
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
    build: async (work) => {
      const source = join(work, "source");
      mkdirSync(source);
      for (const [name, content] of Object.entries(files)) writeFileSync(join(source, name), content);
      await go(["mod", "tidy"], source, flags("-mod=mod"));
      await go(["build", "-ldflags", "-s -w", "-o", join(work, "bin", "argo-sync"), "."], source, flags("-mod=mod"));
    },
  });
  return { program: join(folder, "argo-sync"), definitions: join(argoCd.Dir, "manifests", "crds") };
}

const total = programs.reduce((sum, { packages }) => sum + packages.length, 0);

async function build(
  { name: program, packages, files }: Program,
  source: string,
  { output, before, total }: { output: string; before: number; total: number },
): Promise<void> {
  mkdirSync(source);
  mkdirSync(output, { recursive: true });
  say(`fetching the source of ${program}`);
  for (const [file, content] of Object.entries(files(packages))) writeFileSync(join(source, file), content);
  await go(["mod", "tidy"], source, flags("-mod=mod"));
  for (const [index, each] of packages.entries()) {
    // etcd's main package is the module's root, which would be called v3.
    const name = each.endsWith("/v3") ? "etcd" : (each.split("/").at(-1) ?? each);
    say(`building ${name} (${before + index + 1} of ${total})`);
    await go(["build", "-ldflags", "-s -w", "-o", join(output, name), each], source, flags("-mod=mod"));
  }
}

const flags = (mod: string): { GOFLAGS: string } => ({ GOFLAGS: `${mod} -buildvcs=false` });

function plainModule(module: string, version: string, packages: readonly string[]): Record<string, string> {
  return { "go.mod": `module build\n\ngo 1.26.0\n\nrequire ${module} ${version}\n`, "tools.go": toolsFile(packages) };
}

/** Kubernetes' own go.mod replaces its staging modules by folders; outside of its tree they have versions of their own. */
function kubernetesModule(packages: readonly string[]): Record<string, string> {
  const { GoMod } = downloaded(`k8s.io/kubernetes@${versions.kubernetes}`);
  const staged = [...readFileSync(GoMod, "utf8").matchAll(/^\s*(\S+) => \.\/staging\//gm)].map(([, name = ""]) => name);
  const staging = versions.kubernetes.replace("v1.", "v0.");
  const lines = [
    "module build",
    "",
    "go 1.26.0",
    "",
    `require k8s.io/kubernetes ${versions.kubernetes}`,
    ...staged.map((name) => `replace ${name} => ${name} ${staging}`),
  ];
  return { "go.mod": `${lines.join("\n")}\n`, "tools.go": toolsFile(packages) };
}

/** Argo CD's own replacements, which a module that requires it does not inherit. */
function argoSyncModule(argoCdModule: string): string {
  const replacements = argoCdModule
    .slice(argoCdModule.indexOf("\nreplace"))
    .replace("./gitops-engine", `github.com/argoproj/argo-cd/gitops-engine ${ARGO_CD.engine}`);
  return `module argo-sync\n\ngo 1.26.3\n\nrequire github.com/argoproj/argo-cd/v3 ${ARGO_CD.version}\n${replacements}`;
}

/** A module in the cache of Go modules. */
export function downloaded(module: string): { GoMod: string; Dir: string } {
  const answer = spawnSync("go", ["mod", "download", "-json", module], { encoding: "utf8" });
  if (answer.status !== 0) throw new Error(`go mod download ${module} failed:\n${answer.stdout}${answer.stderr}`);
  return JSON.parse(answer.stdout) as { GoMod: string; Dir: string };
}

/** Names the programs, so that `go mod tidy` keeps what they need. */
function toolsFile(packages: readonly string[]): string {
  return `//go:build tools\n\npackage build\n\nimport (\n${packages.map((each) => `\t_ "${each}"`).join("\n")}\n)\n`;
}

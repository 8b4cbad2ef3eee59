import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { go, say } from "../../tools/go-programs.ts";

/** A Go module, and the programs that are built in it. */
export interface GoModule {
  readonly name: string;
  /** The package of each program, by the program's name. */
  readonly programs: Readonly<Record<string, string>>;
  /** The module's files, `go.mod` among them, by name. */
  readonly files: () => Readonly<Record<string, string>>;
  /** Build tags. @default - none */
  readonly tags?: readonly string[];
}

export const programsIn = (modules: readonly GoModule[]): string[] =>
  modules.flatMap(({ programs }) => Object.keys(programs));

/** Builds the programs of modules into `bin` of a folder. */
export async function buildModules(work: string, modules: readonly GoModule[]): Promise<void> {
  const all = programsIn(modules);
  const output = join(work, "bin");
  mkdirSync(output);
  for (const { name: module, programs, files, tags = [] } of modules) {
    const source = join(work, `source-${module}`);
    mkdirSync(source);
    say(`fetching the source of ${module}`);
    for (const [file, content] of Object.entries(files())) writeFileSync(join(source, file), content);
    await go(["mod", "tidy"], source, flags("-mod=mod"));
    for (const [name, path] of Object.entries(programs)) {
      say(`building ${name} (${all.indexOf(name) + 1} of ${all.length})`);
      const build = ["build", "-tags", tags.join(), "-ldflags", "-s -w", "-o", join(output, name), path];
      await go(build, source, flags("-mod=mod"));
    }
  }
}

export const flags = (mod: string): { GOFLAGS: string } => ({ GOFLAGS: `${mod} -buildvcs=false` });

/** A module for programs of another module that has no replace directives. */
export function moduleRequiring(module: string, version: string, packages: readonly string[]): Record<string, string> {
  return { "go.mod": `module build\n\ngo 1.26.0\n\nrequire ${module} ${version}\n`, "tools.go": toolsFile(packages) };
}

/** Kubernetes' own go.mod replaces its staging modules by folders; outside of its tree they have versions of their own. */
export function kubernetesModule(version: string, packages: readonly string[]): Record<string, string> {
  const { GoMod } = downloaded(`k8s.io/kubernetes@${version}`);
  const staged = [...readFileSync(GoMod, "utf8").matchAll(/^\s*(\S+) => \.\/staging\//gm)].map(([, name = ""]) => name);
  const staging = version.replace("v1.", "v0.");
  const lines = [
    "module build",
    "",
    "go 1.26.0",
    "",
    `require k8s.io/kubernetes ${version}`,
    ...staged.map((name) => `replace ${name} => ${name} ${staging}`),
  ];
  return { "go.mod": `${lines.join("\n")}\n`, "tools.go": toolsFile(packages) };
}

/** Kubernetes' own programs, by name. */
export const kubernetesPrograms = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]));

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

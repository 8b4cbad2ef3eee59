import { join } from "node:path";
import { ensurePrograms, go } from "../../../tools/go-programs.ts";
import { downloaded } from "../../cluster/go-modules.ts";

const versions = { buildkit: "v0.34.2", buildx: "v0.38.2" } as const;
const modules = {
  buildkitd: { module: `github.com/moby/buildkit@${versions.buildkit}`, package: "./cmd/buildkitd" },
  buildx: { module: `github.com/docker/buildx@${versions.buildx}`, package: "./cmd/buildx" },
} as const;

/** Docker's builder and its command line, built from Go modules. */
export async function ensureBuildKit(): Promise<Readonly<Record<keyof typeof modules, string>>> {
  const folder = await ensurePrograms({
    name: `buildkit-${versions.buildkit}-buildx-${versions.buildx}`,
    notice: "building BuildKit and buildx; this happens once, about four minutes on two cores",
    build: async (work) => {
      for (const [name, { module, package: main }] of Object.entries(modules)) {
        // In its own module, where its exclude directives apply.
        await go(["build", "-ldflags", "-s -w", "-o", join(work, "bin", name), main], downloaded(module).Dir, {
          GOFLAGS: "-mod=readonly -buildvcs=false",
        });
      }
    },
  });
  return { buildkitd: join(folder, "buildkitd"), buildx: join(folder, "buildx") };
}

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePrograms, go } from "../../../tools/go-programs.ts";
import { root } from "../../environments.ts";

const MODULE = "github.com/pulumi/pulumi/pkg/v3";
const MAIN = `${MODULE}/cmd/pulumi`;

/** The version of an npm package of the project, as installed. */
export function installedVersion(name: string): string {
  const manifest = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The folder of Pulumi's engine, `pulumi`, built from its Go module at the version of the SDK that the project uses. */
export function ensureEngine(): Promise<string> {
  const version = `v${installedVersion("@pulumi/pulumi")}`;
  return ensurePrograms({
    name: `pulumi-${version}`,
    notice: `building Pulumi's engine ${version}; this happens once, about three minutes on two cores`,
    build: async (work) => {
      const source = join(work, "source");
      mkdirSync(source);
      writeFileSync(join(source, "go.mod"), `module build\n\ngo 1.26.0\n\nrequire ${MODULE} ${version}\n`);
      writeFileSync(join(source, "tools.go"), `//go:build tools\n\npackage build\n\nimport _ "${MAIN}"\n`);
      const flags = { GOFLAGS: "-mod=mod -buildvcs=false" };
      await go(["mod", "tidy"], source, flags);
      // The SDK asks the program for its version, which a release has from its build.
      const linked = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
      await go(["build", "-ldflags", linked, "-o", join(work, "bin", "pulumi"), MAIN], source, flags);
    },
  });
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { keda } from "../../addons/keda/addon.ts";
import { ensurePrograms, go } from "../../tools/go-programs.ts";
import { downloaded, flags } from "../cluster/go-modules.ts";
import { packProgram } from "../nodes/images.ts";
import { imageIn, type Operator, readInstallation } from "../nodes/operators.ts";

/** The version whose definition of ScaledObject is in k8s/crds. */
const KEDA = "v2.21.0";

/** Deployments of KEDA, with the program and the package of each. Its admission webhook is left out. */
const deployments = {
  "keda-operator": { program: "keda", package: "./cmd/operator" },
  "keda-metrics-apiserver": { program: "keda-adapter", package: "./cmd/adapter" },
} as const;

/** As the official images have it. */
const USER = "1000";

/** KEDA's operator and metrics API server, as its own manifests install them. */
export async function packKeda(folder: string): Promise<Operator> {
  const module = `github.com/kedacore/keda/v2@${KEDA}`;
  const source = downloaded(module).Dir;
  const programs = await ensurePrograms({
    name: `keda-${KEDA}`,
    notice: `building ${module}; this happens once, about eight minutes on two cores`,
    build: async (work) => {
      for (const { program, package: path } of Object.values(deployments)) {
        // In its own module, where its replace directives apply.
        const output = join(work, "bin", program);
        await go(["build", "-ldflags", "-s -w", "-o", output, path], source, flags("-mod=readonly"));
      }
    },
  });
  const config = join(source, "config");
  const files = ["crd/bases", "service_account", "rbac", "manager", "metrics-server"].flatMap((part) =>
    readdirSync(join(config, part))
      .filter((file) => file !== "kustomization.yaml")
      .map((file) => join(config, part, file)),
  );
  const objects = readInstallation({ files, namespace: keda.namespace.name });
  const images = Object.entries(deployments).map(([name, { program }]) =>
    packProgram(join(programs, program), imageIn(objects, name), folder, { user: USER }),
  );
  return { images: await Promise.all(images), objects };
}

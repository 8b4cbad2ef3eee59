import { readdirSync } from "node:fs";
import { join } from "node:path";
import { keda } from "../../addons/keda/addon.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { ensurePrograms, go } from "../../tools/go-programs.ts";
import { downloaded, flags } from "../cluster/go-modules.ts";
import { packProgram } from "../nodes/images.ts";
import { imageIn, type Operator, recordedInstallation } from "../nodes/operators.ts";

const { delivery } = keda;
if (delivery.by !== "application") throw new Error("KEDA's descriptor names no source.");
/** Chart and program have the same version. */
const KEDA = `v${delivery.source.versions[0]}`;

/** Deployments of KEDA, with the program and the package of each. */
const deployments = {
  "keda-operator": { program: "keda", package: "./cmd/operator" },
  "keda-operator-metrics-apiserver": { program: "keda-adapter", package: "./cmd/adapter" },
  "keda-admission-webhooks": { program: "keda-admission-webhooks", package: "./cmd/webhooks" },
} as const;

/** As the official images have it. */
const USER = "65532";

/** KEDA as the plan's Application installs it. */
export async function packKeda(folder: string, plan: Plan): Promise<Operator> {
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
  const bases = join(source, "config/crd/bases");
  const objects = recordedInstallation(
    plan,
    keda.name,
    readdirSync(bases).map((file) => join(bases, file)),
  );
  const images = Object.entries(deployments).map(([name, { program }]) =>
    packProgram(join(programs, program), imageIn(objects, name), folder, { user: USER }),
  );
  return { images: await Promise.all(images), objects };
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { kindCluster } from "../infra/local/kind.ts";
import { factsOf } from "../platform/clouds.ts";
import type { Environment } from "../platform/environment.ts";
import { writeObjects, type Written } from "../k8s/write.ts";
import type { Plan } from "./model/plan.ts";
import { type Proved, toPlanFile } from "./plan-file.ts";
import { manifestsIn } from "./write-manifests.ts";

/**
 * Writes an environment's objects into a folder of their own, and plan.json beside it. Where the nodes are declared, it
 * also writes a kind configuration that creates them.
 */
export async function writePlan(
  folder: string,
  environment: Environment,
  plan: Plan,
  proved: Proved,
): Promise<Written> {
  await mkdir(folder, { recursive: true });
  const written = await writeObjects(manifestsIn(folder), plan.objects);
  await writeFile(join(folder, "plan.json"), `${JSON.stringify(toPlanFile(plan, proved), null, 2)}\n`);
  if (factsOf(environment).nodes === "declared") {
    await writeFile(join(folder, "kind.yaml"), stringify(kindCluster(environment), { lineWidth: 0 }));
  }
  return written;
}

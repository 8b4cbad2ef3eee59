import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { kindCluster } from "../infra/local/kind.ts";
import { factsOf } from "../platform/clouds.ts";
import type { Environment } from "../platform/environment.ts";
import { type RenderedObject } from "../k8s/render.ts";
import { writeObjects, type Written } from "../k8s/write.ts";
import { dirname } from "node:path";
import type { Finding, Plan } from "./model/plan.ts";
import { toPlanFile } from "./plan-file.ts";

/** Writes an environment's objects, its plan.json and, where its nodes are declared, a kind configuration that makes them. */
export async function writePlan(
  folder: string,
  environment: Environment,
  plan: Plan,
  findings: readonly Finding[],
): Promise<Written> {
  await mkdir(folder, { recursive: true });
  const written = await writeObjects(folder, plan.objects.map(toRendered));
  await writeFile(join(folder, "plan.json"), `${JSON.stringify(toPlanFile(plan, findings), null, 2)}\n`);
  if (factsOf(environment).nodes === "declared") {
    await writeFile(join(folder, "kind.yaml"), stringify(kindCluster(environment), { lineWidth: 0 }));
  }
  return written;
}

const toRendered = ({ path, manifest }: Plan["objects"][number]): RenderedObject => ({
  folder: dirname(path),
  manifest: manifest as RenderedObject["manifest"],
});

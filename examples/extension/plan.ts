/** Renders and proves every environment of this folder. Usage: npm run plan */
import { join } from "node:path";
import { planEnvironment, validateObjects } from "promptops/plan";
import { listEnvironments, loadDescriptors, platformAddons, readEnvironment } from "promptops/platform";
import { proofs, prove } from "promptops/proofs";
import { writeObjects } from "promptops/constructs";
import { addObjects, workloads } from "./objects.ts";
import { requireTeam } from "./proofs/require-team.ts";

const folder = import.meta.dirname;
const descriptors = { ...(await loadDescriptors({ addons: [platformAddons, join(folder, "addons")] })), workloads };
for (const name of listEnvironments(folder)) {
  const plan = await planEnvironment(readEnvironment(folder, name, descriptors), descriptors, { objects: addObjects });
  const { files } = await writeObjects(join(folder, "dist", name), plan.objects);
  console.log(`${name}: ${files} objects, add-ons ${plan.addons.map((addon) => addon.name).join(", ")}`);
  for (const { proof, evidence, failures } of [await validateObjects(plan), ...prove(plan, [...proofs, requireTeam])]) {
    console.log(`${failures.length === 0 ? "holds" : "FAILS"}  ${proof}: ${evidence.join("; ")}`);
    for (const failure of failures) console.log(`       ${failure}`);
    if (failures.length > 0) process.exitCode = 1;
  }
}

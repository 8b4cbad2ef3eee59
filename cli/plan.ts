import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Environment } from "../platform/environment.ts";
import { writePlan } from "../plan/write-plan.ts";
import { toPlanFile } from "../plan/plan-file.ts";
import { page, type ProvedPlan } from "../report/page.ts";
import { report } from "../report/tables.ts";
import { differenceOf } from "./difference.ts";
import type { ExitCode } from "./command.ts";
import { holds, planEnvironments } from "./plan-environments.ts";
import type { Selection } from "./read-environments.ts";

/** A plan for another cloud does not overwrite the environment's own. No environment's name has a dot. */
const folderName = ({ name }: Environment, { cloud }: Selection): string =>
  cloud === undefined ? name : `${name}.${cloud}`;

/** `promptops plan`: plans, proves, writes, shows. `against` names what is deployed, which the report compares. */
export async function plan(selection: Selection, json: boolean, against?: string): Promise<ExitCode> {
  const documents: object[] = [];
  const shown: ProvedPlan[] = [];
  let sound = true;
  for await (const planned of planEnvironments(selection, against)) {
    const { environment, plan: made } = planned;
    const folder = join(selection.folder, "dist", folderName(environment, selection));
    const { files, changed, removed } = await writePlan(folder, environment, made, planned);
    sound &&= holds(planned);
    const before = planned.base?.plan;
    shown.push({
      ...planned,
      folder: folderName(environment, selection),
      ...(before && { difference: differenceOf(before, toPlanFile(made, planned)) }),
    });
    const where = `${relative(selection.folder, folder)} (plan.json; manifests: ${files} objects, ${changed} changed, ${removed} removed)`;
    if (json) documents.push(toPlanFile(made, planned));
    else process.stdout.write(`${report(planned, where)}\n`);
  }
  const file = join(selection.folder, "dist", "report.html");
  await writeFile(file, page(shown));
  if (!json) process.stdout.write(`report: ${relative(selection.folder, file)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(documents, null, 2)}\n`);
  return sound ? 0 : 1;
}

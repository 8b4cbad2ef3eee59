import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Environment } from "../platform/environment.ts";
import { writePlan } from "../plan/write-plan.ts";
import { toPlanFile } from "../plan/plan-file.ts";
import type { ExitCode, Request } from "./request.ts";
import { holds, planEnvironments } from "./plan-environments.ts";
import { page, type Shown } from "./page/page.ts";
import { report } from "./report.ts";

/** What an environment would be elsewhere never takes the place of what it is. No environment's name has a dot. */
const folderName = ({ name }: Environment, { cloud }: Request): string =>
  cloud === undefined ? name : `${name}.${cloud}`;

/** `promptops plan`: plans, proves, writes, shows. */
export async function plan(request: Request): Promise<ExitCode> {
  const documents: object[] = [];
  const shown: Shown[] = [];
  let sound = true;
  for await (const planned of planEnvironments(request)) {
    const { environment, plan: made, findings } = planned;
    const folder = join(request.folder, "dist", folderName(environment, request));
    const { files, changed, removed } = await writePlan(folder, environment, made, findings);
    sound &&= holds(planned);
    shown.push(planned);
    const where = `${relative(request.folder, folder)} (plan.json; manifests: ${files} objects, ${changed} changed, ${removed} removed)`;
    if (request.json) documents.push(toPlanFile(made, findings));
    else process.stdout.write(`${report(planned, where)}\n`);
  }
  const file = join(request.folder, "dist", "report.html");
  await writeFile(file, page(shown));
  if (!request.json) process.stdout.write(`report: ${relative(request.folder, file)}\n`);
  if (request.json) process.stdout.write(`${JSON.stringify(documents, null, 2)}\n`);
  return sound ? 0 : 1;
}

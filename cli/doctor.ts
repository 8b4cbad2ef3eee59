import { loadDescriptors } from "../addons/catalogue.ts";
import { examineMachine } from "../operations/doctor.ts";
import { table } from "../report/table.ts";
import type { ExitCode } from "./command.ts";
import { readEnvironments, type Selection } from "./read-environments.ts";

/** `promptops doctor`. */
export async function doctor(selection: Selection): Promise<ExitCode> {
  const environments = readEnvironments(selection, await loadDescriptors());
  const rows: [environment: string, verdict: string, subject: string, detail: string][] = [];
  for (const environment of environments) {
    for (const { subject, holds, detail } of await examineMachine(environment))
      rows.push([environment.name, holds ? "ok" : "missing", subject, detail]);
  }
  process.stdout.write(`${table(rows).join("\n")}\n`);
  return rows.every(([, verdict]) => verdict === "ok") ? 0 : 1;
}

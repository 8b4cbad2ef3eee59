import { loadDescriptors } from "../addons/catalogue.ts";
import { type Check, examineMachine } from "../operations/doctor.ts";
import { checkQuotas } from "../operations/quotas/index.ts";
import { planEnvironment } from "../plan/plan.ts";
import { quotaNeedsOf } from "../plan/quotas.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { table } from "../report/table.ts";
import type { ExitCode } from "./command.ts";
import { readEnvironments, type Selection } from "./read-environments.ts";

/** `promptops doctor`. */
export async function doctor(selection: Selection): Promise<ExitCode> {
  const descriptors = await loadDescriptors();
  const rows: (readonly [environment: string, verdict: Check["verdict"], subject: string, detail: string])[] = [];
  for (const environment of readEnvironments(selection, descriptors)) {
    for (const { subject, verdict, detail } of await examine(environment, descriptors))
      rows.push([environment.name, verdict, subject, detail]);
  }
  process.stdout.write(`${table(rows).join("\n")}\n`);
  return rows.some(([, verdict]) => verdict === "missing") ? 1 : 0;
}

async function examine(environment: Environment, descriptors: Descriptors): Promise<Check[]> {
  const needs = quotaNeedsOf(await planEnvironment(environment, descriptors));
  return [...(await examineMachine(environment)), ...(await checkQuotas(environment, needs))];
}

import type { Finding } from "../plan/model/plan.ts";
import { holds, planEnvironments } from "./plan-environments.ts";
import { table } from "../report/table.ts";
import type { ExitCode } from "./command.ts";
import type { Selection } from "./read-environments.ts";

/** `promptops check`: plans and proves, writes nothing. */
export async function check(selection: Selection, json: boolean): Promise<ExitCode> {
  const results: { environment: string; holds: boolean; findings: readonly Finding[] }[] = [];
  for await (const planned of planEnvironments(selection)) {
    const { environment, findings } = planned;
    results.push({ environment: environment.name, holds: holds(planned), findings });
  }
  process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : `${describe(results).join("\n")}\n`);
  return results.every((result) => result.holds) ? 0 : 1;
}

function describe(results: readonly { environment: string; findings: readonly Finding[] }[]): string[] {
  return table(
    results.flatMap(({ environment, findings }) =>
      findings.flatMap(({ proof, failures }) =>
        failures.length === 0
          ? [[environment, proof, "holds"]]
          : failures.map((failure) => [environment, proof, failure]),
      ),
    ),
  );
}

import type { Finding } from "../plan/model/plan.ts";
import type { ExitCode, Request } from "./request.ts";
import { holds, planEnvironments } from "./plan-environments.ts";
import { table } from "./table.ts";

/** `promptops check`: plans and proves, writes nothing. */
export async function check(request: Request): Promise<ExitCode> {
  const results: { environment: string; holds: boolean; findings: readonly Finding[] }[] = [];
  for await (const planned of planEnvironments(request)) {
    const { environment, findings } = planned;
    results.push({ environment: environment.name, holds: holds(planned), findings });
  }
  process.stdout.write(request.json ? `${JSON.stringify(results, null, 2)}\n` : `${describe(results).join("\n")}\n`);
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

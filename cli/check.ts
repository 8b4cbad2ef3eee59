import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UserError } from "../platform/faults.ts";
import type { PlannedChanges } from "../plan/model/steps.ts";
import { describeExcepted } from "../report/describe-excepted.ts";
import { junit } from "../report/junit.ts";
import { type ProvedEnvironment, sarif } from "../report/sarif.ts";
import { describeSteps } from "../report/steps.ts";
import { table } from "../report/table.ts";
import { linesOf, verdictOf } from "../report/verdict.ts";
import type { ExitCode } from "./command.ts";
import { holds, planEnvironments } from "./plan-environments.ts";
import type { Selection } from "./read-environments.ts";

/** Where and how the findings are printed. */
interface Output {
  readonly json: boolean;
  /** Files, relative to the selection's folder. */
  readonly sarif: string | undefined;
  readonly junit: string | undefined;
}

interface Result extends ProvedEnvironment {
  readonly holds: boolean;
  /** What `pulumi up` does; absent where it is not known what exists. */
  readonly changes?: PlannedChanges;
}

/**
 * `promptops check`: plans and proves, and writes nothing but the reports that are asked for. `against` names what exists, for
 * the changes to be judged.
 */
export async function check(selection: Selection, output: Output, against?: string): Promise<ExitCode> {
  const results: Result[] = [];
  for await (const planned of planEnvironments(selection, against)) {
    const { environment, findings, plan } = planned;
    const { changes } = plan;
    results.push({ environment: environment.name, holds: holds(planned), findings, ...(changes && { changes }) });
  }
  const { folder } = selection;
  if (output.sarif !== undefined)
    await writeReport(folder, output.sarif, `${JSON.stringify(sarif(results), null, 2)}\n`);
  if (output.junit !== undefined) await writeReport(folder, output.junit, junit(results));
  process.stdout.write(output.json ? `${JSON.stringify(results, null, 2)}\n` : `${describe(results).join("\n")}\n`);
  return results.every((result) => result.holds) ? 0 : 1;
}

async function writeReport(folder: string, file: string, text: string): Promise<void> {
  const path = resolve(folder, file);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `'${file}' cannot be written (${code ?? String(error)}). Name a file in a folder that you may write to.`,
    );
  }
}

function describe(results: readonly Result[]): string[] {
  const rows = results.flatMap(({ environment, findings }) =>
    findings.flatMap((finding) => {
      const verdict = verdictOf(finding);
      const said = verdict === "holds" ? finding.excepted?.map(describeExcepted) : linesOf(finding);
      const lines = verdict === "not judged" ? said?.map((line) => `${verdict}: ${line}`) : said;
      return (lines && lines.length > 0 ? lines : [verdict]).map((line) => [environment, finding.proof, line]);
    }),
  );
  const steps = results.flatMap(({ environment, changes }) =>
    changes
      ? ["", ...describeSteps(changes).map((line, index) => (index === 0 ? `${environment}: ${line}` : line))]
      : [],
  );
  return [...table(rows), ...steps];
}

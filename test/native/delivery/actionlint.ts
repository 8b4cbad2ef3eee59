import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ensurePrograms, go } from "../../../tools/go-programs.ts";

const VERSION = "v1.7.12";

/** What actionlint finds in the workflows of a folder, and in their scripts by shellcheck, one line a finding. */
export async function lintWorkflows(folder: string): Promise<string[]> {
  const programs = await ensurePrograms({
    name: `actionlint-${VERSION}`,
    notice: `building actionlint ${VERSION}, once`,
    build: (work) =>
      go(["install", `github.com/rhysd/actionlint/cmd/actionlint@${VERSION}`], work, { GOBIN: join(work, "bin") }),
  });
  try {
    execFileSync(join(programs, "actionlint"), ["-oneline", "-no-color"], { cwd: folder, encoding: "utf8" });
    return [];
  } catch (error) {
    return (error as { stdout: string }).stdout.trim().split("\n");
  }
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Variables } from "../doctor.ts";

/** Runs the AWS CLI in the environment's region, and returns the JSON that it prints. */
export type AwsCli = <Answer>(...args: readonly string[]) => Promise<Answer>;

/** Milliseconds that one call may take, its retries and pages included. */
const TIMEOUT = 60_000;
/** Bytes that one call may print. A description of an instance has some 5 kB. */
const MAX_OUTPUT = 256 * 2 ** 20;

export function awsCli(region: string, variables: Variables): AwsCli {
  const env = { ...variables, AWS_PAGER: "" };
  return async <Answer>(...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)("aws", [...args, "--region", region, "--output", "json"], {
      env,
      timeout: TIMEOUT,
      maxBuffer: MAX_OUTPUT,
    });
    return JSON.parse(stdout) as Answer;
  };
}

/** What the CLI prints as its error: `An error occurred (AccessDenied) when calling ...`. */
export function reasonOf(error: unknown): string {
  const { stderr = "", message } = error as { readonly stderr?: string; readonly message: string };
  const [line = message] = stderr.split("\n").filter((each) => each.trim() !== "");
  return line.trim();
}

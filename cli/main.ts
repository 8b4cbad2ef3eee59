import { UserError } from "../platform/faults.ts";
import { suggestion } from "./closest.ts";
import { columns, type ExitCode } from "./command.ts";
import { check } from "./commands/check.ts";
import { destroy } from "./commands/destroy.ts";
import { dev } from "./commands/dev.ts";
import { doctor } from "./commands/doctor.ts";
import { drift } from "./commands/drift.ts";
import { diff } from "./commands/diff.ts";
import { image } from "./commands/image.ts";
import { keep } from "./commands/keep.ts";
import { create } from "./commands/new.ts";
import { plan } from "./commands/plan.ts";
import { pools } from "./commands/pools.ts";
import { render } from "./commands/render.ts";
import { tenant } from "./commands/tenant.ts";
import { upgrades } from "./commands/upgrades.ts";
import { explainUnusablePath } from "./unusable-path.ts";

const commands = [plan, check, render, diff, keep, create, dev, image, pools, doctor, drift, upgrades, destroy, tenant];
const names = commands.map(({ name }) => name);

const overview = [
  "Usage: promptops <command> [arguments] [options]",
  "",
  "Commands",
  ...columns(commands.map(({ name, summary }) => [name, summary])),
  "",
  "Run 'promptops <command> --help' for its options, examples and exit status.",
  "",
].join("\n");

/** Calls the command that the first argument names. User errors, and paths that cannot be used, are printed without a stack. */
export async function main(args: readonly string[], folder: string): Promise<ExitCode> {
  const [name, ...others] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    process.stdout.write(overview);
    return name === undefined ? 2 : 0;
  }
  try {
    const command = commands.find((each) => each.name === name);
    if (!command) throw unknownCommand(name);
    return await command.call(others, folder);
  } catch (error) {
    const message = error instanceof UserError ? error.message : explainUnusablePath(error);
    if (message === undefined) throw error;
    process.stderr.write(`${message}\n`);
    return 2;
  }
}

function unknownCommand(name: string): UserError {
  if (name.startsWith("-")) return new UserError(`Name a command before '${name}': ${names.join(", ")}.`);
  return new UserError(
    `'${name}' is not a promptops command.${suggestion(name, names)} The commands are ${names.join(", ")}.`,
  );
}

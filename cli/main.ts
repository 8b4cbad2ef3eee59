import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { type Cloud, clouds } from "../platform/clouds.ts";
import { UserError } from "../platform/faults.ts";
import { helpFor } from "./help.ts";
import type { ExitCode, Request } from "./request.ts";

/** Loaded when called: a word of help should not wait for a cloud's provider. */
const commands = new Map<string, (request: Request) => Promise<ExitCode>>([
  [
    "plan",
    async (request) => {
      requireHeavyPackages();
      return (await import("./plan.ts")).plan(request);
    },
  ],
  [
    "check",
    async (request) => {
      requireHeavyPackages();
      return (await import("./check.ts")).check(request);
    },
  ],
  ["render", async (request) => (await import("./render.ts")).render(request)],
  ["diff", async (request) => (await import("./diff.ts")).diff(request)],
  ["new", async (request) => (await import("./new.ts")).newService(request)],
  ["dev", async (request) => (await import("./dev/dev.ts")).dev(request)],
]);

/** The loader of TypeScript reads a CommonJS package once more than `require` does: a tenth of the time of a plan. */
function requireHeavyPackages(): void {
  const require = createRequire(import.meta.url);
  for (const name of [
    "@pulumi/aws",
    "@pulumi/kubernetes",
    "@pulumi/linode",
    "cdk8s",
    "cdk8s-plus-28/lib/imports/k8s.js",
  ])
    require(name);
}

/** Parses, calls, prints. */
export async function main(args: readonly string[], folder: string): Promise<ExitCode> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h", default: false },
        json: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
        cloud: { type: "string" },
        output: { type: "string" },
      },
    });
    const [name, ...environments] = positionals;
    const command = commands.get(name ?? "");
    if (values.help || name === undefined) {
      process.stdout.write(helpFor(name ?? ""));
      return values.help ? 0 : 2;
    }
    if (!command) throw new UserError(`'${name}' is no command. The commands are ${[...commands.keys()].join(", ")}.`);
    const cloud = values.cloud === undefined ? {} : { cloud: cloudNamed(values.cloud) };
    const { json, markdown, output } = values;
    return await command({ folder, environments, json, markdown, ...cloud, ...(output !== undefined && { output }) });
  } catch (error) {
    if (!isMendable(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function cloudNamed(name: string): Cloud {
  const cloud = clouds.find((each) => each === name);
  if (cloud === undefined) throw new UserError(`'${name}' is no cloud. The clouds are ${clouds.join(", ")}.`);
  return cloud;
}

/** Ours, or `parseArgs`' word on an option that does not exist. */
function isMendable(error: unknown): error is Error {
  if (error instanceof UserError) return true;
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

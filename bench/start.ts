import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { listEnvironments } from "../platform/read-environment.ts";
import { format, median, seconds } from "./timing.ts";

const root = join(import.meta.dirname, "..");
const RUNS = 5;
const LIMIT = 6;
const providers = ["@pulumi/aws", "@pulumi/kubernetes", "@pulumi/linode"];

/** `npm start` beside what nobody can do without: importing the three providers in plain Node. */
export async function benchStart(): Promise<void> {
  const load = providers.map((name) => `require("${name}")`).join(";");
  const imports: number[] = [];
  const starts: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    imports.push(
      await seconds(() => {
        spawn(process.execPath, ["-e", load]);
      }),
    );
    starts.push(
      await seconds(() => {
        spawn("npm", ["start"]);
      }),
    );
  }
  const [peer, own] = [median(imports), median(starts)];
  console.log(`start: median of ${RUNS} runs, wall seconds`);
  console.log(`${format(peer)}  importing ${providers.join(", ")} in plain Node`);
  const environments = listEnvironments(root).length;
  console.log(
    `${format(own)}  npm start, ${environments} environments: ${(own / peer).toFixed(1)} times that (limit ${LIMIT})\n`,
  );
}

function spawn(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}

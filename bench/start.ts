import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { listEnvironments } from "../platform/read-environment.ts";
import { format, median, seconds } from "./timing.ts";

const root = join(import.meta.dirname, "..");
/** Times the bare import. */
const LIMIT = 4;
const providers = ["@pulumi/aws", "@pulumi/kubernetes", "@pulumi/linode"];

/** `npm start` beside what nobody can do without: importing the three providers in plain Node. */
export async function benchStart({ runs }: { runs: number }): Promise<void> {
  const load = providers.map((name) => `require("${name}")`).join(";");
  const imports: number[] = [];
  const starts: number[] = [];
  let planned = 0;
  for (let run = 0; run < runs; run++) {
    imports.push(
      await seconds(() => {
        spawn(process.execPath, ["-e", load]);
      }),
    );
    starts.push(
      await seconds(() => {
        planned = countOf(spawn("npm", ["start", "--silent"]));
      }),
    );
  }
  const [peer, own] = [median(imports), median(starts)];
  // Each start is compared with the import right before it, so that both meet the same load.
  const ratio = median(starts.map((start, run) => start / (imports[run] ?? NaN)));
  console.log(`start: median of ${runs} pairs, wall seconds`);
  console.log(`${format(peer)}  importing ${providers.join(", ")} in plain Node`);
  const environments = listEnvironments(root).length;
  console.log(
    `${format(own)}  npm start, ${environments} environments: ${ratio.toFixed(1)} times that (limit ${LIMIT})`,
  );
  console.log(
    `${format((1000 * (own - peer)) / planned)}  milliseconds for each of ${planned} objects and resources\n`,
  );
}

/** Resources and objects that `npm start` says it has planned. */
const countOf = (output: string): number =>
  [...output.matchAll(/^ *(?:cloud resources|objects): (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);

/** What a command prints. */
function spawn(command: string, args: readonly string[]): string {
  const { status, stderr, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}

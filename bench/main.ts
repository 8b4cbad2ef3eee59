/**
 * Measures, and decides nothing: every figure stands beside a peer of the same run.
 *
 * Usage: npm run bench [-- --only start|render|schedule|claims|services] [--short]
 *
 * `--short` measures less of the same, in under 90 s and with Node alone, so without `schedule`. It fails on errors, never on a figure.
 */
import { parseArgs } from "node:util";
import { benchClaims } from "./claims.ts";
import { benchRender } from "./render.ts";
import { benchSchedule } from "./schedule.ts";
import { benchServices, fullLoad, shortLoad } from "./services.ts";
import { benchStart } from "./start.ts";

const { only, short } = parseArgs({
  options: { only: { type: "string" }, short: { type: "boolean", default: false } },
}).values;
const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  start: () => benchStart({ runs: short ? 1 : 9 }),
  render: () => benchRender(short ? [1_000] : [10_000, 100_000]),
  ...(!short && { schedule: benchSchedule }),
  claims: () => benchClaims(short ? [1_000, 10_000] : [1_000, 1_000_000]),
  services: () => benchServices(short ? shortLoad : fullLoad),
};
if (only !== undefined && !(only in benches)) {
  console.error(`'${only}' is no bench. The benches are ${Object.keys(benches).join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(benches)) if (only === undefined || only === name) await bench();
}

/**
 * Measures, and decides nothing: every figure stands beside a peer of the same run.
 *
 * Usage: npm run bench [-- --only start|render|schedule|services]
 */
import { parseArgs } from "node:util";
import { benchRender } from "./render.ts";
import { benchSchedule } from "./schedule.ts";
import { benchServices } from "./services.ts";
import { benchStart } from "./start.ts";

const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  start: benchStart,
  render: benchRender,
  schedule: benchSchedule,
  services: benchServices,
};
if (only !== undefined && !(only in benches)) {
  console.error(`'${only}' is no bench. The benches are ${Object.keys(benches).join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(benches)) if (only === undefined || only === name) await bench();
}

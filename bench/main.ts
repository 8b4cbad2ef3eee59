/**
 * Measures, and decides nothing: every figure stands beside a peer of the same run.
 *
 * Usage: npm run bench [-- --only <bench>] [--short]
 *
 * `--short` measures less of the same, in some two minutes and with Node alone, so without `schedule`. It fails on errors, never on a figure.
 */
import { parseArgs } from "node:util";
import { benchAccepting } from "./accepting.ts";
import { benchClaims } from "./claims.ts";
import { benchExecutions } from "./executions.ts";
import { benchFlood } from "./flood.ts";
import { benchRender } from "./render.ts";
import { benchSchedule } from "./schedule.ts";
import { benchStart } from "./start.ts";
import { benchStreams, type StreamLoad } from "./streams.ts";
import { benchWorkflows } from "./workflows.ts";

const { only, short } = parseArgs({
  options: { only: { type: "string" }, short: { type: "boolean", default: false } },
}).values;
const fullStreams: readonly StreamLoad[] = [
  { streams: 1, firstTokenMilliseconds: 500, tokenMilliseconds: 20 },
  { streams: 1_000, firstTokenMilliseconds: 15_000, tokenMilliseconds: 1_000 },
];
const shortStreams: readonly StreamLoad[] = [{ streams: 50, firstTokenMilliseconds: 2_000, tokenMilliseconds: 100 }];
const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  start: () => benchStart({ runs: short ? 1 : 9 }),
  render: () => benchRender(short ? [1_000] : [10_000, 100_000]),
  ...(!short && { schedule: benchSchedule }),
  claims: () => benchClaims(short ? [1_000, 10_000] : [1_000, 1_000_000]),
  accept: () => benchAccepting(short ? { seconds: 2, pacedSeconds: 2 } : { seconds: 10, pacedSeconds: 60 }),
  executions: () => benchExecutions(short ? 200 : 5_000),
  workflows: () => benchWorkflows(short ? 20 : 1_000),
  flood: () => benchFlood(short ? 500 : 10_000),
  streams: async () => {
    for (const load of short ? shortStreams : fullStreams) await benchStreams(load);
  },
};
if (only !== undefined && !(only in benches)) {
  console.error(`'${only}' is no bench. The benches are ${Object.keys(benches).join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(benches)) if (only === undefined || only === name) await bench();
}

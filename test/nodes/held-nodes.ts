// Starts one node, says so, and holds it: a harness that a test kills.
import { planOf } from "../plans.ts";
import { startNodes } from "./nodes.ts";

await startNodes({ plan: await planOf("development"), nodes: 1 });
process.stdout.write("started\n");

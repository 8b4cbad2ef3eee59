// Starts one node, says so, and stops it when its standard input ends: a harness that a test can kill.
import { once } from "node:events";
import { planOf } from "../plans.ts";
import { startNodes } from "./nodes.ts";

const cluster = await startNodes({ plan: await planOf("development"), nodes: 1 });
process.stdout.write("started\n");
await once(process.stdin.resume(), "end");
await cluster.stop();
process.exit(0);

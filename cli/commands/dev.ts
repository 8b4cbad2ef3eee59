import { defineCommand } from "../command.ts";
import { requireCheckout } from "../require-checkout.ts";

export const dev = defineCommand({
  name: "dev",
  summary: "runs the platform on this machine: Postgres, API, workers, the console and a simulated model",
  description: `Starts all services on this machine's loopback address, prints the addresses of the console and the API, a login, an API key
and an example request, and follows the logs until Ctrl-C. Data is kept for the next start.`,
  arguments: { usage: "", min: 0, max: 0 },
  options: {},
  examples: ["promptops dev"],
  status: { 0: "stopped by Ctrl-C", 2: "the command line is invalid, or it is already running" },
  async run({ folder }) {
    requireCheckout("dev");
    await (await import("../../local/dev.ts")).dev(folder);
    return 0;
  },
});

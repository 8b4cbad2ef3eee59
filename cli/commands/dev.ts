import { defineCommand } from "../command.ts";
import { requireCheckout } from "../require-checkout.ts";

export const dev = defineCommand({
  name: "dev",
  summary: "runs the platform on this machine: Postgres, API, workers, a model",
  description: `Starts everything on this machine, on its loopback address only, prints an address, a key and a command line that works,
and follows the logs until Ctrl-C. Data is kept for the next start.`,
  arguments: { usage: "", min: 0, max: 0 },
  options: {},
  examples: ["promptops dev"],
  status: { 0: "stopped by Ctrl-C", 2: "the call is wrong, or it runs already" },
  async run({ folder }) {
    requireCheckout("dev");
    await (await import("../../local/dev.ts")).dev(folder);
    return 0;
  },
});

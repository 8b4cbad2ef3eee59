import { defineCommand } from "../command.ts";

export const create = defineCommand({
  name: "new",
  summary: "creates a service: a folder that plans, tests and runs at once",
  description: `Creates services/<name> with a descriptor and code that answers from a database of its own, and a test that runs it as
a process on a real Postgres.`,
  arguments: { usage: "service <name>", description: "lower-case letters, digits and '-', at most 30", min: 2, max: 2 },
  options: {},
  examples: ["promptops new service reports"],
  status: { 0: "the files are written", 2: "the call is wrong; nothing was written" },
  async run({ folder, arguments: [what = "", name = ""] }) {
    return (await import("../new.ts")).newService(folder, what, name);
  },
});

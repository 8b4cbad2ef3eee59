import { UserError } from "../../platform/faults.ts";
import { defineCommand } from "../command.ts";

export const pools = defineCommand({
  name: "pools",
  summary: "drains the nodes of a pool's retiring generation",
  description: `Evicts all pods except those of DaemonSets from the nodes of the retiring generation, within disruption budgets, and waits
until none is left. Then it records the generation, the time and the nodes as 'drained' of the pool in the environment's file.
Ctrl-C stops it between two requests: the nodes stay cordoned, and the next run continues. It does not ask for confirmation.`,
  arguments: { usage: "drain <pool>", description: "a pool with 'retiring' in the environment's file", min: 2, max: 2 },
  options: {
    environment: { type: "string", value: "NAME", description: "the environment; required" },
    context: {
      type: "string",
      value: "NAME",
      description: "the kubeconfig context of its cluster",
      default: "kubernetes.context of the file, else promptops-<environment>",
    },
  },
  examples: ["promptops pools drain application --environment production --context promptops-production"],
  status: {
    0: "no pod is left, and the file records it",
    1: "it was stopped; nothing is recorded",
    2: "no generation is retiring, capacity is missing, or the cluster refused a request",
  },
  async run({ folder, arguments: [verb, pool = ""], options: { environment, context } }) {
    if (verb !== "drain")
      throw new UserError(`'promptops pools' can drain, and not '${verb ?? ""}'. Run 'promptops pools --help'.`);
    if (environment === undefined) throw new UserError("Name the environment: --environment NAME.");
    return (await import("../pools.ts")).drainPool({ folder, pool, environment, context });
  },
});

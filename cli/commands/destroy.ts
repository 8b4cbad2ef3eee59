import { UserError } from "../../platform/faults.ts";
import { defineCommand } from "../command.ts";

export const destroy = defineCommand({
  name: "destroy",
  summary: "takes an environment down: guards, what controllers made in the cloud, and every resource",
  description: `Deletes an environment whole. It lifts the guards against deletion, deletes the load balancers, volumes and snapshots that
controllers made in the cloud, and then every resource of the stack. Without --confirm it prints what would go and changes
nothing. An interrupted run is repeated with the same options.`,
  arguments: { usage: "<environment>", description: "an environment of this folder, deployed", min: 1, max: 1 },
  options: {
    backups: {
      type: "string",
      value: "keep|delete",
      description: "what becomes of the bucket of backups, the key that opens it, and snapshots of volumes",
    },
    "final-snapshot": {
      type: "string",
      value: "NAME",
      description: "takes a last snapshot of the managed database, where the cloud can",
    },
    confirm: { type: "string", value: "ENVIRONMENT", description: "the environment's name again: deletes it" },
  },
  examples: [
    "promptops destroy staging --backups delete",
    "promptops destroy production --backups keep --final-snapshot production-20261128 --confirm production",
  ],
  status: {
    0: "the environment is gone; without --confirm, what would go is printed",
    1: "the cloud or the cluster refused something; fix it, and repeat the command",
    2: "the call, a file or the stack is wrong; nothing was deleted",
  },
  async run({ folder, arguments: [name = ""], options }) {
    const { backups, confirm, "final-snapshot": finalSnapshot } = options;
    if (backups !== "keep" && backups !== "delete") {
      throw new UserError(
        `--backups is ${backups === undefined ? "not given" : `'${backups}'`}. Write --backups keep, or --backups delete.`,
      );
    }
    if (confirm !== undefined && confirm !== name) {
      throw new UserError(`--confirm is '${confirm}', and the environment is '${name}'. Write --confirm ${name}.`);
    }
    const teardown = { keepBackups: backups === "keep", ...(finalSnapshot !== undefined && { finalSnapshot }) };
    return (await import("../destroy.ts")).destroy({ folder, name, teardown, confirmed: confirm !== undefined });
  },
});

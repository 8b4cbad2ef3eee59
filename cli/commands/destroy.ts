import { UserError } from "../../platform/faults.ts";
import { defineCommand } from "../command.ts";

export const destroy = defineCommand({
  name: "destroy",
  summary: "deletes an environment: its protection, the resources that controllers created, and its stack",
  description: `Deletes an environment completely. It disables deletion protection, deletes the load balancers, volumes and snapshots that
controllers created in the cloud, and then every resource of the stack. Without --confirm it prints what would be deleted and
changes nothing. If a run is interrupted, repeat it with the same options.`,
  arguments: { usage: "<environment>", description: "a deployed environment of this folder", min: 1, max: 1 },
  options: {
    backups: {
      type: "string",
      value: "keep|delete",
      description: "keeps or deletes the backup bucket, its encryption key and volume snapshots; required",
    },
    "final-snapshot": {
      type: "string",
      value: "NAME",
      description: "takes a final snapshot of the managed database, if the cloud supports it",
    },
    confirm: { type: "string", value: "ENVIRONMENT", description: "the environment's name again, to delete it" },
  },
  examples: [
    "promptops destroy staging --backups delete",
    "promptops destroy production --backups keep --final-snapshot production-20261128 --confirm production",
  ],
  status: {
    0: "the environment is deleted; without --confirm, what would be deleted is printed",
    1: "the cloud or the cluster refused a request; fix the cause, and repeat the command",
    2: "the command line, a file or the stack is invalid; nothing was deleted",
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

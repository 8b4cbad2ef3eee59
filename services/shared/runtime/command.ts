import type { Commands, Service } from "../../../platform/service.ts";
import { UserError } from "../../../platform/faults.ts";

/** What a service's image was started to do. Throws for arguments that its descriptor does not have. */
export function commandOf({ name, commands = {} }: Service, args: readonly string[]): keyof Commands {
  const known = { serve: [], ...commands };
  const found = Object.entries(known).find(([, own]) => own.join(" ") === args.join(" "));
  if (found) return found[0] as keyof Commands;
  const usages = Object.entries(known).map(([command, own]) => `'${own.join(" ")}' (${command})`);
  throw new UserError(
    `Service '${name}' does not know the arguments '${args.join(" ")}'. It takes ${usages.join(", ")}.`,
  );
}

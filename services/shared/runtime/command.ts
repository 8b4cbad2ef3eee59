import type { Commands, Service } from "../../../platform/service.ts";
import { UserError } from "../../../platform/faults.ts";

/** The arguments of each command. */
export const argumentsOf = ({ commands }: Pick<Service, "commands">): [keyof Commands, readonly string[]][] =>
  Object.entries<readonly string[]>({ serve: [], ...commands }) as [keyof Commands, readonly string[]][];

/** What a service's image was started to do. Throws for arguments that its descriptor does not have. */
export function commandOf({ name, commands = {} }: Service, args: readonly string[]): keyof Commands {
  const known = argumentsOf({ commands });
  const found = known.find(([, own]) => own.join(" ") === args.join(" "));
  if (found) return found[0];
  const usages = known.map(([command, own]) => `'${own.join(" ")}' (${command})`);
  throw new UserError(
    `Service '${name}' does not know the arguments '${args.join(" ")}'. It takes ${usages.join(", ")}.`,
  );
}

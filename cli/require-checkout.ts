import { UserError } from "../platform/faults.ts";

/** The published package has compiled files, and no program of a service. */
const isCheckout = import.meta.url.endsWith(".ts");

/** Throws where a command that works on the platform's own sources is run from the library. */
export function requireCheckout(command: string): void {
  if (isCheckout) return;
  throw new UserError(
    `'promptops ${command}' works on the sources of the platform, which the library does not have. Run it in a clone of the platform's repository.`,
  );
}

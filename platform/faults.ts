import { count } from "./count.ts";
import { isSecretName, secretIn } from "./secret-forms.ts";

/** One thing that is wrong with a file: where, what stands there, and the rule it breaks with the next step. */
export interface Fault {
  /** As the reader finds it in the file: `promptops:pools.data.nodes.min`. */
  readonly path: string;
  /** Absent when there is nothing at the path. */
  readonly value?: unknown;
  readonly rule: string;
}

/** Something that the user can fix: its message is printed as it is, without a stack. */
export class UserError extends Error {
  override name = "UserError";
}

/** A file that cannot be used. Every fault found is in it; its message is made to be read by the file's author. */
export class FaultyFileError extends UserError {
  override name = "FaultyFileError";
  constructor(
    readonly file: string,
    readonly faults: readonly Fault[],
  ) {
    super([`${file} has ${count(faults.length, "fault")}:`, ...faults.map(formatFault)].join("\n\n"));
  }
}

function formatFault({ path, value, rule }: Fault): string {
  const shown = value === undefined || isSecretName(path) ? "" : ` = ${abbreviate(value)}`;
  return `  ${path}${shown}\n    ${rule}`;
}

/** A secret would be in the log of every run. */
function abbreviate(value: unknown): string {
  // JSON has no word for a number that is not finite.
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  if (secretIn(text) !== undefined) return "(hidden: it may hold a secret)";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

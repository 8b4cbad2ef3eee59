import type { Excepted } from "../plan/model/plan.ts";

/** One line, for text of any kind. */
export function describeExcepted({ failure, exception: { reason, owner, until } }: Excepted): string {
  return `excepted until ${until} by ${owner} (${reason}): ${failure}`;
}

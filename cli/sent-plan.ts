import { expectedPrograms } from "../plan/expected.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Service } from "../platform/service.ts";

/** A plan as data alone, which another thread can be sent: for programs, which have functions, it names their services. */
export interface SentPlan extends Omit<Plan, "expected" | "rehearses"> {
  readonly expected: Omit<Plan["expected"], "programs"> & { readonly programs: readonly string[] };
  readonly rehearses?: SentPlan;
}

export function toSent({ expected, rehearses, ...plan }: Plan): SentPlan {
  const programs = expected.programs.map(({ service }) => service);
  return { ...plan, expected: { ...expected, programs }, ...(rehearses && { rehearses: toSent(rehearses) }) };
}

/** @param services - among them those that the plan names */
export function fromSent({ expected, rehearses, ...plan }: SentPlan, services: readonly Service[]): Plan {
  const programs = expectedPrograms(services.filter(({ name }) => expected.programs.includes(name)));
  return {
    ...plan,
    expected: { ...expected, programs },
    ...(rehearses && { rehearses: fromSent(rehearses, services) }),
  };
}

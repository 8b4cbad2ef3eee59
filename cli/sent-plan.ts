import type { Finding, Plan } from "../plan/model/plan.ts";

type Expected = Plan["expected"];
type SentProgram = Omit<Expected["programs"][number], "read">;

/** A plan without the functions of our programs: what can be sent to another thread. */
export type SentPlan = Omit<Plan, "expected" | "rehearses"> & {
  readonly expected: Omit<Expected, "programs"> & { readonly programs: readonly SentProgram[] };
  readonly rehearses?: SentPlan;
};

export interface Question {
  readonly id: number;
  readonly plan: SentPlan;
}

export interface Reply {
  readonly id: number;
  readonly findings?: readonly Finding[];
  /** What a proof threw. */
  readonly error?: unknown;
}

export function sent({ expected, rehearses, ...plan }: Plan): SentPlan {
  const programs = expected.programs.map(({ read: _read, ...program }) => program);
  return { ...plan, expected: { ...expected, programs }, ...(rehearses && { rehearses: sent(rehearses) }) };
}

/** @param readOf - what the program of a service and command makes of its variables */
export function received(
  { expected, rehearses, ...plan }: SentPlan,
  readOf: (program: SentProgram) => Expected["programs"][number]["read"],
): Plan {
  const programs = expected.programs.map((program) => ({ ...program, read: readOf(program) }));
  return { ...plan, expected: { ...expected, programs }, ...(rehearses && { rehearses: received(rehearses, readOf) }) };
}
